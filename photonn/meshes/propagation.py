"""Light through any mesh, and the matrix that the mesh is."""

from typing import Literal

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jaxtyping import ArrayLike, Complex, Float, Num

from photonn.devices import mzi, phase_shifter
from photonn.errors import check_choice, check_last_axis, check_shape, mistake
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
      with the depth. No forward-mode derivative (`jax.jvp`), as of any custom gradient.
    - `bricks`: cells are fused into dense blocks, and light goes through those.
    - `matrix`: the whole matrix is made, then one product with all samples.

    Args:
        field: amplitudes [sqrt(W)].
        cells: transfer matrix of each cell, in the order of `layout.pairs`. Leading axes
            (chips, wavelengths, samples) broadcast against those of `field`.
        layout: the wiring.
        method: how; `bricks` and `matrix` need a mesh that couples neighbours only.

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
    if cells.ndim == 3:
        flat = field.reshape(-1, layout.modes).T
        chosen = _choose(layout, flat.shape[1], method)
        return _METHODS[chosen](flat, cells, layout).T.reshape(field.shape)
    try:
        batch = np.broadcast_shapes(field.shape[:-1], cells.shape[:-3])
    except ValueError:
        must = f"have leading axes that broadcast with those of `field`, {field.shape[:-1]}"
        raise mistake("cells", must, f"has {cells.shape[:-3]}", "Add axes of length 1.") from None
    run = _METHODS[_choose(layout, 1, method)]
    each = jax.vmap(lambda f, c: run(f[:, None], c, layout)[:, 0])
    fields = jnp.broadcast_to(field, (*batch, layout.modes)).reshape(-1, layout.modes)
    each_cells = jnp.broadcast_to(cells, (*batch, *cells.shape[-3:])).reshape(-1, *cells.shape[-3:])
    return each(fields, each_cells).reshape(*batch, layout.modes)


def matrix(
    cells: Complex[ArrayLike, "*batch n 2 2"], layout: Layout
) -> Complex[Array, "*batch modes modes"]:
    """The matrix of the mesh, `out = matrix @ in`."""
    cells = jnp.asarray(cells)
    check_shape("cells", cells.shape, (layout.size, 2, 2), f"One matrix per cell of {layout}.")
    flat = cells.reshape(-1, *cells.shape[-3:])
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
    mesh = matrix(mzi.transfer_matrix(theta, phi), layout)
    return phase_shifter.transmission(gamma)[..., :, None] * mesh


def _matrix(cells: Array, layout: Layout) -> Array:
    if layout.modes >= _SMALL and brickwork.fits(layout):
        return bricks.matrix(cells, layout)
    return columns.propagate(jnp.eye(layout.modes, dtype=cells.dtype), cells, layout)


# Below so many modes the columns are so few that nothing beats them.
_SMALL = 8
_WIDTH = 64

_METHODS = {
    "columns": columns.propagate_plain,
    "reversible": columns.propagate,
    "bricks": lambda field, cells, layout: bricks.propagate(field, cells, layout, _WIDTH),
    "matrix": lambda field, cells, layout: bricks.product(_matrix(cells, layout), field),
}


def _choose(layout: Layout, batch: int, method: str) -> str:
    """The quickest method for a size; crossings as measured on two cores."""
    check_choice("method", method, ("auto", *_METHODS))
    neighbours = brickwork.fits(layout)
    if method in ("bricks", "matrix") and not neighbours:
        must = "be columns or reversible for a mesh that couples other modes than neighbours"
        raise mistake("method", must, f"is {method}")
    if method != "auto":
        return method
    if not neighbours or layout.modes < _SMALL:
        return "columns" if batch == 1 else "reversible"
    if batch >= layout.modes:
        return "matrix"
    if layout.modes >= 2 * _WIDTH and batch >= layout.modes // 4:
        return "bricks"
    return "columns" if batch == 1 else "reversible"
