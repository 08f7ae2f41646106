"""Light through any mesh, and the matrix that the mesh is."""

import math
from functools import partial
from typing import Literal

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jaxtyping import ArrayLike, Complex, Float, Num

from photonn.devices import mzi, phase_shifter
from photonn.errors import check_choice, check_last_axis, check_real, check_shape, mistake
from photonn.meshes import bricks, brickwork, columns
from photonn.meshes.layout import Layout
from photonn.precision import complex_array

Method = Literal["auto", "columns", "reversible", "bricks", "matrix"]


def propagate(
    field: Num[ArrayLike, "*fields modes"],
    cells: Complex[ArrayLike, "*cells n 2 2"],
    layout: Layout,
    *,
    method: Method = "auto",
) -> Complex[Array, "*batch modes"]:
    """Amplitudes behind the mesh for amplitudes in front of it.

    Every method gives the same light and the same gradients; they differ in time and
    memory alone, and `auto` takes the one that is quickest for the size:

    - `columns`: one column after another; the gradient keeps the light of every column.
    - `reversible`: the same, but the gradient undoes the columns: its memory does not grow
      with the depth. No forward-mode derivative (`jax.jvp`), as of any custom gradient;
      `auto` takes it only where the light of all columns would need more than 256 MB.
    - `bricks`: cells are fused into dense blocks, and light goes through those.
    - `matrix`: the whole matrix is made, then one product with all samples.

    Args:
        field: amplitudes [sqrt(W)].
        cells: transfer matrix of each cell, in the order of `layout.pairs`. Leading axes
            (chips, wavelengths, samples) broadcast against those of `field`.
        layout: the wiring.
        method: how; `bricks` needs a mesh that joins neighbours only.

    Raises:
        InputError: if the field has not `layout.modes` modes, the cells are not
            `layout.size`, or the method does not fit the layout.
    """
    cells = jnp.asarray(cells)
    check_shape("cells", cells.shape, (layout.size, 2, 2), f"One matrix per cell of {layout}.")
    field = complex_array(field)
    check_last_axis(
        "field", field.shape, layout.modes, "modes", "Encode features into modes first."
    )
    dtype = np.promote_types(field.dtype, cells.dtype)
    field, cells = field.astype(dtype), cells.astype(dtype)
    try:
        jnp.broadcast_shapes(field.shape[:-1], cells.shape[:-3])
    except ValueError:
        must = f"have leading axes that broadcast with those of `field`, {field.shape[:-1]}"
        raise mistake("cells", must, f"has {cells.shape[:-3]}", "Add axes of length 1.") from None
    return _propagate(field, cells, layout, method)


# Compiled as one: the many small steps would be compiled one by one, in ten times the time.
@partial(jax.jit, static_argnums=(2, 3))
def _propagate(field: Array, cells: Array, layout: Layout, method: Method) -> Array:
    if cells.ndim == 3:
        flat = field.reshape(-1, layout.modes).T
        chosen = _choose(layout, flat.shape[1], method)
        return _METHODS[chosen](flat, cells, layout).T.reshape(field.shape)
    return _propagate_each(field, cells, layout, method)


def _propagate_each(field: Array, cells: Array, layout: Layout, method: Method) -> Array:
    """Along axes with cells of their own every sample is mapped, all others go together."""
    batch = jnp.broadcast_shapes(field.shape[:-1], cells.shape[:-3])
    field = jnp.broadcast_to(field, (*batch, layout.modes))
    own = (1,) * (len(batch) - cells.ndim + 3) + cells.shape[:-3]
    mapped = [axis for axis in range(len(batch)) if own[axis] != 1]
    shared = [axis for axis in range(len(batch)) if own[axis] == 1]
    order = (*mapped, len(batch), *shared)
    count = math.prod(batch[axis] for axis in mapped)
    fields = field.transpose(order).reshape(count, layout.modes, -1)
    run = _METHODS[_choose(layout, fields.shape[-1], method, count)]
    each = jax.vmap(lambda f, c: run(f, c, layout))
    out = each(fields, cells.reshape(count, *cells.shape[-3:]))
    out = out.reshape(*(field.shape[axis] for axis in order))
    return out.transpose(np.argsort(order))


def matrix(
    cells: Complex[ArrayLike, "*batch n 2 2"], layout: Layout
) -> Complex[Array, "*batch modes modes"]:
    """The matrix of the mesh, `out = matrix @ in`."""
    cells = jnp.asarray(cells)
    check_shape("cells", cells.shape, (layout.size, 2, 2), f"One matrix per cell of {layout}.")
    return _matrices(cells, layout)


@partial(jax.jit, static_argnums=1)
def _matrices(cells: Array, layout: Layout) -> Array:
    flat = cells.reshape(math.prod(cells.shape[:-3]), *cells.shape[-3:])
    matrices = jax.vmap(lambda c: _matrix(c, layout))(flat)
    return matrices.reshape(*cells.shape[:-3], layout.modes, layout.modes)


def unitary(
    theta: Float[ArrayLike, "*batch n"],
    phi: Float[ArrayLike, "*batch n"],
    gamma: Float[ArrayLike, "*batch modes"],
    layout: Layout,
) -> Complex[Array, "*batch modes modes"]:
    """The unitary of a mesh of ideal interferometers with a phase screen at its output.

    Args:
        theta: internal phase of each cell [rad].
        phi: external phase of each cell [rad].
        gamma: phase at each output [rad].
        layout: the wiring.
    """
    check_last_axis("theta", jnp.shape(theta), layout.size, "cells")
    check_last_axis("phi", jnp.shape(phi), layout.size, "cells")
    check_last_axis("gamma", jnp.shape(gamma), layout.modes, "modes")
    check_real("gamma", gamma, "rad")
    mesh = matrix(mzi.transfer_matrix(theta, phi), layout)
    return phase_shifter.transmission(gamma)[..., :, None] * mesh


def _matrix(cells: Array, layout: Layout) -> Array:
    if layout.modes >= _SMALL and brickwork.fits(layout):
        return bricks.matrix(cells, layout)
    identity = jnp.eye(layout.modes, dtype=cells.dtype)
    return _METHODS[_by_columns(layout, layout.modes)](identity, cells, layout)


# Crossings as measured on two cores. Below so many modes the columns are so few that
# nothing beats them, nor does anything for fewer samples than this part of the modes.
_SMALL, _FEW = 8, 16
_WIDTH = 64
_MOST_LIGHT = 2**25  # amplitudes in all columns: 256 MB in complex64

_METHODS = {
    "columns": columns.propagate_plain,
    "reversible": columns.propagate,
    "bricks": lambda field, cells, layout: bricks.propagate(field, cells, layout, _width(layout)),
    "matrix": lambda field, cells, layout: bricks.product(_matrix(cells, layout), field),
}


def _width(layout: Layout) -> int:
    """Of bricks: half of the modes of a small mesh."""
    return min(_WIDTH, max(2, 2 ** ((layout.modes - 1).bit_length() - 1)))


def _choose(layout: Layout, batch: int, method: str, meshes: int = 1) -> str:
    """The quickest method for a size: `batch` samples through each of several meshes."""
    check_choice("method", method, ("auto", *_METHODS))
    neighbours = brickwork.fits(layout) and layout.size > 0
    if method == "bricks" and not neighbours:
        must = "be columns, reversible or matrix for a mesh that joins others than neighbours"
        raise mistake("method", must, f"is {method}")
    if method != "auto":
        return method
    modes = layout.modes
    if not isinstance(batch, int):  # a symbol: `jax.export` for any number of samples
        return "matrix" if neighbours else "columns"
    # One product costs as much as so many columns; a shallow mesh has fewer.
    deep = modes >= _SMALL and 4 * layout.depth >= modes
    if deep and batch >= (modes if neighbours else 2 * modes):
        return "matrix"
    if deep and neighbours and modes >= 2 * _WIDTH and batch >= modes // _FEW:
        return "bricks"
    return _by_columns(layout, batch * meshes)


def _by_columns(layout: Layout, samples: int) -> str:
    """Plain columns, unless a gradient would keep more light than memory should hold."""
    return "columns" if layout.depth * layout.modes * samples <= _MOST_LIGHT else "reversible"
