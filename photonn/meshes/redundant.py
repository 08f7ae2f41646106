"""The redundant rectangle: more columns than a universal mesh needs.

The extra columns bring no matrix that the rectangle does not reach, but they smooth the
way there for gradients, and with imperfect splitters they bring back what was lost.

References:
    Pai et al., "Matrix optimization on universal unitary photonic devices",
    Phys. Rev. Applied 11, 064044 (2019).
"""

from functools import lru_cache

from photonn.errors import check_integer
from photonn.meshes import clements
from photonn.meshes.layout import Layout


@lru_cache(maxsize=64, typed=True)
def layout(modes: int, extra: int) -> Layout:
    """Rectangular mesh of `modes + extra` columns, even and odd pairs in turn.

    Args:
        modes: number of waveguides. Two have no odd pairs: every other column is empty.
        extra: columns beyond those of `clements.layout`; 0 gives its wiring.
    """
    check_integer("modes", modes, 2)
    check_integer("extra", extra, 0)
    return Layout(modes, clements.columns(modes, modes + extra), "redundant")
