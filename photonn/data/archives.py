"""Files inside archives, read without unpacking: no path of a member is ever followed.

An archive may come from anyone. What is read is bounded in every direction: only regular
members, of the size that is asked for, so many of them, up to so many bytes into the archive.
"""

import gzip
import io
import lzma
import os
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

# Everything that a damaged or hostile archive makes the standard library raise.
UNREADABLE = (
    EOFError,
    KeyError,
    MemoryError,
    NotImplementedError,
    OSError,
    OverflowError,
    RuntimeError,  # of zipfile: encrypted
    ValueError,
    lzma.LZMAError,
    struct.error,
    tarfile.TarError,
    zipfile.BadZipFile,
    zlib.error,
)
COMPRESSIONS = {b"\x1f\x8b": gzip.open, b"\xfd7zXZ\x00": lzma.open}
MEMBERS = 10_000
DEEPEST = 2**30  # [bytes] into the uncompressed archive
LONGEST = 2**26  # [bytes] in one read: a header can ask for any number


class Bounded(io.RawIOBase):
    """A stream that refuses to give too much, for readers that believe every header."""

    def __init__(self, stream: io.BufferedIOBase):
        self.stream = stream

    def read(self, size: int = -1) -> bytes:
        """At most `size` bytes."""
        if not 0 <= size <= LONGEST or self.stream.tell() > DEEPEST:
            raise ValueError("a member is too large")
        return self.stream.read(size)

    def seek(self, offset: int, whence: int = 0) -> int:
        """Go there; forward in a compressed stream is reading."""
        if whence == 0 and offset > DEEPEST:
            raise ValueError("the archive is too large")
        return self.stream.seek(offset, whence)

    def tell(self) -> int:
        """Bytes from the start."""
        return self.stream.tell()


def members(path: Path, sizes: Mapping[str, int]) -> Iterator[tuple[str, bytes]]:
    """Name and content of members whose last name is asked for, with that size.

    A member that is compressed by itself (`NAME.gz`) is read as `NAME`.

    Args:
        path: a `.zip`, `.whl`, `.deb` or tar archive, told apart by content.
        sizes: size of each wanted file [bytes].

    Raises:
        UNREADABLE: one of these, if it is no such archive, or damaged.
    """
    with path.open("rb") as stream:
        start = stream.read(8)
        stream.seek(0)
        if start.startswith(b"PK"):
            yield from _zip(stream, sizes)
        elif start == b"!<arch>\n":
            yield from _tar(_package_data(stream), sizes)
        else:
            yield from _tar(stream, sizes)


def read(stream: io.BufferedIOBase, size: int, *, compressed: bool = False) -> bytes:
    """The content of a file if it has `size` bytes, else one byte more or fewer: never more."""
    if not compressed:
        return stream.read(size + 1)
    with gzip.open(stream) as inner:
        return inner.read(size + 1)


def _wanted(name: str, sizes: Mapping[str, int]) -> tuple[str, bool]:
    last = name.rsplit("/", 1)[-1]
    plain = last.removesuffix(".gz")
    return (last, False) if last in sizes else (plain if plain in sizes else "", True)


def _zip(stream: io.BufferedIOBase, sizes: Mapping[str, int]) -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(stream) as archive:
        for member in archive.infolist()[:MEMBERS]:
            name, compressed = _wanted(member.filename, sizes)
            if name and (compressed or member.file_size == sizes[name]):
                with archive.open(member) as opened:
                    content: Any = opened
                    yield name, read(content, sizes[name], compressed=compressed)


def _tar(stream: io.BufferedIOBase, sizes: Mapping[str, int]) -> Iterator[tuple[str, bytes]]:
    start = stream.read(6)
    stream.seek(-len(start), io.SEEK_CUR)
    opener = next((COMPRESSIONS[mark] for mark in COMPRESSIONS if start.startswith(mark)), None)
    # Told nothing of compression, tarfile reads and seeks through our bounds alone.
    bounded: Any = Bounded(opener(stream) if opener else stream)
    with tarfile.open(fileobj=bounded, mode="r:") as archive:
        for count, member in enumerate(archive):
            if count >= MEMBERS or member.offset_data + member.size > DEEPEST:
                raise ValueError("the archive is too large")
            name, compressed = _wanted(member.name, sizes)
            fits = compressed or member.size == sizes.get(name)
            content: Any = archive.extractfile(member) if name and member.isreg() and fits else None
            if content is not None:
                yield name, read(content, sizes[name], compressed=compressed)


def _package_data(stream: io.BufferedIOBase) -> io.BufferedIOBase:
    """The tar archive inside a Debian package: a header of 60 bytes before each of its parts."""
    stream.seek(8)
    for _ in range(MEMBERS):
        header = stream.read(60)
        if len(header) < 60:
            break
        length = int(header[48:58])
        if length < 0:
            break
        if header.startswith(b"data.tar"):
            whole = os.fstat(stream.fileno()).st_size
            return io.BytesIO(stream.read(min(length, whole)))
        stream.seek(length + length % 2, io.SEEK_CUR)
    raise ValueError("there are no data in the package")
