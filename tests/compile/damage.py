"""What can happen to a file on its way."""

from hypothesis import strategies as st

BITS = st.integers(0, 7)


def damaged(content: bytes):
    """Strategy: the bytes of a file, cut short, with flipped bits, longer, or of nothing at all."""
    flip = st.tuples(st.integers(0, len(content) - 1), st.integers(0, 7))
    # The ends hold the headers: they are hit as often as all the rest.
    near = st.integers(0, min(300, len(content) - 1))
    ends = near.flatmap(lambda n: st.tuples(st.sampled_from([n, len(content) - 1 - n]), BITS))
    flips = st.lists(flip | ends, min_size=1, max_size=4, unique=True)
    return st.one_of(
        st.integers(0, len(content) - 1).map(lambda size: content[:size]),
        flips.map(lambda places: _flipped(content, places)),
        st.binary(min_size=1, max_size=64).map(lambda tail: content + tail),
        st.binary(min_size=1, max_size=64).map(lambda head: head + content),
        st.binary(max_size=256),
    )


def _flipped(content, places):
    changed = bytearray(content)
    for place, bit in places:
        changed[place] ^= 1 << bit
    return bytes(changed)
