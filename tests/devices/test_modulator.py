"""Numbers into light."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from photonn.devices import modulator, phase_shifter
from photonn.errors import InputError


def test_amplitude_keeps_value_and_sign():
    values = np.array([[0.0, -1.5, 2.0]])
    np.testing.assert_array_equal(modulator.modulate_amplitude(values), values + 0j)


def test_phase_is_a_mode_of_one_watt():
    values = np.linspace(-7, 7, 20)
    out = modulator.modulate_phase(values)
    np.testing.assert_allclose(out, np.exp(1j * values), atol=1e-15)  # the same functions


def test_pairs_are_real_and_imaginary_part():
    out = modulator.modulate_pairs(np.arange(12.0).reshape(2, 6))
    np.testing.assert_array_equal(out, [[0 + 1j, 2 + 3j, 4 + 5j], [6 + 7j, 8 + 9j, 10 + 11j]])


@pytest.mark.parametrize("shape", [(3,), (4, 5)])
def test_an_odd_number_makes_no_pairs(shape):
    with pytest.raises(InputError, match=r"`values` must have an even last axis.*Pad it"):
        modulator.modulate_pairs(np.ones(shape))


@pytest.mark.parametrize("power", [1.0, 64.0])
def test_every_sample_gets_one_power(power):
    field = np.array([[3 + 4j, 0, 0], [1e-3, 1e-3j, -2e-3], [0, 0, 0]])
    out = np.asarray(modulator.normalize_power(field, power))
    np.testing.assert_allclose((np.abs(out) ** 2).sum(-1), [power, power, 0], rtol=1e-14)
    np.testing.assert_allclose(out[0, 0] / abs(out[0, 0]), (3 + 4j) / 5, atol=1e-15)


def test_a_dark_sample_has_finite_slopes():
    def power(field):
        return jnp.sum(jnp.abs(modulator.normalize_power(field)[..., 0].real))

    slope = jax.grad(power)(jnp.zeros((2, 3), complex))
    assert np.isfinite(slope).all()


def test_a_phase_shifter_turns_and_broadcasts_over_leading_axes():
    field = np.array([[1 + 0j, 2j], [3 + 0j, 4 + 0j]])
    out = phase_shifter.modulate(field, np.array([np.pi / 2, np.pi]))
    np.testing.assert_allclose(out, [[1j, -2j], [3j, -4]], atol=1e-15)  # cos(pi/2) is 6e-17


def test_intensity_has_a_dark_level():
    values = np.array([-0.5, 0.0, 0.25, 1.0, 3.0])
    out = modulator.modulate_intensity(values, extinction_ratio_db=20.0, power=4.0)
    np.testing.assert_allclose(np.abs(out) ** 2, [0.04, 0.04, 1.03, 4, 4], rtol=1e-14)

    def amplitude(value):
        return modulator.modulate_intensity(value, extinction_ratio_db=20.0).real

    # sqrt(d + (1 - d) v) has the slope (1 - d) / (2 sqrt(d)) at zero, in full at the end.
    np.testing.assert_allclose(jax.grad(amplitude)(0.0), 0.99 / 0.2, rtol=1e-14)
    assert jax.grad(amplitude)(-0.1) == 0
    with pytest.raises(InputError, match=r"`extinction_ratio_db` must be zero or more.*30 dB"):
        modulator.modulate_intensity(values, extinction_ratio_db=-3.0)


def test_a_pulse_in_the_time_bin_of_a_number():
    out = modulator.modulate_time_bins(np.array([[2, 0], [3, 3]]), 4)
    np.testing.assert_array_equal(out, np.eye(4)[[[2, 0], [3, 3]]])
    for wrong in (4, -1):
        with pytest.raises(InputError, match="`values` must be whole and from 0 to bins - 1 = 3"):
            modulator.modulate_time_bins(np.array([0, wrong]), 4)


@pytest.mark.parametrize("shape", [(8, 8), (7, 10)])
def test_low_frequencies_by_their_sums(shape):
    images = np.random.default_rng(0).normal(size=(2, *shape))
    y, x = (np.arange(n) for n in shape)
    want = [
        (images * np.exp(-2j * np.pi * (fy * y[:, None] / len(y) + fx * x / len(x)))).sum((1, 2))
        for fy in (-2, -1, 0, 1)
        for fx in (-2, -1, 0, 1)
    ]
    out = modulator.modulate_fourier(images, 2)
    np.testing.assert_allclose(out, np.array(want).T / np.sqrt(images[0].size), atol=1e-13)


def test_a_window_fits_its_image():
    full = modulator.modulate_fourier(np.ones((4, 4)), 2)
    np.testing.assert_allclose(np.sum(np.abs(full) ** 2), 16, rtol=1e-14)  # Parseval
    with pytest.raises(InputError, match="`images` must have at least 6 x 6 pixels"):
        modulator.modulate_fourier(np.ones((8, 5)), 3)
