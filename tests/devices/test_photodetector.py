"""Light into numbers."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from photonn.devices import photodetector
from tests import oracles


def test_power_is_the_square_of_the_amplitude():
    np.testing.assert_array_equal(photodetector.detect(np.array([3 + 4j, -2, 0j])), [25, 4, 0])
    np.testing.assert_array_equal(photodetector.detect(np.array([-2.0])), [4])


def test_regions_sum_the_power_of_their_pixels():
    rng = np.random.default_rng(0)
    field = oracles.random_complex(rng, 2, 5, 6)
    regions = np.zeros((3, 5, 6))
    regions[0, :2, :3] = 1
    regions[1, 3:, 4:] = 0.5
    out = photodetector.detect_regions(field, regions, pixel_area=4.0)
    power = 4 * np.abs(field) ** 2
    want = [power[:, :2, :3].sum((1, 2)), power[:, 3:, 4:].sum((1, 2)) / 2, np.zeros(2)]
    np.testing.assert_allclose(out, np.stack(want, axis=-1), rtol=1e-14)  # sums of 6 numbers
    everywhere = photodetector.detect_regions(field, np.ones((1, 5, 6)))
    np.testing.assert_allclose(everywhere[:, 0], (np.abs(field) ** 2).sum((1, 2)), rtol=1e-14)


def test_differential_pairs():
    powers = np.array([[3.0, 0.0, 2.0, 1.0, 5.0, 2.0], [0.0, 1.0, 0.0, 0.0, 0.0, 1.0]])
    out = photodetector.detect_differential(powers)
    np.testing.assert_allclose(out, [[0.5, -1, 0], [0, 1, -1]], atol=1e-16)  # 0: a dark pair


def test_a_dark_pair_has_finite_slopes():
    slope = jax.grad(lambda p: photodetector.detect_differential(p).sum())(np.zeros(4))
    assert np.isfinite(slope).all()


def test_shares_sum_to_one():
    out = photodetector.normalize(np.array([[1.0, 3.0], [0.0, 0.0]]))
    np.testing.assert_array_equal(out, [[0.25, 0.75], [0, 0]])
    slope = jax.grad(lambda p: photodetector.normalize(p)[0])(np.zeros(3))
    assert np.isfinite(slope).all()


@pytest.mark.parametrize("power", [1e-25, 1e-12, 1.0, 1e12])
def test_shares_and_their_gradients_are_right_for_weak_and_strong_light(power):
    signals = jnp.array([1.0, 2.0, 3.0, 2.0], jnp.float32) * jnp.float32(power)
    for function in (photodetector.normalize, photodetector.detect_differential):
        slope = jax.jacobian(function)(signals) * power
        want = jax.jacobian(function)(signals / jnp.float32(power))
        # Shares do not depend on the power, so their slope is inverse to it.
        np.testing.assert_allclose(slope, want, rtol=1e-5, atol=1e-6)
