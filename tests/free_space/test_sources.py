"""Images as light."""

import numpy as np
import pytest

from photonn.errors import InputError
from photonn.free_space import Grid, sources


def test_every_image_carries_one_power_and_a_black_one_none():
    grid = Grid((12, 10), (2e-6, 3e-6))
    images = np.random.default_rng(0).uniform(0.1, 1, (3, 4, 4))
    images[1] = 0
    field = np.asarray(sources.image(images, grid, power=2.5))
    power = (np.abs(field) ** 2).sum((1, 2)) * grid.pixel_area
    np.testing.assert_allclose(power, [2.5, 0, 2.5], rtol=1e-14)  # a sum of 16 numbers


def test_pixels_become_squares_in_the_middle():
    field = np.asarray(
        sources.image(np.array([[1.0, 2.0], [0.0, 1.0]]), Grid(8, 1.0), magnification=3, power=54.0)
    )
    want = np.zeros((8, 8))
    want[1:4, 1:4], want[1:4, 4:7], want[4:7, 4:7] = 1, 2, 1  # (1 + 4 + 1) * 9 = 54
    np.testing.assert_allclose(field, want, rtol=1e-15)


def test_a_large_image_is_refused():
    with pytest.raises(InputError, match=r"`values` must fit into \(8, 8\).*\(12, 12\).*smaller"):
        sources.image(np.ones((4, 4)), Grid(8, 1e-6), magnification=3)
    with pytest.raises(InputError, match="`magnification` must be an integer of at least 1"):
        sources.image(np.ones((4, 4)), Grid(8, 1e-6), magnification=0)


GREEN = 532e-9
GRID = Grid((40, 48), (9e-6, 8e-6))


def total(field, grid=GRID):
    return np.sum(np.abs(np.asarray(field)) ** 2) * grid.pixel_area


def test_a_tilted_wave_has_its_frequency_and_power():
    wave = sources.plane(GRID, wavelength=GREEN, tilt=(2e-3, -1e-3), index=1.3, power=3.0)
    np.testing.assert_allclose(total(wave), 3, rtol=1e-13)  # a sum of 2000
    steps = (wave[1:] / wave[:-1])[0, 0], (wave[:, 1:] / wave[:, :-1])[0, 0]
    want = 2 * np.pi * 1.3 / GREEN * np.sin([2e-3, -1e-3]) * GRID.pitch
    np.testing.assert_allclose(np.angle(steps), want, rtol=1e-9)


def test_a_point_is_a_sphere_and_for_small_angles_a_paraboloid():
    wave = np.asarray(
        sources.point(GRID, distance=1e-3, wavelength=GREEN, position=(40e-6, 0.0), power=2.0)
    )
    radius = np.sqrt(1e-6 + (GRID.y[:, None] - 40e-6) ** 2 + GRID.x[None, :] ** 2)
    want = np.exp(2j * np.pi / GREEN * (radius - 1e-3)) / radius
    want *= np.sqrt(2 / total(want))
    np.testing.assert_allclose(wave, want, atol=1e-9 * np.abs(want).max())  # k r = 1e4
    far = [
        np.asarray(make(GRID, distance=0.5, wavelength=GREEN))
        for make in (sources.point, sources.paraxial_point)
    ]
    # k r^4 / 8 z^3 = 3e-8 at the corner; r^2 / 2 z^2 = 1.4e-7 in amplitude
    np.testing.assert_allclose(far[0], far[1], atol=5e-7 * np.abs(far[1]).max())


def test_light_on_its_way_to_a_point_is_the_conjugate():
    for make in (sources.point, sources.paraxial_point):
        there = make(GRID, distance=-2e-3, wavelength=GREEN)
        np.testing.assert_allclose(
            there, np.conj(make(GRID, distance=2e-3, wavelength=GREEN)), atol=1e-9
        )
