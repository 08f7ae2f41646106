"""The progress of a fit on the terminal."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn


@contextmanager
def progress_bar(
    label: str | None, epochs: int, rows: list[dict[str, float]]
) -> Iterator[Callable[[dict[str, float]], None]]:
    """A bar with loss, accuracy and remaining time, or nothing.

    Args:
        label: in front of the bar; `None` shows none.
        epochs: length of the bar.
        rows: epochs that were done before.

    Yields:
        What to call with the row of each epoch.
    """
    if label is None:
        yield lambda row: None
        return
    columns = (
        "{task.description}",
        BarColumn(),
        "{task.completed}/{task.total}",
        TextColumn("{task.fields[report]}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns) as progress:
        report = _report(rows[-1]) if rows else ""
        task = progress.add_task(label, total=epochs, completed=len(rows), report=report)
        yield lambda row: progress.update(task, advance=1, report=_report(row))


def _report(row: dict[str, float]) -> str:
    return f"loss {row['loss']:.4f}  val {100 * row['validation_accuracy']:.2f} %"
