"""What vouches for a folder of files: the SHA-256 of each, in a file with a hash of its own.

A manifest `STEP.json` names one folder beside it. It is put in place whole, after the
folder is on the disk: a folder that no manifest names does not count.
"""

import hashlib
import re
from pathlib import Path
from typing import Any, NamedTuple

from photonn.durable import settle
from photonn.train import sealed
from photonn.train.sealed import Damaged


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
    files = _hashes(parent / folder)
    content = {"step": step, "folder": folder, "notes": notes, "files": files}
    sealed.write(path_of(parent, step), content)


def read(parent: Path, step: int) -> Manifest:
    """The manifest of a step, once every file is found to be what it vouches for.

    Raises:
        Damaged: if anything is missing, changed or added.
    """
    manifest = read_alone(parent, step)
    try:
        found = _hashes(parent / manifest.folder)
    except OSError as error:
        raise Damaged(f"unreadable: {error}") from None
    names = sorted(manifest.files | found)
    odd = [name for name in names if manifest.files.get(name) != found.get(name)]
    if odd or not found:
        raise Damaged(f"{odd[0] if odd else 'everything'} is missing, changed or added")
    return manifest


def read_alone(parent: Path, step: int) -> Manifest:
    """The manifest of a step, if it is whole; its files are not looked at.

    Raises:
        Damaged: if it is not.
    """
    try:
        content = sealed.read(path_of(parent, step))
    except Damaged as fault:
        raise Damaged(f"its manifest: {fault}") from None
    match content:
        case {
            "step": int(number),
            "folder": str(folder),
            "notes": dict(notes),
            "files": dict(files),
        }:
            # Sound in itself, but perhaps written for another place.
            if number == step and re.fullmatch(rf"{step}(\.[0-9]+)?", folder):
                return Manifest(folder, notes, files)
    raise Damaged("its manifest is of something else")


def _hashes(folder: Path) -> dict[str, str]:
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            with open(path, "rb") as file:
                digest = hashlib.file_digest(file, "sha256")
            found[path.relative_to(folder).as_posix()] = digest.hexdigest()
    return found
