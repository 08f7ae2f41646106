"""The triangle: universal, set up one diagonal at a time, 2N - 3 columns deep.

References:
    Reck et al., "Experimental realization of any discrete unitary operator",
    Phys. Rev. Lett. 73, 58 (1994).
"""

from functools import lru_cache

import numpy as np
from jax import Array
from jaxtyping import ArrayLike, Float, Num

from photonn.errors import check_integer
from photonn.meshes import nulling
from photonn.meshes.layout import Layout
from photonn.meshes.phases import Phases


@lru_cache(maxsize=64, typed=True)
def layout(modes: int) -> Layout:
    """Triangular mesh of `modes` modes: `modes (modes - 1) / 2` cells, depth `2 modes - 3`."""
    check_integer("modes", modes, 2)
    columns = []
    for c in range(2 * modes - 3):
        # Diagonal d of the triangle enters at column 2d and ends above mode modes - 1 - d.
        upper = [c - 2 * d for d in range(c // 2 + 1) if c - 2 * d <= modes - 2 - d]
        columns.append([(m, m + 1) for m in sorted(upper)])
    return Layout(modes, columns, "reck")


def decompose(unitary: Num[ArrayLike, "*batch modes modes"]) -> Phases:
    """Phases of the triangular mesh that realises `unitary`.

    Exact to rounding: use float64 (`jax_enable_x64`) where that matters. Not to be
    differentiated: phases jump where elements vanish.

    Args:
        unitary: unitary matrices, `out = unitary @ in`.

    Returns:
        `Phases` with `meshes.unitary(theta, phi, gamma, layout) = unitary`; theta lies
        in [0, pi], phi and gamma in [0, 2 pi).

    Raises:
        InputError: if a matrix is not square, not finite or not unitary.
    """
    unitary = nulling.check_unitary(unitary)
    modes = unitary.shape[-1]
    return nulling.decompose(unitary, layout(modes), rotations(modes))


def decompose_as_made(
    unitary: Num[ArrayLike, "*batch modes modes"],
    *,
    split_in: Float[ArrayLike, "..."],
    split_out: Float[ArrayLike, "..."],
) -> tuple[Phases, Float[Array, "*chips"]]:
    """Phases of a mesh whose splitters are known, and the error that remains.

    Exact (to rounding) as long as every cell reaches the splitting that it is asked for;
    a cell that does not is set to the nearest one it reaches.

    Args:
        unitary: unitary matrices, `out = unitary @ in`.
        split_in: angle of the input splitter of each cell, or of all [rad]; pi/4 is 50:50.
        split_out: angle of the output splitter of each cell, or of all [rad]. Leading
            axes (chips) of both broadcast with those of `unitary`.

    Returns:
        The phases, and `norm(mesh - unitary) / sqrt(modes)` (Frobenius) of each matrix.

    Raises:
        InputError: as `decompose`, or if the angles do not fit the mesh.
    """
    unitary = nulling.check_unitary(unitary)
    modes = unitary.shape[-1]
    return nulling.decompose_as_made(unitary, layout(modes), rotations(modes), split_in, split_out)


@lru_cache(maxsize=16)
def rotations(modes: int) -> nulling.Rotations:
    """Rows from the last upwards, each nulled from the left, all from the inputs."""
    row = np.repeat(np.arange(modes - 1, 0, -1), np.arange(modes - 1, 0, -1))
    first = np.searchsorted(-row, -row)  # rows are in falling order
    return nulling.Rotations(np.zeros(len(row), bool), row, np.arange(len(row)) - first)
