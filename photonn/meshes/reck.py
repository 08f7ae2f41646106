"""The triangle: universal, set up one diagonal at a time, 2N - 3 columns deep.

References:
    Reck et al., "Experimental realization of any discrete unitary operator",
    Phys. Rev. Lett. 73, 58 (1994).
"""

from functools import lru_cache

from jaxtyping import ArrayLike, Num

from photonn.errors import check_integer
from photonn.meshes import nulling
from photonn.meshes.layout import Layout
from photonn.meshes.phases import Phases


@lru_cache(maxsize=64)
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
    return nulling.decompose(unitary, layout(modes), _rotations(modes))


@lru_cache(maxsize=16)
def _rotations(modes: int) -> tuple[nulling.Rotation, ...]:
    """Rows from the last upwards, each nulled from the left, all from the inputs."""
    return tuple(
        nulling.Rotation("input", row, column)
        for row in range(modes - 1, 0, -1)
        for column in range(row)
    )
