"""Angular spectrum against plane waves summed one by one, closed forms and identities.

Tolerances are relative to the largest value of the field.
"""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from photonn.errors import InputError
from photonn.free_space import Grid, angular_spectrum
from tests import oracles

GREEN = 532e-9
COARSE = Grid((10, 13), (8e-6, 6e-6))  # no evanescent waves
FINE = Grid((12, 11), (0.2e-6, 0.21e-6))  # below half a wavelength: evanescent bins


@partial(jax.jit, static_argnames=("grid", "pad"))
def propagate(field, grid, distance, wavelength=GREEN, index=1.0, pad=False):
    return angular_spectrum.propagate(
        field, grid, distance=distance, wavelength=wavelength, index=index, pad=pad
    )


def random_field(grid, seed=0, dtype=np.complex128):
    return oracles.random_complex(np.random.default_rng(seed), *grid.shape).astype(dtype)


def close(actual, wanted, tolerance):
    np.testing.assert_allclose(actual, wanted, rtol=0, atol=tolerance * np.abs(wanted).max())


@pytest.mark.parametrize(("grid", "distance"), [(COARSE, 1e-3), (COARSE, -2e-3), (FINE, 0.7e-6)])
@pytest.mark.parametrize("index", [1.0, 1.45])
def test_is_the_sum_of_all_plane_waves(grid, distance, index):
    field = random_field(grid)
    want = oracles.plane_waves(field, grid.pitch, distance, GREEN, index)
    # The textbook phase of the reference, k z = 34 000 rad at most, is rounded at 1e-16.
    close(propagate(field, grid, distance, index=index), want, 1e-10)


def test_padding_is_the_same_sum_in_a_dark_window():
    field = random_field(COARSE)
    dark = np.zeros((20, 25), complex)  # fast lengths from 2 n - 1 = 19 and 25
    dark[:10, :13] = field
    want = oracles.plane_waves(dark, COARSE.pitch, 1e-3, GREEN)[:10, :13]
    close(propagate(field, COARSE, 1e-3, pad=True), want, 1e-10)  # as above


@pytest.mark.parametrize("pad", [False, True])
@pytest.mark.parametrize("grid", [COARSE, FINE])
def test_no_distance_changes_nothing(grid, pad):
    field = random_field(grid)
    close(propagate(field, grid, 0.0, pad=pad), field, 1e-14)  # an FFT and back


@pytest.mark.parametrize("grid", [COARSE, FINE])
def test_two_steps_are_one(grid):
    field = random_field(grid)
    scale = grid.pitch[0] ** 2 / GREEN
    two = propagate(propagate(field, grid, 2 * scale), grid, 3.5 * scale)
    close(two, propagate(field, grid, 5.5 * scale), 1e-12)  # phases below 1000 rad


@pytest.mark.parametrize("pad", [False, True])
@pytest.mark.parametrize("grid", [COARSE, FINE])
def test_source_and_detector_can_be_exchanged(grid, pad):
    one, two = random_field(grid, 1), random_field(grid, 2)
    distance = 3 * grid.pitch[0] ** 2 / GREEN
    there = np.sum(two * propagate(one, grid, distance, pad=pad))
    back = np.sum(one * propagate(two, grid, distance, pad=pad))
    assert abs(there - back) < 1e-12 * np.linalg.norm(one) * np.linalg.norm(two)  # rounding


@pytest.mark.parametrize("pad", [False, True])
@pytest.mark.parametrize("grid", [COARSE, FINE])
def test_going_back_is_the_adjoint(grid, pad):
    """H(-z) is the conjugate of H(z), for waves that travel and waves that decay."""
    one, two = random_field(grid, 1), random_field(grid, 2)
    distance = 3 * grid.pitch[0] ** 2 / GREEN
    forward = np.vdot(propagate(one, grid, distance, pad=pad), two)
    backward = np.vdot(one, propagate(two, grid, -distance, pad=pad))
    assert abs(forward - backward) < 1e-12 * np.linalg.norm(one) * np.linalg.norm(two)


def test_the_gradient_is_the_adjoint():
    field, weight = random_field(FINE, 1), random_field(FINE, 2)
    _, pull_back = jax.vjp(lambda f: propagate(f, FINE, 0.3e-6, pad=True), field)
    want = propagate(weight.conj(), FINE, -0.3e-6, pad=True).conj()
    close(pull_back(jnp.asarray(weight))[0], want, 1e-13)  # two FFTs


@pytest.mark.parametrize("distance", [1e-4, 0.3])
def test_travelling_waves_keep_their_power(distance):
    field = random_field(COARSE)
    out = propagate(field, COARSE, distance)
    np.testing.assert_allclose(np.linalg.norm(out), np.linalg.norm(field), rtol=1e-12)  # PHYSICS


def test_evanescent_waves_decay_in_either_direction():
    x = np.arange(FINE.shape[1])
    wave = np.exp(2j * np.pi * 5 * x / 11) * np.ones((12, 1))  # 5 cycles over 11 * 0.21 um
    kappa = 2 * np.pi * np.sqrt((5 / (11 * 0.21e-6)) ** 2 - 1 / GREEN**2)
    for distance in (0.2e-6, -0.2e-6):
        out = propagate(wave, FINE, distance)
        np.testing.assert_allclose(np.abs(out), np.exp(-kappa * 0.2e-6), rtol=1e-12)  # 4 rad


@pytest.mark.parametrize("rayleigh_ranges", [0.3, 1.0, -1.0])
def test_gaussian_beam(rayleigh_ranges):
    waist, grid = 300e-6, Grid(128, 12 * 300e-6 / 128)
    distance = rayleigh_ranges * np.pi * waist**2 / GREEN
    start = oracles.gaussian_beam(grid.x, grid.y, 0.0, waist, GREEN)
    want = oracles.gaussian_beam(grid.x, grid.y, distance, waist, GREEN)
    out = propagate(start, grid, distance)
    # The closed form is paraxial: k z t^4 / 8 at angle t with k z = 2 / t0^2 and waist
    # angle t0 = 5.6e-4 is t0^2 / 4 = 8e-8 at t0, some ten times that at 2 t0 (where the
    # amplitude is exp(-4)). The window cuts at 4.2 waists: exp(-18) = 2e-8.
    close(out, want, 1e-6)


def test_light_tilted_upwards_in_phase_moves_to_plus_x_and_plus_y():
    grid, waist, distance = Grid((64, 96), 8e-6), 60e-6, 8e-3
    fx, fy = 15e3, 5e3
    tilt = np.exp(2j * np.pi * (fy * grid.y[:, None] + fx * grid.x[None, :]))
    start = oracles.gaussian_beam(grid.x, grid.y, 0.0, waist, GREEN) * tilt
    power = np.abs(propagate(start, grid, distance)) ** 2
    centre = [np.sum(power * a) / power.sum() for a in (grid.y[:, None], grid.x[None, :])]
    # tan = lambda f up to cubes (8e-3)^3 = 5e-7; the window cuts 4 waists from the axis,
    # less the shift of 64 um: exp(-2 * 3.2^2) = 1e-9 of the power, times 256 um.
    np.testing.assert_allclose(centre, [distance * GREEN * fy, distance * GREEN * fx], atol=2e-8)


@pytest.mark.parametrize("pad", [True, False])
def test_light_that_leaves_the_window_is_lost_with_padding_only(pad):
    """A beam that moves by a whole window lands outside of it, or on itself."""
    grid, waist, distance = Grid(64, 8e-6), 60e-6, 32e-3
    period = 512e-6
    fx = np.round(period / distance / GREEN * period) / period  # a whole number of cycles
    tilt = np.exp(2j * np.pi * fx * grid.x[None, :])
    start = oracles.gaussian_beam(grid.x, grid.y, 0.0, waist, GREEN) * tilt
    kept = np.linalg.norm(propagate(start, grid, distance, pad=pad)) ** 2
    share = kept / np.linalg.norm(start) ** 2
    # The waist is then w = 60 um sqrt(1 + 1.5^2) = 109 um, the window's edge 256 um = 2.35 w
    # from the beam: the tail holds erfc(2.35 sqrt 2) / 2 = 1.3e-6 of it.
    assert share < 1e-5 if pad else share == pytest.approx(1, abs=1e-12)


def test_padding_agrees_with_a_large_window():
    """A beam that spreads over its window meets no image of itself."""
    grid, large = Grid(64, 8e-6), Grid(256, 8e-6)
    beam = partial(oracles.gaussian_beam, waist=30e-6, wavelength=GREEN)
    distance = 30e-3  # waist 172 um there: exp(-(256 / 172)^2) = 0.1 at the edge
    wide = oracles.plane_waves(beam(large.x, large.y, 0.0), large.pitch, distance, GREEN)
    want = wide[96:160, 96:160]
    start = beam(grid.x, grid.y, 0.0)
    # The nearest image is 127 pixels = 1024 um away, 768 um from the edge of the window:
    # exp(-(768 / 172)^2) = 2e-9. (The large window has its own at 1792 um.)
    close(propagate(start, grid, distance, pad=True), want, 1e-8)
    wrapped = np.abs(propagate(start, grid, distance) - want).max() / np.abs(want).max()
    assert wrapped > 0.01  # what the comparison would see


@pytest.mark.parametrize("pitch", [8e-6, 36e-6])
@pytest.mark.parametrize("distance", [0.1, 0.3])
def test_single_precision(pitch, distance):
    grid = Grid(32, pitch)
    field = random_field(grid)
    single = propagate(
        field.astype(np.complex64), grid, np.float32(distance), np.float32(GREEN), np.float32(1)
    )
    assert single.dtype == jnp.complex64
    # The phase grows to k z s / 2; each of its few factors is rounded at 6e-8.
    s = 2 * (GREEN / (2 * pitch)) ** 2
    phase = np.pi * distance / GREEN * s
    close(single, propagate(field, grid, distance), 6 * 6e-8 * phase + 1e-6)


@pytest.mark.parametrize("argument", ["distance", "wavelength", "index"])
@pytest.mark.parametrize("pad", [False, True])
def test_slopes_with_evanescent_waves(argument, pad):
    at = {"distance": 0.9e-6, "wavelength": GREEN, "index": 1.0}
    field, weight = random_field(FINE, 3), random_field(FINE, 4)

    @jax.jit
    def loss(value):
        out = propagate(field, FINE, **(at | {argument: value}), pad=pad)
        return jnp.sum(jnp.abs(out) ** 2 * weight.real + out.real * weight.imag)

    slope = jax.jit(jax.grad(loss))(at[argument])
    step = 1e-6 * at[argument]
    want = oracles.difference_quotient(loss, at[argument], step)
    # Relative step 1e-6, phases of 10 rad, roots steep near the edge of the propagating
    # disc: error of the quotient 1e-8, rounding 1e-16 / 1e-6 * sums = 1e-8.
    np.testing.assert_allclose(slope, want, rtol=1e-6)


@pytest.mark.parametrize("argument", ["distance", "wavelength", "index"])
def test_slopes_are_finite_where_a_wave_grazes(argument):
    """Frequencies 0, 1, 2 per wavelength on each axis: one bin has s = 1 exactly."""
    grid = Grid(4, 0.25)
    at = {"distance": 1.0, "wavelength": 1.0, "index": 1.0}

    def total(value):
        transfer = angular_spectrum.transfer_function(grid, **(at | {argument: value}))
        return jnp.sum(transfer.real + transfer.imag)

    assert np.isfinite(jax.grad(total)(1.0))


def test_batches_go_through_together():
    field = oracles.random_complex(np.random.default_rng(0), 2, 3, *COARSE.shape)
    out = propagate(field, COARSE, 1e-3, pad=True)
    assert out.shape == field.shape
    close(out[1, 2], propagate(field[1, 2], COARSE, 1e-3, pad=True), 1e-14)  # the same FFTs


def test_mirror_image_on_an_even_and_an_odd_axis():
    """No half-pixel shift: a mirrored field stays its own mirror image."""
    for grid in (Grid((8, 9), 8e-6), Grid((9, 8), 8e-6)):
        field = random_field(grid)
        mirrored = propagate(field[::-1, ::-1], grid, 1e-3, pad=True)
        close(mirrored[::-1, ::-1], propagate(field, grid, 1e-3, pad=True), 1e-13)  # rounding


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"wavelength": -1.0}, ["`wavelength`", "positive", "1550 nm is 1550e-9"]),
        ({"wavelength": 0.0}, ["`wavelength`"]),
        ({"index": 0.0}, ["`index`", "positive"]),
        ({"grid": Grid(4, 1e-6)}, ["`field`", "(..., 4, 4)", "(10, 13)", "Grid"]),
    ],
)
def test_bad_requests_are_named(change, words):
    request = {"grid": COARSE, "distance": 1e-3, "wavelength": GREEN} | change
    with pytest.raises(InputError) as caught:
        angular_spectrum.propagate(random_field(COARSE), **request)
    assert all(word in str(caught.value) for word in words), caught.value


@pytest.mark.parametrize("distance", [5e-3, 20e-3])
def test_light_that_leaves_the_window_does_not_come_back(distance):
    """A beam steered out of the window, against the same beam in a window that holds all of it."""
    small, large = Grid(48, 8e-6), Grid((192, 768), 8e-6)
    tilt = 2 * np.pi * 0.45 / 8e-6  # nine tenths of the steepest wave on the grid
    beam = np.exp(-(small.y[:, None] ** 2 + small.x**2) / (45e-6) ** 2 + 1j * tilt * small.x)
    got = angular_spectrum.propagate(beam, small, distance=distance, wavelength=532e-9)
    padded = np.pad(beam, ((72, 72), (360, 360)))
    want = angular_spectrum.propagate(
        padded, large, distance=distance, wavelength=532e-9, pad=False
    )
    # A kernel cut at the steepest wave has tails that fall as 1/x, which no padding ends: less
    # than a hundredth of the power, where a window of twice the size gives back most of it.
    back = np.sum(np.abs(got - want[72:120, 360:408]) ** 2) / np.sum(np.abs(beam) ** 2)
    assert back < 1e-2


def test_more_spread_than_can_be_padded_is_said():
    with pytest.warns(UserWarning, match="Use a larger grid"):
        angular_spectrum.propagate(jnp.ones((8, 8)), Grid(8, 1e-6), distance=1.0, wavelength=532e-9)
