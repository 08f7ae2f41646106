"""What is said of a fit: a row for each epoch, in memory, in a file, on TensorBoard."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from photonn.durable import remove, write_atomically
from photonn.errors import InputError, mistake

Row = dict[str, Any]


@dataclass(frozen=True)
class History:
    """How a fit went.

    Attributes:
        epochs: one row an epoch: `epoch`, `step` (in all), `loss`, `validation_loss`,
            `validation_accuracy` (if the labels are classes), `seconds`, `rate` (samples of
            training in a second of the epoch); of fits side by side also
            their `seed`, and as `point` the other numbers in which they differ.
        best: the row that the model was left at.
    """

    epochs: list[Row]
    best: Row


_TRACKED: ContextVar[bool] = ContextVar("tracked", default=False)


@contextmanager
def tracked() -> Iterator[None]:
    """Every fit within writes for TensorBoard, if it has a folder.

    Raises:
        InputError: if TensorBoard is not installed.
    """
    _writer_class()
    taken = _TRACKED.set(True)
    try:
        yield
    finally:
        _TRACKED.reset(taken)


class Log:
    """The file metrics.jsonl, one JSON object an epoch, and TensorBoard where asked for."""

    def __init__(self, folder: Path | str | None, rows: list[Row], track: bool):
        self.path = Path(folder) / "metrics.jsonl" if folder else None
        self.writer: Any = None
        if self.path:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            # Rows behind the checkpoint are run again; they must not stand twice.
            write_atomically(self.path, "".join(json.dumps(row) + "\n" for row in rows))
        if track and folder is None:
            raise mistake("track", "have a folder to write to", "`folder` is None", "Pass folder=.")
        if folder and (track or _TRACKED.get()):
            events = Path(folder) / "tensorboard"
            if events.exists():  # for the same reason it begins anew, with all rows
                remove(events)
            self.writer = _writer_class()(str(events))
            for row in rows:
                self._show(row)

    def add(self, row: Row) -> None:
        """One more row."""
        if self.path:
            with open(self.path, "a") as file:
                file.write(json.dumps(row) + "\n")
        if self.writer:
            self._show(row)

    def _show(self, row: Row) -> None:
        of = {k: row[k] for k in ("seed",) if k in row} | row.get("point", {})
        under = " ".join(f"{name} {value}" for name, value in of.items()) + "/" if of else ""
        for name in row.keys() - {"epoch", "step", "seed", "point"}:
            self.writer.add_scalar(under + name, row[name], int(row["epoch"]))
        self.writer.flush()


def _writer_class() -> Any:
    try:
        from tensorboard.summary import Writer  # pyright: ignore[reportMissingImports]
    except ImportError as error:
        raise InputError(
            "`track` needs TensorBoard, which is not installed: pip install 'photonn[track]'. "
            "Without it, metrics.jsonl holds the same numbers."
        ) from error
    return Writer
