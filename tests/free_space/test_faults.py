"""Faults that other packages of wave optics have had: each would be found here.

NaN slopes at evanescent bins, the index in the band limit and linearly spaced frequencies
are in `test_propagators.py` and `test_convolution.py`, absorbing edges in `test_volume.py`.
"""

import jax
import numpy as np
import pytest

from photonn import free_space
from photonn.free_space import Grid
from photonn.free_space.propagation import METHODS
from tests import oracles

GREEN = 532e-9
SAME_GRID = sorted(set(METHODS) - {"fresnel_single", "fraunhofer"})
every_method = pytest.mark.parametrize("method", SAME_GRID)


def run(method, field, grid, **request):
    request = {"wavelength": GREEN} | request
    return np.asarray(jax.jit(lambda light: METHODS[method](light, grid, **request))(field))


@every_method
def test_a_converging_beam_comes_to_a_focus(method):
    """A kernel that is the conjugate of its own transfer function spreads it instead."""
    grid = Grid((41, 45), 8e-6)
    focal = 2.1 * 45 * 8e-6**2 / GREEN  # at the critical distance all methods hold
    r2 = grid.y[:, None] ** 2 + grid.x**2
    beam = np.exp(-r2 / (60e-6) ** 2)
    out = run(method, beam * np.exp(-1j * np.pi * r2 / (GREEN * focal)), grid, distance=focal)
    # On the axis of a focused beam: -i pi w^2 / (wavelength f), where it was 1.
    gain = np.pi * (60e-6) ** 2 / (GREEN * focal)
    assert np.abs(out).max() == pytest.approx(gain, rel=0.02)
    assert np.angle(out[20, 22]) == pytest.approx(-np.pi / 2, abs=0.1)


@every_method
@pytest.mark.parametrize("shape", [(12, 15), (15, 12)])
def test_a_mirrored_field_stays_mirrored(method, shape):
    """On even and odd axes: a shift of half a pixel would show."""
    grid = Grid(shape, 8e-6)
    field = oracles.random_complex(np.random.default_rng(0), *shape)
    go = jax.jit(lambda f: METHODS[method](f, grid, distance=4.5e-3, wavelength=GREEN))
    np.testing.assert_allclose(go(field[::-1, ::-1])[::-1, ::-1], go(field), rtol=0, atol=1e-12)


@every_method
def test_a_shift_of_whole_pixels_is_another_part_of_the_plane(method):
    grid, output = Grid((12, 15), 8e-6), Grid((22, 23), 8e-6)
    field = np.exp(-(grid.y[:, None] ** 2 + grid.x**2) / (30e-6) ** 2) + 0j
    request = {"distance": 4.5e-3}
    large = run(method, field, grid, output=output, **request)
    small = run(method, field, grid, shift=(3 * 8e-6, -2 * 8e-6), **request)
    # Padding differs, and with it the tails of sharp bands and edges, exp(-(48 / 30)^2) = 8 %.
    want = large[5 + 3 : 17 + 3, 4 - 2 : 19 - 2]
    np.testing.assert_allclose(small, want, rtol=0, atol=2e-2 * np.abs(large).max())


def test_light_does_not_wrap_around_in_a_stack():
    """A beam steered out of the first plane is not in the third."""
    grid = Grid((24, 32), 8e-6)
    tilt = np.exp(2j * np.pi * 0.35 / 8e-6 * grid.x)
    light = np.exp(-(grid.y[:, None] ** 2 + grid.x**2) / (50e-6) ** 2) * tilt
    before = np.linalg.norm(light) ** 2
    for _ in range(3):  # by 186 um each, in a window of 256 um
        light = free_space.propagate(light, grid, distance=8e-3, wavelength=GREEN)
    assert np.linalg.norm(light) ** 2 < 5e-3 * before
