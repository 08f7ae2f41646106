"""The rectangle: N columns that couple even and odd pairs in turn; universal and balanced.

References:
    Clements et al., "Optimal design for universal multiport interferometers",
    Optica 3, 1460 (2016).
"""

from functools import lru_cache

from jaxtyping import ArrayLike, Num

from photonn.errors import check_integer
from photonn.meshes import nulling
from photonn.meshes.layout import Layout
from photonn.meshes.phases import Phases


@lru_cache(maxsize=64)
def layout(modes: int) -> Layout:
    """Rectangular mesh of `modes` modes: `modes (modes - 1) / 2` cells, depth `modes`."""
    check_integer("modes", modes, 2)
    columns = [[(m, m + 1) for m in range(c % 2, modes - 1, 2)] for c in range(modes)]
    return Layout(modes, columns, "clements")


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
    return nulling.decompose(unitary, layout(modes), _rotations(modes))


@lru_cache(maxsize=16)
def _rotations(modes: int) -> tuple[nulling.Rotation, ...]:
    """Diagonals of the lower triangle, nulled in turn from the inputs and the outputs."""
    rotations = []
    for diagonal in range(modes - 1):
        for step in range(diagonal + 1):
            if diagonal % 2 == 0:
                row, column = modes - 1 - step, diagonal - step
                rotations.append(nulling.Rotation("input", row, column))
            else:
                row, column = modes - 1 - diagonal + step, step
                rotations.append(nulling.Rotation("output", row, column))
    return tuple(rotations)
