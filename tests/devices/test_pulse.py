"""Pulses and their FROG traces against sums in plain NumPy."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from photonn.devices import pulse
from photonn.devices.fibre import SMF28, Fibre
from photonn.errors import InputError
from tests import oracles

TIMES = pulse.times(64, 0.25e-12)


def test_spectra_add_up_to_the_energy_and_have_the_sign_of_time():
    field = oracles.random_complex(np.random.default_rng(0), 64)
    spectrum = pulse.spectrum(field, 0.25e-12)
    spacing = 1 / (64 * 0.25e-12)
    energy = np.sum(np.abs(field) ** 2) * 0.25e-12
    np.testing.assert_allclose(np.sum(np.abs(spectrum) ** 2) * spacing, energy, rtol=1e-12)
    tone = np.exp(-2j * np.pi * 3 * spacing * TIMES)  # three lines above the carrier
    assert np.argmax(np.abs(pulse.spectrum(tone, 0.25e-12))) == 3


def test_shapes():
    sech = pulse.sech(TIMES, duration=1e-12, power=2.0)
    np.testing.assert_allclose(sech, np.sqrt(2) / np.cosh(TIMES / 1e-12), atol=1e-15)
    assert np.isfinite(pulse.sech(1.0, duration=1e-12, power=1.0)).all()
    gauss = pulse.gaussian(TIMES, duration=1e-12, power=2.0, chirp=0.7)
    want = np.sqrt(2) * np.exp(-(1 + 0.7j) * (TIMES / 1e-12) ** 2 / 2)
    np.testing.assert_allclose(gauss, want, atol=1e-14)
    power = np.abs(pulse.soliton(0.0, SMF28, duration=1e-12, order=3)) ** 2
    np.testing.assert_allclose(power, 9 * 21.7e-27 / 1.3e-3 / 1e-24, rtol=1e-12)
    with pytest.raises(InputError, match="negative beta_2"):
        pulse.soliton(TIMES, Fibre(beta=(1e-27,), gamma=1.0), duration=1e-12)


def test_frog_is_the_double_sum_and_blind_to_the_direction_of_time():
    field = oracles.random_complex(np.random.default_rng(1), 8)
    want = np.zeros((8, 8))
    for delay in range(8):
        for line in range(8):
            phase = np.exp(2j * np.pi * line * np.arange(8) / 8)
            want[delay, line] = abs(np.sum(field * np.roll(field, delay) * phase)) ** 2
    np.testing.assert_allclose(pulse.frog(field), want, atol=1e-12)
    np.testing.assert_allclose(pulse.frog(np.conj(field[::-1])), want, atol=1e-12)


def test_frog_of_a_chirped_gaussian():
    """Its width over the delay does not know the chirp, its width in frequency does."""
    for chirp in (0.0, 1.5):
        field = pulse.gaussian(TIMES, duration=1e-12, power=1.0, chirp=chirp)
        trace = np.asarray(pulse.frog(field))
        delays = oracles.frequencies(64, 1 / 16) * 0.25e-12 * 4  # 0, 1, ..., -1 intervals
        late = trace.sum(axis=1)
        np.testing.assert_allclose(late / late[0], np.exp(-((delays / 1e-12) ** 2) / 2), atol=1e-9)
        omega = 2 * np.pi * oracles.frequencies(64, 0.25e-12)
        lines = trace.sum(axis=0)
        width = np.sum(lines * omega**2) / lines.sum()
        np.testing.assert_allclose(width, (1 + chirp**2) / 1e-24, rtol=1e-6)


def test_slope_of_a_trace():
    loss = jax.jit(
        lambda chirp: jnp.sum(
            jnp.sqrt(1 + pulse.frog(pulse.gaussian(TIMES, duration=1e-12, power=1.0, chirp=chirp)))
        )
    )
    want = oracles.difference_quotient(loss, 0.4, 1e-5)
    np.testing.assert_allclose(jax.grad(loss)(0.4), want, rtol=1e-7)
