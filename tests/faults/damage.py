"""Damage every file of a checkpoint and of a run in every kind of way, and see what is made of it.

What may come of it: an earlier checkpoint, the right state all the same, or one clear error.
"""

import contextlib
import io
import json
import logging
import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import jax.numpy as jnp
import numpy as np

from photonn import cli
from photonn.errors import InputError, RunError
from photonn.train import sealed
from photonn.train.checkpoint import Checkpoints

Tally = Counter[tuple[str, str]]


def flip(path: Path, other: Path, at: float = 0.5) -> None:
    """One bit, somewhere."""
    content = bytearray(path.read_bytes())
    if content:
        content[int(at * (len(content) - 1))] ^= 1
        path.write_bytes(bytes(content))


KINDS: dict[str, Callable[[Path, Path], object]] = {
    "first byte flipped": lambda path, other: flip(path, other, 0.0),
    "a byte flipped": flip,
    "last byte flipped": lambda path, other: flip(path, other, 1.0),
    "cut in half": lambda path, other: path.write_bytes(path.read_bytes()[: _size(path) // 2]),
    "a byte short": lambda path, other: path.write_bytes(path.read_bytes()[:-1]),
    "empty": lambda path, other: path.write_bytes(b""),
    "longer": lambda path, other: path.write_bytes(path.read_bytes() + b"\0" * 100),
    "zeros": lambda path, other: path.write_bytes(bytes(_size(path))),
    "noise": lambda path, other: path.write_bytes(_noise(_size(path) + 1)),
    "nested": lambda path, other: path.write_bytes(b'{"a": ' * 50_000),
    "missing": lambda path, other: path.unlink(),
    "a folder": lambda path, other: (path.unlink(), path.mkdir()),
    "a broken link": lambda path, other: (path.unlink(), path.symlink_to("nowhere")),
    "a pipe": lambda path, other: (path.unlink(), os.mkfifo(path)),
    "of another run": lambda path, other: shutil.copyfile(other, path),
}


def state(value: float) -> dict[str, object]:
    """A small state, of which no two are alike."""
    return {"a": jnp.full((2, 3), value, float), "b": {"c": jnp.arange(400.0) * value}}


def checkpoints(folder: Path) -> Tally:
    """Damage each file of the newest of two checkpoints, in each way."""
    stores = [Checkpoints(folder / name) for name in ("ours", "theirs")]
    for number, store in enumerate(stores):
        for step in (1, 2):
            store.save(step, state(step + 10 * number), {"step": step})
    ours, theirs = (store.folder for store in stores)
    tally: Tally = Counter()
    for path in [*_files(ours / "2"), ours / "2.json"]:
        for kind, spoil in KINDS.items():
            copy = folder / "copy"
            shutil.copytree(ours, copy)
            target = copy / path.relative_to(ours)
            spoil(target, _alike(theirs, path.relative_to(ours)))
            tally[kind, restored(copy)] += 1
            shutil.rmtree(copy)
    return tally


def restored(folder: Path) -> str:
    """What is made of a folder whose step 2 was damaged."""
    try:
        with _silent(logging.getLogger("photonn")) as said:
            found = Checkpoints(folder).restore(state(0.0))
    except (InputError, RunError) as error:
        return "one clear error" if _is_clear(str(error)) else f"UNCLEAR: {error}"
    except Exception as error:
        return f"TRACEBACK: {type(error).__name__}: {error}"
    if found is None:
        return "WRONG: nothing found"
    for leaf, want in zip(_leaves(found.state), _leaves(state(found.step)), strict=True):
        if leaf.tobytes() != want.tobytes() or found.notes != {"step": found.step}:
            return "WRONG STATE"
    if found.step == 2:
        return "read all the same, and right"
    told = any(words in said.getvalue() for words in ("Checkpoint 2 is damaged", "cut short"))
    return "earlier checkpoint, and said so" if told else "SILENT"


def run_folders(folder: Path, experiment: str) -> Tally:
    """Damage each file of a finished run, in each way, and use it in each way.

    Args:
        folder: in which `experiments/` lies; the working folder.
        experiment: one that takes no time.
    """
    ours, theirs = folder / "ours", folder / "theirs"
    for path, seed in ((ours, "1"), (theirs, "2")):
        spoken(["run", experiment, "--seed", seed, "--out", str(path)])
        (path / "metrics.jsonl").write_text('{"epoch": 1}\n')
    want = json.loads((ours / "result.json").read_text())["claims"]
    copy, again = folder / "copy", folder / "again"
    uses = (
        ["run", experiment, "--seed", "1", "--out", str(copy)],
        ["run", "--from", str(copy), "--out", str(again)],
        ["runs", str(folder)],
        ["runs", "compare", str(copy), str(theirs)],
        ["runs", "prune", str(copy), "--unfinished", "--yes"],
    )
    tally: Tally = Counter()
    for name in ("run.json", "config.toml", "metrics.jsonl", "result.json"):
        for kind, spoil in KINDS.items():
            for use in uses:
                shutil.copytree(ours, copy)
                spoil(copy / name, theirs / name)
                tally[kind, used(use, copy, again, want)] += 1
                shutil.rmtree(copy, ignore_errors=True)
                shutil.rmtree(again, ignore_errors=True)
    return tally


def used(arguments: list[str], copy: Path, again: Path, want: list) -> str:
    """What is made of a run folder with a damaged file."""
    try:
        code, text = spoken(arguments)
    except Exception as error:
        return f"TRACEBACK: {type(error).__name__}: {error}"
    if code != 0:
        return "one clear error" if code in (1, 2) and _is_clear(text) else f"UNCLEAR: {text}"
    if arguments[0] == "run":
        made = again if "--from" in arguments else copy
        if sealed.read(made / "result.json")["claims"] != want:
            return "WRONG RESULT"
    return "done all the same, and right"


def spoken(arguments: list[str]) -> tuple[int, str]:
    """Exit code of a command and what it says of a mistake."""
    out, errors = io.StringIO(), io.StringIO()
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(errors):
            cli.main(arguments)
    except SystemExit as end:
        return int(end.code or 0), errors.getvalue()
    return 0, errors.getvalue()


def is_good(outcome: str) -> bool:
    """Outcomes in capitals are faults."""
    return not outcome[:5].isupper()


@contextlib.contextmanager
def _silent(logger: logging.Logger) -> Iterator[io.StringIO]:
    said = io.StringIO()
    handler = logging.StreamHandler(said)
    logger.addHandler(handler)
    logger.propagate = False
    try:
        yield said
    finally:
        logger.removeHandler(handler)
        logger.propagate = True


def _is_clear(text: str) -> bool:
    return 10 < len(text) < 2000 and "Traceback" not in text and len(text.splitlines()) <= 2


def _alike(folder: Path, path: Path) -> Path:
    """The file of another checkpoint in the same place; names of data are random there."""
    if (folder / path).exists():
        return folder / path
    return next(file for file in _files(folder / path.parent) if file.parent.name == "d")


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _leaves(tree: dict) -> list[np.ndarray]:
    return [np.asarray(tree["a"]), np.asarray(tree["b"]["c"])]


def _size(path: Path) -> int:
    return path.stat().st_size


def _noise(count: int) -> bytes:
    return np.random.default_rng(0).bytes(count)
