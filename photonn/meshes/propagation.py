"""Light through any mesh, and the matrix that the mesh is."""

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jaxtyping import ArrayLike, Complex, Float, Num

from photonn.devices import mzi, phase_shifter
from photonn.errors import check_last_axis, check_shape, mistake
from photonn.meshes import columns
from photonn.meshes.layout import Layout
from photonn.precision import complex_array


def propagate(
    field: Num[ArrayLike, "*fields modes"],
    cells: Complex[ArrayLike, "*cells n 2 2"],
    layout: Layout,
) -> Complex[Array, "*batch modes"]:
    """Amplitudes behind the mesh for amplitudes in front of it.

    The gradient undoes one column after another (see `columns`): it has no forward mode
    (`jax.jvp`), and a cell that lets no light through at all makes it infinite.

    Args:
        field: amplitudes [sqrt(W)].
        cells: transfer matrix of each cell, in the order of `layout.pairs`. Leading axes
            (chips, wavelengths, samples) broadcast against those of `field`.
        layout: the wiring.

    Raises:
        InputError: if the field has not `layout.modes` modes or the cells are not
            `layout.size`.
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
        return columns.propagate(flat, cells, layout).T.reshape(field.shape)
    try:
        batch = np.broadcast_shapes(field.shape[:-1], cells.shape[:-3])
    except ValueError:
        must = f"have leading axes that broadcast with those of `field`, {field.shape[:-1]}"
        raise mistake("cells", must, f"has {cells.shape[:-3]}", "Add axes of length 1.") from None
    each = jax.vmap(lambda f, c: columns.propagate(f[:, None], c, layout)[:, 0])
    fields = jnp.broadcast_to(field, (*batch, layout.modes)).reshape(-1, layout.modes)
    blocks = jnp.broadcast_to(cells, (*batch, *cells.shape[-3:])).reshape(-1, *cells.shape[-3:])
    return each(fields, blocks).reshape(*batch, layout.modes)


def matrix(
    cells: Complex[ArrayLike, "*batch n 2 2"], layout: Layout
) -> Complex[Array, "*batch modes modes"]:
    """The matrix of the mesh, `out = matrix @ in`."""
    cells = jnp.asarray(cells)
    inputs = jnp.eye(layout.modes, dtype=cells.dtype)
    check_shape("cells", cells.shape, (layout.size, 2, 2), f"One matrix per cell of {layout}.")
    flat = cells.reshape(-1, *cells.shape[-3:])
    matrices = jax.vmap(lambda c: columns.propagate(inputs, c, layout))(flat)
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
