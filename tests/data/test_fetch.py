"""Getting a set: mirrors first, then package managers; nothing else than what was published."""

import gzip
import os
import stat
import sys

import pytest
from filelock import FileLock

from photonn.data import fetch as module
from photonn.data import folders
from photonn.data.fetch import contents, fetch
from photonn.errors import RunError
from tests.data.archive_files import tar
from tests.data.made_sources import source
from tests.data.mirror import serving

FILES = {"numbers": b"0123456789" * 100, "letters": b"abcdefgh" * 100}
ARCHIVE = tar([(f"package/{name}", content) for name, content in FILES.items()])
NOWHERE = ("http://127.0.0.1:1/numbers", "http://127.0.0.1:1/letters")


@pytest.fixture(autouse=True)
def root(tmp_path, monkeypatch):
    monkeypatch.delenv(folders.VARIABLE, raising=False)
    monkeypatch.setattr(folders.platformdirs, "user_cache_path", lambda *_, **__: tmp_path / "no")
    monkeypatch.setattr(folders, "SYSTEM", ())
    return tmp_path / "root"


@pytest.fixture
def mirror():
    files = {f"{name}.gz": gzip.compress(content) for name, content in FILES.items()}
    with serving(files | {"things.tgz": ARCHIVE}) as mirror:
        yield mirror


def addresses(mirror, *names):
    return tuple(f"{mirror.address}/{name}" for name in names)


def things(**options):
    return source(FILES, archives=("things*.tgz",), **options)


@pytest.fixture
def manager(tmp_path, monkeypatch):
    """A package manager on the path: a shell script."""

    def install(script):
        folder = tmp_path / "bin"
        folder.mkdir(exist_ok=True)
        path = folder / "manager"
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
        monkeypatch.setenv("PATH", str(folder), prepend=os.pathsep)
        (tmp_path / "things.tgz").write_bytes(ARCHIVE)
        return things(mirrors=(NOWHERE,), commands=(("manager", "get", "things@1"),))

    return install


def left(root):
    return sorted(path.name for path in root.rglob("*") if path.is_file() and path.name != ".lock")


@pytest.mark.parametrize("names", [("numbers.gz", "letters.gz"), ("things.tgz",)])
def test_a_mirror_has_files_or_an_archive(mirror, root, names):
    told = []
    wanted = things(mirrors=(addresses(mirror, *names),))
    found = fetch(wanted, root, watch=lambda name: told.append(name) or (lambda done, total: None))
    assert found.contents == FILES
    assert left(root) == sorted(names) and told == list(names)
    asked = len(mirror.asked)
    assert contents(wanted, root) == FILES and contents(wanted, root, download=True) == FILES
    assert len(mirror.asked) == asked  # it is there


def test_nothing_is_downloaded_without_being_asked_for(mirror, root):
    root.mkdir()
    with pytest.raises(RunError, match="is not there"):
        contents(things(mirrors=(addresses(mirror, "things.tgz"),)), root)
    assert mirror.asked == []


def test_only_what_is_missing_is_downloaded(mirror, root):
    (root / "things").mkdir(parents=True)
    (root / "things" / "numbers").write_bytes(FILES["numbers"])
    fetch(things(mirrors=(addresses(mirror, "numbers.gz", "letters.gz"),)), root)
    assert len(mirror.asked) == 1 and left(root) == ["letters.gz", "numbers"]


def test_the_next_mirror_is_tried(mirror, root):
    fetch(things(mirrors=(NOWHERE, addresses(mirror, "things.tgz"))), root)
    assert left(root) == ["things.tgz"]


def test_wrong_content_is_not_put_in_place(mirror, root):
    mirror.files["things.tgz"] = tar([("package/numbers", b"x" * 1000)])
    with pytest.raises(RunError) as raised:
        fetch(things(mirrors=(addresses(mirror, "things.tgz"),)), root)
    assert "something else than the published content" in str(raised.value)
    assert f"into {root / 'things'}" in str(raised.value)
    assert left(root) == []


def test_a_package_manager_is_asked_when_no_mirror_answers(manager, tmp_path, root):
    wanted = manager(f'[ "$*" = "get things@1" ] && cp {tmp_path}/things.tgz things-1.tgz')
    assert fetch(wanted, root).contents == FILES
    assert left(root) == ["letters", "numbers"]
    assert contents(wanted, root) == FILES


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("echo hello; echo no such package >&2; exit 3", "failed: no such package"),
        ("echo 'my error 42'; echo 'see the log'; exit 1", "failed: my error 42"),
        ("exit 1", "it says nothing"),
        ("true", "brought a package without the published files"),
        ("echo nonsense > things-1.tgz", "brought a package without the published files"),
    ],
)
def test_a_package_manager_that_fails_is_quoted(manager, root, script, words):
    with pytest.raises(RunError) as raised:
        fetch(manager(script), root)
    message = str(raised.value)
    assert words in message and "`manager get things@1`" in message
    assert "127.0.0.1:1/numbers cannot be reached" in message and "By hand:" in message
    assert left(root) == []


def test_a_package_manager_that_hangs_is_given_up(manager, root, monkeypatch):
    monkeypatch.setattr(module, "PATIENCE", 0.2)
    with pytest.raises(RunError, match=r"took longer than 0\.2 s"):
        fetch(manager("exec sleep 30"), root)


def test_a_package_manager_that_is_missing_is_named(root):
    wanted = things(commands=(("no-such-manager", "get", "things"),))
    with pytest.raises(RunError, match="needs no-such-manager, which is not installed"):
        fetch(wanted, root)


def test_pip_is_that_of_this_python():
    program = module._program(("pip", "download", "x"))
    assert program[-1] == "x" and "--only-binary=:all:" in program
    if program[0] == sys.executable:
        assert program[1:4] == ["-m", "pip", "download"]


def test_one_process_fills_a_folder(root):
    (root / "things").mkdir(parents=True)
    with (
        FileLock(root / "things" / ".lock"),
        pytest.raises(RunError, match="being filled by another process"),
    ):
        fetch(things(), root)


def test_what_a_killed_fetch_left_is_cleared_away(mirror, root):
    (root / "things" / ".fetch-abc").mkdir(parents=True)
    (root / "things" / ".fetch-abc" / "half").write_bytes(b"x")
    fetch(things(mirrors=(addresses(mirror, "things.tgz"),)), root)
    assert not list((root / "things").glob(".fetch-*"))


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").write_text("mine")
    with pytest.raises(RunError, match=r"things cannot be used: Not a directory"):
        fetch(things(), tmp_path / "file" / "root")
