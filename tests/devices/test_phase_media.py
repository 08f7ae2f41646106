"""Kerr and photorefractive media: closed forms."""

import numpy as np
import pytest

from photonn.devices import kerr, photorefractive
from photonn.errors import InputError
from tests import oracles

Z = oracles.random_complex(np.random.default_rng(0), 30)


def test_kerr_phase_with_and_without_loss():
    out = kerr.activate(Z, nonlinearity=1.3e-3, length=2e3)
    np.testing.assert_allclose(out, Z * np.exp(1j * 2.6 * np.abs(Z) ** 2), atol=1e-14)
    # With loss: the phase piles up over slices of the fibre.
    slices, loss_db = 20000, 0.2e-3
    at = (np.arange(slices) + 0.5) / slices * 2e3
    power = np.abs(Z[:, None]) ** 2 * 10 ** (-loss_db * at / 10)
    phase = 1.3e-3 * power.sum(-1) * 2e3 / slices
    want = 10 ** (-loss_db * 2e3 / 20) * Z * np.exp(1j * phase)
    out = kerr.activate(Z, nonlinearity=1.3e-3, length=2e3, loss_db=loss_db)
    np.testing.assert_allclose(out, want, atol=1e-9)  # midpoints: (1 / slices)^2


def test_effective_length_at_its_ends():
    np.testing.assert_allclose(kerr.effective_length(3.0, np.array([0.0, 1e-12])), 3.0, rtol=1e-12)
    # Lossy: 1 / a, with a = ln(10) / 10 for 1 dB/m.
    np.testing.assert_allclose(kerr.effective_length(1e4, 1.0), 10 / np.log(10), rtol=1e-14)


def test_photorefractive_phase_saturates():
    out = photorefractive.activate(Z, depth=3.0, saturation=0.5)
    power = np.abs(Z) ** 2 / 0.5
    np.testing.assert_allclose(out, Z * np.exp(3j * power / (1 + power)), atol=1e-14)
    strong = photorefractive.activate(1e6 + 0j, depth=3.0, saturation=0.5)
    np.testing.assert_allclose(np.angle(strong), 3.0, atol=1e-11)  # 3 * 0.5 / 1e12


def test_depth_of_a_crystal():
    """Half a wave at the voltage lambda d / (n^3 r L): 1e5 V/m over 10 mm here."""
    field = 532e-9 / (2.3**3 * 300e-12 * 10e-3)
    depth = photorefractive.phase_depth(
        field, length=10e-3, wavelength=532e-9, index=2.3, coefficient=300e-12
    )
    np.testing.assert_allclose(depth, np.pi, rtol=1e-14)


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: kerr.activate(1j, nonlinearity=1.0, length=-1.0), "`length` must be zero or more"),
        (
            lambda: kerr.activate(1j, nonlinearity=1.0, length=1.0, loss_db=-1.0),
            "`loss_db` must be zero or more.*Loss counts positive",
        ),
        (
            lambda: photorefractive.activate(1j, depth=1.0, saturation=0.0),
            "`saturation` must be positive",
        ),
        (
            lambda: photorefractive.phase_depth(
                1.0, length=1.0, wavelength=0.0, index=2.0, coefficient=1e-12
            ),
            "`wavelength` must be positive",
        ),
    ],
)
def test_refuses(call, says):
    with pytest.raises(InputError, match=says):
        call()
