"""Tables that are wider than a terminal."""

import io

from rich.console import Console

from photonn.report import tables


def printed(width, columns=6):
    heads = [f"layout{n} as made, corrected" for n in range(columns)]
    rows = [
        [
            f"a quantity of many words, number {n} (unit)",
            "1, 2 *",
            *[f"{n + m}.345e-09" for m in range(columns)],
        ]
        for n in range(3)
    ]
    parts = tables.in_parts(("what", "source"), heads, rows, width=width, title="a title")
    console = Console(file=io.StringIO(), width=width)
    console.print(*parts, sep="\n")
    return parts, console.file.getvalue()


def test_a_wide_terminal_has_one_table():
    parts, _ = printed(200)
    assert len(parts) == 1


def test_on_a_narrow_one_no_number_is_cut_and_the_keys_stand_in_every_part():
    for width in (60, 80, 100):
        parts, text = printed(width)
        assert len(parts) > 1 and "…" not in text
        assert max(map(len, text.splitlines())) <= width
        numbers = [f"{n + m}.345e-09" for n in range(3) for m in range(6)]
        assert sum(text.count(number) for number in set(numbers)) == len(numbers)
        assert text.count("layout") == 6 and text.count("what") == len(parts)
        assert text.count("source") == len(parts)
        assert text.count("a title") == 1


def test_a_column_that_fits_nowhere_has_a_part_of_its_own():
    parts, _ = printed(20, columns=2)
    assert len(parts) == 2
    assert len(tables.in_parts(("what",), (), [["a"]], width=80)) == 1
