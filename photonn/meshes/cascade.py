"""The cascade: a chain of cells that taps light off one waveguide, mode after mode.

A vector unit as `tree`, with neighbours only and N - 1 columns. Mirrored it brings any
vector together at port 0; it is one diagonal of the triangle.

References:
    Miller, "Self-aligning universal beam coupler", Opt. Express 21, 6360 (2013).
"""

from functools import lru_cache

from jaxtyping import ArrayLike, Num

from photonn.errors import check_integer
from photonn.meshes import vectors
from photonn.meshes.layout import Layout
from photonn.meshes.phases import Phases


@lru_cache(maxsize=64, typed=True)
def layout(modes: int) -> Layout:
    """Chain that divides light of port 0: `modes - 1` cells, depth `modes - 1`.

    `layout(modes).mirrored()` brings light together.
    """
    check_integer("modes", modes, 2)
    return Layout(modes, [[(m, m + 1)] for m in range(modes - 1)], "cascade")


def decompose(vector: Num[ArrayLike, "*batch modes"]) -> Phases:
    """Phases of `layout(modes)` that turn light at port 0 into `vector`, exactly.

    Args:
        vector: amplitudes wanted [sqrt(W)]; zeros are welcome.

    Returns:
        Phases that turn the amplitude `norm(vector)` at port 0 into `vector`: theta in
        [0, pi], phi zero, gamma in [0, 2 pi).

    Raises:
        InputError: if a vector is shorter than 2, not finite, or zero everywhere.
    """
    vector = vectors.check(vector)
    return vectors.prepare(vector, layout(vector.shape[-1]))


def combine(vector: Num[ArrayLike, "*batch modes"]) -> Phases:
    """Phases of `layout(modes).mirrored()` that bring `vector` together at port 0, exactly.

    Args:
        vector: amplitudes in front of the mesh [sqrt(W)]; zeros are welcome.

    Returns:
        Phases that turn `vector` into the amplitude `norm(vector)` at port 0; of any other
        light port 0 gets `vdot(vector, light) / norm(vector)`.

    Raises:
        InputError: if a vector is shorter than 2, not finite, or zero everywhere.
    """
    vector = vectors.check(vector)
    return vectors.combine(vector, layout(vector.shape[-1]).mirrored())
