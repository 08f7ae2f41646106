"""Multiports against the modes of a slab, Huygens' waves and closed forms."""

import hypothesis.strategies as st
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings

from photonn.devices import multiport
from photonn.errors import InputError
from tests import oracles

DESIGN = {"pitch": 2e-6, "wavelength": 1550e-9, "index": 2.8}
star = multiport.star_coupler


def slab_of_modes(ports):
    """Light through a multimode slab, mode by mode: sines with quadratic phases."""
    x = (np.arange(2000) + 0.5) / 2000
    order = np.arange(200)
    modes = np.sqrt(2) * np.sin((order[:, None] + 1) * np.pi * x)
    centres = (2 * np.arange(ports) + 1) / (2 * ports)
    spots = np.exp(-((x - centres[:, None]) ** 2) * (8 * ports) ** 2)
    spots /= np.sqrt(np.mean(spots**2, axis=1, keepdims=True))
    overlap = spots @ modes.T / len(x)
    # Phases -m (m + 2) pi z / (3 L) at z = 3 L / ports.
    return overlap * np.exp(-1j * np.pi * order * (order + 2) / ports) @ overlap.T


@pytest.mark.parametrize("ports", [2, 3, 4, 5, 8])
def test_mmi_images_as_the_modes_of_a_slab_do(ports):
    got, want = np.asarray(multiport.mmi(ports)), slab_of_modes(ports)
    common = np.vdot(got, want) / ports  # a phase common to all is left out
    np.testing.assert_allclose(abs(common), 1, atol=1e-6)  # 200 modes hold that much of a spot
    np.testing.assert_allclose(got * common, want, atol=1e-5)
    np.testing.assert_allclose(got @ got.conj().T, np.eye(ports), atol=1e-14)


def test_mmi_of_two_is_a_half_splitter_and_loses_what_it_is_told():
    two = np.asarray(multiport.mmi(2))
    np.testing.assert_allclose(two / two[0, 0], [[1, -1j], [-1j, 1]], atol=1e-15)
    lossy = multiport.mmi(4, loss_db=np.array([0.0, 3.0]))
    np.testing.assert_allclose(np.sum(np.abs(lossy) ** 2, axis=-1)[:, 0], [1, 10**-0.3])


def huygens(inputs, outputs, radius, input_radius, samples=40):
    """Waves from every point of a slit to every point of another one, summed."""
    wave, width = DESIGN["wavelength"] / DESIGN["index"], DESIGN["pitch"]
    across = ((np.arange(samples) + 0.5) / samples - 0.5) * width

    def arc(ports, bend, middle, side):
        angle = (np.arange(ports) - (ports - 1) / 2) * width / bend
        centre = middle + side * bend * np.cos(angle) + 1j * bend * np.sin(angle)
        along = -side * np.sin(angle) + 1j * np.cos(angle)
        return centre[:, None] + along[:, None] * across

    a = arc(inputs, input_radius, input_radius, -1)
    b = arc(outputs, radius, 0.0, 1)
    way = np.abs(b[:, None, :, None] - a[None, :, None, :])
    waves = np.exp(2j * np.pi / wave * (way - radius)) / np.sqrt(wave * way)
    return waves.mean(axis=(2, 3)) * width


@pytest.mark.parametrize("bend", [1.0, 0.5])
def test_star_coupler_sums_huygens_waves(bend):
    radius = multiport.star_radius(24, **DESIGN)
    got = star(7, 24, radius=radius, input_radius=bend * radius, **DESIGN)
    want = huygens(7, 24, radius, bend * radius)
    # The far field is taken as flat over one of 24 slits (pi^2 / 72 / 24, the slope of the
    # sinc), slanted rays lose half their angle squared (0.1 rad).
    np.testing.assert_allclose(np.abs(got), np.abs(want), atol=6e-3 / np.sqrt(24))
    # Both slits are as long as near fields allow: their ends are pi / 6 / 24 rad further.
    np.testing.assert_allclose(got, want, atol=0.024 / np.sqrt(24))


def test_star_coupler_is_a_dimmed_fourier_transform():
    ports = 9
    radius = 1e4 * multiport.star_radius(ports, **DESIGN)
    # The same phases 2 pi j k / ports at angles so small that nothing else is left.
    design = DESIGN | {"pitch": 100 * DESIGN["pitch"]}
    got = star(ports, ports, radius=radius, **design)
    k = np.arange(ports) - ports // 2
    dim = np.sinc(k / ports)
    fourier = np.exp(-2j * np.pi * np.outer(k, k) / ports) / np.sqrt(ports)
    np.testing.assert_allclose(got, dim[:, None] * fourier * dim, atol=1e-4)  # angles: 5e-4
    kept = np.sum(np.abs(got) ** 2, axis=0)
    np.testing.assert_allclose(kept, dim**2 * np.sum(dim**2) / ports, atol=1e-4)


@given(st.floats(0.3, 3.0), st.floats(0.2, 1.0), st.floats(1.4e-6, 1.7e-6))
@settings(max_examples=10)
def test_star_coupler_gives_no_light(stretch, fill, wavelength):
    radius = stretch * multiport.star_radius(16, **DESIGN)
    design = DESIGN | {"wavelength": wavelength, "fill": fill}
    singular = jnp.linalg.svd(star(8, 16, radius=max(radius, 3e-5), **design))[1]
    assert singular[0] <= 1.005  # the angles beyond the first order: 0.1 rad squared, halved


def test_star_coupler_over_wavelengths_and_in_single_precision():
    radius = multiport.star_radius(16, **DESIGN)
    many = DESIGN | {"wavelength": np.array([1530e-9, 1550e-9])}
    got = multiport.star_coupler(16, 16, radius=radius, **many)
    assert got.shape == (2, 16, 16)
    np.testing.assert_allclose(got[1], star(16, 16, radius=radius, **DESIGN), atol=1e-14)
    single = many | {"wavelength": many["wavelength"].astype(np.float32)}
    single = multiport.star_coupler(16, 16, radius=radius, **single)
    assert single.dtype == jnp.complex64
    np.testing.assert_allclose(single, got, atol=1e-6)  # the carrier is left out


def test_star_coupler_slope_with_the_wavelength():
    radius = multiport.star_radius(16, **DESIGN)
    weight = oracles.random_complex(np.random.default_rng(0), 16, 4)

    @jax.jit
    def loss(scale):
        design = DESIGN | {"wavelength": scale * DESIGN["wavelength"]}
        return jnp.sum(weight * multiport.star_coupler(4, 16, radius=radius, **design)).real

    want = oracles.difference_quotient(loss, 1.0, 1e-5)
    np.testing.assert_allclose(jax.grad(loss)(1.0), want, rtol=1e-6)  # step^2 times few turns


def test_what_cannot_be_built_is_named():
    with pytest.raises(InputError, match="`modes` must be an integer of at least 2"):
        multiport.mmi(1)
    with pytest.raises(InputError, match=r"`loss_db` must be zero or more"):
        multiport.mmi(2, loss_db=-1.0)
    with pytest.raises(InputError, match=r"`fill` must be above 0 and up to 1, but is 1.5"):
        multiport.star_coupler(2, 2, radius=1e-4, fill=1.5, **DESIGN)
    with pytest.raises(InputError, match=r"`radius` must keep all ports within pi/4"):
        multiport.star_coupler(2, 30, radius=1e-5, **DESIGN)
    with pytest.raises(InputError, match=r"`pitch` must be positive"):
        multiport.star_radius(4, **(DESIGN | {"pitch": 0.0}))
