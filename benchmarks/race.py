"""Workers in turns: A B A B ..., one computing at a time, so that all meet the same machine."""

import contextlib
import json
import os
import queue
import statistics
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from environments import HERE, THREADS, log, python, variables


@dataclass(frozen=True)
class Entrant:
    """One way to do a task: a worker, and which of its methods (None: it has one)."""

    worker: str
    method: str | None = None

    def __str__(self) -> str:
        return f"{self.worker} {self.method}" if self.method else self.worker


@dataclass(frozen=True)
class Race:
    """How long to measure.

    Attributes:
        rounds: turns of each entrant.
        turn: length of a turn [s]; at least one run.
        budget: no further turn for an entrant that has used so much time on a task [s].
        limit: an answer that takes longer counts as none, and ends the worker [s].
        tolerance: what errs by more is not timed; wide enough for single precision, and for
            a gradient that is checked by differences.
        rest: pause before each turn, in which the threads of the last one fall asleep [s].
    """

    rounds: int = 5
    turn: float = 0.2
    budget: float = 8.0
    limit: float = 200.0
    tolerance: float = 1e-2
    rest: float = 0.05


class Failed(Exception):
    """A worker did not do what it was asked."""


class Process:
    """A worker's process, as seen from here."""

    def __init__(self, name: str, limit: float):
        self.limit, self.lines = limit, queue.Queue()
        try:
            interpreter = python(name)
        except RuntimeError as error:
            raise Failed(str(error)) from None
        with open(log(name), "a") as output:
            self.process = subprocess.Popen(
                [interpreter, HERE / "serve.py", name],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=output,
                env=variables(name),
                text=True,
                bufsize=1,
                preexec_fn=_two_cores,
            )
        threading.Thread(target=self._listen, daemon=True).start()
        self._answer()

    def _listen(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.put(json.loads(line))
        self.lines.put({"failure": "the process ended", "ended": True})

    def _answer(self) -> dict:
        try:
            answer = self.lines.get(timeout=self.limit)
        except queue.Empty:
            self.process.kill()
            raise Failed(f"no answer in {self.limit:.0f} s") from None
        if "failure" in answer:
            raise Failed(answer["failure"])
        return answer

    def ask(self, do: str, **request) -> dict:
        """The answer to one request."""
        assert self.process.stdin is not None
        try:
            self.process.stdin.write(json.dumps({"do": do, **request}) + "\n")
        except OSError:
            raise Failed("the process ended") from None
        return self._answer()

    @property
    def alive(self) -> bool:
        """Whether it can be asked."""
        return self.process.poll() is None

    def end(self) -> None:
        """Ask no more."""
        self.process.kill()
        self.process.wait()


class Stable:
    """All workers that run; each is started when it is first needed."""

    def __init__(self, limit: float):
        self.limit = limit
        self.processes: dict[str, Process] = {}
        self.hopeless: dict[str, str] = {}
        self.versions: dict[str, dict] = {}

    def ask(self, worker: str, do: str, **request) -> dict:
        """The answer of a worker.

        Raises:
            Failed: if it does not run or does not answer.
        """
        if worker in self.hopeless:
            raise Failed(self.hopeless[worker])
        process = self.processes.get(worker)
        if process is None or not process.alive:
            try:
                process = self.processes[worker] = Process(worker, self.limit)
            except Failed as failure:
                self.hopeless[worker] = str(failure)
                raise
            self.versions[worker] = process.ask("versions")
        return process.ask(do, **request)

    def forget(self) -> None:
        """Have every worker let go of its tasks."""
        for process in self.processes.values():
            with contextlib.suppress(Failed):
                process.ask("forget")

    def end(self) -> None:
        """End every worker."""
        for process in self.processes.values():
            process.end()


@contextlib.contextmanager
def stable(limit: float) -> Iterator[Stable]:
    """Workers that end with the block."""
    workers = Stable(limit)
    try:
        yield workers
    finally:
        workers.end()


@dataclass
class Result:
    """What an entrant did on one task; what is missing was not reached."""

    task: str
    size: dict
    worker: str
    method: str | None
    first_s: float | None = None
    error: float | None = None
    seconds: list[float] = field(default_factory=list)
    rise_bytes: int | None = None
    notes: dict = field(default_factory=dict)
    failure: str | None = None

    def record(self) -> dict:
        """As it is written to the file of results."""
        times = self.seconds
        found = {k: v for k, v in vars(self).items() if v is not None and k != "seconds"}
        if not times:
            return found
        return found | {
            "median_s": statistics.median(times),
            "min_s": min(times),
            "runs": len(times),
        }


def run(
    workers: Stable,
    task: str,
    size: dict,
    entrants: list[Entrant],
    race: Race,
    *,
    report: Callable[[object], None] = lambda _: None,
) -> list[dict]:
    """Prepare and check every entrant, then time them in turns."""
    results = {e: Result(task, size, e.worker, e.method) for e in entrants}

    def attempt(entrant: Entrant, do: str, **request) -> dict:
        result = results[entrant]
        if result.failure is not None:
            return {}
        report(entrant)
        try:
            return workers.ask(entrant.worker, do, method=entrant.method, **request)
        except Failed as failure:
            result.failure = str(failure)
            return {}

    for entrant, result in results.items():
        answer = attempt(entrant, "prepare", task=task, size=size)
        result.first_s, result.notes = answer.get("first_s"), answer.get("notes", {})
        result.error = attempt(entrant, "check").get("error")
        if result.error is not None and not result.error < race.tolerance:
            result.failure = f"is wrong: error {result.error:.2g}"
    for _ in range(race.rounds):
        for entrant, result in results.items():
            if sum(result.seconds) > race.budget:
                continue
            time.sleep(race.rest)
            # Slow work needs no warming up; `first_s` holds compilation too.
            warm = (result.seconds or [result.first_s or 0.0])[-1] < 1.0
            answer = attempt(entrant, "time", seconds=race.turn, warm=warm)
            result.seconds += answer.get("seconds", [])
    workers.forget()
    return [result.record() for result in results.values()]


def memory(task: str, size: dict, entrant: Entrant, limit: float) -> dict:
    """How far the peak of memory rises in the first run, in a process that did nothing else."""
    result = Result(task, size, entrant.worker, entrant.method)
    with stable(limit) as workers:
        try:
            request = {"task": task, "size": size, "method": entrant.method}
            answer = workers.ask(entrant.worker, "prepare", **request)
            result.rise_bytes, result.notes = answer["rise_bytes"], answer["notes"]
        except Failed as failure:
            result.failure = str(failure)
    return result.record()


def _two_cores() -> None:
    """The same cores for all: not every library can be told how many threads to use."""
    with contextlib.suppress(AttributeError, OSError):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:THREADS])
