"""The permuting rectangle: blocks of rectangle columns with fixed permutations between them.

A permutation takes light far across the chip, for which the rectangle needs many columns
near the cross state. The k-th is the rectangular permutation that `2^k` columns of the
rectangle in the cross state would be: light moves by `2^k` waveguides, away from even ones
downwards and from odd ones upwards, and turns back at the edges.

Here a permutation has no cells: a mode is the light that came in on waveguide `mode`,
wherever the crossings take it, and a cell may pair modes that are no neighbours. So mode m
does not leave on waveguide m of the chip; `outputs` says where it does.

References:
    Pai et al., "Matrix optimization on universal unitary photonic devices",
    Phys. Rev. Applied 11, 064044 (2019).
"""

from functools import lru_cache
from itertools import pairwise

import numpy as np

from photonn.errors import check_integer, mistake
from photonn.meshes import clements
from photonn.meshes.layout import Layout


@lru_cache(maxsize=64, typed=True)
def layout(modes: int, blocks: int | None = None) -> Layout:
    """Permuting rectangle of `modes` columns, as many cells as the rectangle.

    Args:
        modes: number of waveguides.
        blocks: into how many blocks of nearly equal length the columns are divided; 1 is
            the rectangle, at most `(modes + 1) // 2`, by default `log2(modes)`, rounded.
    """
    blocks = _check(modes, blocks)
    # A block starts with the even pairs.
    ends = [2 * round(modes * b / (2 * blocks)) for b in range(blocks)] + [modes]
    columns = []
    for number, (start, end) in enumerate(pairwise(ends)):
        mode = _arrange(modes, number)
        for pairs in clements.columns(modes, end - start):
            columns.append([(int(mode[upper]), int(mode[lower])) for upper, lower in pairs])
    return Layout(modes, columns, "permuting")


def outputs(modes: int, blocks: int | None = None) -> np.ndarray:
    """The mode that leaves on each waveguide of the chip, shape `(modes,)`.

    `field[..., outputs(modes)]` is the light in the order of the output ports.
    """
    return _arrange(modes, _check(modes, blocks) - 1)


def _arrange(modes: int, permutations: int) -> np.ndarray:
    """The mode on each waveguide behind the first permutations."""
    mode = np.arange(modes)
    for k in range(1, permutations + 1):
        for pairs in clements.columns(modes, 2**k):
            crossed = np.array(pairs, int).reshape(-1, 2)
            mode[crossed] = mode[crossed[:, ::-1]]
    return mode


def _check(modes: int, blocks: int | None) -> int:
    check_integer("modes", modes, 2)
    if blocks is None:
        return max(1, round(float(np.log2(modes))))
    check_integer("blocks", blocks, 1)
    most = (int(modes) + 1) // 2
    if blocks > most:
        must = f"be at most {most} for {modes} modes"
        raise mistake("blocks", must, f"is {blocks}", "A block has two columns or more.")
    return int(blocks)
