"""Draws of errors, and what each of them does to a mask."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from photonn.errors import InputError
from photonn.free_space import Grid, angular_spectrum, perturbation
from photonn.free_space.perturbation import Perturbation, Tolerances
from tests import oracles

GRID = Grid((12, 10), (8e-6, 6e-6))
RNG = np.random.default_rng(0)
ALL = Tolerances(
    shift=1e-6, axial=2e-6, tilt=1e-3, wavelength=1e-3, height=1e-8, phase=0.1, blur=3e-6
)


def test_draws_have_their_deviations_and_shapes():
    keys = jax.random.split(jax.random.key(0), 2000)
    draws = jax.vmap(lambda key: perturbation.draw(ALL, key, GRID.shape))(keys)
    for name in ("shift", "axial", "tilt", "wavelength", "height", "phase"):
        values, sigma = np.asarray(getattr(draws, name)), getattr(ALL, name)
        # Five standard errors of the mean and of the deviation.
        assert abs(values.mean()) < 5 * sigma / np.sqrt(values.size)
        assert abs(values.std() / sigma - 1) < 5 / np.sqrt(2 * values.size)
    assert draws.shift.shape == draws.tilt.shape == (2000, 2)
    assert draws.axial.shape == draws.wavelength.shape == (2000,)
    assert draws.height.shape == draws.phase.shape == (2000, 12, 10)
    np.testing.assert_array_equal(draws.blur, 3e-6)


def test_what_is_absent_is_absent_and_changes_no_other_draw():
    key = jax.random.key(1)
    one = perturbation.draw(Tolerances(phase=0.1), key, GRID.shape)
    assert jax.tree.leaves(perturbation.draw(Tolerances(), key, GRID.shape)) == []
    np.testing.assert_array_equal(one.phase, perturbation.draw(ALL, key, GRID.shape).phase)
    assert one.shift is None
    field = oracles.random_complex(RNG, *GRID.shape)
    none = Perturbation()
    np.testing.assert_array_equal(perturbation.move(field, GRID, none.shift), field)
    tilted = perturbation.tilt(field, GRID, none.tilt, wavelength=1e-6)
    np.testing.assert_array_equal(tilted, field)
    np.testing.assert_array_equal(
        perturbation.perturb_map(field.real, GRID, none.phase, none.blur), field.real
    )


@pytest.mark.parametrize("rows", [0, 2, -3, 30])
def test_whole_pixels_are_moved_as_they_are(rows):
    mask = oracles.random_complex(RNG, *GRID.shape)
    got = perturbation.move(mask, GRID, jnp.asarray([rows * 8e-6, 6e-6]))
    want = np.zeros_like(mask)
    for row in range(12):
        if 0 <= row - rows < 12:
            want[row, 1:] = mask[row - rows, :-1]
    np.testing.assert_allclose(got, want, atol=1e-14)  # 8e-6 is no dyadic number


def test_half_a_pixel_is_the_mean_of_two():
    mask = oracles.random_complex(RNG, 2, *GRID.shape)
    got = np.asarray(perturbation.move(mask, GRID, jnp.asarray([0.0, 1.5e-6])))
    np.testing.assert_allclose(got[..., 1:], 0.75 * mask[..., 1:] + 0.25 * mask[..., :-1])
    assert np.abs(perturbation.move(np.ones((12, 10)), GRID, jnp.ones(2) * 1e-6)).max() <= 1


def test_the_printing_spot_is_a_gaussian_filter():
    values = RNG.normal(size=GRID.shape)
    blurred = perturbation.perturb_map(values, GRID, None, 12e-6)
    # In pixels 1.5 and 2: sampled and transformed Gaussians agree to exp(-2 (pi 1.5)^2 / 4).
    want = gaussian_filter(values, (1.5, 2), mode="wrap", truncate=8)
    np.testing.assert_allclose(blurred, want, atol=1e-5)
    np.testing.assert_allclose(perturbation.perturb_map(values, GRID, None, 0.0), values)
    off = perturbation.perturb_map(values, GRID, jnp.ones(GRID.shape), None)
    np.testing.assert_allclose(off, values + 1)


def test_tilted_light_goes_to_plus_y():
    grid, distance = Grid((64, 64), 8e-6), 8e-3
    beam = np.exp(-(grid.y[:, None] ** 2 + grid.x[None, :] ** 2) / 60e-6**2)
    field = perturbation.tilt(beam, grid, jnp.asarray([4e-3, -2e-3]), wavelength=532e-9)
    out = angular_spectrum.propagate(field, grid, distance=distance, wavelength=532e-9)
    power = np.abs(np.asarray(out)) ** 2
    centre = [np.sum(power * a) / power.sum() for a in (grid.y[:, None], grid.x[None, :])]
    np.testing.assert_allclose(centre, [32e-6, -16e-6], atol=1e-8)  # the window cuts a little


def test_gradient_in_the_shift_and_the_blur():
    weights = oracles.random_complex(RNG, *GRID.shape)
    mask = jnp.asarray(oracles.random_complex(RNG, *GRID.shape))

    def loss(shift, blur):
        moved = perturbation.move(mask, GRID, jnp.stack([shift, jnp.asarray(2e-6)]))
        made = perturbation.perturb_map(mask.real, GRID, None, blur)
        return jnp.sum((moved * weights).real) + jnp.sum(made * weights.real)

    slopes = jax.jit(jax.grad(loss, argnums=(0, 1)))(3e-6, 5e-6)
    for number, slope in enumerate(slopes):

        def along(value, number=number):
            return loss(*[value if n == number else at for n, at in enumerate((3e-6, 5e-6))])

        want = oracles.difference_quotient(along, (3e-6, 5e-6)[number], 1e-10)
        np.testing.assert_allclose(slope, want, rtol=1e-6)  # rounding over the step


@pytest.mark.parametrize(("name", "unit"), [("shift", "m"), ("tilt", "rad"), ("wavelength", "1")])
def test_a_deviation_is_not_negative(name, unit):
    with pytest.raises(InputError, match=rf"`{name}` must be zero or more and finite \[{unit}\]"):
        Tolerances(**{name: -1e-6})
