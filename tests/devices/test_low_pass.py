"""A one-pole low-pass against its step and frequency response."""

import jax
import numpy as np
import pytest
from scipy import signal as scipy_signal

from photonn.devices import low_pass
from photonn.errors import InputError

BANDWIDTH, INTERVAL = 2e9, 1e-11
KEPT = np.exp(-2 * np.pi * BANDWIDTH * INTERVAL)

respond = jax.jit(lambda x: low_pass.respond(x, bandwidth=BANDWIDTH, interval=INTERVAL))


def test_a_step_is_approached_with_the_time_constant():
    times = INTERVAL * np.arange(1, 301)
    got = respond(np.stack([np.ones(300), np.full(300, -2.0)]))
    want = 1 - np.exp(-2 * np.pi * BANDWIDTH * times)
    np.testing.assert_allclose(got, [want, -2 * want], rtol=1e-12)  # 300 roundings


def test_it_is_the_filter_of_scipy():
    noise = np.random.default_rng(0).normal(size=(2, 300))
    want = scipy_signal.lfilter([1 - KEPT], [1, -KEPT], noise)
    np.testing.assert_allclose(respond(noise), want, atol=1e-14)


def test_half_of_the_power_is_left_at_the_bandwidth():
    samples = 20_000
    times = INTERVAL / 20 * np.arange(samples)  # 1000 samples a period: nearly continuous
    cause = np.sin(2 * np.pi * BANDWIDTH * times)
    got = low_pass.respond(cause, bandwidth=BANDWIDTH, interval=INTERVAL / 20)[samples // 2 :]
    # Samples of a thousandth of a period: the power is off by as much at most.
    np.testing.assert_allclose(np.mean(got**2), 0.25, rtol=2e-3)


def test_the_past_alone_moves_the_present():
    slope = jax.grad(lambda x: respond(x)[0, 200])(np.zeros((2, 300)))
    want = np.where(np.arange(300) <= 200, (1 - KEPT) * KEPT ** (200.0 - np.arange(300)), 0)
    np.testing.assert_allclose(slope[0], want, rtol=1e-11, atol=1e-300)
    np.testing.assert_array_equal(slope[1], 0)


def test_slow_filters_keep_their_gain_in_float32():
    """1 - exp(-1e-6) would have one digit left."""
    one = low_pass.respond(np.ones(3, np.float32), bandwidth=1.0, interval=1e-6 / (2 * np.pi))
    np.testing.assert_allclose(one, [1e-6, 2e-6, 3e-6], rtol=3e-6)


def test_what_cannot_be_is_refused():
    with pytest.raises(InputError, match=r"`bandwidth` must be positive and finite \[Hz\]"):
        low_pass.respond(np.ones(3), bandwidth=0.0, interval=1.0)
    with pytest.raises(InputError, match="`signal` must have an axis of time"):
        low_pass.respond(np.array(1.0), bandwidth=1.0, interval=1.0)
