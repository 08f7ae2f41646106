"""Closed forms of free space against what photonn gives: one function, one case.

Each returns an error, for a method, a shape or grid, and a type. The closed forms are written in
NumPy and SciPy and import no formula of photonn. Errors are relative to the largest value of the
field; the carrier exp(i k z) is left out on both sides.
"""

import math
from functools import lru_cache, partial

import jax
import numpy as np
from scipy import special

from photonn.free_space import Grid, fresnel_single, heights, polarization, slab, volume
from photonn.free_space.propagation import METHODS, by_name
from tests import oracles

GREEN = 532e-9
RED = 633e-9


def run(method, field, grid, dtype=np.complex128, **request):
    """One compiled propagation."""
    out = np.asarray(compiled(method, grid, tuple(request.items()))(np.asarray(field, dtype)))
    assert out.dtype == dtype
    return out


@lru_cache
def compiled(method, grid, request):
    """A propagation that compiles once for all calls of one type."""
    request = {"wavelength": GREEN} | dict(request)
    request["distance"] = np.asarray(request["distance"])
    return jax.jit(lambda light: by_name(method)(light, grid, **request))


def error(actual, wanted):
    """Largest difference over largest value."""
    return float(np.abs(actual - wanted).max() / np.abs(wanted).max())


def far_error(out, wanted):
    """The same in the far field: its thousands of turns leave float32 no phase."""
    if out.dtype == np.complex64:
        out, wanted = np.abs(out), np.abs(wanted)
    return error(out, wanted)


def random_field(grid, seed=0):
    return oracles.random_complex(np.random.default_rng(seed), *grid.shape)


# ---- identities of transfer functions, without padding and with evanescent waves


SQUARE, WIDE = Grid((16, 16), 0.3e-6), Grid((12, 19), (0.24e-6, 0.3e-6))


def identity(method, grid, dtype):
    field = random_field(grid)
    return error(run(method, field, grid, dtype, distance=0.0), field)


def semigroup(method, grid, dtype):
    go = partial(run, method, grid=grid, dtype=dtype, pad=False)
    field = random_field(grid)
    two = go(go(field, distance=0.7e-6), distance=1.6e-6)
    return error(two, go(field, distance=2.3e-6))


def reciprocity(method, grid, dtype):
    """P is its own transpose: source and detector can be exchanged."""
    go = partial(run, method, grid=grid, dtype=dtype, distance=1.7e-6, pad=False)
    one, two = (random_field(grid, seed).astype(dtype) for seed in (1, 2))
    return abs(np.sum(two * go(one)) - np.sum(one * go(two))) / size(one, two)


def adjoint(method, grid, dtype):
    """<P x, y> = <x, P' y>, with P' from differentiation."""
    one, two = (random_field(grid, seed).astype(dtype) for seed in (1, 2))

    @jax.jit
    def both(one, two):
        function = partial(METHODS[method], grid=grid, distance=1.7e-6, wavelength=GREEN, pad=False)
        out, pull_back = jax.vjp(function, one)
        return out, pull_back(two.conj())[0].conj()

    out, back = map(np.asarray, both(one, two))
    return abs(np.vdot(out, two) - np.vdot(one, back)) / size(one, two)


def size(one, two):
    return float(np.linalg.norm(one) * np.linalg.norm(two))


def energy(method, grid, dtype):
    field = random_field(grid)
    out = run(method, field, grid, dtype, distance=3e-3, pad=False)
    return abs(np.linalg.norm(out) ** 2 / np.linalg.norm(field) ** 2 - 1)


# ---- apertures


def covered(axis, pitch, edge):
    """Share of each pixel that lies within `edge` of the middle."""
    return np.clip((edge - np.abs(axis)) / pitch + 0.5, 0, 1)


@lru_cache
def disc(grid, radius, fine=16):
    """Share of each pixel inside a circle: exact along x, the mean of some lines along y."""
    steps = (np.arange(fine) - (fine - 1) / 2) / fine
    y = (grid.y[:, None] + steps * grid.pitch[0]).reshape(-1, 1)
    half, side = np.sqrt(np.maximum(radius**2 - y**2, 0)), grid.pitch[1] / 2
    inside = np.minimum(grid.x + side, half) - np.maximum(grid.x - side, -half)
    ny, nx = grid.shape
    return np.maximum(inside / grid.pitch[1], 0).reshape(ny, fine, nx).mean(1)


def sharpened(averages):
    """Samples of the band-limited shape whose averages over pixels are given."""
    fy, fx = (np.fft.fftfreq(n) for n in averages.shape)
    spectrum = np.fft.fft2(averages) / (np.sinc(fy)[:, None] * np.sinc(fx))
    return np.fft.ifft2(spectrum).real


def on_axis(method, pitch, dtype, radius=50e-6):
    """1 - (z / r) exp(i k (r - z)) behind a circle, with eight samples in the last fringe."""
    grid = Grid(tuple(2 * int(radius / p) + 21 for p in pitch), pitch)
    lit, z = sharpened(disc(grid, radius)), np.array(BEHIND)
    out = run(method, lit, grid, dtype, distance=BEHIND, wavelength=RED, output=Grid(1, pitch))
    way = np.hypot(z, radius) - z
    return out[:, 0, 0], 1 - z / (z + way) * np.exp(2j * np.pi / RED * way)


FRINGE = 1.25e-6  # RED / (8 sin): an angle of 3.6 degrees, 0.79 mm behind a radius of 50 um
BEHIND = (0.79e-3, 0.9e-3, 1.1e-3)


def aperture_on_axis(method, pitch, dtype):
    return error(*on_axis(method, pitch, dtype))


def arago(method, pitch, dtype):
    """The bright spot behind a disc, I = z^2 / (z^2 + a^2): all light less the aperture's."""
    out, _ = on_axis(method, pitch, dtype)
    want = [z**2 / (z**2 + 50e-6**2) for z in BEHIND]
    return error(np.abs(1 - out) ** 2, np.array(want))


def square_near_field(method, grid, distance, dtype):
    """Fresnel integrals, one for each axis; root of the mean square."""
    lit, want = 1.0, 1.0
    scale = np.sqrt(2 / (GREEN * distance))
    for axis, centres, pitch in ((0, grid.y, grid.pitch[0]), (1, grid.x, grid.pitch[1])):
        edge = grid.extent[axis] / 4
        sides = [special.fresnel(scale * (centres + s * edge)) for s in (1, -1)]
        (s1, c1), (s0, c0) = sides
        one = np.exp(-0.25j * np.pi) / np.sqrt(2) * ((c1 - c0) + 1j * (s1 - s0))
        shape = (-1, 1) if axis == 0 else (1, -1)
        want = want * one.reshape(shape)
        lit = lit * covered(centres, pitch, edge).reshape(shape)
    out = run(method, lit, grid, dtype, distance=distance)
    return float(np.sqrt(np.mean(np.abs(out - want) ** 2)) / np.abs(want).max())


def airy(method, shape, dtype):
    """2 J1(x) / x behind a circle that fills 0.78 of the window, over thirty rings.

    Farther out the copies that sampling makes of the rings are as strong as the rings.
    """
    grid, radius, z = Grid(shape, 5e-6), 0.39 * min(shape) * 5e-6, 1e3
    out = run(method, sharpened(disc(grid, radius)), grid, dtype, distance=z)
    own = fresnel_single.output_grid(grid, distance=z, wavelength=GREEN)
    rho2 = own.y[:, None] ** 2 + own.x**2
    x = 2 * np.pi * radius * np.sqrt(rho2) / (GREEN * z)
    bend = np.exp(1j * np.pi * rho2 / (GREEN * z))
    peak = np.pi * radius**2 / (1j * GREEN * z)
    want = peak * bend * 2 * special.j1(x) / x
    return far_error(out[x < 95], want[x < 95])


def rectangle_far_field(method, grid, opening, dtype):
    """sinc sinc over three lobes to either side; the pixels' own sinc is near one there."""
    z = 1e3
    lit = covered(grid.y, grid.pitch[0], opening[0] / 2)[:, None]
    lit = lit * covered(grid.x, grid.pitch[1], opening[1] / 2)
    out = run(method, lit, grid, dtype, distance=z)
    own = fresnel_single.output_grid(grid, distance=z, wavelength=GREEN)
    fy, fx = own.y / (GREEN * z), own.x / (GREEN * z)
    bend = np.exp(1j * np.pi * (own.y[:, None] ** 2 + own.x**2) / (GREEN * z))
    want = np.sinc(opening[0] * fy)[:, None] * np.sinc(opening[1] * fx) * bend
    want = want * opening[0] * opening[1] / (1j * GREEN * z)
    near = np.ix_(np.abs(fy) < 3 / opening[0], np.abs(fx) < 3 / opening[1])
    return far_error(out[near], want[near])


# ---- beams, gratings, lenses


WAIST = 300e-6


def gaussian(method, shape, ranges, dtype):
    """Width, curvature and Gouy phase after so many Rayleigh ranges; twelve waists wide."""
    grid = Grid(shape, tuple(12 * WAIST / n for n in shape))
    z = ranges * np.pi * WAIST**2 / GREEN
    start = oracles.gaussian_beam(grid.x, grid.y, 0.0, WAIST, GREEN)
    output = grid
    if method in ("fresnel_single", "fraunhofer"):
        output = fresnel_single.output_grid(grid, distance=z, wavelength=GREEN)
    want = oracles.gaussian_beam(output.x, output.y, z, WAIST, GREEN)
    out = run(method, start, grid, dtype, distance=z)
    return far_error(out, want) if method == "fraunhofer" else error(out, want)


def gaussian_elsewhere(method, shape, ranges, dtype):
    """The same on another grid off the axis."""
    grid, output = Grid(shape, 12 * WAIST / 120), Grid((33, 50), (55e-6, 21e-6))
    z, shift = ranges * np.pi * WAIST**2 / GREEN, (120e-6, -210e-6)
    start = oracles.gaussian_beam(grid.x, grid.y, 0.0, WAIST, GREEN)
    want = oracles.gaussian_beam(output.x + shift[1], output.y + shift[0], z, WAIST, GREEN)
    out = run(method, start, grid, dtype, distance=z, output=output, shift=shift)
    return error(out, want)


def talbot(method, shape, dtype):
    """A grating is its own image at 2 p^2 / wavelength, in the Fresnel approximation."""
    grid, period = Grid(shape, 4e-6), 8 * 4e-6
    bars = (np.arange(shape[1]) % 8 < 3) * np.where(np.arange(shape[0]) % 8 < 4, 1, 0.5)[:, None]
    out = run(method, bars, grid, dtype, distance=2 * period**2 / GREEN, pad=False)
    return error(out, bars)


def orders(method, shape, period, dtype):
    """Light behind bars stands at f = m / p and nowhere else: a whole number of samples."""
    grid, z = Grid(shape, 4e-6), 1e3
    bars = np.ones((shape[0], 1)) * (np.arange(shape[1]) % period < period // 3)
    power = np.abs(run(method, bars, grid, dtype, distance=z)) ** 2
    dark = 1e-20 if dtype == np.complex128 else 1e-10
    rows, columns = np.nonzero(power > dark * power.max())
    step = shape[1] // period
    middle = shape[0] // 2, shape[1] // 2
    wrong = np.sum(rows != middle[0]) + np.sum((columns - middle[1]) % step != 0)
    want = [
        m for m in range(-(period // 2), period // 2 + 1) if m * (period // 3) % period or not m
    ]
    missing = len(set(want) - set((columns - middle[1]) // step))
    return float(wrong + missing)


def lens(grid, focal):
    return np.exp(-1j * np.pi * (grid.y[:, None] ** 2 + grid.x**2) / (GREEN * focal))


def inversion(method, shape, dtype):
    """Two lenses, four focal lengths: -u(-y, -x)."""
    focal, grid = 20e-3, Grid(shape, 8e-6)
    y, x = grid.y[:, None], grid.x
    spots = [(60e-6, 96e-6, 1.0), (-90e-6, 30e-6, 0.5j), (20e-6, -120e-6, -0.7)]
    start = sum(a * np.exp(-((y - v) ** 2 + (x - u) ** 2) / (50e-6) ** 2) for v, u, a in spots)
    light = start
    for after in (lens(grid, focal), 1.0, lens(grid, focal), 1.0):
        light = run(method, light, grid, dtype, distance=focal) * after
    return error(light, -start[::-1, ::-1])


def tilted_focus(method, shape, dtype):
    """A lens and a wave that climbs: the focus lies at +y, on the sample it is aimed at."""
    grid, focal = Grid(shape, 8e-6), 20e-3
    sample = shape[0] // 2 + 9, shape[1] // 2
    aim = (grid.y[sample[0]], grid.x[sample[1]])
    tilt = np.exp(2j * np.pi * (aim[0] * grid.y[:, None] + aim[1] * grid.x) / (GREEN * focal))
    beam = np.exp(-(grid.y[:, None] ** 2 + grid.x**2) / (150e-6) ** 2)
    out = np.abs(run(method, beam * tilt * lens(grid, focal), grid, dtype, distance=focal))
    found = np.unravel_index(out.argmax(), out.shape)
    return float(np.abs(np.subtract(found, sample)).sum())


# ---- elements


def surfaces(method, shape, dtype):
    """A plate in front of glass, thick and thin: all its reflections by the matrix of a layer."""
    index, behind = 1.9 + 0.02j, 1.45
    thickness = np.linspace(0, 2e-6, math.prod(shape)).reshape(shape)
    turned = 2 * np.pi * index * thickness / GREEN
    electric = np.cos(turned) - 1j * np.sin(turned) * behind / index
    magnetic = behind * np.cos(turned) - 1j * index * np.sin(turned)
    want = np.stack([electric - magnetic, np.full(shape, 2.0)]) / (electric + magnetic)
    depth = np.asarray(thickness, np.zeros(0, dtype).real.dtype)
    out = np.stack(slab.scatter(depth, wavelength=GREEN, index=index, behind=behind))
    assert out.dtype == dtype
    return error(out, want)


def half_wave_step(method, shape, dtype):
    """A step of height wavelength / (2 (n - 1)) turns the sign of the light behind it."""
    height, index = np.zeros(shape, np.zeros(0, dtype).real.dtype), 1.46
    height[:, shape[1] // 2 :] = GREEN / (2 * (index - 1))
    out = np.asarray(heights.modulate(np.ones(shape, dtype), height, wavelength=GREEN, index=index))
    assert out.dtype == dtype
    return error(out, np.where(height > 0, -1, 1))


def half_wave_plate(method, shape, dtype):
    """Linear light at any angle is mirrored at the axis of a half-wave plate: 2 axis - angle."""
    axis, angle = np.random.default_rng(0).uniform(-3, 3, (2, *shape))
    field = np.stack([np.cos(angle), np.sin(angle)]).astype(dtype)
    plate = polarization.wave_plate(np.pi, np.asarray(axis, field.real.dtype))
    out = np.asarray(polarization.transform(field, plate))
    assert out.dtype == dtype
    want = np.stack([np.cos(2 * axis - angle), np.sin(2 * axis - angle)])
    return error(out, -1j * want)  # the slow axis is a quarter of a turn behind the mean


def absorption(method, shape, dtype):
    """Amplitude 1 / e behind a depth wavelength / (2 pi kappa): a relief, or slices of it."""
    grid, kappa, count = Grid(shape, 20e-6), 1e-4, 5
    depth = GREEN / (2 * np.pi * kappa)
    beam = np.exp(-(grid.y[:, None] ** 2 + grid.x**2) / (60e-6) ** 2).astype(dtype)
    if method == "relief":
        height = np.full(shape, depth, beam.real.dtype)
        out = heights.modulate(beam, height, wavelength=GREEN, index=1 + 1j * kappa)
        return error(np.asarray(out), beam / np.e)
    index = np.ones((2, count, *shape)) + 1j * kappa * np.arange(2)[:, None, None, None]
    kind = {"thickness": depth / count, "wavelength": GREEN}
    go = jax.jit(jax.vmap(lambda slices: volume.propagate(beam, grid, slices, **kind)))
    clear, dim = np.asarray(go(index))
    assert dim.dtype == dtype
    return error(dim, clear / np.e)
