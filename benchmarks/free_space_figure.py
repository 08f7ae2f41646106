"""Results in free space as a figure."""

import figures
import free_space_tables as page
from figures import TITLE, megabytes, milliseconds
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine


def draw(results: dict) -> Figure:
    """How much longer peers take, and how time and memory grow."""
    records = results["records"]
    layout = ConstrainedLayoutEngine(w_pad=0.1, h_pad=0.1)
    figure = Figure(figsize=(13, 8.2), layout=layout)
    bars, *panels = figure.subplots(2, 3).flat
    steps = figures.of(records, "step") + figures.of(records, "periodic")
    figures.bars(bars, steps, "pixels / batch", _work)
    growth, memory = (figures.of(records, table) for table in ("growth", "memory"))
    batch = growth[0]["size"]["batch"] if growth else None
    growing = [r for r in memory if r["size"]["batch"] == batch and r["size"]["pad"]]
    drawn = [
        ("Padded step", "batch", figures.of(records, "step"), milliseconds),
        ("Periodic step", "batch", figures.of(records, "periodic"), milliseconds),
        ("One padded propagation", "pixels", figures.of(records, "propagation"), milliseconds),
        (f"Padded step, batch {batch}", "pixels", growth, milliseconds),
        (f"Memory of it, batch {batch}", "pixels", growing, megabytes),
    ]
    for axes, (title, axis, rows, value) in zip(panels, drawn, strict=True):
        figures.panel(axes, rows, axis, value)
        axes.set_title(title, **TITLE)
    figures.legend(figure, panels)
    return figure


def _work(record: dict) -> str:
    return page.size(record) + ("" if record["size"]["pad"] else " periodic")
