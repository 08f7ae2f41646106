"""Where files are found, in which order, and that nothing is used but what was published."""

import gzip
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from photonn.data import fetch, folders, locate
from photonn.errors import InputError, RunError
from tests.data.archive_files import debian, tar, zipped
from tests.data.made_sources import source

FILES = {"numbers": b"0123456789", "letters": b"abcdefgh"}
SOURCE = source(FILES, folders=("THINGS/raw",), archives=("things-*", "*.whl"))


@pytest.fixture(autouse=True)
def places(tmp_path, monkeypatch):
    """Every place in a folder of its own."""
    monkeypatch.setenv(folders.VARIABLE, str(tmp_path / "variable"))
    monkeypatch.setattr(
        folders.platformdirs, "user_cache_path", lambda *_, **__: tmp_path / "cache"
    )
    monkeypatch.setattr(folders, "SYSTEM", (tmp_path / "system",))
    order = [tmp_path / name for name in ("root", "variable", "cache/data", "system")]
    for folder in order:
        folder.mkdir(parents=True)
    return order


def put(folder, files=FILES, ending=""):
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        whole = gzip.compress(content) if ending else content
        (folder / f"{name}{ending}").write_bytes(whole)


def test_the_first_place_that_has_it_wins(places):
    for folder in reversed(places):
        put(folder / "things")
        root = places[0] if folder == places[0] else None
        found = locate.find(SOURCE, root)
        assert found.contents == FILES
        assert set(found.places.values()) == {folder / "things" / name for name in FILES}
    assert [folder.path for folder in folders.search(places[0])] == places
    assert folders.target(SOURCE) == places[1] / "things"


def test_without_the_variable_the_cache_is_the_first(places, monkeypatch):
    monkeypatch.delenv(folders.VARIABLE)
    assert [folder.path for folder in folders.search()] == places[2:]


@pytest.mark.parametrize("inside", ["things", "THINGS/raw", "."])
@pytest.mark.parametrize("ending", ["", ".gz"])
def test_files_are_found_under_every_name_of_the_folder(places, inside, ending):
    put(places[3] / inside, ending=ending)
    assert locate.find(SOURCE).contents == FILES


@pytest.mark.parametrize("make", [tar, zipped, debian])
def test_files_are_found_in_an_archive(places, make):
    (places[1] / "things-1.0").write_bytes(make([(f"a/{n}", c) for n, c in FILES.items()]))
    found = locate.find(SOURCE)
    assert found.contents == FILES
    assert set(found.places.values()) == {places[1] / "things-1.0"}


def test_files_may_lie_in_several_places(places):
    put(places[1] / "things", {"numbers": FILES["numbers"]})
    put(places[3], {"letters": FILES["letters"]}, ending=".gz")
    assert locate.find(SOURCE).contents == FILES


def test_files_of_an_installed_package_are_found(tmp_path, monkeypatch):
    put(tmp_path / "site" / "carrier" / "inside")
    (tmp_path / "site" / "carrier" / "__init__.py").write_text("raise ImportError('was run')")
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    assert locate.find(source(FILES, installed=("carrier/inside",))).contents == FILES
    assert not locate.find(source(FILES, installed=("carriers/inside",))).contents


def test_a_damaged_file_is_passed_over_for_a_sound_one(places):
    put(places[1] / "things", {"numbers": b"0123456780", "letters": FILES["letters"]})
    put(places[3] / "things")
    found = locate.find(SOURCE)
    assert found.contents == FILES
    assert found.damaged == [places[1] / "things" / "numbers"]


def test_nothing_is_there(places):
    with pytest.raises(RunError) as raised:
        fetch.contents(SOURCE, places[0])
    message = str(raised.value)
    assert "'things' is not there: numbers, letters" in message
    assert "photonn data fetch things" in message and f"into {places[0]}/things" in message
    assert "things-*" in message
    assert not list(places[0].iterdir())  # looking leaves nothing behind


@pytest.mark.parametrize("value", ["file", "missing"])
def test_a_root_that_is_no_folder_is_refused(tmp_path, value):
    (tmp_path / "file").write_text("mine")
    with pytest.raises(InputError, match="`root` must be a folder"):
        locate.find(SOURCE, tmp_path / value)


def test_a_variable_that_is_no_folder_is_refused(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("mine")
    monkeypatch.setenv(folders.VARIABLE, str(tmp_path / "file"))
    with pytest.raises(InputError, match="`PHOTONN_DATA` must be a folder"):
        locate.find(SOURCE)


def test_a_file_that_must_not_be_read_is_told(places, monkeypatch):
    put(places[1] / "things")

    def forbidden(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(locate.Path, "open", forbidden)
    with pytest.raises(RunError, match=r"Passed over, because .*/variable/things/numbers"):
        fetch.contents(SOURCE)


KINDS = {
    "numbers": lambda content: content,
    "numbers.gz": gzip.compress,
    "things-1.tgz": lambda content: tar([("numbers", content)]),
    "things-1.deb": lambda content: debian([("numbers.gz", gzip.compress(content))]),
    "things.whl": lambda content: zipped([("numbers", content)]),
}


@given(kind=st.sampled_from(sorted(KINDS)), seed=st.integers(0, 10**6))
def test_corrupted_files_are_never_used(tmp_path_factory, kind, seed):
    """Flipped, truncated, replaced: the published content, or one error that names the file."""
    draw = random.Random(seed)
    content = draw.randbytes(200)
    path = tmp_path_factory.mktemp("corrupted") / kind
    damaged = bytearray(KINDS[kind](content))
    for _ in range(draw.randint(0, 3)):
        damaged[draw.randrange(len(damaged))] ^= draw.randint(1, 255)
    path.write_bytes(damaged[: draw.choice([None, draw.randrange(len(damaged))])])
    wanted = source({"numbers": content}, archives=SOURCE.archives)
    try:
        assert fetch.contents(wanted, path.parent) == {"numbers": content}
    except RunError as error:
        assert str(path) in str(error)
