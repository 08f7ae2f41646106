"""Finding the files of a data set: what is found is what was published, or it is not used."""

import os
from collections.abc import Iterable
from pathlib import Path

from photonn.data import archives, folders
from photonn.data.source import File, Found, Source


def find(source: Source, root: str | os.PathLike | None = None) -> Found:
    """The files of a set, from the first places that have them.

    Every content is compared with its published hash. One that differs is passed over, and
    kept in mind for the message.

    Args:
        source: the set.
        root: folder to look into first.

    Raises:
        InputError: if `root` or `$PHOTONN_DATA` is no folder.
    """
    found = Found()
    for place in folders.places(source, root):
        look_into(place, source.files, source.archives, found)
    return found


def look_into(place: Path, files: Iterable[File], patterns: Iterable[str], found: Found) -> None:
    """Add to `found` what a folder has of the files that are still missing."""
    files = tuple(files)
    for file in found.missing(files):
        for path in (place / file.name, place / f"{file.name}.gz"):
            if os.path.isfile(path) and file.name not in found.contents:
                _take_file(path, file, found, compressed=path.suffix == ".gz")
    if not found.missing(files):
        return
    for path in sorted(path for pattern in patterns for path in place.glob(pattern)):
        if os.path.isfile(path) and found.missing(files):
            _take_members(path, files, found)


def holds(path: Path, name: str, files: Iterable[File]) -> bool:
    """Whether a file that is to be called `name` is or holds all of `files`."""
    found, files = Found(), tuple(files)
    for file in files:
        if name in (file.name, f"{file.name}.gz"):
            _take_file(path, file, found, compressed=name.endswith(".gz"))
    if found.missing(files):
        _take_members(path, files, found)
    return not found.missing(files)


def _take_file(path: Path, file: File, found: Found, *, compressed: bool) -> None:
    try:
        with path.open("rb") as stream:
            content = archives.read(stream, file.size, compressed=compressed)
    except archives.UNREADABLE:
        content = b""
    if not found.take(path, [file], file.name, content):
        found.damaged.append(path)


def _take_members(path: Path, files: tuple[File, ...], found: Found) -> None:
    """An archive that breaks off gives what stands before that."""
    sizes = {file.name: file.size for file in found.missing(files)}
    try:
        for name, content in archives.members(path, sizes):
            found.take(path, found.missing(files), name, content)
            if not found.missing(files):
                return
    except archives.UNREADABLE:
        pass
    found.damaged.append(path)
