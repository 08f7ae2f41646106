"""The results of a run in free space as a page of Markdown."""

from collections.abc import Iterator

import tables
from grids import Record, grid, megabytes, milliseconds, number, versus

FRESNEL = ("photonn dense_fresnel",)


def page(results: dict) -> str:
    """All tables of free space."""
    of: dict[str, list[Record]] = {}
    for record in results["records"]:
        of.setdefault(record["table"], []).append(record)
    parts = ["# Free space side by side", tables.about(results), _ABOUT]
    for table, section in _SECTIONS.items():
        if table in of:
            parts += section(of[table])
    parts += tables.failures(results)
    return "\n\n".join(parts) + "\n"


_ABOUT = (
    "All compute the same angular spectrum, but `photonn dense_fresnel`: the Fresnel "
    "approximation, right against a reference of its own, and no part of the first comparison."
)


def _step(rows: list[Record]) -> Iterator[str]:
    yield "## One training step, padded"
    yield (
        "Five phase masks, the window padded to twice its width; forward and gradient for all "
        "masks, complex64, by pixels/batch [ms]."
    )
    yield from _timed(rows, size)


def _periodic(rows: list[Record]) -> Iterator[str]:
    yield "## One training step, not padded"
    yield "The same in a periodic window [ms]."
    yield from _timed(rows, size)


def _propagation(rows: list[Record]) -> Iterator[str]:
    yield "## One padded propagation"
    yield "Forward, one field, complex64, by pixels [ms]."
    yield from _timed(rows, pixels)


def _timed(rows: list[Record], column) -> Iterator[str]:
    yield grid(rows, milliseconds, column)
    yield from versus(rows, column)
    yield from versus(rows, column, FRESNEL)
    yield "Relative error of the loss or the gradient, or of the field, against NumPy in double:"
    yield grid(rows, lambda r: number(r.get("error"), 2), column)
    yield "Time to set up, compile and run once [s]:"
    yield grid(rows, lambda r: number(r.get("first_s")), column)


def _growth(rows: list[Record]) -> Iterator[str]:
    yield "## Growth of a padded training step"
    yield f"With the pixels of a side, batch {rows[0]['size']['batch']}; time [ms]."
    yield grid(rows, milliseconds, pixels, tables.exponent(tables.median, "pixels"))
    yield from versus(rows, pixels)
    ours = [r for r in rows if tables.temporary(r)]
    if ours:
        yield "Temporary memory by the compiler's account [MB]:"
        last = tables.exponent(tables.temporary, "pixels")
        yield grid(ours, lambda r: megabytes(tables.temporary(r)), pixels, last)


def _memory(rows: list[Record]) -> Iterator[str]:
    yield "## Memory of a training step"
    yield (
        "Rise of the peak of resident memory in the first run, in a fresh process [MB]. What "
        "was compiled before does not count."
    )
    for title, padded in (("Padded", True), ("Not padded", False)):
        here = [r for r in rows if r["size"]["pad"] is padded]
        if here:
            yield f"{title}, by pixels/batch:"
            yield grid(here, tables.rise, size)
    counted = [r for r in rows if tables.temporary(r)]
    if counted:
        yield "Of photonn, by the compiler's account, padded:"
        here = [r for r in counted if r["size"]["pad"]]
        yield grid(here, lambda r: megabytes(tables.temporary(r)), size)
    batch = rows[-1]["size"]["batch"]
    growing = [r for r in rows if r["size"]["batch"] == batch and r["size"]["pad"]]
    yield f"Growth with the pixels, batch {batch}:"
    last = tables.exponent(lambda r: r.get("rise_bytes"), "pixels")
    yield grid(growing, tables.rise, pixels, last)


_SECTIONS = {
    "step": _step,
    "periodic": _periodic,
    "propagation": _propagation,
    "growth": _growth,
    "memory": _memory,
}


def size(record: Record) -> str:
    """Pixels and batch."""
    return f"{record['size']['pixels']}/{record['size']['batch']}"


def pixels(record: Record) -> int:
    """Pixels of a side."""
    return record["size"]["pixels"]
