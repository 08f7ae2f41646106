"""Modes against the mutual coherence they stand for; incoherent light is linear in power."""

import jax
import numpy as np
import pytest
from scipy.signal import convolve2d

from photonn.errors import InputError
from photonn.free_space import Grid, angular_spectrum, coherence, incoherent, masks
from tests import oracles

GREEN = 532e-9
RNG = np.random.default_rng(0)


def test_a_gaussian_schell_source_has_its_coherence():
    grid, width, coherent = Grid((11, 13), 40e-6), 60e-6, 100e-6
    modes = coherence.gaussian_schell(
        grid, width=width, coherence_width=coherent, orders=12, power=2.0
    )
    y, x = (a.ravel() for a in np.meshgrid(grid.y, grid.x, indexing="ij"))
    r2 = y**2 + x**2
    d2 = (y[:, None] - y) ** 2 + (x[:, None] - x) ** 2
    want = np.exp(-(r2[:, None] + r2) / (4 * width**2) - d2 / (2 * coherent**2))
    want *= 2.0 / (2 * np.pi * width**2)
    # q = 0.235 here: q^12 is 3e-8, times a dozen modes of the next order.
    np.testing.assert_allclose(coherence.mutual(modes.fields), want, atol=1e-6 * want.max())
    assert float(modes.left_out) < 1e-6


def test_the_power_left_out_is_what_it_says():
    grid = Grid((48, 46), 16e-6)
    for orders in (1, 3):
        modes = coherence.gaussian_schell(grid, width=60e-6, coherence_width=60e-6, orders=orders)
        assert len(modes.fields) == orders * (orders + 1) // 2
        held = np.sum(coherence.intensity(modes.fields)) * grid.pixel_area
        np.testing.assert_allclose(held, 1 - modes.left_out, rtol=1e-8)  # cut at 6 widths


def test_compression_keeps_the_coherence_and_reports_what_it_drops():
    fields = oracles.random_complex(RNG, 9, 5, 4) * np.linspace(1, 0.05, 9)[:, None, None]
    whole = np.asarray(coherence.mutual(fields))
    same = coherence.compress(fields, 9)
    np.testing.assert_allclose(coherence.mutual(same.fields), whole, atol=1e-13)
    assert abs(same.left_out) < 1e-14
    few = coherence.compress(fields, 4)
    powers = np.linalg.eigvalsh(whole)[::-1]
    np.testing.assert_allclose(few.left_out, powers[4:].sum() / powers.sum(), rtol=1e-10)
    kept = np.asarray(coherence.mutual(few.fields))
    np.testing.assert_allclose(np.linalg.norm(whole - kept, 2), powers[4], rtol=1e-10)
    with pytest.raises(InputError, match="`count` must be at most the number of fields, 9"):
        coherence.compress(fields, 10)


def test_two_points_are_coherent_as_a_cosine():
    """Van Cittert and Zernike: the transform of the source, here of two points."""
    grid, angle = Grid((1, 40), 5e-6), 2e-3
    modes = coherence.from_source(
        np.array([0.5, 0.5]), np.array([[0, angle], [0, -angle]]), grid, wavelength=GREEN, count=2
    )
    matrix = np.asarray(coherence.mutual(modes.fields))
    degree = matrix / matrix[0, 0]
    want = np.cos(2 * np.pi * angle / GREEN * (grid.x[:, None] - grid.x))
    np.testing.assert_allclose(degree, want, atol=1e-12)
    np.testing.assert_allclose(np.trace(matrix).real * grid.pixel_area, 1, rtol=1e-12)


def test_modes_propagate_as_a_batch():
    grid = Grid(24, 20e-6)
    fields = oracles.random_complex(RNG, 6, 24, 24)
    modes = coherence.compress(fields, 6).fields

    @jax.jit
    def there(light):
        return angular_spectrum.propagate(light, grid, distance=5e-3, wavelength=GREEN)

    got = coherence.intensity(there(modes))
    np.testing.assert_allclose(got, coherence.intensity(there(fields)), rtol=1e-10)


def network(phases, grid):
    def system(field):
        for phase in phases:
            field = angular_spectrum.propagate(
                masks.modulate_phase(field, phase), grid, distance=2e-3, wavelength=GREEN
            )
        return field

    return system


def test_an_incoherent_network_is_linear_in_the_intensities():
    """Averaged over random phases of the object, coherent light obeys one matrix."""
    grid = Grid((4, 5), 8e-6)
    system = network(RNG.uniform(0, 6, (2, 4, 5)), grid)
    matrix = np.asarray(jax.jit(lambda: incoherent.response(system, grid, chunk=7))())
    assert matrix.shape == (20, 20)
    assert (matrix >= 0).all()
    one, two = RNG.uniform(size=(2, 4, 5))
    both = incoherent.propagate(np.stack([one, two, 0.3 * one + 2 * two]), matrix)
    np.testing.assert_allclose(both[2], 0.3 * both[0] + 2 * both[1], rtol=1e-13)
    # Fields of one power and 2000 random phases: the mean has an error of 1 / sqrt(2000).
    phases = np.exp(2j * np.pi * RNG.uniform(size=(2000, 4, 5)))
    shots = np.abs(np.asarray(jax.jit(system)(np.sqrt(one) * phases))) ** 2
    np.testing.assert_allclose(shots.mean(0).ravel(), both[0], rtol=5 / np.sqrt(2000))


def test_a_shift_invariant_image_is_a_convolution():
    objects, spread = RNG.uniform(size=(2, 9, 8)), oracles.random_complex(RNG, 3, 5)
    got = jax.jit(incoherent.image)(objects, spread)
    for one, blurred in zip(objects, got, strict=True):
        want = convolve2d(one, np.abs(spread) ** 2, mode="same")
        np.testing.assert_allclose(blurred, want, atol=1e-13)
    slope = jax.jit(jax.grad(lambda o: incoherent.image(o, spread)[4, 4]))(objects[0])
    np.testing.assert_allclose(slope[3:6, 2:7], (np.abs(spread) ** 2)[::-1, ::-1], atol=1e-13)
