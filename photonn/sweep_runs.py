"""The runs of a sweep, each in a process of its own: here, or on a cluster.

A process ends with its run: it gives its memory back, and one that crashes takes no other
with it. What it prints is in a log beside its run folder.
"""

import csv
import dataclasses
import io
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import tomli_w

from photonn.durable import write_atomically
from photonn.errors import InputError, Terminated
from photonn.report.run_folder import without_none
from photonn.sweep import Point
from photonn.train.termination import termination

Done = Callable[[Point, str], None]  # with what failed, or nothing


def command(name: str, point: Point) -> list[str]:
    """The command line that runs a point; its configuration is written beside its folder."""
    file = point.folder.with_suffix(".toml")
    file.parent.mkdir(parents=True, exist_ok=True)
    content = {"experiment": name, **without_none(dataclasses.asdict(point.chosen))}
    write_atomically(file, tomli_w.dumps(content))
    program = [sys.executable, "-m", "photonn.cli", "run", name]
    return [*program, "--config", str(file), "--out", str(point.folder)]


def run_here(name: str, waiting: Sequence[Point], jobs: int, done: Done) -> None:
    """Run points in so many processes at a time.

    Whatever ends this, an interruption included, asks all processes to save and stop.

    Raises:
        Terminated: after SIGTERM.
    """
    left, running = list(waiting), {}
    with termination() as asked, _stopped(running):
        while left or running:
            if asked():
                raise Terminated
            while left and len(running) < jobs:
                point = left.pop(0)
                running[point.folder] = point, _start(command(name, point), point, jobs)
            for folder, (point, process) in list(running.items()):
                if process.poll() is not None:
                    del running[folder]
                    done(point, failure(process.returncode, point))
            time.sleep(0.05)


def run_on_cluster(
    name: str, waiting: Sequence[Point], jobs: int, done: Done, *, cluster: str, options: dict
) -> None:
    """Run points as jobs of a cluster, and wait for them.

    Args:
        name: of the experiment.
        waiting: points to run.
        jobs: at most so many at a time; Slurm keeps to it.
        done: called with each point that has ended.
        cluster: `slurm`, or `local` for processes of this machine.
        options: of `submitit`, such as `timeout_min` and `slurm_partition`.

    Raises:
        InputError: if submitit is not installed, or cannot use the options.
        Terminated: after SIGTERM; the jobs are cancelled.
    """
    # Else its import closes the handlers of all other loggers, to set up its own.
    os.environ.setdefault("SUBMITIT_LOG_LEVEL", "NOCONFIG")
    try:
        import submitit
    except ImportError:
        raise InputError(
            "`--cluster` needs submitit, which is not installed: pip install 'photonn[cluster]'."
        ) from None
    logs = waiting[0].folder.parent / "cluster"
    try:
        executor = submitit.AutoExecutor(folder=logs, cluster=cluster)
        many = {"slurm_array_parallelism": jobs} if cluster == "slurm" else {}
        executor.update_parameters(name=f"photonn-{name}", **many, **options)
        with executor.batch():
            submitted = [executor.submit(_run, command(name, p), log(p)) for p in waiting]
    except Exception as error:  # whatever the scheduler says
        raise InputError(f"`--cluster {cluster}` cannot be used: {error}.") from error
    left = list(zip(waiting, submitted, strict=True))
    with termination() as asked:
        try:
            while left:
                if asked():
                    raise Terminated
                ended = [pair for pair in left if pair[1].done()]
                left = [pair for pair in left if pair not in ended]
                for point, job in ended:
                    done(point, _failure_of(job, point))
                time.sleep(0.2)
        finally:
            for _, job in left:
                job.cancel()


def log(point: Point) -> Path:
    """Where the output of a point goes."""
    return point.folder.with_suffix(".log")


def failure(code: int, point: Point) -> str:
    """Nothing for a run that ended well; else how it ended, in a line."""
    if code == 0:
        return ""
    lines = log(point).read_text(errors="replace").strip().splitlines()
    own = [line for line in lines if line.startswith("photonn: ")]
    said = own[-1].removeprefix("photonn: ") if own else (lines[-1] if lines else "no output")
    return f"exit {code}: {said}"


def write_table(path: Path, rows: Sequence[dict[str, Any]]) -> list[str]:
    """Write rows as CSV, whole or not at all; gives the columns: varied, claims, status, folder."""
    last = ("status", "folder")
    columns = list(dict.fromkeys(k for row in rows for k in row if k not in last)) + list(last)
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, text.getvalue())
    return columns


def _start(line: list[str], point: Point, jobs: int) -> subprocess.Popen:
    environment = dict(os.environ)
    if jobs > 1:  # else the first takes most of the memory of a GPU
        environment.setdefault("XLA_PYTHON_CLIENT_PREALLOCATE", "false")
    with open(log(point), "w") as output:
        return subprocess.Popen(line, stdout=output, stderr=output, env=environment)


def _run(line: list[str], output: Path) -> int:
    """On a machine of the cluster."""
    with open(output, "w") as file:
        return subprocess.run(line, stdout=file, stderr=file, check=False).returncode


def _failure_of(job: Any, point: Point) -> str:
    try:
        return failure(job.result(), point)
    except Exception as error:  # the job itself was lost: killed, out of time
        return f"job {job.job_id}: {str(error).strip().partition(chr(10))[0]}"


@contextmanager
def _stopped(running: dict[Path, tuple[Point, subprocess.Popen]]) -> Iterator[None]:
    try:
        yield
    finally:
        # Again and again: Python drops what is raised inside a callback of its collector.
        while left := [one for _, one in running.values() if one.poll() is None]:
            for process in left:
                process.terminate()
            with suppress(subprocess.TimeoutExpired):
                left[-1].wait(timeout=10)
