"""Light into numbers."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy import constants

from photonn.devices import photodetector, receiver
from photonn.devices.receiver import Receiver
from photonn.errors import InputError
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


def splitter_powers(field, local):
    """What an ideal splitter sends onto two photodiodes, amplitudes first."""
    # The splitter turns what crosses by 90 degrees; the oscillator is turned back before it.
    out = oracles.splitter(np.pi / 4) @ np.stack([field, -1j * local])
    return np.abs(out) ** 2


def test_homodyne_is_the_difference_behind_a_splitter():
    rng = np.random.default_rng(1)
    field, local = oracles.random_complex(rng, 2, 7)
    plus, minus = splitter_powers(field, local)
    difference, total = photodetector.beat(field, local)
    np.testing.assert_allclose(difference, plus - minus, rtol=1e-13, atol=1e-14)
    np.testing.assert_allclose(total, plus + minus, rtol=1e-14)


def test_a_hybrid_is_two_balanced_pairs_with_half_the_light_each():
    rng = np.random.default_rng(2)
    field, local = oracles.random_complex(rng, 2, 7) / np.sqrt(2)
    differences, totals = photodetector.beat_quadratures(np.sqrt(2) * field, np.sqrt(2) * local)
    for quadrature, turn in enumerate((1, 1j)):
        plus, minus = splitter_powers(field, turn * local)
        np.testing.assert_allclose(differences[:, quadrature], plus - minus, atol=1e-14)
        np.testing.assert_allclose(totals[:, quadrature], plus + minus, rtol=1e-14)
    np.testing.assert_allclose(totals.sum(-1), 2 * (abs(field) ** 2 + abs(local) ** 2), rtol=1e-14)


def test_homodyne_reaches_four_times_the_photons():
    """SNR 4 eta N in one quadrature, 2 eta N in each of both: R 2 sqrt(P L) over 2 q R L B."""
    wavelength, time, photons, efficiency = 1550e-9, 1e-9, 25.0, 0.6
    power = photons * constants.h * constants.c / wavelength / time
    made = Receiver.from_efficiency(efficiency, wavelength, bandwidth=1 / (2 * time))
    draws = 20_000
    field = np.full(draws, np.sqrt(power), complex)
    local = np.sqrt(1e5 * power)
    key = jax.random.key(3)

    @jax.jit
    def currents(field):
        one = receiver.receive_balanced(*photodetector.beat(field, local), made, key=key)
        turned = field * np.exp(0.25j * np.pi)  # as much in either quadrature
        pairs = photodetector.beat_quadratures(turned, local)
        return one[:, None], receiver.receive_balanced(*pairs, made, key=key)

    for current, share in zip(currents(field), (4, 1), strict=True):
        snr = np.mean(current, axis=0) ** 2 / np.var(current, axis=0)
        # Five standard errors of a Gaussian's variance; the mean is known ten times better.
        np.testing.assert_allclose(snr, share * efficiency * photons, rtol=5.5 * np.sqrt(2 / draws))


def test_a_weak_signal_beside_a_strong_oscillator_stays_exact_in_float32():
    weak, strong = np.complex64(1e-8), np.complex64(1.0)
    difference, _ = photodetector.beat(weak, strong)
    assert difference.dtype == jnp.float32
    np.testing.assert_allclose(difference, 2e-8, rtol=1e-6)
    dark = receiver.receive_balanced(difference, np.float32(1), Receiver(), key=jax.random.key(0))
    np.testing.assert_allclose(dark, 2e-8, rtol=1e-6)


def test_homodyne_has_its_full_slope_in_the_dark():
    """Unlike the power, whose slope is zero there."""
    slope = jax.grad(lambda a: photodetector.beat(a, 3.0)[0])(0.0)
    assert slope == 6
    slope = jax.grad(lambda a: photodetector.beat_quadratures(1j * a, 3.0)[0][1])(0.0)
    assert slope == 3


def test_field_and_oscillator_must_fit():
    with pytest.raises(InputError, match=r"`field` \(3,\), `local` \(2,\)"):
        photodetector.beat(np.ones(3), np.ones(2))
