"""The results of a run as a page of Markdown."""

from collections.abc import Callable, Iterable, Iterator

import grids
from grids import Record, grid, megabytes, milliseconds, name, number, versus


def mesh(results: dict) -> str:
    """All tables of the meshes."""
    of: dict[str, list[Record]] = {}
    for record in results["records"]:
        of.setdefault(record["table"], []).append(record)
    parts = ["# Meshes side by side", about(results)]
    for table, section in _SECTIONS.items():
        if table in of:
            parts += section(of[table])
    parts += failures(results)
    return "\n\n".join(parts) + "\n"


def _step(rows: list[Record]) -> Iterator[str]:
    yield "## One training step"
    yield "Forward and gradient for all phases of a rectangular mesh, complex64, by N/B [ms]."
    yield grid(rows, milliseconds, step_size)
    yield from versus(rows, step_size)
    yield (
        "Relative error of the gradient: of photonn and torch against NumPy in double precision, "
        "of neurophox against the change of its loss (good to about 1e-3)."
    )
    yield grid(rows, lambda r: number(r.get("error"), 2), step_size)
    yield "Time to set up, compile and run once [s]:"
    yield grid(rows, lambda r: number(r.get("first_s")), step_size)


def _unitary(rows: list[Record]) -> Iterator[str]:
    yield "## Phases to unitary"
    yield from _matrices(rows)


def _decompose(rows: list[Record]) -> Iterator[str]:
    yield "## Unitary to phases"
    yield from _matrices(rows)


def _matrices(rows: list[Record]) -> Iterator[str]:
    yield "Double precision, but for neurophox [ms]; the exponent is that of the last four sizes."
    yield grid(rows, milliseconds, _modes, exponent(median, "modes"))
    yield from versus(rows, _modes)
    yield "Error ||U' - U|| / sqrt(N):"
    yield grid(rows, lambda r: number(r.get("error"), 2), _modes)


def _growth(rows: list[Record]) -> Iterator[str]:
    yield "## Growth of a training step"
    yield "The exponent is fitted to the last four sizes."
    for axis, found in series(rows).items():
        fixed = ", ".join(f"{k} {v}" for k, v in found[0]["size"].items() if k != axis)
        yield f"### With {axis} ({fixed})"
        yield "Time [ms]:"
        yield grid(found, milliseconds, along(axis), exponent(median, axis))
        if ours := [r for r in found if temporary(r)]:
            yield "Temporary memory by the compiler's account [MB]:"
            cell = lambda r: megabytes(temporary(r))  # noqa: E731
            yield grid(ours, cell, along(axis), exponent(temporary, axis))


def _memory(rows: list[Record]) -> Iterator[str]:
    yield "## Memory of a training step"
    yield (
        "Rise of the peak of resident memory in the first run, in a fresh process [MB]. What "
        "was compiled before does not count; neurophox on TensorFlow compiles in this run."
    )
    deep = [r for r in rows if "depth" in r["size"]]
    wide = [r for r in rows if "depth" not in r["size"]]
    if deep:
        size = deep[0]["size"]
        yield f"By depth, N={size['modes']}, B={size['batch']}:"
        yield grid(deep, rise, along("depth"), exponent(lambda r: r.get("rise_bytes"), "depth"))
    if wide:
        yield "By N/B:"
        yield grid(wide, rise, step_size)


_SECTIONS = {
    "step": _step,
    "unitary": _unitary,
    "decompose": _decompose,
    "growth": _growth,
    "memory": _memory,
}


def series(growth: list[Record]) -> dict[str, list[Record]]:
    """Records of growth by what grows: modes, batch or depth."""
    found = {}
    for record in growth:
        found.setdefault(tuple(sorted(record["size"])), []).append(record)
    plain = found.get(("batch", "modes"), [])
    deep = found.get(("batch", "depth", "modes"), [])
    if not plain:
        return {"depth": deep} if deep else {}
    # What stays fixed in one sweep is what most of its records share.
    batch, modes = (_most([r["size"][k] for r in plain]) for k in ("batch", "modes"))
    sweeps = {
        "modes": [r for r in plain if r["size"]["batch"] == batch],
        "batch": [r for r in plain if r["size"]["modes"] == modes and r["size"]["batch"] != batch],
        "depth": deep,
    }
    return {axis: _by_size(rows, axis) for axis, rows in sweeps.items() if rows}


def temporary(record: Record) -> float | None:
    """Temporary memory of the compiled step [bytes]."""
    return record.get("notes", {}).get("temp_bytes")


def step_size(record: Record) -> str:
    """Modes and batch."""
    return f"{record['size']['modes']}/{record['size']['batch']}"


def _modes(record: Record) -> str:
    return f"N={record['size']['modes']}"


def along(axis: str) -> Callable[[Record], int]:
    """The size along one axis, of any record."""
    return lambda record: record["size"][axis]


def median(record: Record) -> float | None:
    """Median time [s]."""
    return record.get("median_s")


def rise(record: Record) -> str:
    """Rise of the peak of memory [MB]."""
    return megabytes(record.get("rise_bytes"))


def exponent(value: Callable[[Record], float | None], axis: str):
    """A last column for a grid."""

    def fitted(records: list[Record]) -> str:
        points = [(r["size"][axis], value(r)) for r in records]
        found = grids.exponent([(x, y) for x, y in points if y])
        return "-" if found is None else f"{found:.2f}"

    return "exponent", fitted


def about(results: dict) -> str:
    """The machine, how it was measured, and the versions."""
    machine = results["machine"]
    lines = [["worker", "Python", "packages"]]
    for worker, versions in results["versions"].items():
        packages = ", ".join(f"{k} {v}" for k, v in versions.items() if k != "python")
        lines.append([worker, versions["python"], packages])
    return (
        f"{machine['processor']}, {machine['cores']} cores, {machine['threads']} threads for each "
        "worker. Median of all runs; the workers took turns, one computing at a time. "
        f"{results['minutes']:.0f} minutes{'' if results['complete'] else ', stopped early'}.\n\n"
    ) + grids.table(lines)


def failures(results: dict) -> Iterable[str]:
    """What did not run, and why."""
    lines = [f"- {worker}: {why}" for worker, why in results["failures"].items()]
    for record in results["records"]:
        if "failure" in record and record["worker"] not in results["failures"]:
            size = ", ".join(f"{k} {v}" for k, v in record["size"].items())
            lines.append(f"- {name(record)}, {record['table']}, {size}: {record['failure']}")
    if lines:
        yield "## What did not run"
        yield "\n".join(lines)


def _by_size(records: list[Record], axis: str) -> list[Record]:
    unique = {(name(r), r["size"][axis]): r for r in records}
    return sorted(unique.values(), key=along(axis))


def _most(values: list) -> object:
    return max(set(values), key=values.count)
