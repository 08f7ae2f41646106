"""Inner products by interference: means, variances, and what few photons leave of them."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from photonn.devices import homodyne
from photonn.errors import InputError
from tests import oracles

SHOTS = 4000  # one shape for all, to compile the draws once

multiply = jax.jit(homodyne.multiply)


@pytest.fixture(scope="module")
def drawn():
    """Many shots of two products of weak complex pulses, and their closed form."""
    rng = np.random.default_rng(0)
    x, w = oracles.random_complex(rng, 5), 2 * oracles.random_complex(rng, 2, 5)
    shots = homodyne.difference(np.tile(x, (SHOTS, 1)), w, key=jax.random.key(0))
    mean = 2 * np.sum(x * w.conj(), axis=-1).real
    variance = np.sum(np.abs(x) ** 2 + np.abs(w) ** 2, axis=-1)
    np.testing.assert_allclose(homodyne.difference(x, w), mean, atol=1e-14)
    return np.asarray(shots), mean, variance


def test_counts_have_the_mean_and_the_variance_of_the_closed_form(drawn):
    shots, mean, variance = drawn
    assert (shots == np.round(shots)).all()
    # Four standard errors: one case in 16 000 fails by chance, and the key is fixed.
    assert (abs(shots.mean(axis=0) - mean) < 4 * np.sqrt(variance / SHOTS)).all()
    # The fourth cumulant of a difference of counts is its variance.
    error = np.sqrt((variance + 2 * variance**2) / SHOTS)
    assert (abs(shots.var(axis=0) - variance) < 4 * error).all()
    # The third is the mean: light is not Gaussian at 20 photons.
    third = np.mean((shots - mean) ** 3, axis=0)
    assert (abs(third - mean) < 4 * np.sqrt(20 * variance**3 / SHOTS)).all()


@pytest.mark.parametrize("photons", [0.1, 10.0])
def test_error_of_a_product_falls_with_the_root_of_all_photons(photons):
    rng = np.random.default_rng(1)
    for inputs in (16, 128):
        x, w = 1e-3 * rng.normal(size=inputs), 1e4 * rng.normal(size=(2, inputs))
        many = multiply(np.tile(x, (SHOTS, 1)), w, photons=photons, key=jax.random.key(inputs))
        scale = np.linalg.norm(x) * np.linalg.norm(w, axis=-1)
        error = (np.asarray(many) - w @ x) / scale
        want = 1 / np.sqrt(photons * inputs)
        # Standard error of a standard deviation, with the excess of 1 / counts.
        tolerance = 4 * np.sqrt((2 + want**2) / 4 / SHOTS)
        np.testing.assert_allclose(error.std(axis=0), want, rtol=tolerance)
        assert (abs(error.mean(axis=0)) < 4 * want / np.sqrt(SHOTS)).all()


def test_without_a_key_it_is_the_product_and_with_one_its_slope():
    rng = np.random.default_rng(2)
    x, w = rng.normal(size=(3, 4)), rng.normal(size=(2, 4))
    np.testing.assert_allclose(homodyne.multiply(x, w, photons=1.0), x @ w.T, atol=1e-14)

    def noisy(x, w, key):
        return homodyne.multiply(x, w, photons=1.0, key=key)[1, 0]

    gradients = jax.jit(jax.grad(noisy, argnums=(0, 1)))
    for key in jax.random.split(jax.random.key(0), 2):
        of_x, of_w = gradients(jnp.asarray(x), jnp.asarray(w), key)
        np.testing.assert_allclose(of_x[1], w[0], atol=1e-14)
        np.testing.assert_allclose(of_w[0], x[1], atol=1e-14)
        dark = gradients(jnp.zeros((3, 4)), jnp.zeros((2, 4)), key)
        assert all(np.isfinite(d).all() for d in dark)


def test_dark_vectors_the_same_key_and_single_precision():
    x = np.float32(1e-25) * np.array([[0.0], [1.0], [2.0]], np.float32) * np.ones(4, np.float32)
    w, key = np.ones((2, 4), np.float32), jax.random.key(3)
    first, second = (multiply(x, w, photons=1e5, key=key) for _ in range(2))
    np.testing.assert_array_equal(first, second)
    np.testing.assert_array_equal(first[0], 0)
    assert first.dtype == jnp.float32
    # Errors are 1 / sqrt(4e5), 1.6e-3 of the product at most; four of them.
    np.testing.assert_allclose(first[1:], [[4e-25, 4e-25], [8e-25, 8e-25]], rtol=7e-3)


def test_what_cannot_be_measured_is_named():
    with pytest.raises(InputError, match="`photons` must be positive"):
        homodyne.multiply(np.ones(2), np.ones((1, 2)), photons=-1.0)
    with pytest.raises(InputError, match=r"`values` must have shape \(..., pulses=3\)"):
        homodyne.difference(np.ones(2), np.ones((1, 3)))
    with pytest.raises(InputError, match=r"`weights` must have shape \(..., outputs, pulses\)"):
        homodyne.difference(np.ones(2), np.ones(2))
