"""All propagators: each against a sum written out, and what they share.

Tolerances are relative to the largest value of the field.
"""

import warnings
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from photonn import free_space
from photonn.errors import InputError
from photonn.free_space import Grid, dense_fresnel, fresnel_single
from photonn.free_space.propagation import METHODS
from tests import oracles

GREEN = 532e-9
COARSE = Grid((10, 13), (8e-6, 6e-6))
FINE = Grid((12, 11), (0.2e-6, 0.21e-6))  # below half a wavelength: evanescent bins
SHIFT = (13e-6, -29e-6)
OTHER = Grid((7, 16), COARSE.pitch)  # another size, by an odd number of samples
ZOOMED = Grid((7, 16), (3e-6, 11e-6))

every_method = pytest.mark.parametrize("method", METHODS)
either_way = pytest.mark.parametrize("sign", [1, -1])


def random_field(grid, seed=0):
    return oracles.random_complex(np.random.default_rng(seed), *grid.shape)


def close(actual, wanted, tolerance):
    wanted = np.asarray(wanted)
    np.testing.assert_allclose(actual, wanted, rtol=0, atol=tolerance * np.abs(wanted).max())


def run(method, field, grid=COARSE, **request):
    request = {"wavelength": GREEN} | request
    return jax.jit(lambda light: METHODS[method](light, grid, **request))(field)


def sideways(grid, output, shift):
    """From every sample in to every sample out, (y, x) as matrices."""
    return (
        (output.y + shift[0])[:, None] - grid.y,
        (output.x + shift[1])[:, None] - grid.x,
    )


def parabolic(field, grid, output, distance, shift, index=1.0):
    """Sum over pixels of exp(i k r^2 / 2 z) / (i wavelength z), as two dense products."""
    medium = GREEN / index
    y, x = (np.exp(1j * np.pi * d**2 / (medium * distance)) for d in sideways(grid, output, shift))
    return y @ field @ x.T * grid.pixel_area / (1j * medium * distance)


@either_way
@pytest.mark.parametrize(
    ("method", "output"),
    [("fresnel_impulse", OTHER), ("chirp_z", OTHER), ("chirp_z", ZOOMED), ("fresnel_single", None)],
)
def test_fresnel_is_the_sum_of_parabolic_waves(method, output, sign):
    distance, index = sign * 5e-3, 1.3
    field = random_field(COARSE)
    own = fresnel_single.output_grid(COARSE, distance=distance, wavelength=GREEN, index=index)
    want = parabolic(field, COARSE, output or own, distance, SHIFT, index)
    out = run(method, field, distance=distance, index=index, output=output, shift=SHIFT)
    close(out, want, 1e-12)  # phases of 1000 rad at most


@either_way
def test_the_far_field_is_the_sum_of_plane_waves(sign):
    distance = sign * 0.1
    own = fresnel_single.output_grid(COARSE, distance=distance, wavelength=GREEN)
    field, way = random_field(COARSE), GREEN * distance
    y, x = own.y + SHIFT[0], own.x + SHIFT[1]
    into = [np.exp(-2j * np.pi * np.outer(a, b) / way) for a, b in ((y, COARSE.y), (x, COARSE.x))]
    bend = np.exp(1j * np.pi * (y[:, None] ** 2 + x**2) / way)
    want = into[0] @ field @ into[1].T * bend * COARSE.pixel_area / (1j * way)
    close(run("fraunhofer", field, distance=distance, shift=SHIFT), want, 1e-12)


@either_way
def test_rayleigh_sommerfeld_is_the_sum_of_its_kernel(sign):
    """The textbook kernel with its carrier, which float64 can afford."""
    distance, index, k = 5e-3, 1.3, 2 * np.pi * 1.3 / GREEN
    field = random_field(COARSE)
    y, x = sideways(COARSE, OTHER, SHIFT)
    r = np.sqrt(distance**2 + y[:, None, :, None] ** 2 + x[None, :, None, :] ** 2)
    kernel = distance / (2 * np.pi * r**2) * (1 / r - 1j * k) * np.exp(1j * k * (r - distance))
    kernel = kernel if sign > 0 else kernel.conj()
    want = np.einsum("iajb,jb->ia", kernel, field) * COARSE.pixel_area
    out = run(
        "rayleigh_sommerfeld", field, distance=sign * distance, index=index, output=OTHER,
        shift=SHIFT,
    )  # fmt: skip
    close(out, want, 1e-10)  # phases k z = 77 000 rad, rounded at 1e-16


@either_way
def test_transfer_functions_are_the_sum_of_plane_waves(sign):
    """On any centre: plane waves of the padded window, summed where the output lies."""
    distance, field = sign * 0.5e-3, random_field(COARSE)
    dark = {}
    for method in ("fresnel", "angular_spectrum", "band_limited"):
        out = run(method, field, distance=distance, output=OTHER, shift=SHIFT)
        frequencies = []
        for axis in (0, 1):
            length = lengths(method, axis, distance)
            frequencies.append(oracles.frequencies(length, COARSE.pitch[axis]))
        fy, fx = frequencies
        s = GREEN**2 * (fy[:, None] ** 2 + fx**2)
        k = 2 * np.pi / GREEN
        exact = np.sqrt(1 - s) - 1
        transfer = np.exp(1j * k * distance * (-s / 2 if method == "fresnel" else exact))
        want = summed(field, fy, fx, transfer)
        close(out, want, 1e-10)
        dark[method] = want
    assert np.abs(dark["fresnel"] - dark["angular_spectrum"]).max() > 1e-4  # they do differ


def fast(least):
    from scipy.fft import next_fast_len

    return next_fast_len(least)


def lengths(method, axis, distance):
    """The padding rule by hand: the steepest wave, from the farthest in to the farthest out."""
    n, m, d = COARSE.shape[axis], OTHER.shape[axis], COARSE.pitch[axis]
    if method == "band_limited":
        return fast(2 * max(n, m))
    sine = GREEN / (2 * d)
    slope = sine if method == "fresnel" else np.tan(np.arcsin(sine))
    needed = (n + m - 2) / 2 + abs(SHIFT[axis]) / d + abs(distance) * slope / d + 1
    needed += max(n, m) / 2
    return fast(max(n + m - 1, int(np.ceil(needed))))


def summed(field, fy, fx, transfer):
    """Plane waves in, turned, and out again; a wave of two samples a period has no sine."""
    into = [np.exp(-2j * np.pi * np.outer(f, a)) for f, a in ((fy, COARSE.y), (fx, COARSE.x))]
    spectrum = into[0] @ field @ into[1].T * transfer
    out = []
    for axis, (f, a) in enumerate(((fy, OTHER.y + SHIFT[0]), (fx, OTHER.x + SHIFT[1]))):
        wave = np.exp(2j * np.pi * np.outer(a, f)) / f.size
        if f.size % 2 == 0:  # in steps from the first sample in, as a real cosine
            last, first = f.size // 2, (COARSE.y, COARSE.x)[axis][0]
            cosine = np.cos(2 * np.pi * (a - first) * f[last])
            wave[:, last] = cosine * np.exp(2j * np.pi * first * f[last]) / f.size
        out.append(wave)
    return out[0] @ spectrum @ out[1].T


@either_way
@pytest.mark.parametrize("output", [None, OTHER])
def test_two_dense_products_are_the_padded_convolution(output, sign):
    field = random_field(COARSE)
    request = {"distance": sign * 1e-3, "index": 1.2, "output": output, "shift": SHIFT}
    close(run("dense_fresnel", field, **request), run("fresnel", field, **request), 1e-13)


def test_dense_products_reach_samples_between_samples():
    """Every second sample of an output of half the pitch is a sample of the field's."""
    beam = np.exp(-(COARSE.y[:, None] ** 2 + COARSE.x**2) / (15e-6) ** 2)
    finer = Grid((19, 25), (4e-6, 3e-6))
    between = dense_fresnel.propagate(beam, COARSE, distance=1e-3, wavelength=GREEN, output=finer)
    want = run("fresnel", beam, distance=1e-3)
    # One padded window is odd, the other fast: the cut edges, exp(-(40 / 15)^2), differ.
    close(between[::2, ::2], want, 2e-3)


@pytest.mark.parametrize("index", [1.0, 1.5])
def test_the_band_limit_knows_the_index(index):
    """The published limit 1 / (medium sqrt((2 z / window)^2 + 1)), wave by wave."""
    distance, length = 3e-3, 25
    f = oracles.frequencies(length, 6e-6)
    lengths = (jnp.full((1, 1), distance), jnp.full((1, 1), GREEN / index))
    half = [jnp.asarray(length * 6e-6 / 2)] * 2
    none = (jnp.zeros(()),) * 2
    inside = free_space.band_limited.band(
        jnp.zeros((1, 1)), jnp.asarray(f)[None], *lengths, half=half, shift=none
    )
    limit = index / GREEN / np.sqrt((2 * distance / (length * 6e-6)) ** 2 + 1)
    np.testing.assert_array_equal(inside[0], np.abs(f) <= limit)
    assert 3 < np.sum(inside) < length


def test_the_band_moves_with_the_output():
    """Only waves that go to the output are kept: (shift +- half) / hypot(z, ...)."""
    distance, length, shift = 30e-3, 64, 600e-6
    f = oracles.frequencies(length, 6e-6)
    inside = free_space.band_limited.band(
        jnp.zeros((1, 1)),
        jnp.asarray(f)[None],
        jnp.full((1, 1), distance),
        jnp.full((1, 1), GREEN),
        half=[jnp.asarray(length * 3e-6)] * 2,
        shift=(jnp.zeros(()), jnp.asarray(shift)),
    )
    low, high = (shift + s * length * 3e-6 for s in (-1, 1))
    want = [low <= np.tan(np.arcsin(GREEN * v)) * distance <= high for v in f]
    np.testing.assert_array_equal(inside[0], want)
    assert 3 < np.sum(inside) < length


@every_method
def test_slopes_in_every_length(method):
    """Lengths, index, pitch, both shifts and a mask, all traced, with evanescent bins."""
    field, weight = random_field(FINE, 3), random_field(FINE, 4)
    mask = np.random.default_rng(5).normal(size=FINE.shape)

    @jax.jit
    def loss(relative):
        scale = 1 + relative
        grid = Grid(FINE.shape, (FINE.pitch[0] * scale[3], FINE.pitch[1] * scale[3]))
        phase = relative[6] * mask
        out = METHODS[method](
            field * jax.lax.complex(jnp.cos(phase), jnp.sin(phase)),
            grid,
            distance=0.93e-6 * scale[0],
            wavelength=GREEN * scale[1],
            index=1.1 * scale[2],
            shift=(0.31e-6 * scale[4], -0.17e-6 * scale[5]),
        )
        return jnp.sum(jnp.abs(out) ** 2 * weight.real + out.real * weight.imag)

    slope = jax.jit(jax.grad(loss))(jnp.zeros(7))
    step = 1e-6
    ends = jax.vmap(loss)(jnp.concatenate([step * jnp.eye(7), -step * jnp.eye(7)]))
    quotient = (ends[:7] - ends[7:]) / (2 * step)
    # Relative steps of 1e-6, phases of 50 rad: third order (50e-6)^2, rounding 1e-10.
    np.testing.assert_allclose(slope, quotient, rtol=1e-6, atol=1e-7 * np.abs(slope).max())


@every_method
def test_single_precision_and_several_wavelengths(method):
    """A batch of wavelengths is each alone; in float32 the carrier costs no digit."""
    grid, wavelengths = Grid((24, 30), 12e-6), np.array([[GREEN], [633e-9]])
    distance = 0.1 if method in ("fresnel_impulse", "rayleigh_sommerfeld", "chirp_z") else 8e-3
    distance = {"fresnel_single": 0.1, "fraunhofer": 1.0}.get(method, distance)
    field = np.stack([random_field(grid, 5), random_field(grid, 6), random_field(grid, 7)])

    go = partial(run, method, grid=grid, distance=distance, wavelength=wavelengths, index=1.1)
    double = go(field)
    assert double.shape == (2, 3, *grid.shape)
    close(double[1, 2], run(method, field[2], grid, distance=distance, wavelength=633e-9,
                            index=1.1), 1e-11)  # fmt: skip
    single = go(field.astype(np.complex64))
    assert single.dtype == jnp.complex64
    # Phases up to pi n / 4 = 25 rad at the edge of the band, in a few roundings of 6e-8. On a
    # grid that grows, the quadratic phase at the edge does too: 50 and 500 turns.
    close(single, double, {"fresnel_single": 1e-4, "fraunhofer": 1e-3}.get(method, 2e-5))


# The way back of the other two starts from another grid.
@pytest.mark.parametrize("method", sorted(METHODS.keys() - {"fresnel_single", "fraunhofer"}))
def test_the_way_back_is_the_adjoint_and_light_is_reciprocal(method):
    one, two = random_field(COARSE, 1), random_field(COARSE, 2)
    go = partial(run, method, distance=4e-3)
    there, back = np.asarray(go(one)), np.asarray(run(method, two, distance=-4e-3))
    size = np.linalg.norm(one) * np.linalg.norm(two)
    assert abs(np.vdot(there, two) - np.vdot(one, back)) < 1e-12 * size
    assert abs(np.sum(two * there) - np.sum(one * np.asarray(go(two)))) < 1e-12 * size


# ---- requests that cannot be met, or not well


@every_method
@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"wavelength": -1.0}, ["`wavelength`", "positive", "1550 nm is 1550e-9"]),
        ({"wavelength": np.array([GREEN, 0.0])}, ["`wavelength`", "positive"]),
        ({"wavelength": jnp.asarray(np.nan)}, ["`wavelength`", "nan"]),
        ({"index": 0.0}, ["`index`", "positive"]),
        ({"distance": np.inf}, ["`distance`", "finite", "inf"]),
        ({"shift": (np.nan, 0.0)}, ["`shift`", "finite", "nan"]),
        ({"grid": Grid(4, 1e-6)}, ["`field`", "(..., 4, 4)", "(10, 13)", "Grid"]),
        (
            {"field": np.ones((3, 10, 13)), "wavelength": np.array([GREEN, GREEN])},
            ["`wavelength`", "broadcast", "(3,)", "(2,)"],
        ),
    ],
)
def test_bad_requests_are_named(method, change, words):
    request = {"field": random_field(COARSE), "grid": COARSE, "distance": 1e-3} | change
    with pytest.raises(InputError) as caught:
        run(method, request.pop("field"), request.pop("grid"), **request)
    assert all(word in str(caught.value) for word in words), caught.value


@every_method
def test_an_output_that_cannot_be_is_refused_with_the_way_out(method):
    if method in ("chirp_z", "dense_fresnel"):
        assert run(method, random_field(COARSE), distance=8e-3, output=ZOOMED).shape == (7, 16)
        return
    with pytest.raises(InputError, match=r"`output` must .*`chirp_z`"):
        run(method, random_field(COARSE), distance=8e-3, output=ZOOMED)


@pytest.mark.parametrize(
    "method", ["fresnel_impulse", "rayleigh_sommerfeld", "chirp_z", "fresnel_single", "fraunhofer"]
)
def test_no_distance_is_refused_where_it_divides(method):
    with pytest.raises(InputError, match=r"`distance` must not be zero for .* Use `"):
        run(method, random_field(COARSE), distance=0.0)


@pytest.mark.parametrize(
    ("method", "distance", "words"),
    [
        ("fresnel_impulse", 1e-4, "kernel is too coarsely sampled .* `fresnel`"),
        ("rayleigh_sommerfeld", 1e-4, "kernel is too coarsely sampled .* `angular_spectrum`"),
        ("chirp_z", 1e-4, "quadratic phase .* `angular_spectrum`"),
        ("fresnel_single", 1e-4, "quadratic phase .* `angular_spectrum`"),
        ("fraunhofer", 1e-3, "Fresnel number .* `fresnel_single`"),
        ("angular_spectrum", 1.0, "comes back into the window.* `rayleigh_sommerfeld`"),
        ("fresnel", 1.0, "comes back into the window.* `fresnel_impulse`"),
        ("dense_fresnel", 1.0, "comes back into the window.* `chirp_z`"),
    ],
)
def test_bad_sampling_is_said_with_the_remedy(method, distance, words):
    with pytest.warns(UserWarning, match=words):
        run(method, random_field(COARSE), distance=distance)


def test_copies_in_the_output_are_said():
    with pytest.warns(UserWarning, match="is a copy"):
        run("chirp_z", random_field(COARSE), distance=5e-3, output=Grid(COARSE.shape, 60e-6))


@every_method
def test_good_sampling_is_silent(method):
    distance = {"fraunhofer": 1.0, "angular_spectrum": 1e-3}.get(method, 4e-3)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        jax.eval_shape(partial(run, method, distance=distance), jnp.ones(COARSE.shape))
