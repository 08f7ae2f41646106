"""The table of closed forms: what every method gives against each, in float64 and float32.

`python -m tests.free_space.analytic` prints it with measured errors.
"""

import sys
from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import jax
import numpy as np

from photonn.free_space import Grid
from tests.free_space import closed_forms as forms

FLOAT32 = 1e-5  # what its roundings add to any case
TRANSFER = ("angular_spectrum", "fresnel")
EXACT = ("angular_spectrum", "band_limited", "rayleigh_sommerfeld")
# How many Rayleigh ranges each method takes a Gaussian beam.
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
NEAR = {
    "fresnel": 8e-3,
    "dense_fresnel": 8e-3,
    "angular_spectrum": 8e-3,
    "fresnel_impulse": 18e-3,
    "chirp_z": 18e-3,
}


class Case(NamedTuple):
    """One row: `measure()` gives the error."""

    name: str
    method: str
    dtype: type
    tolerance: float
    measure: Callable[[], float]


def cases():
    """All rows of the table."""
    rows = []

    def add(measure, method, name, tolerance, *arguments):
        for dtype in (np.complex128, np.complex64):
            allowed = max(tolerance, FLOAT32) if tolerance and dtype == np.complex64 else tolerance
            run = partial(measure, method, *arguments, dtype)
            rows.append(Case(name, method, dtype, allowed, run))

    for grid in (forms.SQUARE, forms.WIDE):
        for method in TRANSFER:
            for measure in (forms.identity, forms.semigroup, forms.reciprocity, forms.adjoint):
                add(measure, method, f"{measure.__name__}, {grid.shape}", 1e-12, grid)
    for grid in (Grid(16, 8e-6), Grid((12, 19), (6e-6, 8e-6))):
        add(forms.energy, "angular_spectrum", f"energy, {grid.shape}", 1e-12, grid)
    for ratio in (1.0, 0.8):
        for method in EXACT:
            pitch = forms.FRINGE, ratio * forms.FRINGE
            name = "pitch {:.3g} x {:.3g} m"
            add(forms.aperture_on_axis, method, f"aperture, {name.format(*pitch)}", 1e-2, pitch)
            pitch = pitch[0] / 2, pitch[1] * 0.7
            add(forms.arago, method, f"Arago spot, {name.format(*pitch)}", 1e-2, pitch)
    for shape in ((128, 128), (128, 144)):
        for method, ranges in GAUSSIAN.items():
            name = f"Gaussian beam, {shape}, {ranges:g} Rayleigh ranges"
            add(forms.gaussian, method, name, 1e-6, shape, ranges)
    for shape in ((120, 120), (128, 120)):
        for method, ranges in (("chirp_z", 1.0), ("dense_fresnel", 0.5)):
            name = f"Gaussian beam, {shape} to another grid, {ranges:g} ranges"
            add(forms.gaussian_elsewhere, method, name, 1e-6, shape, ranges)
    for shape in ((512, 512), (512, 540)):
        add(forms.airy, "fraunhofer", f"Airy, {shape}", 3e-5, shape)
    for grid in (Grid(256, 4e-6), Grid((320, 256), (3e-6, 4e-6))):
        for method, z in NEAR.items():
            name = f"square aperture, near, {grid.shape}, {z:g} m"
            add(forms.square_near_field, method, name, 1e-2, grid, z)
    for grid, opening in (
        (Grid(512, 5e-6), (240 * 5e-6,) * 2),
        (Grid((512, 400), (5e-6, 6e-6)), (260 * 5e-6, 250 * 6e-6)),
    ):
        name = f"rectangle, far, {grid.shape}"
        add(forms.rectangle_far_field, "fraunhofer", name, 5e-5, grid, opening)
    for shape in ((32, 32), (24, 40)):
        add(forms.talbot, "fresnel", f"Talbot, {shape}", 1e-12, shape)
    for shape, period in (((63, 63), 9), ((21, 75), 15)):
        add(forms.orders, "fraunhofer", f"grating orders, {shape} [samples]", 0.0, shape, period)
    for method in (*TRANSFER, "auto"):
        for shape in ((96, 96), (96, 100)):
            add(forms.inversion, method, f"4f inversion, {shape}", 1e-3, shape)
        for shape in ((128, 128), (128, 96)):
            add(forms.tilted_focus, method, f"tilt moves to +y, {shape} [samples]", 0.0, shape)
    for shape in ((16, 16), (12, 20)):
        add(forms.surfaces, "slab", f"two surfaces, R and T, {shape}", 1e-6, shape)
        add(forms.half_wave_step, "relief", f"half-wave step, {shape}", 1e-6, shape)
        add(forms.half_wave_plate, "wave_plate", f"half-wave plate, {shape}", 1e-6, shape)
        for method in ("relief", "volume"):
            add(forms.absorption, method, f"absorption to 1 / e, {shape}", 1e-6, shape)
    return rows


def main():
    """Print the table; the exit status is 1 if a row is out of tolerance."""
    from rich.console import Console
    from rich.table import Table

    columns = ("case", "method", "type", "error", "tolerance")
    table = Table(*columns, title="Free space, closed forms")
    failed = 0
    for case in cases():
        found = case.measure()
        inside = found <= case.tolerance
        failed += not inside
        kind, style = np.dtype(case.dtype).name, "" if inside else "bold red"
        numbers = f"{found:.1e}", f"{case.tolerance:.0e}"
        table.add_row(case.name, case.method, kind, *numbers, style=style)
    Console(width=120).print(table)
    print(f"{failed} out of tolerance")
    return int(failed > 0)


if __name__ == "__main__":
    jax.config.update("jax_enable_x64", True)
    sys.exit(main())
