"""IDX: what is read is what was written; anything else is one clear error, and no memory."""

import gzip
import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from photonn.data import idx
from photonn.errors import InputError
from tests.data import memory

CODES = {"u1": 8, "i1": 9, "i2": 11, "i4": 12, "f4": 13, "f8": 14}


def written(values):
    code = CODES[values.dtype.str[1:]]
    header = struct.pack(f">BBBB{values.ndim}I", 0, 0, code, values.ndim, *values.shape)
    return header + values.astype(values.dtype.newbyteorder(">")).tobytes()


@given(data=st.data(), kind=st.sampled_from(sorted(CODES)), compressed=st.booleans())
def test_arrays_come_back(tmp_path_factory, data, kind, compressed):
    shape = hnp.array_shapes(min_dims=1, max_dims=4, max_side=5)
    values = data.draw(hnp.arrays(kind, shape))
    path = tmp_path_factory.getbasetemp() / "array"
    content = written(values)
    path.write_bytes(gzip.compress(content) if compressed else content)
    for got in (idx.parse(content), idx.read(path)):
        assert got.dtype == values.dtype and got.dtype.isnative
        np.testing.assert_array_equal(got, values)


def refused(path, content):
    """Both readers say no; by the same words where both see the whole."""
    with pytest.raises(InputError) as parsed:
        idx.parse(content)
    path.write_bytes(content)
    with pytest.raises(InputError):
        idx.read(path)
    path.write_bytes(gzip.compress(content))
    with pytest.raises(InputError):
        idx.read(path)
    return str(parsed.value)


GOOD = written(np.arange(24, dtype="u1").reshape(2, 3, 4))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "nothing"),
        (b"\0\0\x08", "starts with 00 00 08"),
        (b"\x89PNG" + GOOD, "two zeros"),
        (b"\0\0\x07\1\0\0\0\1x", "a type of numbers"),
        (b"\0\0\x08\0x", "has 0 in its header"),
        (b"\0\0\x08\xff" + b"\0\0\0\1" * 255 + b"x", "has 255 in its header"),
        (GOOD[:10], "have 1 to 32 axes with their sizes"),
        (GOOD[:-1], "have 24 bytes of numbers for the shape (2, 3, 4), but has 23"),
        (GOOD + b"x", "but has 25"),
        (b"\0\0\x08\2\0\0\0\0\xff\xff\xff\xff", "sizes of at least 1"),
    ],
)
def test_what_is_no_idx_file_is_refused(tmp_path, content, words):
    assert words in refused(tmp_path / "file", content)


@pytest.mark.parametrize("axes", [1, 3, 32])
@pytest.mark.parametrize("compressed", [True, False])
def test_absurd_sizes_take_no_memory(tmp_path, axes, compressed):
    content = bytes([0, 0, 14, axes]) + b"\xff\xff\xff\xff" * axes + bytes(100)
    path = tmp_path / "file"
    path.write_bytes(gzip.compress(content) if compressed else content)
    words = r"as large as its header says.*can hold at most"
    with memory.at_most(5e6), pytest.raises(InputError, match=words):
        idx.read(path)


def test_a_bomb_is_read_as_far_as_its_header_says(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(gzip.compress(GOOD + bytes(10**8)))
    with memory.at_most(5e6), pytest.raises(InputError, match="but has 25"):
        idx.read(path)


@given(
    content=st.binary(max_size=80),
    start=st.sampled_from([b"", b"\0\0\x08\1", b"\0\0\x0d\2", b"\x1f\x8b"]),
)
def test_any_bytes_are_refused_or_read_exactly(tmp_path_factory, content, start):
    path = tmp_path_factory.getbasetemp() / "any"
    path.write_bytes(start + content)
    try:
        values = idx.read(path)
    except InputError:
        return
    # Bit by bit: a number that is NaN has no other way to be equal.
    assert written(values) == start + content


@given(place=st.integers(0, 10**6), change=st.integers(1, 255), length=st.floats(0, 1))
def test_flipped_and_truncated_files_are_refused_or_read_exactly(place, change, length):
    content = bytearray(GOOD[: round(length * len(GOOD))])
    if content:
        content[place % len(content)] ^= change
    try:
        values = idx.parse(bytes(content))
    except InputError:
        return
    assert written(values) == bytes(content)


@given(place=st.integers(0, 10**6), change=st.integers(1, 255))
def test_flipped_compressed_files_are_refused_or_read(tmp_path_factory, place, change):
    content = bytearray(gzip.compress(GOOD))
    content[place % len(content)] ^= change
    path = tmp_path_factory.getbasetemp() / "flipped.gz"
    path.write_bytes(bytes(content))
    try:
        values = idx.read(path)
    except InputError:
        return
    np.testing.assert_array_equal(values, idx.parse(GOOD))  # the checksum covers the numbers


@pytest.mark.parametrize("name", ["missing", "."])
def test_a_path_that_is_no_file_is_refused(tmp_path, name):
    with pytest.raises(InputError, match="`path` must be a whole IDX file"):
        idx.read(tmp_path / name)
