"""Fit a model: every epoch is one compiled program, and a killed fit goes on.

The state after an epoch depends on the state before it and on the seed alone, so a run
that goes on from a checkpoint ends bit for bit where an unbroken one does.
"""

import json
import math
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jax
import numpy as np
import optax
from flax import nnx

from photonn.data import Dataset
from photonn.errors import RunError, check_integer, check_kind, mistake
from photonn.train import losses
from photonn.train.checkpoint import Checkpoints, write_atomically
from photonn.train.epoch import Report, State, compile_epoch, on_device, start
from photonn.train.gradients import Estimator, Loss, autodiff
from photonn.train.progress import progress_bar

Row = dict[str, float]


@dataclass(frozen=True)
class History:
    """How a fit went.

    Attributes:
        epochs: one row an epoch: `epoch`, `loss`, `validation_loss`,
            `validation_accuracy`, `seconds`.
        best: the row that the model was left at.
    """

    epochs: list[Row]
    best: Row


def fit(
    model: nnx.Module,
    train: Dataset,
    validation: Dataset,
    optimizer: optax.GradientTransformation,
    *,
    epochs: int,
    batch: int,
    loss: Loss = losses.cross_entropy,
    estimate: Estimator = autodiff,
    seed: int = 0,
    patience: int | None = None,
    folder: Path | str | None = None,
    save_seconds: float = 5.0,
    progress: str | None = None,
) -> History:
    """Train every `nnx.Param` of a model and leave it at its best epoch.

    The best epoch has the highest validation accuracy; among equals, the lowest
    validation loss.

    Args:
        model: from a batch of inputs to logits; changed in place.
        train: what the gradient sees; a rest of less than a batch waits for another epoch.
        validation: what the best epoch is chosen by.
        optimizer: any Optax optimiser.
        epochs: at most so many.
        batch: samples in a step.
        loss: from logits and labels to a number.
        estimate: where the gradient comes from, such as `InSitu()`; by default autodiff.
        seed: of the order of the samples.
        patience: stop after so many epochs without a better one.
        folder: where metrics and checkpoints lie; a fit that was begun there goes on. It must
            have the same model, data and optimiser; seed and batch are checked.
        save_seconds: least time between checkpoints [s]; the last epoch is always saved.
        progress: label of a progress bar; `None` shows none.

    Returns:
        The history, with what happened before a resume.

    Raises:
        InputError: if the data or a number cannot be used, or the folder holds another fit.
        RunError: if a loss is not finite, or a checkpoint cannot be used.
    """
    check_integer("epochs", epochs, 1)
    check_integer("batch", batch, 1)
    if patience is not None:
        check_integer("patience", patience, 1)
    _check_labels("train", train)
    _check_labels("validation", validation)
    if batch > len(train.inputs):
        must = f"be at most the {len(train.inputs)} training samples"
        raise mistake("batch", must, f"is {batch}")
    graph, state = start(model, optimizer)
    run_epoch = compile_epoch(graph, optimizer, loss, batch, estimate)
    samples = on_device(train), on_device(validation)
    rows: list[Row] = []
    store = Checkpoints(Path(folder) / "checkpoints") if folder else None
    if store and (restored := store.restore(state)):
        _check_same(store, restored.notes, seed=seed, batch=batch, epochs=epochs)
        state, rows = restored.state, restored.notes["epochs"]
    log = _Log(folder, rows)
    key = jax.random.key(seed)
    saved = time.monotonic()
    with progress_bar(progress, epochs, rows) as tick:
        while not _is_done(rows, state, epochs, patience):
            began = time.monotonic()
            state, report = run_epoch(state, key, *samples)
            _check_finite(report, len(rows) + 1, store)
            rows.append(_row(report, len(rows) + 1, time.monotonic() - began))
            log.add(rows[-1])
            tick(rows[-1])
            done = _is_done(rows, state, epochs, patience)
            if store and (done or time.monotonic() - saved >= save_seconds):
                store.save(len(rows), state, {"epochs": rows, "seed": seed, "batch": batch})
                saved = time.monotonic()
    nnx.update(model, state.best)
    return History(rows, rows[int(state.best_epoch) - 1])


def _check_labels(name: str, data: Dataset) -> None:
    check_kind(name, data, Dataset, "Pass data.Dataset(inputs, labels).")
    inputs, labels = np.asarray(data.inputs), np.asarray(data.labels)
    if len(inputs) == 0 or len(inputs) != len(labels):
        must = "hold one label for each of one or more inputs"
        raise mistake(name, must, f"holds {len(inputs)} inputs and {len(labels)} labels")
    if not np.issubdtype(labels.dtype, np.integer) or labels.ndim != 1 or labels.min() < 0:
        must = "have class numbers 0, 1, 2, ... as labels"
        raise mistake(name, must, f"has {labels.dtype} of shape {labels.shape}")
    if not np.isfinite(inputs).all():
        raise mistake(name, "have finite inputs", "holds NaN or infinity")


def _check_same(store: Checkpoints, notes: dict[str, Any], **asked: int) -> None:
    """Refuse to go on with what another fit began."""
    began = {"seed": notes["seed"], "batch": notes["batch"]}
    for name, value in began.items():
        if asked[name] != value:
            must = f"be {value}, as in the fit that was begun in {store.folder}"
            raise mistake(name, must, f"is {asked[name]}", "Use another folder for another fit.")
    if asked["epochs"] < len(notes["epochs"]):
        must = f"be at least the {len(notes['epochs'])} that were done in {store.folder}"
        raise mistake("epochs", must, f"is {asked['epochs']}", "Use another folder.")


def _is_done(rows: list[Row], state: State, epochs: int, patience: int | None) -> bool:
    stale = patience is not None and len(rows) - int(state.best_epoch) >= patience
    return len(rows) >= epochs or stale


def _check_finite(report: Report, epoch: int, store: Checkpoints | None) -> None:
    """End the run before a state that is not finite is saved over a good one."""
    named = [
        (f"The loss at step {step + 1}", value)
        for step, value in enumerate(jax.device_get(report.losses))
    ]
    for what, value in [*named, ("The validation loss", report.validation_loss)]:
        if not math.isfinite(value):
            last = store.steps()[-1:] if store else []
            kept = f" The state after epoch {last[0]} is kept." if last else ""
            raise RunError(
                f"{what} of epoch {epoch} must be finite, but is {value}.{kept} Use a lower "
                "learning rate, clip the gradient, or look for inputs that are not finite and for "
                "labels beyond the outputs of the model."
            )


def _row(report: Report, epoch: int, seconds: float) -> Row:
    """The line of an epoch for people and files."""
    return {
        "epoch": epoch,
        "loss": float(report.losses.mean()),
        "validation_loss": float(report.validation_loss),
        "validation_accuracy": float(report.validation_accuracy),
        "seconds": round(seconds, 4),
    }


class _Log:
    """The file metrics.jsonl: one JSON object an epoch."""

    def __init__(self, folder: Path | str | None, rows: list[Row]):
        self.path = Path(folder) / "metrics.jsonl" if folder else None
        if self.path:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            # Rows behind the checkpoint are run again; they must not stand twice.
            write_atomically(self.path, "".join(json.dumps(row) + "\n" for row in rows))

    def add(self, row: Row) -> None:
        if self.path:
            with open(self.path, "a") as file:
                file.write(json.dumps(row) + "\n")
