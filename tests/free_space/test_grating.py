"""Gratings by the power in their orders, at the exact index of the spectrum."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.special import jv

from photonn.devices import phase_shifter
from photonn.errors import InputError
from photonn.free_space import Grid, grating

GRID = Grid((64, 96), (2e-6, 1e-6))
PERIOD = 16e-6  # 16 samples, 6 periods along x; 8 samples, 8 periods along y


def orders(phase, angle=0.0, most=3):
    """Power in the orders -most .. most, at f = m / period."""
    spectrum = np.fft.fft2(np.exp(1j * np.asarray(phase))) / np.prod(GRID.shape)
    numbers = np.arange(-most, most + 1)
    if angle:
        return np.abs(spectrum[8 * numbers, 0]) ** 2
    return np.abs(spectrum[0, 6 * numbers]) ** 2


@pytest.mark.parametrize("angle", [0.0, np.pi / 2])
def test_orders_of_a_sine_are_bessel_functions(angle):
    phase = grating.sinusoidal_phase(GRID, period=PERIOD, depth=2.0, angle=angle, offset=3e-6)
    # Orders beyond 5 fold back at 8 samples a period: J_5(1) = 2.5e-4, times J_3 = 0.02.
    got = orders(phase, angle)
    np.testing.assert_allclose(got, jv(np.arange(-3, 4), 1.0) ** 2, atol=1e-5)


@pytest.mark.parametrize("angle", [0.0, np.pi / 2])
def test_a_full_blaze_sends_all_light_to_the_first_order(angle):
    """Towards +x, and towards +y for a quarter turn."""
    phase = grating.blazed_phase(GRID, period=PERIOD, depth=2 * np.pi, angle=angle)
    np.testing.assert_allclose(orders(phase, angle), [0, 0, 0, 0, 1, 0, 0], atol=1e-12)


def test_half_a_blaze():
    """sinc^2(1/2) to orders 0 and 1, but for the finite steps of 16 samples."""
    phase = grating.blazed_phase(GRID, period=PERIOD, depth=np.pi)
    steps = np.exp(1j * np.pi * (np.arange(16) + 0.5) / 16)
    want = np.abs(np.fft.fft(steps)[[0, 1]] / 16) ** 2
    np.testing.assert_allclose(orders(phase)[3:5], want, atol=1e-12)
    np.testing.assert_allclose(want, 4 / np.pi**2, rtol=0.01)


def test_binary_orders():
    """sin^2(d/2) (2 / pi m)^2 for odd m, here of 16 samples; nothing in the even ones."""
    phase = grating.binary_phase(GRID, period=PERIOD, depth=np.pi)
    first = (2 / (16 * np.sin(np.pi / 16))) ** 2
    third = (2 / (16 * np.sin(3 * np.pi / 16))) ** 2
    np.testing.assert_allclose(orders(phase), [third, 0, first, 0, first, 0, third], atol=1e-12)
    quarter = grating.binary_phase(GRID, period=PERIOD, depth=np.pi, duty=0.25)
    np.testing.assert_allclose(orders(quarter)[3], 0.25, atol=1e-12)  # (1 - 2 * 0.25)^2


def test_gradient_and_refusals():
    def first(depth):
        phase = grating.sinusoidal_phase(GRID, period=PERIOD, depth=depth)
        t = jnp.exp(-2j * np.pi * GRID.x / PERIOD)
        return jnp.abs(jnp.mean(phase_shifter.transmission(phase) * t[None, :])) ** 2

    slope = jax.grad(first)(2.0)
    want = jv(1, 1.0) * (jv(0, 1.0) - jv(2, 1.0)) / 2  # d J1(d/2)^2 / dd
    np.testing.assert_allclose(slope, want, rtol=1e-8)  # orders that fold back at 16 samples
    with pytest.raises(InputError, match="`period` must be positive"):
        grating.blazed_phase(GRID, period=0.0, depth=1.0)
    with pytest.raises(InputError, match="`duty` must lie between 0 and 1"):
        grating.binary_phase(GRID, period=1e-6, depth=1.0, duty=1.0)
