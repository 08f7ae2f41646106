"""Photons one by one: budgets, statistics, and estimators against closed gradients."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy import constants, stats

from photonn.devices import photon_counter
from photonn.errors import InputError

DRAWS = 20_000
KEY = jax.random.key(0)
MEANS = np.array([0.0, 0.4, 4.0, 30.0, 2e6])
MANY = np.repeat(MEANS[None], DRAWS, axis=0)  # draws side by side: each has a slope of its own


@jax.jit
def draw(means):
    """Counts, and the slopes of functions of them by both estimators, in one compilation."""

    def straight(function):
        return jax.grad(lambda m: function(photon_counter.count(m, key=KEY)).sum())(means)

    def scored(function):
        def total(m):
            counts = jax.lax.stop_gradient(photon_counter.count(m, key=KEY))
            log_p = photon_counter.log_probability(counts, m)
            return photon_counter.score(function(counts), log_p).sum()

        return jax.grad(total)(means)

    return {
        "counts": photon_counter.count(means, key=KEY),
        "straight linear": straight(lambda n: 3 * n - 1),
        "straight square": straight(lambda n: n**2),
        "score square": scored(lambda n: n**2),
        "score jump": scored(lambda n: (n >= 1).astype(n.dtype)),
    }


@pytest.fixture(scope="module")
def drawn():
    return {name: np.asarray(values) for name, values in draw(MANY).items()}


def within(samples, want, errors=5):
    """Their mean is the wanted one, to so many standard errors."""
    samples = np.asarray(samples)
    error = samples.std(0) / np.sqrt(len(samples))
    assert (np.abs(samples.mean(0) - want) <= errors * error).all(), (samples.mean(0), want, error)


def test_a_microwatt_for_a_nanosecond():
    got = photon_counter.photons(1e-6, 1e-9, 1550e-9, efficiency=0.5)
    want = 0.5 * 1e-15 / (constants.h * constants.c / 1550e-9)
    np.testing.assert_allclose(got, want, rtol=1e-14)  # some 3900
    single = photon_counter.photons(np.float32(1e-6), 1e-9, 1550e-9)
    assert single.dtype == jnp.float32
    np.testing.assert_allclose(single, 2 * want, rtol=2e-7)


def test_counts_have_the_moments_of_poisson(drawn):
    counts = drawn["counts"]
    np.testing.assert_array_equal(counts, np.round(counts))
    assert (counts >= 0).all()
    within(counts, MEANS)
    within((counts - MEANS) ** 2, MEANS)
    expected = stats.poisson.pmf(np.arange(12), 4.0)
    for number, probability in enumerate(expected):
        within(counts[:, 2] == number, probability)


def test_bright_light_is_counted_in_float32_too():
    """`jax.random.poisson` is not to be trusted there, nor does int32 hold 1e10."""
    means = np.broadcast_to(np.array([9e4, 1e7, 1e10], np.float32), (DRAWS, 3))
    counts = jax.jit(lambda m: photon_counter.count(m, key=KEY))(means)
    assert counts.dtype == jnp.float32
    normal = (np.asarray(counts, float) - means) / np.sqrt(means)
    within(normal, 0)
    within(normal**2, 1)
    within(normal**4, 3)


def test_clicks_are_counts_of_at_least_one(drawn):
    n, efficiency, dark = 0.5, 0.7, 0.05
    got = photon_counter.click_probability(n, efficiency=efficiency, dark_counts=dark)
    np.testing.assert_allclose(got, 1 - stats.poisson.pmf(0, 0.4), rtol=1e-14)
    within(drawn["counts"][:, 1] > 0, got)
    within(photon_counter.click(np.full(DRAWS, float(got)), key=KEY), got)
    weak = photon_counter.click_probability(np.float32(1e-9))
    np.testing.assert_allclose(weak, 1e-9, rtol=1e-6)  # not lost beside 1


def test_slope_of_a_click_is_the_chance_of_none():
    for n in (0.0, 0.7):
        slope = jax.grad(lambda n: photon_counter.click_probability(n, efficiency=0.6))(n)
        np.testing.assert_allclose(slope, 0.6 * np.exp(-0.6 * n), rtol=1e-14)


def test_straight_through_is_unbiased_for_linear_functions(drawn):
    """And misses half a second derivative: E[n^2] = m^2 + m rises by 2 m + 1, not 2 m."""
    np.testing.assert_array_equal(drawn["straight linear"], 3)  # also in the dark
    within(drawn["straight square"], 2 * MEANS)


def test_the_score_function_is_unbiased(drawn):
    """For n^2: 2 m + 1; for the jump n >= 1, of probability 1 - exp(-m): exp(-m)."""
    some = slice(1, 4)
    within(drawn["score square"][:, some], 2 * MEANS[some] + 1)
    within(drawn["score jump"][:, some], np.exp(-MEANS[some]))
    assert np.isfinite(drawn["score square"]).all()


def test_straight_through_clicks_are_unbiased():
    """E[a c + b] = a p + b: every function of one click is of this form."""

    slope = jax.grad(
        lambda n: 2 * photon_counter.click(photon_counter.click_probability(n), key=KEY) + 1
    )(0.7)
    np.testing.assert_allclose(slope, 2 * np.exp(-0.7), rtol=1e-14)


def test_probabilities_are_those_of_scipy():
    counts, means = np.array([0, 3, 40, 0]), np.array([0.5, 2.5, 31.0, 0.0])
    got = photon_counter.log_probability(counts, means)
    np.testing.assert_allclose(got, stats.poisson.logpmf(counts, means), rtol=1e-12, atol=1e-14)
    slope = jax.grad(lambda m: photon_counter.log_probability(counts, m).sum())(means)
    np.testing.assert_allclose(slope[:3], counts[:3] / means[:3] - 1, rtol=1e-13)
    assert slope[3] == -1  # no light, no count: it can only fall


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: photon_counter.photons(-1.0, 1e-9, 1e-6), r"`power` must be zero or more.*\[W\]"),
        (lambda: photon_counter.photons(1.0, 0.0, 1e-6), r"`duration` must be positive.*\[s\]"),
        (lambda: photon_counter.photons(1.0, 1e-9, 1e-6, efficiency=2.0), "`efficiency` must be b"),
        (lambda: photon_counter.count(-2.0, key=KEY), "`mean` must be zero.*number of photons"),
        (lambda: photon_counter.click_probability(-0.1), "`photons` must be zero or more"),
        (lambda: photon_counter.click(1.5, key=KEY), "`probability` must be between 0 and 1"),
    ],
)
def test_what_cannot_be_is_refused(call, message):
    with pytest.raises(InputError, match=message):
        call()
