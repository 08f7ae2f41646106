"""A request to stop is heard once, never lost, and heard by nobody else's surprise."""

import signal
import subprocess
import sys
import threading

import pytest

from photonn.errors import RunError, Terminated
from photonn.train import termination


@pytest.fixture
def heard():
    """Signals that reached whoever listened before."""
    numbers = []
    before = signal.signal(signal.SIGTERM, lambda number, frame: numbers.append(number))
    yield numbers
    signal.signal(signal.SIGTERM, before)


def test_nothing_is_asked_unless_the_signal_arrives(heard):
    listener = signal.getsignal(signal.SIGTERM)
    with termination() as asked:
        assert not asked()
        assert signal.getsignal(signal.SIGTERM) is not listener
    assert signal.getsignal(signal.SIGTERM) is listener
    assert heard == []


def test_a_request_is_answered_by_raising(heard):
    with pytest.raises(Terminated), termination() as asked:
        signal.raise_signal(signal.SIGTERM)
        assert asked()
        raise Terminated
    assert heard == []


def test_a_request_that_nobody_asked_for_is_sent_again(heard):
    with termination():
        signal.raise_signal(signal.SIGTERM)
        assert heard == []
    assert heard == [signal.SIGTERM]


def test_a_failure_stays_what_it_is(heard):
    listener = signal.getsignal(signal.SIGTERM)
    with pytest.raises(RunError), termination():
        signal.raise_signal(signal.SIGTERM)
        raise RunError("full")
    assert signal.getsignal(signal.SIGTERM) is listener


def test_another_thread_changes_nothing(heard):
    listener = signal.getsignal(signal.SIGTERM)
    answers = []

    def work():
        with termination() as asked:
            answers.append((asked(), signal.getsignal(signal.SIGTERM) is listener))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert answers == [(False, True)]


def test_a_script_ends_quietly_with_143():
    code = "from photonn.errors import Terminated\ntry: raise Terminated\nexcept Exception: pass"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (143, "", "")
