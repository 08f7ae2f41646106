"""Files in archives: read by their last name, never unpacked, and never more than asked for."""

import contextlib
import gzip
import io
import lzma
import tarfile
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from photonn.data import archives
from tests.data import memory
from tests.data.archive_files import debian, link, tar, zipped

WANTED = {"numbers": 5}


def members(path, content, wanted=WANTED):
    path.write_bytes(content)
    return list(archives.members(path, wanted))


def unreadable(path, content):
    with pytest.raises(archives.UNREADABLE):
        members(path, content)


@pytest.mark.parametrize("name", ["numbers", "package/data/numbers", "./a/b/numbers"])
@pytest.mark.parametrize(
    "make",
    [tar, zipped, debian, lambda m: tar(m, lzma.compress), lambda m: tar(m, bytes)],
    ids=["tgz", "zip", "deb", "tar.xz", "tar"],
)
def test_members_are_found_in_every_kind_of_archive(make, name, tmp_path):
    other = [("package/readme", b"hello"), ("package/numbers.txt", b"12345")]
    got = members(tmp_path / "archive", make([*other, (name, b"01234")]))
    assert got == [("numbers", b"01234")]
    inner = make([(f"{name}.gz", gzip.compress(b"56789"))])
    assert members(tmp_path / "archive", inner) == [("numbers", b"56789")]


@pytest.mark.parametrize("make", [tar, zipped, debian])
@pytest.mark.parametrize("name", ["../../numbers", "/etc/numbers", "..\\numbers", "numbers/"])
def test_no_path_is_followed_and_nothing_is_written(make, name, tmp_path):
    inside = tmp_path / "inside"
    inside.mkdir()
    got = members(inside / "archive", make([(name, b"01234")]))
    assert got in ([], [("numbers", b"01234")])
    assert [path.name for path in tmp_path.rglob("*")] == ["inside", "archive"]


@pytest.mark.parametrize(
    "kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE]
)
def test_links_and_devices_are_passed_over(kind, tmp_path):
    secret = tmp_path / "secret"
    secret.write_bytes(b"01234")
    archive = tar([(link("numbers", str(secret), kind), b"")])
    assert members(tmp_path / "archive", archive) == []


@pytest.mark.parametrize("make", [tar, zipped])
def test_members_of_another_size_are_passed_over(make, tmp_path):
    assert members(tmp_path / "archive", make([("numbers", b"012345"), ("b/numbers", b"")])) == []


@pytest.mark.parametrize("make", [tar, zipped])
def test_a_compressed_member_that_explodes_is_read_to_its_size_only(make, tmp_path):
    bomb = gzip.compress(bytes(10**8))
    archive = make([("numbers.gz", bomb)])
    with memory.at_most(5e6):
        got = members(tmp_path / "archive", archive)
    assert got == [("numbers", bytes(6))]  # one byte more than asked for: not the content


def lying_header(size, kind=tarfile.REGTYPE):
    """A tar header that promises `size` bytes, and few behind it."""
    entry = tarfile.TarInfo("numbers")
    entry.size, entry.type = size, kind
    return entry.tobuf(tarfile.GNU_FORMAT) + bytes(2048)


@pytest.mark.parametrize("kind", [tarfile.GNUTYPE_LONGNAME, tarfile.XHDTYPE, tarfile.REGTYPE])
@pytest.mark.parametrize("size", [2**26 + 1, 2**31, 2**40, 2**62])
def test_a_header_that_promises_too_much_takes_no_memory(kind, size, tmp_path):
    """Tarfile reads long names and extensions whole, whatever their size is said to be."""
    archive = gzip.compress(lying_header(size, kind))
    with memory.at_most(5e6), contextlib.suppress(archives.UNREADABLE):
        assert members(tmp_path / "archive", archive) == []


def test_an_archive_of_endless_zeros_is_given_up(tmp_path):
    entry = tarfile.TarInfo("other")
    entry.size = archives.DEEPEST + 1
    unreadable(tmp_path / "archive", gzip.compress(entry.tobuf()))


def test_too_many_members_are_given_up(tmp_path, monkeypatch):
    monkeypatch.setattr(archives, "MEMBERS", 10)
    unreadable(tmp_path / "archive", tar([(f"m{n}", b"") for n in range(11)]))


def test_an_encrypted_or_strange_zip_is_unreadable(tmp_path):
    content = bytearray(zipped([("numbers", b"01234")]))
    content[6] |= 1  # encrypted, in the local header and in the directory
    content[content.index(b"PK\1\2") + 8] |= 1
    unreadable(tmp_path / "archive", bytes(content))
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("numbers", b"01234")
    content = bytearray(stream.getvalue())
    content[8] = content[content.index(b"PK\1\2") + 10] = 99  # of no known compression
    unreadable(tmp_path / "archive", bytes(content))


GOOD = [make([("a/numbers", b"01234"), ("b", b"x" * 700)]) for make in (tar, zipped, debian)]


@given(
    good=st.sampled_from(GOOD),
    flips=st.lists(st.tuples(st.integers(0, 10**6), st.integers(1, 255)), max_size=4),
    length=st.floats(0, 1),
)
def test_damage_gives_the_right_bytes_or_none_or_an_error(tmp_path_factory, good, flips, length):
    """Contents are hashed by the caller; here: no other error, and never more than asked for."""
    content = bytearray(good[: round(length * len(good))])
    for place, change in flips:
        if content:
            content[place % len(content)] ^= change
    path = tmp_path_factory.getbasetemp() / "damaged"
    try:
        got = members(path, bytes(content))
    except archives.UNREADABLE:
        return
    assert all(name in WANTED and len(content) <= 6 for name, content in got)


@given(
    content=st.binary(max_size=400), start=st.sampled_from([b"", b"PK", b"!<arch>\n", b"\x1f\x8b"])
)
def test_any_bytes_are_no_archive(tmp_path_factory, content, start):
    with contextlib.suppress(archives.UNREADABLE):
        assert members(tmp_path_factory.getbasetemp() / "any", start + content) == []
