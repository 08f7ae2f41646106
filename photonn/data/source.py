"""What a data set is on disk: its files with their hashes, and where they can be had.

Hashes are of the content without compression: packagers compress anew, and the content stays.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from photonn.errors import RunError


@dataclass(frozen=True)
class File:
    """One file of a data set.

    Attributes:
        name: without a folder, and without the ending of a compression.
        size: of its content [bytes].
        sha256: of its content, hexadecimal.
    """

    name: str
    size: int
    sha256: str

    def is_content(self, content: bytes) -> bool:
        """Whether these bytes are what was published."""
        return len(content) == self.size and hashlib.sha256(content).hexdigest() == self.sha256


@dataclass(frozen=True)
class Source:
    """Where a data set comes from, and under which conditions.

    Attributes:
        name: of the set, and of its folder in a folder of data.
        licence: conditions of use.
        citation: what to cite.
        files: that it consists of; none if it comes with photonn or is made.
        folders: other names that its folder may have.
        installed: folders of Python packages that hold the files where they are installed.
        archives: patterns of the names of archives that may hold the files.
        mirrors: addresses that together hold all files; every mirror alone is enough.
        commands: of package managers; each leaves an archive with the files where it is run.
    """

    name: str
    licence: str
    citation: str
    files: tuple[File, ...] = ()
    folders: tuple[str, ...] = ()
    installed: tuple[str, ...] = ()
    archives: tuple[str, ...] = ()
    mirrors: tuple[tuple[str, ...], ...] = ()
    commands: tuple[tuple[str, ...], ...] = ()

    @property
    def size(self) -> int:
        """Of all files [bytes]."""
        return sum(file.size for file in self.files)


@dataclass
class Found:
    """What has been found of a data set.

    Attributes:
        contents: the right content of every file that was found.
        places: where it was read: a file, or an archive with it inside.
        damaged: files and archives whose content is not the published one.
    """

    contents: dict[str, bytes] = field(default_factory=dict)
    places: dict[str, Path] = field(default_factory=dict)
    damaged: list[Path] = field(default_factory=list)

    def missing(self, files: Iterable[File]) -> list[File]:
        """Those of `files` that have not been found."""
        return [file for file in files if file.name not in self.contents]

    def take(self, path: Path, files: Iterable[File], name: str, content: bytes) -> bool:
        """Keep a content that is one of `files`; whether it was."""
        for file in files:
            if file.name == name and file.is_content(content):
                self.contents[name] = content
                self.places[name] = path
                return True
        return False


def by_hand(source: Source, folder: Path) -> str:
    """How to fill the folder without `photonn data fetch`."""
    names = ", ".join(file.name for file in source.files)
    lines = [f"Put {names} (as they are, or as .gz) into {folder}"]
    if source.archives:
        lines.append(f"or an archive that holds them ({', '.join(source.archives)}), as made by")
        lines.extend(f"    {' '.join(command)}" for command in source.commands)
        addresses = [url for mirror in source.mirrors for url in mirror]
        lines.extend(f"    a download of {url}" for url in addresses if len(addresses) == 1)
    return "\n".join(lines)


def unreadable(path: Path, error: OSError) -> RunError:
    """A folder or file that the system does not let us use."""
    return RunError(f"{path} cannot be used: {error.strerror or error}.")
