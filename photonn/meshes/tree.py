"""The binary tree: one port to many and back, log2 N columns deep.

A vector unit, not a unitary: N - 1 cells divide the light of port 0 among all modes in any
way. Mirrored it brings any vector together at port 0, and measures inner products with it.

References:
    Miller, "Self-aligning universal beam coupler", Opt. Express 21, 6360 (2013): the
    chain of `cascade`, of which this is the shortest form.
"""

from functools import lru_cache

from jaxtyping import ArrayLike, Num

from photonn.errors import check_integer
from photonn.meshes import vectors
from photonn.meshes.layout import Layout
from photonn.meshes.phases import Phases


@lru_cache(maxsize=64, typed=True)
def layout(modes: int) -> Layout:
    """Tree that divides light of port 0: `modes - 1` cells, depth `log2(modes)`, rounded up.

    Each cell sends light from the first mode of a span to the middle of it; the two halves
    follow. `layout(modes).mirrored()` brings light together.
    """
    check_integer("modes", modes, 2)
    columns, spans = [], [(0, int(modes))]
    while spans := [(start, end) for start, end in spans if end - start > 1]:
        middles = [(start + end + 1) // 2 for start, end in spans]
        columns.append([(start, m) for (start, _), m in zip(spans, middles, strict=True)])
        spans = [
            half
            for (start, end), m in zip(spans, middles, strict=True)
            for half in ((start, m), (m, end))
        ]
    return Layout(modes, columns, "tree")


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
