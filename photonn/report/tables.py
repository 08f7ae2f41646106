"""Tables on a terminal that is narrower than they are: in parts, never with numbers cut short."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.table import Table

HEAD = 32  # characters of a column that holds words: longer ones are folded


def in_parts(
    keys: Sequence[str],
    columns: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    width: int,
    title: str = "",
) -> "list[Table]":
    """One table, or several below each other with the columns divided among them.

    Args:
        keys: heads of the first columns, which say what a line is about; in every part.
        columns: heads of the others.
        rows: cells, those of the keys first.
        width: of the terminal, in characters.
        title: of the first part.
    """
    from rich.table import Column, Table

    cells = [[head, *(row[n] for row in rows)] for n, head in enumerate((*keys, *columns))]
    widths = [_needed(column) for column in cells]
    count = len(keys)
    room = width - 1 - sum(size + 3 for size in widths[:count])
    parts: list[list[int]] = []
    left = 0
    for number in range(count, len(cells)):
        if not parts or widths[number] + 3 > left:
            parts.append([])
            left = room
        parts[-1].append(number)
        left -= widths[number] + 3
    tables = []
    for part in parts or [[]]:
        chosen = [*range(count), *part]
        heads = [Column(cells[n][0], overflow="fold", width=widths[n]) for n in chosen]
        tables.append(Table(*heads, title=None if tables else title, title_justify="left"))
        for row in rows:
            tables[-1].add_row(*(row[n] for n in chosen))
    return tables


def _needed(column: Sequence[str]) -> int:
    """Characters in which no word is cut, and no cell has more lines than it must."""
    head, *cells = column
    longest = max((len(line) for cell in cells for line in cell.split("\n")), default=0)
    words = max(map(len, head.split()), default=0)
    return max(min(longest, HEAD), min(words, HEAD), 1)
