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
