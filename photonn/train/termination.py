"""Being asked to stop: SIGTERM, which clusters send some time before they kill."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def termination() -> Iterator[Callable[[], bool]]:
    """Take SIGTERM as a request, so that what is under way can be saved first.

    Whoever asks and hears yes should save and raise `photonn.errors.Terminated`. A request
    that nobody asked for until the end is sent again, to whoever listened before.
    Only the main thread of Python hears signals; elsewhere nothing is changed.

    Example:
        >>> with termination() as asked:
        ...     print(asked())
        False

    Yields:
        Whether SIGTERM has arrived, when called.
    """
    if threading.current_thread() is not threading.main_thread():
        yield lambda: False
        return
    arrived = False

    def note(number: int, frame: object) -> None:
        nonlocal arrived
        arrived = True

    before = signal.signal(signal.SIGTERM, note)
    try:
        yield lambda: arrived
    finally:
        # `None` is a handler that was not set from Python, and cannot be set from there.
        signal.signal(signal.SIGTERM, signal.SIG_DFL if before is None else before)
    if arrived:
        signal.raise_signal(signal.SIGTERM)
