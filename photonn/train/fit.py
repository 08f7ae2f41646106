"""Fit a model: every epoch is one compiled scan over its batches.

The state after an epoch depends on the state before it and on the seed alone, so a run
that goes on from a checkpoint ends bit for bit where an unbroken one does.
"""

import json
import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import optax
from flax import nnx
from jax import Array
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from photonn.data import Dataset
from photonn.errors import RunError, check_integer, mistake
from photonn.train import losses
from photonn.train.checkpoint import Checkpoints

Loss = Callable[[Array, Array], Array]


@dataclass(frozen=True)
class History:
    """How a fit went.

    Attributes:
        epochs: one row an epoch: `epoch`, `loss`, `validation_loss`,
            `validation_accuracy`, `seconds`.
        best: the row that the model was left at.
    """

    epochs: list[dict[str, float]]
    best: dict[str, float]


@jax.tree_util.register_dataclass
@dataclass(frozen=True)
class _State:
    """Everything that an epoch changes."""

    params: nnx.State
    rest: nnx.State
    optimizer: Any
    best: nnx.State
    best_accuracy: Array
    best_loss: Array
    best_epoch: Array
    epoch: Array


def fit(
    model: nnx.Module,
    train: Dataset,
    validation: Dataset,
    optimizer: optax.GradientTransformation,
    *,
    epochs: int,
    batch: int,
    loss: Loss = losses.cross_entropy,
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
        seed: of the order of the samples.
        patience: stop after so many epochs without a better one.
        folder: where metrics and checkpoints lie; a fit that finds its own there goes on.
        save_seconds: least time between checkpoints [s]; the last epoch is always saved.
        progress: label of a progress bar; `None` shows none.

    Returns:
        The history, with what happened before a resume.

    Raises:
        InputError: if a batch is larger than the training set.
        RunError: if the loss is no longer finite, or a checkpoint cannot be used.
    """
    check_integer("epochs", epochs, 1)
    check_integer("batch", batch, 1)
    if batch > len(train.inputs):
        must = f"be at most the {len(train.inputs)} training samples"
        raise mistake("batch", must, f"is {batch}")
    graph, state = _start(model, optimizer)
    run_epoch = _compile(graph, optimizer, loss, _device(train), _device(validation), batch)
    rows: list[dict[str, float]] = []
    store = Checkpoints(Path(folder) / "checkpoints") if folder else None
    if store and (restored := store.restore(state)):
        state, rows = restored.state, restored.notes["epochs"]
    log = _Log(folder, rows)
    key = jax.random.key(seed)
    saved = time.monotonic()
    with _bar(progress, epochs, len(rows)) as tick:
        while len(rows) < epochs and not _is_stale(rows, state, patience):
            began = time.monotonic()
            state_after, report = run_epoch(state, key)
            row = _row(report, len(rows) + 1, time.monotonic() - began, store)
            state = state_after
            rows.append(row)
            log.add(row)
            tick(row)
            done = len(rows) == epochs or _is_stale(rows, state, patience)
            if store and (done or time.monotonic() - saved >= save_seconds):
                store.save(len(rows), state, {"epochs": rows})
                saved = time.monotonic()
    nnx.update(model, state.best)
    return History(rows, rows[int(state.best_epoch) - 1])


def _start(model: nnx.Module, optimizer: optax.GradientTransformation):
    graph, params, rest = nnx.split(model, nnx.Param, ...)
    # Copies: the state is donated to each epoch, the model's own arrays are not ours to give.
    params, rest = jax.tree.map(jnp.copy, (params, rest))
    state = _State(
        params=params,
        rest=rest,
        optimizer=optimizer.init(params),
        best=jax.tree.map(jnp.copy, nnx.merge_state(params, rest)),
        best_accuracy=jnp.asarray(-1.0),
        best_loss=jnp.asarray(jnp.inf),
        best_epoch=jnp.asarray(0),
        epoch=jnp.asarray(0),
    )
    return graph, state


def _compile(
    graph: Any,
    optimizer: optax.GradientTransformation,
    loss: Loss,
    train: Dataset,
    validation: Dataset,
    batch: int,
) -> Callable[[_State, Array], tuple[_State, dict[str, Array]]]:
    """One epoch as one program: shuffle, scan over batches, validate, keep the best."""
    steps = len(train.inputs) // batch

    def objective(params: nnx.State, rest: nnx.State, inputs: Array, labels: Array):
        model = nnx.merge(graph, params, rest)
        value = loss(model(inputs), labels)
        return value, nnx.split(model, nnx.Param, ...)[2]

    def step(data: Dataset, carry, chosen: Array):
        params, rest, optimizer_state = carry
        gradient = jax.value_and_grad(objective, has_aux=True)
        (value, rest), grads = gradient(params, rest, data.inputs[chosen], data.labels[chosen])
        updates, optimizer_state = optimizer.update(grads, optimizer_state, params)
        return (optax.apply_updates(params, updates), rest, optimizer_state), value

    @jax.jit
    def run_epoch(state: _State, key: Array, train: Dataset, validation: Dataset):
        order = jax.random.permutation(jax.random.fold_in(key, state.epoch), len(train.inputs))
        batches = order[: steps * batch].reshape(steps, batch)
        carry = state.params, state.rest, state.optimizer
        carry, values = jax.lax.scan(lambda c, b: step(train, c, b), carry, batches)
        params, rest, optimizer_state = carry
        outputs = losses.predict(nnx.merge(graph, params, rest), validation.inputs)
        right = jnp.argmax(outputs, axis=-1) == validation.labels
        report = {
            "losses": values,
            "validation_loss": loss(outputs, validation.labels).astype(float),
            "validation_accuracy": jnp.mean(right.astype(float)),
        }
        state = _State(
            params, rest, optimizer_state,
            state.best, state.best_accuracy, state.best_loss, state.best_epoch, state.epoch + 1,
        )
        return _keep_best(state, report), report

    return lambda state, key: run_epoch(state, key, train, validation)


def _keep_best(state: _State, report: dict[str, Array]) -> _State:
    accuracy, loss = report["validation_accuracy"], report["validation_loss"]
    level = accuracy == state.best_accuracy
    better = (accuracy > state.best_accuracy) | (level & (loss < state.best_loss))
    now = nnx.merge_state(state.params, state.rest)
    best, best_accuracy, best_loss, best_epoch = jax.tree.map(
        lambda new, old: jnp.where(better, new, old),
        (now, accuracy, loss, state.epoch),
        (state.best, state.best_accuracy, state.best_loss, state.best_epoch),
    )
    return _State(
        state.params, state.rest, state.optimizer,
        best, best_accuracy, best_loss, best_epoch, state.epoch,
    )


def _row(
    report: dict[str, Array], epoch: int, seconds: float, store: Checkpoints | None
) -> dict[str, float]:
    """The line of an epoch for people and files; a loss that is not finite ends the run."""
    values = jax.device_get(report["losses"])
    for number, value in enumerate(values):
        if not math.isfinite(value):
            last = store.steps()[-1:] if store else []
            kept = f" The state after epoch {last[0]} is kept." if last else ""
            raise RunError(
                f"The loss is {value} at step {number + 1} of epoch {epoch}.{kept} Use a lower "
                "learning rate, clip the gradient, or look for inputs that are not finite."
            )
    row = {"epoch": epoch, "loss": float(values.mean())}
    row |= {name: float(report[name]) for name in ("validation_loss", "validation_accuracy")}
    return row | {"seconds": round(seconds, 4)}


def _is_stale(rows: list[dict[str, float]], state: _State, patience: int | None) -> bool:
    return patience is not None and len(rows) - int(state.best_epoch) >= patience > 0


def _device(data: Dataset) -> Dataset:
    inputs = jnp.asarray(data.inputs)
    if jnp.issubdtype(inputs.dtype, jnp.floating):
        inputs = inputs.astype(float)
    return Dataset(inputs, jnp.asarray(data.labels))


class _Log:
    """metrics.jsonl: one JSON object an epoch."""

    def __init__(self, folder: Path | str | None, rows: list[dict[str, float]]):
        self.path = Path(folder) / "metrics.jsonl" if folder else None
        if self.path:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            # Rows behind the checkpoint are run again; they must not stand twice.
            self.path.write_text("".join(json.dumps(row) + "\n" for row in rows))

    def add(self, row: dict[str, float]) -> None:
        if self.path:
            with open(self.path, "a") as file:
                file.write(json.dumps(row) + "\n")


class _bar:
    """A progress bar with loss, accuracy and remaining time, or nothing."""

    def __init__(self, label: str | None, epochs: int, done: int):
        self.label, self.epochs, self.done = label, epochs, done

    def __enter__(self) -> Callable[[dict[str, float]], None]:
        if self.label is None:
            return lambda row: None
        columns = ("{task.description}", BarColumn(), "{task.completed}/{task.total}",
                   TextColumn("{task.fields[report]}"), TimeRemainingColumn())
        self.progress = Progress(*columns)
        self.progress.start()
        task = self.progress.add_task(self.label, total=self.epochs, completed=self.done, report="")

        def tick(row: dict[str, float]) -> None:
            report = f"loss {row['loss']:.4f}  val {100 * row['validation_accuracy']:.2f} %"
            self.progress.update(task, advance=1, report=report)

        return tick

    def __exit__(self, *_: object) -> None:
        if self.label is not None:
            self.progress.stop()
