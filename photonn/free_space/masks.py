"""Thin masks, and where detectors lie in a plane."""

import math

import jax.numpy as jnp
import numpy as np
from jax import Array
from jaxtyping import ArrayLike, Complex, Float, Num

from photonn.devices import phase_shifter
from photonn.errors import check_integer, check_shape, mistake
from photonn.free_space.grid import Grid
from photonn.precision import common_shape, complex_array, real_array, scale


def modulate_phase(
    field: Num[ArrayLike, "*batch y x"], phase: Float[ArrayLike, "y x"]
) -> Complex[Array, "*batch y x"]:
    """Field behind a thin mask that adds `phase` [rad] at every pixel."""
    field = complex_array(field)
    check_shape("field", field.shape, np.shape(phase), "Field and mask must share a grid.")
    return phase_shifter.modulate(field, phase)


def modulate(
    field: Num[ArrayLike, "*batch y x"], transmission: Num[ArrayLike, "*planes y x"]
) -> Complex[Array, "*both y x"]:
    """Field behind a thin mask of any kind, in the precision of the field.

    Args:
        field: field in front of the mask.
        transmission: factor on the amplitude at every pixel, real or complex. Leading axes,
            such as wavelengths, broadcast with those of the field.
    """
    field = complex_array(field)
    transmission = jnp.asarray(transmission).astype(field.dtype)
    check_shape("field", field.shape, transmission.shape[-2:], "They must share a grid.")
    common_shape(field=field.shape, transmission=transmission.shape)
    rank = max(field.ndim, transmission.ndim)
    field, transmission = (
        values[(None,) * (rank - values.ndim)] for values in (field, transmission)
    )
    return field * transmission


def transmission(
    phase: Float[ArrayLike, "*batch y x"], amplitude: Float[ArrayLike, "*batch y x"] | None = None
) -> Complex[Array, "*batch y x"]:
    """Factor amplitude exp(i phase) of every pixel; the amplitude is 1 if it is not given."""
    factor = phase_shifter.transmission(real_array(phase))
    if amplitude is None:
        return factor
    return scale(factor, jnp.asarray(amplitude, factor.real.dtype))


def detector_regions(
    grid: Grid, count: int, *, fill: float = 0.6
) -> Float[np.ndarray, "count y x"]:
    """`count` equal square detectors in rows over the plane, as masks of 0 and 1.

    Rows hold as equal a number of detectors as can be (10 are laid 3-4-3) and are
    centred. Detectors are whole pixels.

    Args:
        grid: sampling of the detector plane.
        count: number of detectors.
        fill: side of a detector over the distance between detectors.

    Raises:
        InputError: if the grid is too coarse to give each detector a pixel of its own.
    """
    check_integer("count", count, 1)
    if not 0 < fill <= 1:
        raise mistake("fill", "be above 0 and at most 1", f"is {fill}")
    rows = _rows(count)
    spacing = min(grid.shape[0] / len(rows), grid.shape[1] / max(rows))
    side = int(fill * spacing)
    if side < 1:
        must = f"have room for {max(rows)} x {len(rows)} detectors of at least one pixel"
        raise mistake("grid", must, f"has shape {grid.shape}", "Use more pixels or a larger fill.")
    regions = np.zeros((count, *grid.shape))
    number = 0
    for row, in_row in enumerate(rows):
        top = _start(grid.shape[0], len(rows), row, spacing, side)
        for column in range(in_row):
            left = _start(grid.shape[1], in_row, column, spacing, side)
            regions[number, top : top + side, left : left + side] = 1
            number += 1
    return regions


def _rows(count: int) -> list[int]:
    """Numbers of detectors in rows: nearly square, the longer rows in the middle."""
    height = max(1, round(math.sqrt(count)))
    short, longer = divmod(count, height)
    rows = [short] * height
    middle_first = sorted(range(height), key=lambda row: abs(row - (height - 1) / 2))
    for row in middle_first[:longer]:
        rows[row] += 1
    return rows


def _start(samples: int, count: int, number: int, spacing: float, side: int) -> int:
    """First pixel of a detector of `side` pixels in a centred row."""
    centre = samples / 2 + (number - (count - 1) / 2) * spacing
    # Not `round`, which goes to the even one of two: neighbours must be rounded alike.
    return math.floor(centre - side / 2 + 0.5)
