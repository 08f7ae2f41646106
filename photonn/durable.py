"""Files that a power cut or a kill leaves whole, and folders that one process owns."""

import errno
import logging
import os
import shutil
from contextlib import suppress
from pathlib import Path

import filelock

logger = logging.getLogger(__name__)

GLANCE_SECONDS = 0.5  # `is_held` of another process may hold a lock for a moment


def write_atomically(path: Path, content: str | bytes) -> None:
    """Put a file in place whole or not at all, also through a power cut.

    Raises:
        OSError: if it cannot be written; nothing but what stood there before is left then.
    """
    content = content.encode() if isinstance(content, str) else content
    temporary = path.with_name(f".{path.name}.part")
    try:
        with open(temporary, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except OSError:
        with suppress(OSError):
            temporary.unlink()
        raise
    _sync(path.parent)


def settle(folder: Path) -> None:
    """Wait until everything under a folder, and its entry where it lies, is on the disk."""
    for path in [*folder.rglob("*"), folder, folder.parent]:
        _sync(path)


def remove(path: Path) -> None:
    """Remove a file, a link or a folder with all that is in it."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def hold(folder: Path) -> filelock.BaseFileLock | None:
    """Own a folder as long as the process lives or what is returned does.

    The same process may hold it many times; the kernel lets go of it when the process
    ends, however it ends. `None` where the file system knows no locks.

    Raises:
        filelock.Timeout: if another process owns it.
        OSError: if nothing can be written there.
    """
    lock = filelock.FileLock(folder / ".lock", is_singleton=True)
    try:
        lock.acquire(timeout=GLANCE_SECONDS)
    except (NotImplementedError, OSError) as error:
        unknown = getattr(error, "errno", errno.ENOSYS) in (errno.ENOSYS, errno.ENOTSUP)
        if isinstance(error, filelock.Timeout) or not unknown:
            raise
        logger.warning("No locks on this file system: see to it that one run uses %s.", folder)
        return None
    return lock


def is_held(folder: Path) -> bool:
    """Does a run, of this process or another, own the folder now?"""
    if not (folder / ".lock").is_file():
        return False
    try:
        with filelock.FileLock(folder / ".lock", timeout=0):
            return False
    except filelock.Timeout:
        return True
    except (NotImplementedError, OSError):
        return False


def _sync(path: Path) -> None:
    if os.name != "posix":
        return  # a folder cannot be opened there
    number = os.open(path, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
