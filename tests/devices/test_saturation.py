"""Saturable media: the balance in closed form, by the Wright omega function."""

import numpy as np
import pytest
from scipy.special import wrightomega

from photonn.devices import saturable_absorber, saturation, semiconductor_amplifier
from photonn.errors import InputError

RATIO = np.logspace(-8, 6, 30)[:, None]
SMALL = np.concatenate([-np.logspace(-7, 2.5, 20), np.logspace(-7, 1.9, 20)])[None]
RATIO, SMALL = np.broadcast_arrays(RATIO, SMALL)


def test_balance_in_closed_form():
    """h + r exp(h) = g + r  has  r exp(h) = omega(g + r + ln r)."""
    h = np.asarray(saturation.log_transmission(RATIO, SMALL))
    bright = wrightomega(SMALL + RATIO + np.log(RATIO)).real
    # The closed form loses digits where both its terms are large.
    np.testing.assert_allclose(h, SMALL + RATIO - bright, atol=1e-15 * (RATIO.max() + 400))
    weight = 1 + RATIO * np.exp(h)
    error = (h - SMALL + RATIO * np.expm1(h)) / weight
    np.testing.assert_allclose(error / np.abs(h), 0, atol=1e-14)  # a few roundings
    # Between no medium and that of weak light.
    assert (np.abs(h) <= np.abs(SMALL)).all()
    assert (np.sign(h) == np.sign(SMALL)).all()
    single = saturation.log_transmission(RATIO.astype(np.float32), SMALL.astype(np.float32))
    np.testing.assert_allclose(single, h, rtol=1e-6)  # inputs rounded to 6e-8, a few operations


def test_absorber_meets_the_published_form():
    power = np.array([0.01, 0.1, 1, 10])
    out = np.asarray(saturable_absorber.transmit(power, transmission=0.1, saturation_power=1.0))
    np.testing.assert_allclose(out, [0.1018, 0.1193, 0.3598, 0.8907], atol=5e-5)  # given digits
    back = np.log(out / 0.1) / (1 - out) / 2
    np.testing.assert_allclose(back, power, rtol=1e-13)  # rounding over 1 - T = 0.1
    # Twice the light on twice the area.
    twice = saturable_absorber.transmit(2 * power, transmission=0.1, saturation_power=2.0)
    np.testing.assert_allclose(twice, out, rtol=1e-15)


def test_thin_cell_is_the_first_order_of_a_thick_one():
    """With little absorption the light is the same all along, but sees half the saturation."""
    z = np.linspace(0.1, 3, 9) + 0j
    depth = 1e-4
    thin = saturable_absorber.activate_thin(z, optical_depth=depth, saturation_power=0.5)
    thick = saturable_absorber.activate(z, transmission=np.exp(-depth), saturation_power=1.0)
    np.testing.assert_allclose(thin, thick, rtol=depth**2)
    half = saturable_absorber.activate_thin(1 + 0j, optical_depth=2.0, saturation_power=1.0)
    np.testing.assert_allclose(half, np.exp(-0.5), rtol=1e-14)  # exp(-(2 / 2) / 2)


def test_amplifier_against_integration_along_its_length():
    """dP/dx = g P / (1 + P / P_sat), by the fourth-order method of Runge and Kutta."""
    z = np.sqrt(np.array([1e-3, 0.1, 2.0, 50.0])) * np.exp(0.3j)
    gain, saturation_power, alpha, steps = np.log(100), 0.5, 5.0, 400

    def slope(power):
        return gain * power / (1 + power / saturation_power)

    power = np.abs(z) ** 2
    for _ in range(steps):
        a = slope(power)
        b = slope(power + a / steps / 2)
        c = slope(power + b / steps / 2)
        power += (a + 2 * b + 2 * c + slope(power + c / steps)) / steps / 6
    out = np.asarray(
        semiconductor_amplifier.activate(
            z, gain=gain, saturation_power=saturation_power, linewidth_factor=alpha
        )
    )
    np.testing.assert_allclose(np.abs(out) ** 2, power, rtol=1e-8)  # (gain / steps)^4
    turned = np.exp(-1j * alpha * np.log(power / np.abs(z) ** 2) / 2)
    np.testing.assert_allclose(out / z / np.abs(out / z), turned, atol=1e-7)


def test_strong_light_finds_a_transparent_amplifier():
    out = semiconductor_amplifier.activate(1e3 + 0j, gain=3.0, saturation_power=1.0)
    np.testing.assert_allclose(out, 1e3, rtol=2e-6)  # adds at most gain P_sat = 3 W to 1e6 W


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (
            lambda: saturable_absorber.transmit(-1.0, transmission=0.1, saturation_power=1.0),
            r"`power` must be zero or more and finite \[W\]",
        ),
        (
            lambda: saturable_absorber.activate(1j, transmission=1.0, saturation_power=1.0),
            "`transmission` must be above 0 and below 1",
        ),
        (
            lambda: saturable_absorber.activate(1j, transmission=0.0, saturation_power=1.0),
            "`transmission` must be above 0 and below 1",
        ),
        (
            lambda: saturable_absorber.activate(
                np.ones(2) + 0j, transmission=0.1, saturation_power=np.array([1.0, 0.0])
            ),
            r"`saturation_power` must be positive and finite \[W\], but is 0",
        ),
        (
            lambda: saturable_absorber.activate_thin(1j, optical_depth=-1.0, saturation_power=1.0),
            "`optical_depth` must be zero or more",
        ),
        (
            lambda: semiconductor_amplifier.activate(1j, gain=3.0, saturation_power=-1.0),
            "`saturation_power` must be positive",
        ),
        (
            lambda: semiconductor_amplifier.activate(1j, gain=1000.0, saturation_power=1.0),
            "`gain` must be above -inf and below 80.*30 dB",
        ),
        (lambda: saturation.log_transmission(-1.0, 1.0), "`power_ratio` must be zero or more"),
    ],
)
def test_refuses(call, says):
    with pytest.raises(InputError, match=says):
        call()
