"""A download that goes on where it broke off, and puts nothing in place that is not right.

No library of the usual ones does all of it: pooch, for one, starts anew after a break.
"""

import errno
import os
import re
import shutil
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from typing import Any

from photonn.data.source import unreadable
from photonn.errors import RunError

TIMEOUT = 5.0  # [s] without an answer
PIECE = 2**18  # [bytes]
TRIES = 5  # connections, of which every one must have brought something

Progress = Callable[[int, int | None], None]


class _BrokenOff(Exception):
    """The connection ended before the file did."""


@dataclass(frozen=True)
class _Task:
    url: str
    part: Path
    most: int
    progress: Progress

    @property
    def have(self) -> int:
        return self.part.stat().st_size if self.part.exists() else 0


def download(
    url: str,
    path: Path,
    *,
    accept: Callable[[Path], bool],
    most: int,
    progress: Progress = lambda done, total: None,
) -> None:
    """Download to `path`, by way of `path.part`, which stays if the connection breaks.

    The next call asks for the rest only. A server that sends everything again is believed.

    Args:
        url: address.
        path: the new file; an old one stays until the new one is whole and right.
        accept: whether the file at a path has the right content.
        most: larger files are refused [bytes].
        progress: told the bytes there are, and all, if that is known.

    Raises:
        RunError: if it cannot be had, or is not accepted, or there is no space.
    """
    task = _Task(url, path.with_name(f"{path.name}.part"), most, progress)
    try:
        # A first half may be of something else: what was resumed has a second chance.
        for _ in range(2 if task.have else 1):
            _receive_all(task)
            if accept(task.part):
                os.replace(task.part, path)
                return
            task.part.unlink()
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise RunError(
                f"The disk of {path.parent} is full. Free some space, or name another folder "
                "(--root), and give the same command again: it goes on from what is there."
            ) from None
        raise unreadable(path, error) from None
    raise RunError(f"{url} gives something else than the published content.")


def _receive_all(task: _Task) -> None:
    """Ask until everything is there."""
    reason = ""
    for _ in range(TRIES):
        have = task.have
        try:
            return _receive(task, have)
        except _BrokenOff as error:
            reason = str(error)
        if task.have <= have:
            break
    raise RunError(f"{task.url} broke off: {reason}. Give the same command again to go on.")


def _receive(task: _Task, have: int) -> None:
    """Append what is missing to the part."""
    request = urllib.request.Request(task.url, headers={"User-Agent": "photonn"})
    if have:
        request.add_header("Range", f"bytes={have}-")
    try:
        response = urllib.request.urlopen(request, timeout=TIMEOUT)
    except urllib.error.HTTPError as error:
        if error.code == 416 and have:  # there is no rest
            return
        raise RunError(f"{task.url} answers {error.code} {error.reason}.") from None
    except urllib.error.URLError as error:
        raise RunError(f"{task.url} cannot be reached: {error.reason}.") from None
    except (OSError, HTTPException) as error:
        raise RunError(f"{task.url} cannot be reached: {error or type(error).__name__}.") from None
    with response:
        start, total = _position(response, have)
        _check_size(task, total or 0)
        if shutil.disk_usage(task.part.parent).free < (total or 0) - start:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        with task.part.open("r+b" if start else "wb") as stream:
            stream.seek(start)
            _copy(task, response, stream, total)


def _position(response: Any, have: int) -> tuple[int, int | None]:
    """Where the body starts in the file, and how long the file is, if that is known."""
    length = response.headers.get("Content-Length", "")
    body = int(length) if length.isdecimal() else None
    matched = re.match(r"bytes (\d+)-", response.headers.get("Content-Range", ""))
    start = have if response.status == 206 and matched and int(matched[1]) == have else 0
    return start, None if body is None else start + body


def _copy(task: _Task, response: Any, stream: Any, total: int | None) -> None:
    """Copy the body piece by piece; what has come is on the disk whatever happens."""
    done = stream.tell()
    try:
        for piece in _pieces(response):
            done += len(piece)
            _check_size(task, done)
            stream.write(piece)
            task.progress(done, total)
    finally:
        stream.truncate()
        stream.flush()
        os.fsync(stream.fileno())
    if total is not None and done < total:
        raise _BrokenOff("the connection was closed early")


def _pieces(response: Any) -> Iterator[bytes]:
    """The body; an error here is of the network, not of the disk."""
    try:
        while piece := response.read(PIECE):
            yield piece
    except (OSError, HTTPException) as error:
        raise _BrokenOff(str(error) or type(error).__name__) from None


def _check_size(task: _Task, size: int) -> None:
    if size > task.most:
        raise RunError(f"{task.url} gives more than the {task.most} bytes that can be right.")
