"""The diamond: a triangle and its mirror image, with modes that carry no signal.

The lower half, middle row included, is the triangle of `reck`. The upper half makes the
mesh symmetric, and its modes carry away light that should not reach the outputs.

References:
    Shokraneh et al., "The diamond mesh, a phase-error- and loss-tolerant field-programmable
    MZI-based optical processor for optical neural networks", Opt. Express 28, 23495 (2020).
"""

from functools import lru_cache

import jax.numpy as jnp
import numpy as np
from jax import Array
from jaxtyping import ArrayLike, Num

from photonn.errors import check_integer
from photonn.meshes import reck
from photonn.meshes.layout import Layout
from photonn.meshes.phases import Phases


@lru_cache(maxsize=64, typed=True)
def layout(modes: int) -> Layout:
    """Diamond mesh for `modes` signals: `(modes - 1)^2` cells, depth `2 modes - 3`.

    It has `2 modes - 2` waveguides. The signals enter and leave on the lower `modes` of
    them (see `signals`); the upper `modes - 2` are dark at the input and are not read.
    """
    check_integer("modes", modes, 2)
    middle, depth = modes - 2, 2 * modes - 3
    columns = []
    for c in range(depth):
        # The column reaches this far above and below the middle row.
        reach = min(c, depth - 1 - c)
        upper = range(middle - reach, middle + reach + 1, 2)
        columns.append([(m, m + 1) for m in upper])
    return Layout(2 * modes - 2, columns, "diamond")


def signals(modes: int) -> slice:
    """Which waveguides carry the signals: a slice for the last axis of a field."""
    check_integer("modes", modes, 2)
    return slice(modes - 2, 2 * modes - 2)


def decompose(unitary: Num[ArrayLike, "*batch modes modes"]) -> Phases:
    """Phases of the diamond mesh that realises `unitary` on its signals.

    The triangle below does all the work. The cells above it are in the bar state with
    `phi = pi`, which is the identity: the other waveguides stay dark.

    Args:
        unitary: unitary matrices, `out = unitary @ in`.

    Returns:
        `Phases` of `layout(modes)`; their unitary is `unitary` on `signals(modes)` and
        the identity on the other waveguides. Ranges as in `reck.decompose`.

    Raises:
        InputError: if a matrix is not square, not finite or not unitary.
    """
    triangle = reck.decompose(unitary)
    modes = triangle.layout.modes
    mesh, cell = layout(modes), jnp.asarray(_triangle(modes))
    batch = triangle.theta.shape[:-1]

    def spread(phases: Array) -> Array:
        return jnp.full((*batch, mesh.size), jnp.pi, phases.dtype).at[..., cell].set(phases)

    dark = jnp.zeros((*batch, mesh.modes - modes), triangle.gamma.dtype)
    gamma = jnp.concatenate([dark, triangle.gamma], axis=-1)
    return Phases(spread(triangle.theta), spread(triangle.phi), gamma, mesh)


@lru_cache(maxsize=64, typed=True)
def _triangle(modes: int) -> np.ndarray:
    """The cell of the diamond that stands for each cell of the triangle."""
    first = signals(modes).start
    below = np.flatnonzero(layout(modes).pairs[:, 0] >= first)
    # The k-th cell on a pair of modes is the same in both.
    there = below[np.argsort(layout(modes).pairs[below, 0], kind="stable")]
    cell = np.empty(len(below), int)
    cell[np.argsort(reck.layout(modes).pairs[:, 0], kind="stable")] = there
    return cell
