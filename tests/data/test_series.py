"""Time series: NARMA10 and a radio channel against their formulas, term by term."""

import numpy as np
import pytest

from photonn.data import channel, narma
from photonn.errors import InputError, RunError


def test_narma_is_its_recursion():
    parts = narma.load(seed=3, train=60, validation=20, test=20, start=0)
    u, y = (part.astype(float) for part in parts.train)
    for n in range(10, 59):
        want = 0.3 * y[n - 1] + 0.05 * y[n - 1] * y[n - 10 : n].sum() + 1.5 * u[n - 9] * u[n] + 0.1
        np.testing.assert_allclose(y[n], want, atol=1e-6)  # float32
    np.testing.assert_allclose(y[0], 0.1, rtol=1e-6)  # from rest


def test_series_are_seeded_and_independent():
    one, same, other = (narma.load(seed=s, train=50, validation=50, test=50) for s in (0, 0, 1))
    np.testing.assert_array_equal(one.test.labels, same.test.labels)
    assert not np.allclose(one.train.inputs, other.train.inputs)
    assert not np.allclose(one.train.inputs, one.validation.inputs)
    assert one.train.inputs.dtype == np.float32
    with pytest.raises(InputError, match="`train` must be an integer of at least 1"):
        narma.load(train=0)


def test_series_that_run_away_are_refused(monkeypatch):
    with np.errstate(over="ignore", invalid="ignore"):
        assert not np.max(np.abs(narma.series(np.full(400, 0.6)))) <= 10  # beyond the usual inputs
    monkeypatch.setattr(narma, "BOUND", 0.1)
    with pytest.raises(RunError, match="run away"):
        narma.load(train=50)


def test_channel_without_noise_is_its_formula():
    symbols = np.random.default_rng(0).choice([-3.0, -1.0, 1.0, 3.0], 30)
    n = 12  # d(n + 2) is the newest
    weights = [0.08, -0.12, 1, 0.18, -0.1, 0.091, -0.05, 0.04, 0.03, 0.01]
    q = sum(w * symbols[n + 2 - k] for k, w in enumerate(weights))
    got = channel.distort(symbols)[n + 2 - 9]
    np.testing.assert_allclose(got, q + 0.036 * q**2 - 0.011 * q**3, rtol=1e-13)


def test_channel_labels_are_two_steps_back_and_noise_has_its_power():
    part = channel.load(seed=1, snr_db=300.0, train=2000).train
    assert set(np.unique(part.labels)) == {-3, -1, 1, 3}
    # What arrives now is mostly d(n): the label of two steps later.
    shares = [np.corrcoef(part.inputs[:1990], part.labels[k : 1990 + k])[0, 1] for k in range(5)]
    assert np.argmax(shares) == 2
    noisy = channel.load(seed=1, snr_db=10.0, train=2000).train
    noise = np.var(noisy.inputs - part.inputs)
    # Chi-square of 2000 draws: a relative deviation of sqrt(2 / 2000) = 0.03, five of them.
    np.testing.assert_allclose(noise, np.var(part.inputs) / 10, rtol=0.16)
