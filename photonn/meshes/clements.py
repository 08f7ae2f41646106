"""The rectangle: N columns that couple even and odd pairs in turn; universal and balanced.

References:
    Clements et al., "Optimal design for universal multiport interferometers",
    Optica 3, 1460 (2016).
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
    """Rectangular mesh of `modes` modes: `modes (modes - 1) / 2` cells, depth `modes`."""
    check_integer("modes", modes, 2)
    return Layout(modes, columns(modes, modes), "clements")


def columns(modes: int, depth: int) -> list[list[tuple[int, int]]]:
    """The first `depth` columns of an endless rectangle: even pairs, odd pairs, in turn."""
    return [[(m, m + 1) for m in range(c % 2, modes - 1, 2)] for c in range(depth)]


def decompose(unitary: Num[ArrayLike, "*batch modes modes"]) -> Phases:
    """Phases of the rectangular mesh that realises `unitary`.

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
    """Diagonals of the lower triangle, nulled in turn from the inputs and the outputs."""
    diagonal = np.repeat(np.arange(modes - 1), np.arange(1, modes))
    step = np.arange(len(diagonal)) - diagonal * (diagonal + 1) // 2
    output = diagonal % 2 == 1
    row = np.where(output, modes - 1 - diagonal + step, modes - 1 - step)
    return nulling.Rotations(output, row, np.where(output, step, diagonal - step))
