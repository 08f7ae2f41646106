"""Whole files in and out: never half of one, and no traceback for a wrong path."""

from pathlib import Path

from photonn.durable import write_atomically
from photonn.errors import RunError, mistake


def write(path: Path | str, content: bytes) -> None:
    """Put a file in place whole or not at all.

    Raises:
        RunError: if it cannot be written; what stood there before stays as it was.
    """
    path = Path(path)
    try:
        write_atomically(path, content)
    except OSError as error:
        raise RunError(
            f"{path} cannot be written: {error.strerror or error}. Make room there, or choose "
            "another place."
        ) from error


def check_readable(path: Path | str) -> Path:
    """The path, if it is one of a file that can be read.

    Raises:
        InputError: if not; it says why.
    """
    path = Path(path)
    try:
        if not path.is_file():
            raise mistake("path", "be a file", f"{path} is none")
        with open(path, "rb"):
            return path
    except OSError as error:
        raise mistake("path", "be a file that can be read", f"{path}: {error.strerror}") from None
