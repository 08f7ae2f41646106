"""Convolution by a comb: NumPy's, loops over windows, and a signal sampled in time."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from photonn.devices import time_wavelength
from photonn.errors import InputError
from tests import oracles


def test_is_the_convolution_of_numpy():
    rng = np.random.default_rng(0)
    signal, kernels = rng.normal(size=(3, 12)), rng.normal(size=(2, 5))
    got = time_wavelength.convolve(signal, kernels)
    want = [[np.convolve(s, k) for k in kernels] for s in signal]
    np.testing.assert_allclose(got, want, atol=1e-14)  # sums of 5
    single = time_wavelength.convolve(signal.astype(np.float32), kernels[0].astype(np.float32))
    assert single.dtype == jnp.float32
    np.testing.assert_allclose(single, np.asarray(want)[:, 0], atol=1e-5)  # sums of 5


def test_late_lines_as_pulses_in_time_have_it():
    """Symbols of 100 points each, delayed by whole points, averaged over each symbol."""
    rng = np.random.default_rng(1)
    signal, weights = rng.normal(size=9), rng.normal(size=4)
    late = np.array([0.0, 1.13, 2.4, 2.85])
    pulses = np.repeat(signal, 100)
    light = np.zeros(1300)
    for weight, delay in zip(weights, late, strict=True):
        begin = round(100 * delay)
        light[begin : begin + 900] += weight * pulses
    want = light.reshape(13, 100).mean(axis=1)[:12]
    got = time_wavelength.convolve(signal, weights, delays=late)
    np.testing.assert_allclose(got, want, atol=1e-14)


def test_delays_of_a_fibre():
    """Xu et al. in round numbers: 0.4 nm, 16 ps at 62.5 GBaud: 40 ps/nm."""
    fibre = {"spacing": 0.4e-9, "dispersion": 0.04, "symbol_rate": 62.5e9}
    got = time_wavelength.delays(5, **fibre)
    np.testing.assert_allclose(got, np.arange(5), rtol=1e-12)
    bent = time_wavelength.delays(5, slope=1e6, **fibre)
    # 1 ps/nm^2 over k 0.4 nm: k^2 0.08 ps of 16 ps.
    np.testing.assert_allclose(bent - got, 0.005 * np.arange(5) ** 2, rtol=1e-9)


def test_shaper_flattens_a_comb_and_only_attenuates():
    rng = np.random.default_rng(2)
    wanted, power = rng.normal(size=(3, 6)), rng.uniform(0.3, 2.0, 6)
    settings, factor = time_wavelength.program(wanted, power=power)
    np.testing.assert_allclose(np.max(np.abs(settings), axis=-1), 1)
    seen = time_wavelength.weights(settings, power=power)
    np.testing.assert_allclose(seen * factor[:, None], wanted, atol=1e-14)
    clipped = time_wavelength.weights(np.array([3.0, -3.0]), power=np.array([1.0, 2.0]))
    np.testing.assert_array_equal(clipped, [1, -2])
    dark, one = time_wavelength.program(np.zeros(6), power=power)
    np.testing.assert_array_equal(dark, 0)
    assert one == 1
    slope = jax.grad(lambda w: time_wavelength.program(w, power=power)[0].sum())(jnp.zeros(6))
    assert np.isfinite(slope).all()


@pytest.mark.parametrize("stride", [1, 2, 3])
def test_images_by_raster_as_windows_one_by_one(stride):
    rng = np.random.default_rng(3)
    images, kernels = rng.normal(size=(2, 8, 7)), rng.normal(size=(4, 3, 2))
    got = time_wavelength.convolve_images(images, kernels, stride=stride)
    want = np.zeros((2, 4, (8 - 3) // stride + 1, 6))
    for n, k, y, x in np.ndindex(*want.shape):
        window = images[n, y * stride : y * stride + 3, x : x + 2]
        want[n, k, y, x] = np.sum(window * kernels[k])
    np.testing.assert_allclose(got, want, atol=1e-14)  # sums of 6


def test_every_pixel_is_sent_once_with_the_stride_of_the_kernel():
    image = np.arange(36.0).reshape(6, 6)
    symbols = time_wavelength.raster(image, height=3, stride=3)
    assert sorted(np.asarray(symbols).ravel()) == list(range(36))
    np.testing.assert_array_equal(symbols[0, :6], [0, 6, 12, 1, 7, 13])


def test_slopes_are_difference_quotients():
    rng = np.random.default_rng(4)
    signal, weights, way = rng.normal(size=(3, 6))
    late = jnp.arange(6.0) + 0.2  # between symbols: at whole ones the slope jumps

    @jax.jit
    def loss(h):
        out = time_wavelength.convolve(signal + h * way, weights - h * way, delays=late + h)
        return jnp.sum(out**2)

    want = oracles.difference_quotient(loss, 0.0, 1e-5)
    np.testing.assert_allclose(jax.grad(loss)(0.0), want, rtol=1e-7)  # step^2, rounding / step


def test_what_cannot_be_sent_is_named():
    with pytest.raises(InputError, match="`spacing` must be positive"):
        time_wavelength.delays(3, spacing=0.0, dispersion=0.04, symbol_rate=1e9)
    with pytest.raises(InputError, match=r"`images` must have shape .* at least 3 rows"):
        time_wavelength.convolve_images(np.ones((2, 5)), np.ones((3, 3)))
    with pytest.raises(InputError, match=r"`images` must have at least 3 columns"):
        time_wavelength.convolve_images(np.ones((5, 2)), np.ones((3, 3)))
    with pytest.raises(InputError, match=r"`weights` must have shape \(..., lines=3\)"):
        time_wavelength.weights(np.ones(4), power=np.ones(3))
