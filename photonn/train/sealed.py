"""JSON files with a hash of their own: what was changed afterwards is noticed, not used."""

import hashlib
import json
from pathlib import Path
from typing import Any

from photonn.durable import write_atomically

LARGEST = 2**28  # [bytes]; the history of a million epochs takes less


class Damaged(Exception):
    """A file or a folder that is not as it was written; says in what."""


def write(path: Path, content: dict[str, Any], *, indent: int | None = None) -> None:
    """Put content, and the SHA-256 of it under the name `sha256`, in place at once."""
    content = json.loads(json.dumps(content))  # as it will be read: keys become strings
    sealed = content | {"sha256": _digest(content)}
    write_atomically(path, json.dumps(sealed, indent=indent) + "\n")


def read(path: Path) -> dict[str, Any]:
    """The content of a file that `write` has written.

    Raises:
        Damaged: if it is not there or not as it was written.
    """
    try:
        if path.stat().st_size > LARGEST or not path.is_file():  # a pipe would never end
            raise Damaged("it is too large, or no file")
        content = json.loads(path.read_text(encoding="utf-8"))
        if content.pop("sha256") != _digest(content):
            raise Damaged("it does not match its own hash")
    except OSError as error:
        raise Damaged(error.strerror or str(error)) from None
    except ValueError as error:
        raise Damaged(f"it is no JSON: {error}") from None
    except (KeyError, TypeError, AttributeError, RecursionError):
        raise Damaged("it is not as photonn writes it") from None
    return content


def _digest(content: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
