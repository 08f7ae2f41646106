"""Downloads from a mirror on the loop-back address, and everything that goes wrong with them."""

import errno
import os
import signal
import socket
import subprocess
import sys
import textwrap
import time

import numpy as np
import pytest

from photonn.data import download as module
from photonn.data.download import download
from photonn.errors import RunError
from tests.data.mirror import serving

CONTENT = np.random.default_rng(0).bytes(700_000)


@pytest.fixture
def mirror():
    with serving({"set": CONTENT}) as mirror:
        yield mirror


def get(mirror, path, **options):
    options = {"accept": lambda part: part.read_bytes() == CONTENT, "most": 10**6} | options
    download(f"{mirror.address}/set", path, **options)


def test_it_comes_whole_with_its_progress(mirror, tmp_path):
    told = []
    get(mirror, tmp_path / "set", progress=lambda done, total: told.append((done, total)))
    assert (tmp_path / "set").read_bytes() == CONTENT
    assert [p.name for p in tmp_path.iterdir()] == ["set"]
    assert told[-1] == (700_000, 700_000) and len(told) > 1
    assert [done for done, _ in told] == sorted(done for done, _ in told)


def test_a_connection_that_breaks_is_taken_up_where_it_was(mirror, tmp_path):
    mirror.cut = [100_000, 250_000]
    get(mirror, tmp_path / "set")
    assert (tmp_path / "set").read_bytes() == CONTENT
    assert mirror.asked == [None, "bytes=100000-", "bytes=350000-"]


def test_what_came_before_a_failure_is_kept_for_the_next_call(mirror, tmp_path):
    mirror.cut = [300_000, 0]
    with pytest.raises(RunError, match=r"broke off.*same command"):
        get(mirror, tmp_path / "set")
    assert (tmp_path / "set.part").read_bytes() == CONTENT[:300_000]
    get(mirror, tmp_path / "set")
    assert mirror.asked[-1] == "bytes=300000-"
    assert (tmp_path / "set").read_bytes() == CONTENT


def test_a_server_that_knows_no_ranges_sends_everything_again(mirror, tmp_path):
    mirror.ranges = False
    (tmp_path / "set.part").write_bytes(CONTENT[:1000])
    get(mirror, tmp_path / "set")
    assert (tmp_path / "set").read_bytes() == CONTENT


def test_a_server_that_tells_no_length_is_believed_to_the_end(mirror, tmp_path):
    mirror.length = False
    get(mirror, tmp_path / "set")
    assert (tmp_path / "set").read_bytes() == CONTENT


def test_a_part_that_is_already_whole_is_put_in_place(mirror, tmp_path):
    (tmp_path / "set.part").write_bytes(CONTENT)
    get(mirror, tmp_path / "set")
    assert (tmp_path / "set").read_bytes() == CONTENT


@pytest.mark.parametrize("length", [1000, 700_000, 800_000])
def test_a_part_of_something_else_is_replaced(mirror, tmp_path, length):
    (tmp_path / "set.part").write_bytes(b"x" * length)
    get(mirror, tmp_path / "set")
    assert (tmp_path / "set").read_bytes() == CONTENT


def test_wrong_content_is_refused_and_what_was_there_stays(mirror, tmp_path):
    (tmp_path / "set").write_bytes(b"good")
    mirror.files["set"] = CONTENT[:-1] + b"?"
    with pytest.raises(RunError, match="something else than the published"):
        get(mirror, tmp_path / "set")
    assert (tmp_path / "set").read_bytes() == b"good"
    assert [p.name for p in tmp_path.iterdir()] == ["set"]


@pytest.mark.parametrize("length", [True, False])
def test_more_than_can_be_right_is_refused(mirror, tmp_path, length):
    mirror.length = length
    with pytest.raises(RunError, match="more than the 650000 bytes"):
        get(mirror, tmp_path / "set", most=650_000)
    assert not (tmp_path / "set").exists()


@pytest.mark.parametrize(("status", "words"), [(404, "answers 404"), (503, "answers 503")])
def test_a_refusal_is_told(mirror, tmp_path, status, words):
    mirror.status = status
    with pytest.raises(RunError, match=words):
        get(mirror, tmp_path / "set")


def test_a_refused_connection_is_told(tmp_path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(RunError, match="cannot be reached"):
        download(f"http://127.0.0.1:{port}/x", tmp_path / "x", accept=lambda part: True, most=9)


def test_a_server_that_says_nothing_is_given_up(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "TIMEOUT", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}/x"
        with pytest.raises(RunError, match="cannot be reached: timed out"):
            download(address, tmp_path / "x", accept=lambda part: True, most=9)


def test_too_little_space_is_told_before_anything_comes(mirror, tmp_path, monkeypatch):
    monkeypatch.setattr(module.shutil, "disk_usage", lambda path: Usage)
    with pytest.raises(RunError, match=r"disk .* is full\. Free some space"):
        get(mirror, tmp_path / "set")
    assert not list(tmp_path.glob("set"))


class Usage:
    free = 699_999


def test_a_disk_that_fills_up_keeps_what_was_there(mirror, tmp_path):
    """Under a limit of the size of files, as of a full disk; in a process of its own."""
    (tmp_path / "set").write_bytes(b"good")
    program = f"""
        import errno, resource, signal
        from pathlib import Path
        from photonn.data.download import download
        from photonn.errors import RunError
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))
        try:
            path = Path({str(tmp_path / "set")!r})
            download({mirror.address + "/set"!r}, path, accept=lambda part: True, most=10**6)
        except RunError as error:
            print(error)
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)], capture_output=True, text=True, timeout=60
    )
    assert "cannot be used: File too large" in done.stdout, done.stdout + done.stderr
    assert (tmp_path / "set").read_bytes() == b"good"
    assert (tmp_path / "set.part").read_bytes() == CONTENT[:300_000]
    get(mirror, tmp_path / "set")
    assert mirror.asked[-1] == "bytes=300000-"


def test_an_error_of_a_full_disk_says_what_to_do(mirror, tmp_path, monkeypatch):
    def full(descriptor):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(module.os, "fsync", full)
    with pytest.raises(RunError, match=r"is full.*--root.*goes on from what is there"):
        get(mirror, tmp_path / "set")
    assert not (tmp_path / "set").exists()


def test_a_download_that_is_killed_goes_on(mirror, tmp_path):
    """Killed while the server holds back the end."""
    program = f"""
        import time
        from pathlib import Path
        from photonn.data.download import download
        def slow(done, total):
            print(done, flush=True)
            time.sleep(60 if done > 400_000 else 0)
        path = Path({str(tmp_path / "set")!r})
        download({mirror.address + "/set"!r}, path, accept=bool, most=10**6, progress=slow)
    """
    with subprocess.Popen(
        [sys.executable, "-u", "-c", textwrap.dedent(program)], stdout=subprocess.PIPE, text=True
    ) as process:
        while int(process.stdout.readline() or 10**9) < 400_000:
            time.sleep(0.001)
        process.send_signal(signal.SIGKILL)
    assert not (tmp_path / "set").exists()
    kept = (tmp_path / "set.part").stat().st_size
    assert 0 < kept < 700_000
    get(mirror, tmp_path / "set")
    assert mirror.asked[-1] == f"bytes={kept}-"
    assert (tmp_path / "set").read_bytes() == CONTENT
