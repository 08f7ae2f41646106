"""IDX, the format of the MNIST files: a header of a type and sizes, then numbers, big-endian.

    0 0 TYPE AXES, one 32-bit size for each axis, the numbers

LeCun, Cortes and Burges, "The MNIST database of handwritten digits" (1998).
"""

import gzip
import io
import math
import os
from pathlib import Path

import numpy as np

from photonn.data import archives
from photonn.errors import InputError, mistake

TYPES = {8: ">u1", 9: ">i1", 11: ">i2", 12: ">i4", 13: ">f4", 14: ">f8"}
AXES = 32  # NumPy had no more for long
EXPANSION = 1032  # DEFLATE makes no more out of a byte
PIECE = 2**20  # [bytes]


def read(path: str | os.PathLike) -> np.ndarray:
    """The array in an IDX file of your own, plain or `.gz`.

    The sizes in the header are compared with that of the file before memory is taken.

    Raises:
        InputError: if it cannot be read, or is no IDX file, or is damaged.
    """
    path = Path(path)
    try:
        with path.open("rb") as stream:
            magic = stream.read(2)
            stream.seek(0)
            length = os.fstat(stream.fileno()).st_size
            if magic == b"\x1f\x8b":
                with gzip.open(stream) as inner:
                    content = _bounded(inner, EXPANSION * length, str(path))
            else:
                content = _bounded(stream, length, str(path))
    except archives.UNREADABLE as error:
        if isinstance(error, InputError):
            raise
        reason = getattr(error, "strerror", None) or error
        raise mistake("path", "be a whole IDX file", f"is {str(path)!r}: {reason}") from None
    return parse(content, str(path))


def parse(content: bytes, name: str = "content") -> np.ndarray:
    """The array in the bytes of an IDX file, in the byte order of this machine.

    Args:
        content: the whole file.
        name: of the file, for the message.

    Raises:
        InputError: if these bytes are no IDX file, or break off, or go on.
    """
    kind, shape = _header(content, name)
    start, expected = 4 + 4 * len(shape), math.prod(shape) * kind.itemsize
    if len(content) != start + expected:
        must = f"have {expected} bytes of numbers for the shape {shape}"
        raise mistake(name, must, f"has {len(content) - start}", "It is damaged: get it anew.")
    values = np.frombuffer(content, kind, offset=start).reshape(shape)
    return values.astype(kind.newbyteorder("="))


def _header(content: bytes, name: str) -> tuple[np.dtype, tuple[int, ...]]:
    """Type of the numbers and sizes of the axes."""
    kind = TYPES.get(content[2]) if len(content) >= 4 and content[:2] == b"\0\0" else None
    if kind is None:
        must = "start as an IDX file: two zeros, a type of numbers and a number of axes"
        raise mistake(name, must, f"starts with {content[:4].hex(' ') or 'nothing'}")
    axes = content[3]
    if not 1 <= axes <= AXES or len(content) < 4 + 4 * axes:
        raise mistake(name, f"have 1 to {AXES} axes with their sizes", f"has {axes} in its header")
    shape = tuple(int(n) for n in np.frombuffer(content, ">u4", axes, 4))
    if 0 in shape:
        raise mistake(name, "have sizes of at least 1", f"has the shape {shape}")
    return np.dtype(kind), shape


def _bounded(stream: io.BufferedIOBase, most: int, name: str) -> bytes:
    """The file as far as its header says, and one byte more if there is one."""
    content = bytearray(stream.read(4))
    if len(content) == 4:
        content += stream.read(4 * content[3])
    kind, shape = _header(bytes(content), name)
    expected = math.prod(shape) * kind.itemsize
    if expected > most:
        must = f"be as large as its header says: {expected} bytes for the shape {shape}"
        raise mistake(name, must, f"can hold at most {most}", "It is damaged: get it anew.")
    whole = len(content) + expected + 1
    while len(content) < whole:
        piece = stream.read(min(PIECE, whole - len(content)))
        if not piece:
            break
        content += piece
    return bytes(content)
