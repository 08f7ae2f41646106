"""Beams: orthonormal, of a given power, and what a propagator makes of their waist."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from photonn.errors import InputError
from photonn.free_space import Grid, angular_spectrum, beams
from tests import oracles

GREEN, WAIST = 532e-9, 100e-6
GRID = Grid((96, 90), (12e-6, 13e-6))
RAYLEIGH = np.pi * WAIST**2 / GREEN
KIND = {"waist": WAIST, "wavelength": GREEN}


def gram(modes, grid=GRID):
    modes = np.stack([np.asarray(m).ravel() for m in modes])
    return modes.conj() @ modes.T * grid.pixel_area


@pytest.mark.parametrize("distance", [0.0, 0.7 * RAYLEIGH])
def test_modes_are_orthonormal(distance):
    for make, orders in (
        (beams.hermite_gauss, [(0, 0), (0, 1), (2, 0), (1, 1), (0, 3)]),
        (beams.laguerre_gauss, [(0, 0), (0, 1), (0, -1), (1, 0), (1, -2)]),
    ):
        modes = [make(GRID, order, distance=distance, **KIND) for order in orders]
        # The window ends at 4.7 radii of the wider beam: u^6 exp(-2 u^2) there is below 1e-14.
        np.testing.assert_allclose(gram(modes), np.eye(5), atol=1e-12)


def test_a_donut_is_two_hermite_modes():
    donut = beams.laguerre_gauss(GRID, (0, 1), **KIND)
    across = beams.hermite_gauss(GRID, (0, 1), **KIND)
    along = beams.hermite_gauss(GRID, (1, 0), **KIND)
    want = (np.asarray(across) + 1j * np.asarray(along)) / np.sqrt(2)
    np.testing.assert_allclose(donut, want, atol=1e-10 * np.abs(want).max())


def test_a_gaussian_is_the_closed_form_with_its_power():
    for distance in (-RAYLEIGH, 0.0, 2 * RAYLEIGH):
        beam = beams.gaussian(GRID, distance=distance, power=2.5, **KIND)
        want = oracles.gaussian_beam(GRID.x, GRID.y, distance, WAIST, GREEN)
        want *= np.sqrt(2.5 * 2 / np.pi) / WAIST
        np.testing.assert_allclose(beam, want, atol=1e-12 * np.abs(want).max())


@pytest.mark.parametrize(
    ("make", "order"), [(beams.hermite_gauss, (1, 2)), (beams.laguerre_gauss, (1, -1))]
)
def test_a_mode_keeps_its_shape_and_its_gouy_phase(make, order):
    start, want = (make(GRID, order, distance=d, **KIND) for d in (0.0, 0.5 * RAYLEIGH))
    out = angular_spectrum.propagate(
        start, GRID, distance=0.5 * RAYLEIGH, wavelength=GREEN, pad=False
    )
    # Paraxial: k z t^4 / 8 at three times the divergence 1.7e-3 of the waist is 1e-5.
    np.testing.assert_allclose(out, want, atol=2e-5 * np.abs(want).max())


def test_the_beam_parameter():
    q = beams.parameter(waist=WAIST, wavelength=GREEN, distance=RAYLEIGH)
    inverse = 1 / complex(q)
    np.testing.assert_allclose(1 / inverse.real, 2 * RAYLEIGH, rtol=1e-13)  # least radius
    np.testing.assert_allclose(np.sqrt(GREEN / np.pi / inverse.imag), WAIST * np.sqrt(2))


def test_a_beam_can_be_moved_and_scaled_and_has_gradients():
    grid = Grid((20, 24), 25e-6)

    def height(waist, distance, centre):
        beam = beams.gaussian(
            grid, waist=waist, wavelength=GREEN, distance=distance, centre=(centre, 10e-6)
        )
        return jnp.sum(jnp.abs(beam) ** 2 * jnp.asarray(grid.y)[:, None]) * grid.pixel_area

    at = (80e-6, 3e-3, 20e-6)
    np.testing.assert_allclose(height(*at), 20e-6, rtol=1e-5)  # cut at 2.9 radii
    slopes = jax.jit(jax.grad(height, argnums=(0, 2)))(*at)
    np.testing.assert_allclose(slopes[1], 1, rtol=1e-4)
    waist = lambda w: float(height(w, *at[1:]))  # noqa: E731
    want = oracles.difference_quotient(waist, at[0], 1e-9)
    np.testing.assert_allclose(slopes[0], want, rtol=1e-4, atol=1e-8)
    with pytest.raises(InputError, match="`waist` must be positive"):
        beams.gaussian(grid, waist=-1e-6, wavelength=GREEN)
    with pytest.raises(InputError, match="`order` must be an integer of at least 0"):
        beams.hermite_gauss(grid, (0, -1), **KIND)
