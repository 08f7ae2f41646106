"""The 4f system: u(-x) at the exact index, convolutions, and two real lenses."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.signal import convolve2d

from photonn.errors import InputError
from photonn.free_space import Grid, angular_spectrum, four_f, lens, masks
from tests import oracles

RNG = np.random.default_rng(0)


def test_without_a_filter_the_image_is_upside_down():
    field = oracles.random_complex(RNG, 2, 7, 6)
    np.testing.assert_array_equal(four_f.image(field), field[:, ::-1, ::-1])
    open_filter = four_f.image(field, np.ones((7, 6)))
    np.testing.assert_allclose(open_filter, field[:, ::-1, ::-1], atol=1e-15)  # FFT and back


def test_a_filter_is_a_convolution_without_wrapping():
    field, kernel = oracles.random_complex(RNG, 3, 7, 6), oracles.random_complex(RNG, 3, 4)
    spectrum = np.fft.fft2(kernel, s=(13, 12))
    got = four_f.image(field, spectrum)
    for one, image in zip(field, got, strict=True):
        want = convolve2d(one, kernel)[:7, :6][::-1, ::-1]
        np.testing.assert_allclose(image, want, atol=1e-14)
    with pytest.raises(InputError, match=r"`filter` must have at least the field's 7 x 6"):
        four_f.image(field, np.ones((7, 5)))


def test_several_filters_on_a_batch():
    field, filters = oracles.random_complex(RNG, 4, 1, 5, 5), RNG.normal(size=(3, 5, 5))
    got = four_f.image(field, filters)
    assert got.shape == (4, 3, 5, 5)
    np.testing.assert_allclose(got[2, 1], four_f.image(field[2, 0], filters[1]), atol=1e-14)


def test_two_lenses_and_three_spaces_do_the_same():
    grid, wavelength = Grid(128, 8e-6), 532e-9
    focal_length = 128 * 8e-6**2 / wavelength
    x, y = grid.x[None, :], grid.y[:, None]
    start = np.exp(-((x - 150e-6) ** 2 + (y + 60e-6) ** 2) / 100e-6**2).astype(complex)
    plane = lens.paraxial_phase(grid, focal_length=focal_length, wavelength=wavelength)

    def free(field, times):
        return angular_spectrum.propagate(
            field, grid, distance=times * focal_length, wavelength=wavelength, pad=False
        )

    middle = free(masks.modulate_phase(free(start, 1), plane), 1)
    # A soft spot beside the axis between the lenses, at the same place in both.
    ky, kx = (
        np.asarray(a) for a in four_f.plane(grid, focal_length=focal_length, wavelength=wavelength)
    )

    def soft(y, x):
        return np.exp(-((y[:, None] + 15e-6) ** 2 + (x[None, :] - 20e-6) ** 2) / 30e-6**2)

    out = free(
        masks.modulate_phase(free(middle * soft(grid.y, grid.x).astype(complex), 1), plane), 1
    )
    want = -np.asarray(four_f.image(start, soft(ky, kx)))
    np.testing.assert_allclose(out, want, atol=2e-3)  # as below
    out = free(masks.modulate_phase(free(middle, 1), plane), 1)
    want = -np.asarray(four_f.image(start))
    # The lens is paraxial, the space is not: k r^4 / 8 f^3 is 3e-3 at r = 300 um, where the
    # amplitude is a tenth.
    np.testing.assert_allclose(out, want, atol=2e-3)


def test_gradient_of_a_filter():
    field, target = (jnp.asarray(oracles.random_complex(RNG, 4, 4)) for _ in range(2))
    filter = jnp.asarray(RNG.normal(size=(6, 6)))

    def loss(filter):
        return jnp.sum((four_f.image(field, filter) * target).real)

    slope = jax.grad(loss)(filter)
    for at in ((0, 0), (3, 5)):
        step = loss(filter.at[at].add(0.5)) - loss(filter.at[at].add(-0.5))  # it is linear
        np.testing.assert_allclose(slope[at], step, atol=1e-13)
