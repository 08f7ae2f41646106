"""Fresnel approximation by a single FFT, on a grid that grows with the distance.

The output has the pitch `wavelength distance / (index extent)`, which `output_grid` gives:
half the work of a convolution, and the natural choice where light spreads far. The factor
exp(i k distance) is left out.
"""

from dataclasses import replace

import jax.numpy as jnp
import numpy as np
from jax import Array
from jaxtyping import ArrayLike, Complex, Float, Num

from photonn.errors import mistake
from photonn.free_space import request, sampling
from photonn.free_space.convolution import centred, turn
from photonn.free_space.fresnel_impulse import amplitude
from photonn.free_space.grid import Grid
from photonn.free_space.request import Lengths, Request, Shift


def propagate(
    field: Num[ArrayLike, "*batch y x"],
    grid: Grid,
    *,
    distance: Float[ArrayLike, "..."],
    wavelength: Float[ArrayLike, "..."],
    index: Float[ArrayLike, "..."] = 1.0,
    output: Grid | None = None,
    shift: Shift = (0.0, 0.0),
) -> Complex[Array, "... y x"]:
    """Field in a parallel plane, on `output_grid(...)`, in the Fresnel approximation.

    Args:
        field: field in the first plane.
        grid: its sampling.
        distance: from plane to plane [m]; negative goes back, zero cannot be. May be
            traced.
        wavelength: in vacuum [m].
        index: refractive index between the planes.
        output: if given, must be `output_grid(...)`.
        shift: of the centre of the output plane, (y, x) [m].

    References:
        Goodman, "Introduction to Fourier Optics".
    """
    request.check_travel(distance, "the single transform", "angular_spectrum")
    lengths = distance, wavelength, index
    asked = request.read(field, grid, lengths, None, shift)
    check_output(grid, output, lengths, "fresnel_single")
    sampling.check_chirp(grid, None, asked.light)
    return transform(asked, grid, curved=True)


def output_grid(
    grid: Grid,
    *,
    distance: Float[ArrayLike, ""],
    wavelength: Float[ArrayLike, ""],
    index: Float[ArrayLike, ""] = 1.0,
) -> Grid:
    """Where the field of a single transform lies.

    Args:
        grid: sampling of the first plane.
        distance: from plane to plane [m]. May be traced, as the rest may.
        wavelength: in vacuum [m].
        index: refractive index between the planes.
    """
    request.check_lengths(distance, wavelength, index)
    request.check_single(distance=distance, wavelength=wavelength, index=index)
    request.check_travel(distance, "a single transform", "angular_spectrum")
    way = abs(distance) * wavelength / index  # type: ignore
    height, width = grid.extent
    return Grid(grid.shape, (way / height, way / width))


def check_output(grid: Grid, output: Grid | None, lengths: Lengths, method: str) -> None:
    """Raise unless `output` is what a single transform gives."""
    if output is None:
        return
    request.check_grids(grid, output)
    own = dict(zip(("distance", "wavelength", "index"), lengths, strict=True))
    plain = sampling.known(grid, output, **own) is not None and not any(map(np.ndim, own.values()))
    if plain:
        gives = output_grid(grid, **own)
        if _equal(gives, output):
            return
        must = f"be {gives} for {method}"
    else:
        must = f"be left out for {method}, whose grid follows from the lengths"
    raise mistake("output", must, f"is {output}", "`chirp_z` gives any pitch and size.")


def _equal(one: Grid, other: Grid) -> bool:
    """Whether two known grids are one, but for rounding in float32."""
    pitches = zip(one.pitch, other.pitch, strict=True)
    return one.shape == other.shape and all(abs(a / b - 1) < 1e-6 for a, b in pitches)


def transform(asked: Request, grid: Grid, *, curved: bool) -> Complex[Array, "... y x"]:
    """The field on the output grid by one FFT.

    The pitch of the output makes x' x / (wavelength distance) the numbers i j / n, counted
    from the middle. An FFT counts from a corner: the factors around it are the difference.
    Going back is the conjugate of going forward with the conjugate: an FFT has one sign.

    Args:
        asked: field, lengths and shift.
        grid: sampling of the field.
        curved: with the quadratic phase over the field (Fresnel) or without (Fraunhofer).
    """
    back = asked.distance < 0
    field = jnp.where(back, asked.field.conj(), asked.field)
    way = asked.wavelength * jnp.abs(asked.distance)
    numbers = asked.axes(*(centred(n, asked.dtype) for n in grid.shape))
    factors = asked.axes(*(_centre_factor(n, asked.dtype) for n in grid.shape))
    lengths = zip(numbers, grid.shape, asked.pitch, asked.shift, strict=True)
    after = amplitude(replace(asked, distance=jnp.abs(asked.distance)))
    for number, samples, pitch, centre in lengths:
        inside = number * pitch
        outside = number * way / (samples * pitch) + centre
        bend = inside**2 / 2 if curved else 0.0
        field = field * turn((bend - inside * centre) / way)
        after = after * turn(outside**2 / (2 * way))
    y, x = factors
    # (i - c) (j - c) = i j - c j - c (i - c)
    out = jnp.fft.fft2(field * y * x) * after
    for axis, factor in enumerate(factors):
        middle = (grid.shape[axis] - 1) / 2
        turns = np.mod(-middle * middle / grid.shape[axis], 1)
        out = out * factor * turn(jnp.asarray(turns, asked.dtype))
    return jnp.where(back, out.conj(), out)


def _centre_factor(samples: int, dtype: jnp.dtype) -> Complex[Array, " samples"]:
    """Moves the origin of one side of an FFT from the corner to the middle."""
    turns = np.arange(samples) * (samples - 1) / 2 / samples
    return turn(jnp.asarray(np.mod(turns, 1), dtype))
