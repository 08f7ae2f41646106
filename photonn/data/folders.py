"""Where data sets are looked for, and where a new one is put.

In this order: the folder asked for (`root=`), `$PHOTONN_DATA`, the user's cache, the system's
folders.
"""

import importlib.util
import os
from pathlib import Path
from typing import NamedTuple

import platformdirs

from photonn.data.source import Source
from photonn.errors import mistake

VARIABLE = "PHOTONN_DATA"
SYSTEM = (Path("/usr/local/share/datasets"), Path("/usr/share/datasets"))


class Folder(NamedTuple):
    """A folder of data sets.

    Attributes:
        path: where it is; it need not exist.
        origin: who says so.
    """

    path: Path
    origin: str


def search(root: str | os.PathLike | None = None) -> list[Folder]:
    """All folders, the first to look into first.

    Raises:
        InputError: if `root` or `$PHOTONN_DATA` is something else than a folder.
    """
    found = []
    for name, value in (("root", root), (VARIABLE, os.environ.get(VARIABLE) or None)):
        if value is not None:
            path = Path(os.path.expanduser(value)).absolute()
            if os.path.exists(path) and not os.path.isdir(path):
                raise mistake(name, "be a folder", f"is the file {str(value)!r}")
            found.append(Folder(path, f"{name}=" if name == "root" else f"${VARIABLE}"))
    cache = platformdirs.user_cache_path("photonn", appauthor=False) / "data"
    found.append(Folder(cache, "the user's cache"))
    return found + [Folder(path, "the system") for path in SYSTEM]


def target(source: Source, root: str | os.PathLike | None = None) -> Path:
    """The folder that a fetched set is put into."""
    return search(root)[0].path / source.name


def places(source: Source, root: str | os.PathLike | None = None) -> list[Path]:
    """The folders in which files of a set may lie, those that exist."""
    if root is not None and not os.path.exists(os.path.expanduser(root)):
        raise mistake("root", "be a folder that exists", f"is {str(root)!r}")
    inside = (source.name, *source.folders, "")
    found = [folder.path / name for folder in search(root) for name in inside]
    for name in source.installed:
        package, _, rest = name.partition("/")
        specification = importlib.util.find_spec(package)
        if specification is not None and specification.submodule_search_locations:
            found.append(Path(specification.submodule_search_locations[0]) / rest)
    # Unlike those of Path, the functions of os.path take what is forbidden for not there.
    return [path for path in dict.fromkeys(found) if os.path.isdir(path)]
