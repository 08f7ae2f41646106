"""Results as a figure."""

from collections.abc import Callable

import grids
import tables
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine

Value = Callable[[dict], tuple[str, float | None]]
TITLE = {"loc": "left", "fontsize": 11, "fontweight": "bold"}

# Colours of Okabe and Ito, which differ for every eye; photonn's own way is black.
STYLES = {
    "photonn": ("#000000", "-", "o"),
    "photonn auto": ("#000000", "-", "o"),
    "photonn reversible": ("#0072b2", "-", "s"),
    "photonn columns": ("#56b4e9", "-", "^"),
    "torch bmm": ("#d55e00", "--", "v"),
    "torch sum": ("#d55e00", "--", "v"),
    "torch matrix": ("#e69f00", "--", "D"),
    "photonn dense_fresnel": ("#0072b2", "-", "D"),
    "torch": ("#d55e00", "--", "v"),
    "chromatix asm": ("#009e73", "--", "P"),
    "chromatix kernel": ("#70b98c", "--", "X"),
    "torchoptics": ("#cc79a7", "--", "s"),
    "neurophox tensorflow": ("#009e73", "--", "P"),
    "neurophox torch": ("#70b98c", "--", "X"),
    "interferometer": ("#cc79a7", "--", "s"),
    "strawberryfields": ("#a6324f", "--", "^"),
    "piquasso": ("#8c6bb1", "--", "D"),
    "perceval": ("#9c8500", "--", "v"),
}


def mesh(results: dict) -> Figure:
    """How much longer peers take, and how time and memory grow."""
    records = results["records"]
    growth = tables.series(of(records, "growth"))
    layout = ConstrainedLayoutEngine(w_pad=0.1, h_pad=0.1)
    figure = Figure(figsize=(13, 8.2), layout=layout)
    first, *others = figure.subplots(2, 3).flat
    bars(first, of(records, "step"), "modes / batch", tables.step_size)
    drawn = [
        ("One training step, batch {batch}", "modes", growth.get("modes", []), milliseconds),
        ("One training step, {modes} modes", "batch", growth.get("batch", []), milliseconds),
        ("Phases to unitary", "modes", of(records, "unitary"), milliseconds),
        ("Unitary to phases", "modes", of(records, "decompose"), milliseconds),
        (
            "Memory, {modes} modes, batch {batch}",
            "depth",
            [r for r in of(records, "memory") if "depth" in r["size"]],
            megabytes,
        ),
    ]
    for axes, (title, axis, rows, value) in zip(others, drawn, strict=True):
        panel(axes, rows, axis, value)
        if rows:
            axes.set_title(title.format(**rows[0]["size"]), **TITLE)
    legend(figure, others)
    return figure


def legend(figure: Figure, panels: list[Axes]) -> None:
    """One legend for all panels, below them."""
    handles = {}
    for axes in panels:
        handles |= {line.get_label(): line for line in axes.get_lines()}
    if handles:
        named = {"ncols": 7, "frameon": False, "loc": "outside lower center"}
        figure.legend(handles=[handles[k] for k in STYLES if k in handles], **named)


def milliseconds(record: dict) -> tuple[str, float | None]:
    """Label of the axis, and median time."""
    seconds = record.get("median_s")
    return "time [ms]", seconds and seconds * 1e3


def megabytes(record: dict) -> tuple[str, float | None]:
    """Label of the axis, and rise of the peak of memory."""
    rise = record.get("rise_bytes")
    return "memory [MB]", rise and rise / 1e6


def bars(axes: Axes, step: list[dict], label: str, column: Callable[[dict], str]) -> None:
    """A bar for each size: time of the best peer over time of photonn."""
    found = grids.ratios(step, column)
    axes.set_title("One training step, best peer / photonn", **TITLE)
    axes.spines[["top", "right"]].set_visible(False)
    if not found:
        return
    ratios = [ratio for ratio, _ in found.values()]
    colours = [STYLES[best][0] for _, best in found.values()]
    bars = axes.barh(list(found), ratios, color=colours, height=0.7)
    labels = [f"{ratio:.1f}  {best}" for ratio, best in found.values()]
    axes.bar_label(bars, labels, padding=4, fontsize=8)
    axes.axvline(1.0, color="black", lw=0.8)
    axes.set(xlabel="times as long", ylabel=label, xlim=(0, 1.8 * max(ratios)))
    axes.invert_yaxis()


def panel(axes: Axes, rows: list[dict], axis: str, value: Value) -> None:
    """A line for each entrant, both axes logarithmic."""
    lines: dict[str, list[tuple[float, float]]] = {}
    for row in rows:
        label, y = value(row)
        axes.set_ylabel(label)
        if y:
            lines.setdefault(grids.name(row), []).append((row["size"][axis], y))
    for who, points in lines.items():
        colour, dash, marker = STYLES.get(who, ("#777777", ":", "."))
        # What others may cover is drawn broad and first.
        width, size, order = (3.5, 8, 1.5) if who == "photonn auto" else (1.5, 5, 2)
        (line,) = axes.plot(*zip(*points, strict=True), ls=dash, marker=marker, label=who)
        line.set(color=colour, lw=width, markersize=size, zorder=order)
    axes.set(xscale="log", yscale="log", xlabel=axis)
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(which="major", color="#dddddd", lw=0.7)
    axes.minorticks_off()
    sizes = sorted({x for points in lines.values() for x, _ in points})
    axes.set_xticks(sizes, list(map(str, sizes)))


def of(records: list[dict], table: str) -> list[dict]:
    """Records of one table."""
    return [r for r in records if r["table"] == table]
