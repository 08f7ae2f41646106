"""Epochs in pieces: after each the run is checked, shown, saved, and may be ended.

A piece is a compiled loop over as many steps as take about half a second, at most to the end
of the epoch, so that Python costs next to nothing and nobody waits long for a save.
"""

import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import jax
import numpy as np
from jax import Array

from photonn.errors import Terminated, mistake
from photonn.train import diagnosis
from photonn.train.checkpoint import Checkpoints
from photonn.train.epoch import Point, Recipe, Report, State
from photonn.train.history import Log, Row
from photonn.train.program import Program
from photonn.train.progress import progress_bar
from photonn.train.samples import Block, Samples
from photonn.train.termination import termination

SECONDS = 0.5  # of a piece


@dataclass(frozen=True)
class Plan:
    """What is asked of a run.

    Attributes:
        epochs: at most so many.
        points: for each lane its `seed`, and other numbers of its own.
        lanes: whether states have a first axis for the points.
        folder: where metrics and checkpoints lie.
        save_seconds: least time between checkpoints [s].
        progress: label of a progress bar.
        track: whether to write for TensorBoard.
    """

    epochs: int
    points: tuple[Point, ...]
    lanes: bool
    folder: Path | str | None
    save_seconds: float
    progress: str | None
    track: bool


class Run:
    """A fit, or several at once, under way.

    Attributes:
        state: where training stands.
        rows: for each lane, the rows of its epochs.
    """

    def __init__(
        self, recipe: Recipe, train: Samples, validation: Samples, plan: Plan, state: State
    ):
        self.recipe, self.train, self.validation, self.plan = recipe, train, validation, plan
        self.program = Program(recipe, train, validation, lanes=plan.lanes)
        self.rows: list[list[Row]] = [[] for _ in plan.points]
        self.division = division = recipe.division
        keys = [jax.random.key(point["seed"]) for point in plan.points]
        self.key = division.everywhere(jax.numpy.stack(keys) if plan.lanes else keys[0])
        folder = Path(plan.folder) if plan.folder and division.is_first else None
        self.store = Checkpoints(folder / "checkpoints") if folder else None
        self.data: dict[str, str] = {}
        if self.store:
            self.data = {"train": train.checksum(), "validation": validation.checksum()}
            self.store.own()  # also a new one: two fits would write the same metrics
        restored = division.share(self.store.restore(state) if self.store else None, state)
        if restored:
            _check_same(plan.folder, restored.notes, self._same(), plan.epochs)
            # The same numbers, in the very types that were compiled for.
            state, self.rows = replace(restored.state, point=state.point), restored.notes["epochs"]
        self.state: State = division.everywhere(state)
        self.epoch, self.step = (_first(n) for n in (self.state.epoch, self.state.step))
        self.best_epochs = np.atleast_1d(self.state.best_epoch)
        self.log = Log(folder, self._lines(), plan.track and division.is_first)
        self.saved = (time.monotonic(), self._number())
        self.pace = _Pace()

    def go(self) -> None:
        """Train to the end."""
        total = self.plan.epochs * self.train.steps
        label = self.plan.progress if self.division.is_first else None
        bar = progress_bar(label, total, self._number())
        with termination() as asked, bar as tick:
            while not self.is_done():
                self._run_epoch(asked, tick)
        self.state = self.division.here(self.state)

    def is_done(self) -> bool:
        """Whether all epochs are done, or every lane has stopped."""
        return self.epoch >= self.plan.epochs or not self._going().any()

    def _going(self) -> np.ndarray:
        """Which lanes have not stopped for want of a better epoch."""
        patience = self.recipe.patience
        if patience is None:
            return np.full(len(self.rows), True)
        return self.epoch - self.best_epochs < patience

    def _run_epoch(self, asked: Any, tick: Any) -> None:
        began, first, going = time.monotonic(), self.step, self._going()
        order = self.program.order(self.key, self.state.epoch)
        for stop, block in self.train.blocks(order, first):
            while self.step < stop:
                count = self.division.of_first(self.pace.steps(stop - self.step))
                report = self._run_piece(block, count, going)
                seconds = max(time.monotonic() - began, 1e-9)
                done = (self.step or self.train.steps) - first
                rate = done * self.train.batch / seconds
                if report is None:
                    loss = np.mean(np.asarray(self.state.total)) / self.step
                    tick(self._number(), f"epoch {self.epoch + 1}  loss {loss:.4f}  {rate:.0f}/s")
                else:
                    self._add_rows(report, np.flatnonzero(going), seconds, rate)
                    tick(self._number(), _words(self.rows, self.plan.epochs, rate))
                self._save_if_due(asked)
                if report is not None:
                    return

    def _run_piece(self, block: Block, count: int, going: np.ndarray) -> Report | None:
        """So many steps, and the validation if they end the epoch."""
        began, before, report = time.monotonic(), self.state, None
        after, failed = self.program.piece(before, self.key, block, count)
        if ends := self.step + count == self.train.steps:
            after, report = self.program.finish(after)
        bad = np.where(going, np.atleast_1d(failed), -1)  # waits for the device
        self.pace.took(count, time.monotonic() - began)
        if (bad >= 0).any():
            lane = int(np.argmax(bad >= 0))
            raise diagnosis.of_step(self, before, block, lane, int(bad[lane]))
        if report is not None:
            wrong = going & ~np.isfinite(np.atleast_1d(report.validation_loss))
            if wrong.any():
                raise diagnosis.of_validation(self, before, after, int(np.argmax(wrong)))
        self.state = after
        self.epoch, self.step = (self.epoch + 1, 0) if ends else (self.epoch, self.step + count)
        return report

    def _add_rows(self, report: Report, going: np.ndarray, seconds: float, rate: float) -> None:
        """The lines of an epoch for people and files."""
        self.best_epochs = np.atleast_1d(self.state.best_epoch)
        values = {
            "loss": report.loss,
            "validation_loss": report.validation_loss,
            "validation_accuracy": report.validation_accuracy,
        }
        held = {k: np.atleast_1d(v) for k, v in values.items() if v is not None}
        for lane in going:
            row = _label(self.plan.points[lane]) if self.plan.lanes else {}
            row |= {"epoch": self.epoch, "step": self._number()}
            row |= {name: float(value[lane]) for name, value in held.items()}
            row |= {"seconds": round(seconds, 4), "rate": round(rate, 1)}
            self.rows[lane].append(row)
            self.log.add(row)

    def _save_if_due(self, asked: Any) -> None:
        stop = self.division.any(asked())
        late = time.monotonic() - self.saved[0] >= self.plan.save_seconds
        if stop or late or self.is_done():
            self.save(self.state)
        if stop:
            raise Terminated

    def save(self, state: State) -> None:
        """Keep a state, unless it is kept already."""
        number = _first(state.epoch) * self.train.steps + _first(state.step)
        if self.store and number != self.saved[1]:
            self.store.save(number, state, {"epochs": self.rows, **self._same()})
            self.saved = (time.monotonic(), number)

    def _number(self) -> int:
        """Steps that are done in all."""
        return self.epoch * self.train.steps + self.step

    def _same(self) -> dict[str, Any]:
        """What must be the same where a run goes on."""
        points = [dict(point) for point in self.plan.points]
        same = {"points": points} if self.plan.lanes else points[0]
        estimate = self.recipe.estimate
        kind = getattr(estimate, "__name__", type(estimate).__name__)
        return {**same, "batch": self.train.batch, **self.data, "estimate": kind}

    def _lines(self) -> list[Row]:
        return sorted((row for rows in self.rows for row in rows), key=lambda row: row["epoch"])


class _Pace:
    """How many steps make a piece."""

    def __init__(self):
        self.each: float | None = None
        self.compiled = False

    def steps(self, left: int) -> int:
        """At most so many as are left; one as long as its time is not known."""
        return 1 if self.each is None else min(left, max(1, int(SECONDS / self.each)))

    def took(self, count: int, seconds: float) -> None:
        """Learn from a piece; the first one compiled."""
        if self.compiled:
            self.each = max(seconds / count, 1e-9)
        self.compiled = True


def _first(number: Array) -> int:
    return int(np.atleast_1d(number)[0])


def _label(point: Point) -> Row:
    """How the rows of a lane begin."""
    others = {name: value for name, value in point.items() if name != "seed"}
    return {"seed": point["seed"]} | ({"point": others} if others else {})


def _words(rows: list[list[Row]], epochs: int, rate: float) -> str:
    """What a progress bar says at the end of an epoch: means over the fits that go on."""
    epoch = max(len(each) for each in rows)
    last = [each[-1] for each in rows if len(each) == epoch]
    words = f"epoch {epoch}/{epochs}  loss {np.mean([row['loss'] for row in last]):.4f}"
    if "validation_accuracy" in last[0]:
        right = np.mean([row["validation_accuracy"] for row in last])
        return f"{words}  val {100 * right:.2f} %  {rate:.0f}/s"
    validation = np.mean([row["validation_loss"] for row in last])
    return f"{words}  val {validation:.4g}  {rate:.0f}/s"


def _check_same(
    folder: Path | str | None, notes: dict[str, Any], asked: dict[str, Any], epochs: int
) -> None:
    """Refuse to go on with what another fit began."""
    for name, value in asked.items():
        if notes.get(name) != value:
            must = f"be {notes.get(name)}, as in the fit that was begun in {folder}"
            raise mistake(name, must, f"is {value}", "Use another folder for another fit.")
    done = max(map(len, notes["epochs"]))
    if epochs < done:
        must = f"be at least the {done} that were done in {folder}"
        raise mistake("epochs", must, f"is {epochs}", "Use another folder.")
