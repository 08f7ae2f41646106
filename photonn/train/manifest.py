"""What vouches for a folder of files: the SHA-256 of each, in a file with a hash of its own.

A manifest `STEP.json` names one folder beside it. It is put in place whole, after the
folder is on the disk: a folder that no manifest names does not count.
"""

import hashlib
import json
import re
from pathlib import Path
from typing import Any, NamedTuple

from photonn.train.durable import settle, write_atomically

LARGEST = 2**28  # [bytes]; the notes of a million epochs take less


class Damaged(Exception):
    """A manifest or a folder that is not as it was written; says in what."""


class Manifest(NamedTuple):
    """What a sound manifest says.

    Attributes:
        folder: name of the folder beside it.
        notes: what was written down with it.
        files: SHA-256 of every file, by its path inside the folder.
    """

    folder: str
    notes: dict[str, Any]
    files: dict[str, str]


def path_of(parent: Path, step: int) -> Path:
    """Where the manifest of a step lies."""
    return parent / f"{step}.json"


def steps(parent: Path) -> list[int]:
    """Steps that have a manifest, sound or not, oldest first."""
    names = [path.stem for path in parent.glob("*.json")]
    # As `str` writes them: neither 007 nor digits that are none of ASCII.
    return sorted(int(name) for name in names if re.fullmatch(r"0|[1-9][0-9]{0,17}", name))


def write(parent: Path, step: int, folder: str, notes: dict[str, Any]) -> None:
    """Vouch for a folder, from now on and instead of what stood for this step."""
    settle(parent / folder)
    body = {"step": step, "folder": folder, "notes": notes, "files": _hashes(parent / folder)}
    body = json.loads(json.dumps(body))  # as it will be read, such as keys that were numbers
    manifest = {"body": body, "sha256": _digest(body)}
    write_atomically(path_of(parent, step), json.dumps(manifest))


def read(parent: Path, step: int) -> Manifest:
    """The manifest of a step, once every file is found to be what it vouches for.

    Raises:
        Damaged: if anything is missing, changed or added.
    """
    manifest = read_unchecked(parent, step)
    try:
        found = _hashes(parent / manifest.folder)
    except OSError as error:
        raise Damaged(f"unreadable: {error}") from None
    odd = sorted(
        name
        for name in manifest.files | found
        if manifest.files.get(name) != found.get(name, "missing")
    )
    if odd or not found:
        raise Damaged(f"{odd[0] if odd else 'everything'} is missing, changed or added")
    return manifest


def read_unchecked(parent: Path, step: int) -> Manifest:
    """The manifest of a step, if it is whole; its files are not looked at.

    Raises:
        Damaged: if it is not.
    """
    try:
        if path_of(parent, step).stat().st_size > LARGEST:
            raise Damaged("its manifest is too large to be one")
        manifest = json.loads(path_of(parent, step).read_text(encoding="utf-8"))
        body = manifest["body"]
        if manifest["sha256"] != _digest(body):
            raise Damaged("its manifest does not match its own hash")
        folder, notes, files = body["folder"], body["notes"], body["files"]
        # Sound in itself, but written for another place or by somebody else.
        ours = body["step"] == step and re.fullmatch(rf"{step}(\.[0-9]+)?", folder)
        if not (ours and isinstance(notes, dict) and isinstance(files, dict)):
            raise Damaged("its manifest is of something else")
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise Damaged(f"its manifest is unreadable: {type(error).__name__}: {error}") from None
    return Manifest(folder, notes, files)


def _hashes(folder: Path) -> dict[str, str]:
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            with open(path, "rb") as file:
                digest = hashlib.file_digest(file, "sha256")
            found[path.relative_to(folder).as_posix()] = digest.hexdigest()
    return found


def _digest(body: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
