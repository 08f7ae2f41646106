"""Closed forms of free space: what each propagator gives against them.

`python -m tests.free_space.analytic` prints the table with measured errors. The closed
forms are written in NumPy and SciPy and import no formula of photonn. Errors are relative
to the largest value of the field; the carrier exp(i k z) is left out on both sides.
"""

import sys
from collections.abc import Callable
from functools import partial
from itertools import product
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from scipy import special

from photonn import free_space
from photonn.free_space import Grid, fresnel_single, volume
from photonn.free_space.propagation import METHODS
from tests import oracles

GREEN = 532e-9
RED = 633e-9


class Case(NamedTuple):
    """One row: `measure()` gives the error."""

    name: str
    method: str
    tolerance: float
    measure: Callable[[], float]


def run(method, field, grid, **request):
    """One compiled propagation."""
    request = {"wavelength": GREEN} | request
    function = free_space.propagate if method == "auto" else METHODS[method]
    return np.asarray(jax.jit(lambda light: function(light, grid, **request))(field))


def error(actual, wanted):
    """Largest difference over largest value."""
    return float(np.abs(actual - wanted).max() / np.abs(wanted).max())


def random_field(grid, seed=0):
    return oracles.random_complex(np.random.default_rng(seed), *grid.shape)


# ---- identities of transfer functions, without padding and with evanescent waves


SQUARE, WIDE = Grid((16, 16), 0.3e-6), Grid((12, 19), (0.24e-6, 0.3e-6))


def identity(method, grid, dtype):
    field = random_field(grid).astype(dtype)
    return error(run(method, field, grid, distance=0.0), field)


def semigroup(method, grid, dtype):
    go = partial(run, method, grid=grid, pad=False)
    field = random_field(grid).astype(dtype)
    two = go(go(field, distance=0.7e-6), distance=1.6e-6)
    return error(two, go(field, distance=2.3e-6))


def reciprocity(method, grid, dtype):
    """P is its own transpose: source and detector can be exchanged."""
    go = partial(run, method, grid=grid, distance=1.7e-6, pad=False)
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


def energy(grid):
    field = random_field(grid)
    out = run("angular_spectrum", field, grid, distance=3e-3, pad=False)
    return abs(np.linalg.norm(out) ** 2 / np.linalg.norm(field) ** 2 - 1)


# ---- apertures


def covered(axis, pitch, edge):
    """Share of each pixel that lies within `edge` of the middle."""
    return np.clip((edge - np.abs(axis)) / pitch + 0.5, 0, 1)


def disc(grid, radius, fine=16):
    """Share of each pixel inside a circle, from fine x fine points in it."""
    steps = (np.arange(fine) - (fine - 1) / 2) / fine
    y = (grid.y[:, None] + steps * grid.pitch[0]).ravel()
    x = (grid.x[:, None] + steps * grid.pitch[1]).ravel()
    inside = y[:, None] ** 2 + x**2 <= radius**2
    ny, nx = grid.shape
    return inside.reshape(ny, fine, nx, fine).mean((1, 3))


def sharpened(averages):
    """Samples of the band-limited shape whose averages over pixels are given."""
    fy, fx = (np.fft.fftfreq(n) for n in averages.shape)
    spectrum = np.fft.fft2(averages) / (np.sinc(fy)[:, None] * np.sinc(fx))
    return np.fft.ifft2(spectrum).real


def on_axis(method, pitch, distances, radius=50e-6):
    """1 - (z / r) exp(i k (r - z)) behind a circle, with eight samples in the last fringe."""
    grid = Grid(tuple(2 * int(radius / p) + 21 for p in pitch), pitch)
    lit, spot = sharpened(disc(grid, radius)), Grid(1, pitch)
    out, want = [], []
    for z in distances:
        way = np.hypot(z, radius) - z
        want.append(1 - z / (z + way) * np.exp(2j * np.pi / RED * way))
        out.append(run(method, lit, grid, distance=z, wavelength=RED, output=spot)[0, 0])
    return np.array(out), np.array(want)


FRINGE = 1.25e-6  # RED / (8 sin): an angle of 3.6 degrees, 0.79 mm behind a radius of 50 um
BEHIND = (0.79e-3, 0.9e-3, 1.1e-3)


def aperture_on_axis(method, pitch):
    return error(*on_axis(method, pitch, BEHIND))


def arago(method, pitch):
    """The bright spot behind a disc, I = z^2 / (z^2 + a^2): all light less the aperture's."""
    out, _ = on_axis(method, pitch, BEHIND)
    want = [z**2 / (z**2 + 50e-6**2) for z in BEHIND]
    return error(np.abs(1 - out) ** 2, np.array(want))


def square_near_field(method, grid, distance):
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
    out = run(method, lit, grid, distance=distance)
    return float(np.sqrt(np.mean(np.abs(out - want) ** 2)) / np.abs(want).max())


def airy(count):
    """2 J1(x) / x behind a circle that fills 0.78 of the window, over thirty rings.

    Farther out the copies that sampling makes of the rings are as strong as the rings.
    """
    grid, radius, z = Grid(count, 5e-6), 0.39 * count * 5e-6, 1e3
    out = run("fraunhofer", sharpened(disc(grid, radius)), grid, distance=z)
    own = fresnel_single.output_grid(grid, distance=z, wavelength=GREEN)
    rho2 = own.y[:, None] ** 2 + own.x**2
    x = 2 * np.pi * radius * np.sqrt(rho2) / (GREEN * z)
    bend = np.exp(1j * np.pi * rho2 / (GREEN * z))
    peak = np.pi * radius**2 / (1j * GREEN * z)
    want = peak * bend * 2 * special.j1(x) / x
    return error(out[x < 95], want[x < 95])


def rectangle_far_field(grid, opening):
    """sinc sinc over three lobes to either side; the pixels' own sinc is near one there."""
    z = 1e3
    lit = covered(grid.y, grid.pitch[0], opening[0] / 2)[:, None]
    lit = lit * covered(grid.x, grid.pitch[1], opening[1] / 2)
    out = run("fraunhofer", lit, grid, distance=z)
    own = fresnel_single.output_grid(grid, distance=z, wavelength=GREEN)
    fy, fx = own.y / (GREEN * z), own.x / (GREEN * z)
    bend = np.exp(1j * np.pi * (own.y[:, None] ** 2 + own.x**2) / (GREEN * z))
    want = np.sinc(opening[0] * fy)[:, None] * np.sinc(opening[1] * fx) * bend
    want = want * opening[0] * opening[1] / (1j * GREEN * z)
    near = np.ix_(np.abs(fy) < 3 / opening[0], np.abs(fx) < 3 / opening[1])
    return error(out[near], want[near])


# ---- beams, gratings, lenses


WAIST = 300e-6


def gaussian(method, shape, ranges, dtype=np.complex128):
    """Width, curvature and Gouy phase after so many Rayleigh ranges; twelve waists wide."""
    grid = Grid(shape, tuple(12 * WAIST / n for n in shape))
    z = ranges * np.pi * WAIST**2 / GREEN
    start = oracles.gaussian_beam(grid.x, grid.y, 0.0, WAIST, GREEN).astype(dtype)
    output = grid
    if method in ("fresnel_single", "fraunhofer"):
        output = fresnel_single.output_grid(grid, distance=z, wavelength=GREEN)
    want = oracles.gaussian_beam(output.x, output.y, z, WAIST, GREEN)
    out = run(method, start, grid, distance=z)
    if method == "fraunhofer" and dtype == np.complex64:
        return error(np.abs(out), np.abs(want))  # millions of turns: float32 holds no phase
    return error(out, want)


def gaussian_elsewhere(method, ranges):
    """The same on another grid off the axis."""
    grid, output = Grid((128, 120), 12 * WAIST / 120), Grid((33, 50), (55e-6, 21e-6))
    z, shift = ranges * np.pi * WAIST**2 / GREEN, (120e-6, -210e-6)
    start = oracles.gaussian_beam(grid.x, grid.y, 0.0, WAIST, GREEN)
    want = oracles.gaussian_beam(output.x + shift[1], output.y + shift[0], z, WAIST, GREEN)
    return error(run(method, start, grid, distance=z, output=output, shift=shift), want)


def talbot(shape):
    """A grating is its own image at 2 p^2 / wavelength, in the Fresnel approximation."""
    grid, period = Grid(shape, 4e-6), 8 * 4e-6
    bars = (np.arange(shape[1]) % 8 < 3) * np.where(np.arange(shape[0]) % 8 < 4, 1, 0.5)[:, None]
    out = run("fresnel", bars + 0j, grid, distance=2 * period**2 / GREEN, pad=False)
    return error(out, bars)


def orders(shape, period):
    """Light behind bars stands at f = m / p and nowhere else: a whole number of samples."""
    grid, z = Grid(shape, 4e-6), 1e3
    bars = np.ones((shape[0], 1)) * (np.arange(shape[1]) % period < period // 3)
    power = np.abs(run("fraunhofer", bars + 0j, grid, distance=z)) ** 2
    rows, columns = np.nonzero(power > 1e-20 * power.max())
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


def inversion(method, shape):
    """Two lenses, four focal lengths: -u(-y, -x)."""
    focal, grid = 20e-3, Grid(shape, 8e-6)
    y, x = grid.y[:, None], grid.x
    spots = [(60e-6, 96e-6, 1.0), (-90e-6, 30e-6, 0.5j), (20e-6, -120e-6, -0.7)]
    start = sum(a * np.exp(-((y - v) ** 2 + (x - u) ** 2) / (50e-6) ** 2) for v, u, a in spots)
    light = start
    for after in (lens(grid, focal), 1.0, lens(grid, focal), 1.0):
        light = run(method, light, grid, distance=focal) * after
    return error(light, -start[::-1, ::-1])


def tilted_focus(method):
    """A lens and a wave that climbs: the focus lies at +y, on the sample it is aimed at."""
    grid, focal, samples = Grid((128, 96), 8e-6), 20e-3, (9, 0)
    aim = (grid.y[64 + samples[0]], grid.x[48 + samples[1]])
    tilt = np.exp(2j * np.pi * (aim[0] * grid.y[:, None] + aim[1] * grid.x) / (GREEN * focal))
    beam = np.exp(-(grid.y[:, None] ** 2 + grid.x**2) / (150e-6) ** 2)
    out = np.abs(run(method, beam * tilt * lens(grid, focal), grid, distance=focal))
    found = np.unravel_index(out.argmax(), out.shape)
    return float(np.abs(np.subtract(found, (64 + samples[0], 48 + samples[1]))).sum())


def absorption():
    """Amplitude 1 / e behind a depth wavelength / (2 pi kappa)."""
    grid, kappa, count = Grid((20, 16), 20e-6), 1e-4, 5
    depth = GREEN / (2 * np.pi * kappa)
    go = jax.jit(
        partial(
            volume.propagate, grid=grid, thickness=depth / count, wavelength=GREEN, background=1.0
        )
    )
    beam = jnp.asarray(np.exp(-(grid.y[:, None] ** 2 + grid.x**2) / (60e-6) ** 2))
    clear = np.ones((count, *grid.shape), complex)
    return error(go(beam, index=clear + 1j * kappa), np.asarray(go(beam, index=clear)) / np.e)


def half_wave_step():
    """A step of height wavelength / (2 (n - 1)) turns the sign of the light behind it."""
    grid, n = Grid((6, 16), 20e-6), 1.46
    index = np.ones((1, *grid.shape))
    index[..., 8:] = n
    out = volume.propagate(
        np.ones(grid.shape), grid, index, thickness=GREEN / (2 * (n - 1)), wavelength=GREEN
    )
    # A height of 0.6 um at 20 um: light does not spread but at the edges.
    middle = np.asarray(out)[3]
    return float(abs(middle[12] / middle[3] + 1))


def cases():
    """All rows of the table."""
    rows = []

    def add(name, method, tolerance, measure, *arguments):
        rows.append(Case(name, method, tolerance, partial(measure, *arguments)))

    for dtype, tolerance in ((np.complex128, 1e-12), (np.complex64, 1e-5)):
        for grid, method in product((SQUARE, WIDE), ("angular_spectrum", "fresnel")):
            for measure in (identity, semigroup, reciprocity, adjoint):
                name = f"{measure.__name__}, {grid.shape}, {np.dtype(dtype).name}"
                add(name, method, tolerance, measure, method, grid, dtype)
    for grid in (Grid(16, 8e-6), Grid((12, 19), (6e-6, 8e-6))):
        add(f"energy, {grid.shape}", "angular_spectrum", 1e-12, energy, grid)
    for pitch in ((FRINGE, FRINGE), (FRINGE, 0.8 * FRINGE)):
        for method in ("angular_spectrum", "band_limited", "rayleigh_sommerfeld"):
            name = "pitch {:.3g} x {:.3g} m"
            add(
                f"aperture on axis, {name.format(*pitch)}",
                method,
                1e-2,
                aperture_on_axis,
                method,
                pitch,
            )
            half = pitch[0] / 2, pitch[1] * 0.7
            add(f"Arago spot, {name.format(*half)}", method, 1e-2, arago, method, half)
    for shape in ((128, 128), (128, 144)):
        for method, ranges in GAUSSIAN.items():
            name = f"Gaussian beam, {shape}, {ranges:g} Rayleigh ranges"
            add(name, method, 1e-6, gaussian, method, shape, ranges)
    for method, ranges in GAUSSIAN.items():
        name = f"Gaussian beam, {ranges:g} Rayleigh ranges, complex64"
        add(name, method, 1e-5, gaussian, method, (128, 144), ranges, np.complex64)
    for method, ranges in (("chirp_z", 1.0), ("dense_fresnel", 0.5)):
        name = f"Gaussian beam, another grid off axis, {ranges:g} Rayleigh ranges"
        add(name, method, 1e-6, gaussian_elsewhere, method, ranges)
    add("Airy, 512 x 512", "fraunhofer", 3e-5, airy, 512)
    for grid in (Grid(256, 4e-6), Grid((320, 256), (3e-6, 4e-6))):
        for method, z in (("fresnel", 8e-3), ("dense_fresnel", 8e-3), ("fresnel_impulse", 18e-3),
                          ("chirp_z", 18e-3), ("angular_spectrum", 8e-3)):  # fmt: skip
            name = f"square aperture, near, {grid.shape}, {z:g} m"
            add(name, method, 1e-2, square_near_field, method, grid, z)
    for grid, opening in (
        (Grid(512, 5e-6), (240 * 5e-6,) * 2),
        (Grid((512, 400), (5e-6, 6e-6)), (260 * 5e-6, 250 * 6e-6)),
    ):
        name = f"rectangle, far, {grid.shape}"
        add(name, "fraunhofer", 5e-5, rectangle_far_field, grid, opening)
    for shape in ((32, 32), (24, 40)):
        add(f"Talbot, {shape}", "fresnel", 1e-12, talbot, shape)
    for shape, period in (((63, 63), 9), ((21, 75), 15)):
        add(f"grating orders, {shape} [samples]", "fraunhofer", 0.0, orders, shape, period)
    for method in ("angular_spectrum", "fresnel", "auto"):
        for shape in ((96, 96), (96, 100)):
            add(f"4f inversion, {shape}", method, 1e-3, inversion, method, shape)
        add("tilt moves the focus to +y [samples]", method, 0.0, tilted_focus, method)
    add("absorption to 1 / e", "volume", 1e-6, absorption)
    add("half-wave step", "volume", 1e-6, half_wave_step)
    return rows


GAUSSIAN = {
    "angular_spectrum": 0.5,
    "band_limited": 0.5,
    "fresnel": 0.5,
    "dense_fresnel": 0.5,
    "auto": 1.0,
    "rayleigh_sommerfeld": 1.0,
    "fresnel_impulse": 1.0,
    "chirp_z": 1.0,
    "fresnel_single": 1.0,
    "fraunhofer": 1e7,
}


def main():
    """Print the table; the exit status is 1 if a row is out of tolerance."""
    from rich.console import Console
    from rich.table import Table

    table = Table("case", "method", "error", "tolerance", title="Free space, closed forms")
    failed = 0
    for case in cases():
        found = case.measure()
        inside = found <= case.tolerance
        failed += not inside
        style = "" if inside else "bold red"
        table.add_row(case.name, case.method, f"{found:.1e}", f"{case.tolerance:.0e}", style=style)
    Console(width=110).print(table)
    print(f"{failed} out of tolerance")
    return int(failed > 0)


if __name__ == "__main__":
    jax.config.update("jax_enable_x64", True)
    sys.exit(main())
