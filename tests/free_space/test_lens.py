"""Lenses by where they put the light, and apertures by their area and their Airy pattern."""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.special import j1

from photonn.errors import InputError
from photonn.free_space import Grid, angular_spectrum, aperture, lens, masks
from tests import oracles

GREEN = 532e-9
GRID = Grid((128, 120), 8e-6)
FOCAL = 20e-3


@jax.jit
def focused(field, phase):
    field = masks.modulate_phase(field, phase)
    return angular_spectrum.propagate(field, GRID, distance=FOCAL, wavelength=GREEN)


def spot(phase, tilt_y=0.0, tilt_x=0.0):
    """Centre and mean radius of the light in the focal plane of a lens lit by a wide beam."""
    y, x = GRID.y[:, None], GRID.x[None, :]
    beam = np.exp(-(y**2 + x**2) / 150e-6**2) * np.exp(2j * np.pi * (tilt_y * y + tilt_x * x))
    power = np.abs(np.asarray(focused(beam, np.asarray(phase)))) ** 2
    power /= power.sum()
    centre = np.array([np.sum(power * y), np.sum(power * x)])
    return centre, np.sqrt(np.sum(power * ((y - centre[0]) ** 2 + (x - centre[1]) ** 2)))


@pytest.mark.parametrize("make", [lens.paraxial_phase, lens.exact_phase])
def test_light_tilted_to_plus_y_has_its_focus_at_plus_y(make):
    phase = make(GRID, focal_length=FOCAL, wavelength=GREEN)
    centre, radius = spot(phase, tilt_y=6e3, tilt_x=-3e3)
    # f lambda f_y; the sine is taken for the tangent: 3e-3^2 / 2 of it.
    np.testing.assert_allclose(centre, FOCAL * GREEN * np.array([6e3, -3e3]), atol=1e-8)
    waist = GREEN * FOCAL / (np.pi * 150e-6)  # of a Gaussian beam in the focus
    np.testing.assert_allclose(radius, waist / np.sqrt(2), rtol=1e-2)  # cut at 3.2 waists


def test_a_lens_can_be_moved_and_a_negative_one_undoes_a_positive_one():
    kind = {"focal_length": FOCAL, "wavelength": GREEN}
    centre, _ = spot(lens.paraxial_phase(GRID, centre=(40e-6, -16e-6), **kind))
    np.testing.assert_allclose(centre, [40e-6, -16e-6], atol=1e-8)  # the window cuts a little
    for make in (lens.paraxial_phase, lens.exact_phase):
        back = make(GRID, focal_length=-FOCAL, wavelength=GREEN)
        np.testing.assert_allclose(make(GRID, **kind), -back, rtol=1e-14)


def test_the_exact_lens_is_the_path_to_the_focus():
    grid = Grid(9, 1e-3)
    got = lens.exact_phase(grid, focal_length=5e-3, wavelength=GREEN, index=1.3)
    path = np.sqrt(25e-6 + grid.y[:, None] ** 2 + grid.x[None, :] ** 2) - 5e-3
    np.testing.assert_allclose(got, -2 * np.pi * 1.3 / GREEN * path, rtol=1e-12)
    near = Grid(9, 1e-6)  # r^2 / 4 f^2 = 1.6e-7 at the corner
    thin = lens.paraxial_phase(near, focal_length=5e-3, wavelength=GREEN)
    exact = lens.exact_phase(near, focal_length=5e-3, wavelength=GREEN)
    np.testing.assert_allclose(exact, thin, rtol=4e-7)


def test_gradient_in_the_focal_length():
    def total(focal_length, make):
        phase = make(Grid(8, 8e-6), focal_length=focal_length, wavelength=GREEN)
        return jnp.sum(jnp.cos(phase))

    for make in (lens.paraxial_phase, lens.exact_phase):
        along = jax.jit(partial(total, make=make))
        slope = jax.jit(jax.grad(along))(1e-3)
        want = oracles.difference_quotient(along, 1e-3, 1e-8)
        np.testing.assert_allclose(slope, want, rtol=1e-6)  # step 1e-5 of f, squared


@pytest.mark.parametrize("radius", [1.3e-6, 20.7e-6, 33e-6])
def test_a_disc_has_its_area(radius):
    grid = Grid((70, 50), (1e-6, 1.5e-6))
    disc = aperture.circle(grid, radius=radius, centre=(0.3e-6, -0.2e-6))
    assert np.min(disc) >= 0
    assert np.max(disc) <= 1 + 1e-12
    # Sixteen lines through a sample: at the top and the bottom some 1/16^1.5 of a sample.
    got = np.sum(disc) * grid.pixel_area
    np.testing.assert_allclose(got, np.pi * radius**2, rtol=2e-2 * 1e-6 / radius)


def test_a_rectangle_is_exact_between_samples():
    grid = Grid(6, 1.0)
    got = np.asarray(aperture.rectangle(grid, size=(2.5, 1.0), centre=(0.0, 0.25)))
    np.testing.assert_allclose(got.sum(1), [0, 0.25, 1, 1, 0.25, 0], atol=1e-15)
    np.testing.assert_allclose(got[2], [0, 0, 0.25, 0.75, 0, 0], atol=1e-15)


def test_the_far_field_of_a_disc_is_airys():
    """2 J1(x) / x at the frequencies of a large window, out to the third ring."""
    grid, radius = Grid(256, 1.0), 20.3
    spectrum = np.asarray(jnp.fft.fft2(aperture.circle(grid, radius=radius))).real
    f = np.fft.fftfreq(256)[:12]
    # The samples' middles lie at half numbers; and each sample stands for its square.
    got = np.abs(spectrum[0, 1:12]) / spectrum[0, 0] / np.sinc(f[1:])
    x = 2 * np.pi * radius * f[1:]
    phase = np.abs(np.cos(np.pi * f[1:] * 255))  # of a real part about the middle
    np.testing.assert_allclose(got, np.abs(2 * j1(x) / x) * phase, atol=2e-4)


def test_gradient_in_the_radius_is_the_circumference():
    grid = Grid((50, 41), (1.0, 1.2))

    def area(radius):
        return jnp.sum(aperture.circle(grid, radius=radius)) * grid.pixel_area

    slopes = jax.jit(jax.vmap(jax.grad(area)))(jnp.asarray([15.37, 1.0]))
    assert np.isfinite(slopes[1])
    # The ends of 31 x 16 lines: a line's slope is infinite where it touches the circle.
    np.testing.assert_allclose(slopes[0], 2 * np.pi * 15.37, rtol=0.05)
    with pytest.raises(InputError, match="`radius` must be positive"):
        aperture.circle(grid, radius=-1.0)
