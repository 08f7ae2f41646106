"""How much memory something takes, as Python asks for it, whether it is touched or not."""

import contextlib
import tracemalloc


@contextlib.contextmanager
def at_most(most):
    """Fail if more than `most` bytes are held at any time."""
    tracemalloc.start()
    try:
        yield
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < most, f"{peak / 1e6:.0f} MB"
