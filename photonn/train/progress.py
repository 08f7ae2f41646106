"""The progress of a fit on the terminal."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn


@contextmanager
def progress_bar(label: str | None, total: int, done: int) -> Iterator[Callable[[int, str], None]]:
    """A bar with a report and the remaining time, or nothing.

    Args:
        label: in front of the bar; `None` shows none.
        total: steps in all.
        done: steps that were done before.

    Yields:
        What to call with the steps that are done and a report.
    """
    if label is None:
        yield lambda done, report: None
        return
    columns = (
        "{task.description}",
        BarColumn(),
        TextColumn("{task.fields[report]}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns) as progress:
        task = progress.add_task(label, total=total, completed=done, report="")
        yield lambda done, report: progress.update(task, completed=done, report=report)
