"""Dispersion and loss against closed forms, and a splitter with loss."""

import hypothesis.strategies as st
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given

from photonn.devices import coupler, waveguide
from photonn.devices.waveguide import Dispersion
from photonn.errors import InputError
from tests import oracles

SILICON = Dispersion(1550e-9, index=2.4, group_index=4.2, split_slope=3e6)
WAVELENGTHS = st.floats(1500e-9, 1600e-9)


def test_the_group_index_is_the_slope():
    """n_g = n - lambda dn/dlambda at the design wavelength."""
    index, slope = jax.value_and_grad(lambda w: waveguide.effective_index(w, SILICON))(1550e-9)
    np.testing.assert_allclose([index, index - 1550e-9 * slope], [2.4, 4.2], rtol=1e-14)


@given(st.floats(-20, 20), WAVELENGTHS)
def test_a_phase_is_that_of_its_piece_of_waveguide(phase, wavelength):
    length = phase * 1550e-9 / (2 * np.pi * 2.4)
    index = 2.4 - (wavelength - 1550e-9) * (4.2 - 2.4) / 1550e-9
    want = 2 * np.pi * index * length / wavelength
    made = waveguide.phase_at(phase, wavelength, SILICON)
    np.testing.assert_allclose(made, want, rtol=1e-13, atol=1e-300)  # a handful of roundings


def test_nothing_changes_at_the_design_wavelength():
    phase = jnp.linspace(-5, 5, 7)
    np.testing.assert_array_equal(waveguide.phase_at(phase, 1550e-9, SILICON), phase)
    np.testing.assert_array_equal(waveguide.split_at(phase, 1550e-9, SILICON), phase)


def test_first_order_is_the_group_index():
    """d(phase) / phase = -(n_g / n) d(lambda) / lambda."""
    slope = jax.grad(lambda w: waveguide.phase_at(1.0, w, SILICON))(1550e-9)
    np.testing.assert_allclose(slope * 1550e-9, -4.2 / 2.4, rtol=1e-13)


def test_splitters_have_a_slope():
    made = waveguide.split_at(np.pi / 4, np.array([1540e-9, 1560e-9]), SILICON)
    # A wavelength is given to 1e-16 of itself: 1e-14 of the detuning.
    np.testing.assert_allclose(made, np.pi / 4 + np.array([-0.03, 0.03]), rtol=1e-13)


def test_single_precision():
    wavelength = np.linspace(1540e-9, 1560e-9, 11)
    single = jnp.asarray(wavelength, jnp.float32)
    made = waveguide.phase_at(jnp.float32(6.0), single, SILICON)
    assert made.dtype == jnp.float32
    # 1550 nm in float32 is good to 6e-8, and twice so the ratio.
    want = waveguide.phase_at(6.0, wavelength, SILICON)
    np.testing.assert_allclose(made, want, rtol=3e-7)
    mixed = waveguide.phase_at(jnp.float32(6.0), wavelength, SILICON)
    assert mixed.dtype == jnp.float32


def test_gradients():
    at = 1547e-9

    def phase(w):
        return waveguide.phase_at(2.0, w, SILICON)

    # Step 1e-12: error of the quotient 1e-12 (relative, squared step) + 1e-10 (rounding).
    want = oracles.difference_quotient(phase, at, 1e-12)
    np.testing.assert_allclose(jax.grad(phase)(at), want, rtol=1e-7)
    slope = jax.grad(lambda db: waveguide.attenuate(db))(3.0)
    np.testing.assert_allclose(slope, -np.log(10) / 20 * 10 ** (-3 / 20), rtol=1e-14)


def test_decibels_are_on_power():
    np.testing.assert_allclose(waveguide.attenuate(10.0) ** 2, 0.1, rtol=1e-15)
    np.testing.assert_allclose(waveguide.attenuate(np.array([0.0, 20.0])), [1, 0.1], rtol=1e-15)
    # 2 dB/cm over 5 mm: 1 dB.
    np.testing.assert_allclose(waveguide.attenuate(200 * 5e-3), 10 ** (-1 / 20), rtol=1e-15)


def test_a_splitter():
    angles = np.array([0.0, np.pi / 4, 1.0])
    want = np.stack([oracles.splitter(a) for a in angles])
    np.testing.assert_allclose(coupler.transfer_matrix(angles), want, atol=1e-16)
    lossy = coupler.transfer_matrix(angles, loss_db=np.array([[1.0], [3.0]]))
    kept = 10 ** (-np.array([1, 3]) / 20)
    np.testing.assert_allclose(lossy, kept[:, None, None, None] * want, rtol=1e-14)
    assert coupler.transfer_matrix(jnp.float32(0.3)).dtype == jnp.complex64


def test_mistakes_are_named():
    with pytest.raises(InputError, match=r"`wavelength0` must be positive.*1550e-9"):
        Dispersion(-1.0, 2.4, 4.2)
    for nanometres, micrometres in ((1550, 1550.0), (1.55, 1.55)):
        with pytest.raises(InputError, match=r"`wavelength0` .* below 0.01 \[m\], but is 1"):
            Dispersion(nanometres, 2.4, 4.2)
        with pytest.raises(InputError, match=r"`wavelength` must be above 0.5 .*metres"):
            waveguide.phase_at(1.0, micrometres, Dispersion(1550e-9, 2.4, 4.2))
    with pytest.raises(InputError, match="`group_index`"):
        Dispersion(1550e-9, 2.4, 0.0)
    with pytest.raises(InputError, match=r"`loss_db` must be zero or more.*-1"):
        coupler.transfer_matrix(0.3, loss_db=-1.0)
    with pytest.raises(InputError, match=r"`loss_db` must be zero or more.*-3"):
        waveguide.attenuate(-3.0)
