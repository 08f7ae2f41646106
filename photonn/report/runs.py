"""Run folders seen from outside: what lies there, how runs differ, what can be thrown away."""

import os
import time
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from photonn.durable import hold, is_held, remove
from photonn.errors import InputError, RunError
from photonn.report.run_folder import (
    clear,
    environment,
    flat,
    read_record,
    read_result,
    runs_inside,
)

State = Literal["running", "finished", "interrupted", "damaged"]


@dataclass(frozen=True)
class Run:
    """A run folder.

    Attributes:
        path: where it is.
        experiment: its name.
        state: running (somebody holds its lock), finished (it has a sound result), damaged
            (the result is not as it was written) or interrupted.
        record: what `run.json` says.
        result: what `result.json` says; `None` unless finished.
        size: of all files [bytes].
        changed: when a file was last written [s since 1970].
    """

    path: Path
    experiment: str
    state: State
    record: dict[str, Any]
    result: dict[str, Any] | None
    size: int
    changed: float

    @property
    def seeds(self) -> list[int]:
        """Those of the result, or the one that was asked for."""
        asked = self.record["config"].get("seed")
        return self.result["seeds"] if self.result else [] if asked is None else [asked]

    @property
    def age(self) -> float:
        """Time since the last change [s]; zero if the clock was set back."""
        return max(time.time() - self.changed, 0.0)


def find(folder: Path) -> list[Run]:
    """Every run in a folder and below, in the order of their paths.

    Raises:
        InputError: if there is no such folder.
    """
    if not folder.is_dir():
        raise InputError(f"`FOLDER` must be a folder with runs, but {folder} is none.")
    found = []
    for path, inside, _ in os.walk(folder):
        inside.sort()
        run = look(Path(path))
        if run:
            found.append(run)
            inside[:] = [name for name in inside if name != "checkpoints"]
    return found


def look(path: Path) -> Run | None:
    """The run in a folder; `None` where there is none with a sound record."""
    record = read_record(path / "run.json")
    if record is None:
        return None
    size, changed = _extent(path)
    run = Run(path, record["experiment"], "interrupted", record, None, size, changed)
    if any(is_held(lock.parent) for lock in path.rglob(".lock")):
        return replace(run, state="running")
    try:
        result = read_result(path)
    except RunError:
        return replace(run, state="damaged")
    mine = result and all(result[name] == record[name] for name in ("experiment", "config"))
    if result is None:
        return run
    return replace(run, state="finished", result=result) if mine else replace(run, state="damaged")


def opened(path: Path) -> Run:
    """The run in a folder.

    Raises:
        InputError: if there is none.
    """
    run = look(path)
    if run is None:
        raise InputError(
            f"{path} must be a run folder, but holds no sound run.json. `photonn runs` shows "
            "those there are."
        )
    return run


def check_configuration(run: Run) -> None:
    """Raise unless `config.toml` says what `run.json` says, which has a hash.

    Raises:
        InputError: if it was changed or cannot be read.
    """
    path = run.path / "config.toml"
    way_out = "To run a changed copy: photonn run NAME --config FILE."
    if not path.is_file():
        raise InputError(f"{path} cannot be read: there is no such file.")
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(f"{path} cannot be read: {error}.") from None
    recorded = {"experiment": run.experiment, **run.record["config"]}
    there, here = flat(content), flat(recorded)
    odd = sorted(name for name in there | here if there.get(name) != here.get(name))
    if odd:
        raise InputError(
            f"`{odd[0]}` in {path} must be {here.get(odd[0])!r}, as in run.json, but is "
            f"{there.get(odd[0])!r}. {way_out}"
        )


def changed_since(run: Run) -> Iterator[tuple[str, Any, Any]]:
    """Versions and devices that are not those of the run: what, then and now."""
    now = environment()
    for name, here in flat(
        {name: now[name] for name in ("versions", "device", "platform")}
    ).items():
        there = flat(run.record).get(name)
        if there != here:
            yield name.removeprefix("versions."), there, here


def differences(runs: Sequence[Run]) -> dict[str, list[Any]]:
    """Fields, versions and devices that are not the same in all runs, by name."""
    told = []
    for run in runs:
        about = {name: run.record.get(name) for name in ("experiment", "device", "versions")}
        told.append(flat({**about, **run.record["config"]}))
    names = sorted({name for one in told for name in one})
    rows = {name: [one.get(name) for one in told] for name in names}
    return {name: row for name, row in rows.items() if any(value != row[0] for value in row)}


def claims(runs: Sequence[Run]) -> dict[tuple[str, str, str], list[dict[str, Any] | None]]:
    """Claims side by side, by name, data set and metric; `None` where a run has it not."""
    found: dict[tuple[str, str, str], list[dict[str, Any] | None]] = {}
    for number, run in enumerate(runs):
        for claim in run.result["claims"] if run.result else []:
            name = (claim["name"], claim["dataset"], claim["metric"])
            found.setdefault(name, [None] * len(runs))[number] = claim
    return found


@dataclass(frozen=True)
class Removal:
    """Something that can be thrown away.

    Attributes:
        run: whose it is.
        paths: its folders of checkpoints, or the run folder itself.
        size: of its files [bytes].
        why: for people.
    """

    run: Run
    paths: tuple[Path, ...]
    size: int
    why: str


def removable(
    runs: Sequence[Run], *, unfinished: bool = False, older_than: float | None = None
) -> Iterator[Removal]:
    """What of the runs could go; never of one that is under way, damaged, or has others in it.

    Args:
        runs: those to look at.
        unfinished: the whole folders of interrupted runs.
        older_than: only of runs that have not changed for so long [s], and of those the
            whole folders, also of finished ones. With neither, checkpoints of finished runs.
    """
    for run in runs:
        aged = older_than is None or run.age > older_than
        if run.state not in ("finished", "interrupted") or not aged or runs_inside(run.path):
            continue
        if run.state == "interrupted" and (unfinished or older_than is not None):
            yield Removal(run, (run.path,), run.size, "interrupted")
        elif run.state == "finished" and older_than is not None and not unfinished:
            yield Removal(run, (run.path,), run.size, "old")
        elif run.state == "finished" and older_than is None and not unfinished:
            found = (path for path in run.path.rglob("checkpoints") if not path.is_symlink())
            paths = tuple(sorted(path for path in found if path.is_dir()))
            size = sum(_extent(path)[0] for path in paths)
            if paths:
                yield Removal(run, paths, size, "finished: checkpoints")


def discard(removal: Removal) -> bool:
    """Remove it, unless the run has been taken up or finished since it was looked at."""
    run = look(removal.run.path)
    if run is None or run.state != removal.run.state:
        return False
    try:
        lock = hold(run.path)
    except TimeoutError:
        return False
    if removal.paths != (run.path,):
        for path in removal.paths:
            remove(path)
        return True
    clear(run.path)
    remove(run.path / ".lock")
    del lock
    run.path.rmdir()
    return True


def _extent(folder: Path) -> tuple[int, float]:
    """Bytes in a folder, and when a file in it was last written [s since 1970]."""
    size, changed = 0, 0.0
    for path in folder.rglob("*"):
        try:
            about = path.lstat()
        except FileNotFoundError:  # a run that is under way replaces its files
            continue
        if not path.is_dir() and path.name != ".lock":
            size, changed = size + about.st_size, max(changed, about.st_mtime)
    return size, changed
