"""Quantiles, intervals and yield, against closed forms; NaN is counted."""

import jax
import numpy as np
import pytest

from photonn import hardware
from photonn.errors import InputError

KEY = jax.random.key(0)
VALUES = np.random.default_rng(0).normal(3.0, 0.5, 400)


def test_the_bootstrap_of_a_mean_is_the_textbook_interval():
    found = hardware.bootstrap(VALUES, np.mean, key=KEY)
    half = 1.96 * VALUES.std() / np.sqrt(VALUES.size)
    assert found.value == VALUES.mean()
    # 1000 resamples know the end of the interval to about a twentieth of its half.
    ends = found.value - half, found.value + half
    np.testing.assert_allclose(found[1:], ends, atol=0.1 * half)


def test_the_interval_of_the_median_holds_the_truth_as_often_as_it_says():
    samples = np.random.default_rng(1).normal(size=(100, 60))
    keys = jax.random.split(KEY, 100)
    held = [
        est.low <= 0 <= est.high
        for est in (
            hardware.bootstrap(s, np.median, key=k, confidence=0.9, resamples=200)
            for s, k in zip(samples, keys, strict=True)
        )
    ]
    assert 80 <= sum(held) <= 98  # binomial of 100 at 0.9: deviation 3


def test_a_summary_says_how_many_chips_failed():
    values = VALUES.copy()
    values[[3, 50]] = np.nan
    summary = hardware.summarize(values, key=KEY, levels=(0.1, 0.5))
    sound = values[~np.isnan(values)]
    assert summary.chips == 400
    assert summary.failed == 2
    np.testing.assert_allclose(summary.mean.value, sound.mean(), rtol=1e-14)
    for level, estimate in summary.quantiles.items():
        np.testing.assert_allclose(estimate.value, np.quantile(sound, level), rtol=1e-14)
        assert estimate.low < estimate.value < estimate.high
    assert "400 chips, 2 of them failed (NaN)" in str(summary)
    assert "failed" not in str(hardware.summarize(VALUES, key=KEY))


def test_a_summary_of_arrays_is_one_for_each_point():
    values = np.stack([VALUES, 2 * VALUES, np.full_like(VALUES, np.nan)], axis=1)
    summary = hardware.summarize(values, key=KEY)
    np.testing.assert_array_equal(summary.failed, [0, 0, 400])
    median = summary.quantiles[0.5].value
    np.testing.assert_allclose(median[:2], np.median(VALUES) * np.array([1, 2]), rtol=1e-14)
    assert np.isnan(median[2])


def test_yield_counts_a_failed_chip_as_lost():
    found = hardware.yield_of(np.array([1.0, 2.0, 3.0, np.nan]), at_least=1.5, at_most=2.5)
    assert found.value == 0.25
    # Wilson for 1 of 4 by hand, z = 1.959964.
    np.testing.assert_allclose([found.low, found.high], [0.045587, 0.699358], atol=1e-6)
    assert hardware.yield_of(VALUES, at_most=10.0).value == 1
    assert hardware.yield_of(VALUES, at_most=10.0).low < 1


def test_a_number_that_is_nan_has_no_interval():
    found = hardware.bootstrap(np.array([1.0, np.nan, 3.0]), np.mean, key=KEY)
    assert np.isnan(found).all()  # resamples without the failed chip know nothing of it


def test_what_is_no_sample_is_refused():
    with pytest.raises(InputError, match="`at_most` must be a number, but is NaN"):
        hardware.yield_of(VALUES, at_most=np.nan)
    with pytest.raises(InputError, match=r"`at_least` must be at most `at_most`, but is 0.9 above"):
        hardware.yield_of(VALUES, at_least=0.9, at_most=0.5)
    with pytest.raises(InputError, match="`at_least` must be given"):
        hardware.yield_of(VALUES)
    with pytest.raises(InputError, match="`values` must hold at least one chip"):
        hardware.summarize(np.zeros(0), key=KEY)
    with pytest.raises(InputError, match="`confidence` must lie in 0 to 1"):
        hardware.bootstrap(VALUES, np.mean, key=KEY, confidence=95.0)
