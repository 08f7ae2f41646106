"""Fresnel approximation on any output grid, by Bluestein's chirp-z transform.

The sum that a single FFT makes on its own grid, made on another: zoomed in, zoomed out,
shifted. 2 i j = i^2 + j^2 - (i - j)^2 turns it into a convolution with a chirp. On the
grid of the field it is `fresnel_impulse`. The factor exp(i k distance) is left out.
"""

import jax.numpy as jnp
from jax import Array
from jaxtyping import ArrayLike, Complex, Float, Num

from photonn.free_space import request, sampling
from photonn.free_space.convolution import (
    centred,
    convolve,
    displacements,
    fast_length,
    turn,
)
from photonn.free_space.fresnel_impulse import amplitude
from photonn.free_space.grid import Grid
from photonn.free_space.request import Request, Shift


def propagate(
    field: Num[ArrayLike, "*batch y x"],
    grid: Grid,
    *,
    distance: Float[ArrayLike, "..."],
    wavelength: Float[ArrayLike, "..."],
    index: Float[ArrayLike, "..."] = 1.0,
    output: Grid | None = None,
    shift: Shift = (0.0, 0.0),
) -> Complex[Array, "... out_y out_x"]:
    """Field in a parallel plane in the Fresnel approximation, on the grid `output`.

    Args:
        field: field in the first plane.
        grid: its sampling.
        distance: from plane to plane [m]; negative goes back, zero cannot be. May be
            traced.
        wavelength: in vacuum [m].
        index: refractive index between the planes.
        output: grid of the result, of any shape and pitch; by default that of the field.
        shift: of the centre of the output plane, (y, x) [m].

    References:
        Goodman, "Introduction to Fourier Optics".
    """
    request.check_travel(distance, "the chirp-z transform", "angular_spectrum")
    asked = request.read(field, grid, (distance, wavelength, index), output, shift)
    sampling.check_chirp(grid, asked.output, asked.light)
    (y0, y1, y2), (x0, x1, x2) = (_factors(grid, asked, axis) for axis in (0, 1))
    spectrum = jnp.fft.fft(y1, axis=-2) * jnp.fft.fft(x1, axis=-1)
    out = convolve(asked.field * y0 * x0, spectrum, asked.output.shape)
    return out * (amplitude(asked) * y2 * x2)


def _factors(grid: Grid, asked: Request, axis: int) -> tuple[Array, Array, Array]:
    """Along one axis: factor on the field, chirp to convolve with, factor on the output."""
    samples = grid.shape[axis], asked.output.shape[axis]
    one = jnp.ones((), asked.dtype)
    fine, wide = asked.pitch[axis], jnp.asarray(asked.output.pitch[axis], asked.dtype)
    length, centre = fast_length(sum(samples) - 1), asked.shift[axis]
    before, after = (asked.along(axis, centred(n, asked.dtype)) for n in samples)
    between = asked.along(axis, displacements(samples, length, one, 0 * one))
    way = asked.wavelength * asked.distance
    # With x = j fine and x' = i wide + centre, the turns are
    # (x' - x)^2 / (2 way) = (what i does + what j does + fine wide (i - j)^2) / (2 way).
    inside = before**2 * fine * (fine - wide) - 2 * centre * before * fine
    outside = (after * wide + centre) ** 2 - after**2 * fine * wide
    middle = between**2 * fine * wide
    return turn(inside / (2 * way)), turn(middle / (2 * way)), turn(outside / (2 * way))
