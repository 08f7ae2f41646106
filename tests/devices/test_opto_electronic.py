"""Opto-electronic ReLU, zReLU and cardioid, and the physical route to the electro-optic gain."""

import numpy as np
import pytest

from photonn.devices import cardioid, electro_optic, opto_electronic, z_relu
from photonn.errors import InputError
from tests import oracles

Z = np.concatenate([oracles.random_complex(np.random.default_rng(0), 60) * 2, [0, 1, 1j, -1, -1j]])


def test_relu_of_the_power_in_closed_form():
    out = opto_electronic.activate(
        Z, threshold=0.5, transimpedance=3.0, responsivity=0.8, v_pi=4.0, supply=2.0
    )
    volts = [min(3 * 0.8 * max(abs(z) ** 2 - 0.5, 0), 4) for z in Z]
    want = np.sqrt(2) * np.sin(np.pi * np.array(volts) / 8)
    np.testing.assert_allclose(out, want, atol=1e-15)
    assert (np.abs(out) ** 2 <= 2 * (1 + 1e-15)).all()
    assert (np.asarray(out)[np.abs(Z) ** 2 < 0.5] == 0).all()


def test_z_relu_is_a_quadrant():
    angle = np.angle(Z)
    want = np.where((angle >= 0) & (angle <= np.pi / 2), Z, 0)
    np.testing.assert_array_equal(z_relu.activate(Z), want)


def test_cardioid_in_closed_form_and_on_real_numbers():
    np.testing.assert_allclose(cardioid.activate(Z), (1 + np.cos(np.angle(Z))) / 2 * Z, atol=1e-15)
    real = np.array([-3.0, -1e-30, 0.0, 1e-30, 2.0], np.complex64)  # squares vanish in float32
    np.testing.assert_array_equal(cardioid.activate(real), np.maximum(real.real, 0) + 0j)


def test_gain_of_a_detector_an_amplifier_and_a_modulator():
    """10 % of 1 mW, 1 A/W, 5 kV/A: half a volt, a tenth of pi at 5 V."""
    gain = electro_optic.phase_per_power(tap=0.1, responsivity=1.0, transimpedance=5e3, v_pi=5.0)
    np.testing.assert_allclose(gain * 1e-3, 0.1 * np.pi, rtol=1e-14)


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (
            lambda: opto_electronic.activate(1j, threshold=0.0, transimpedance=1.0, v_pi=0.0),
            r"`v_pi` must be positive and finite \[V\]",
        ),
        (
            lambda: opto_electronic.activate(1j, threshold=0.0, transimpedance=1.0, supply=-1.0),
            r"`supply` must be zero or more and finite \[W\]",
        ),
        (
            lambda: electro_optic.phase_per_power(
                tap=1.0, responsivity=1.0, transimpedance=1.0, v_pi=1.0
            ),
            "`tap` must be at least 0 and below 1",
        ),
        (
            lambda: electro_optic.phase_per_power(
                tap=0.1, responsivity=-1.0, transimpedance=1.0, v_pi=1.0
            ),
            "`responsivity` must be zero or more",
        ),
    ],
)
def test_refuses(call, says):
    with pytest.raises(InputError, match=says):
        call()
