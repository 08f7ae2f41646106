"""Band-limited angular spectrum: the exact one without the waves that miss the window.

A transfer function that turns by more than half a turn from bin to bin is aliased: its
waves come back on the wrong side. They are those that move sideways by more than half the
padded window, and here they are left out. Nothing wraps around, at any distance, for
twice the window.
"""

import jax.numpy as jnp
from jax import Array
from jaxtyping import ArrayLike, Bool, Complex, Float, Num

from photonn.free_space import angular_spectrum, request
from photonn.free_space.convolution import convolve, fast_length, frequencies
from photonn.free_space.grid import Grid
from photonn.free_space.request import Shift


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
    """Field in a parallel plane, without the common factor exp(i k distance).

    Args:
        field: field in the first plane.
        grid: its sampling.
        distance: from plane to plane [m]; negative goes back. May be traced.
        wavelength: in vacuum [m].
        index: refractive index between the planes.
        output: grid of the result, of the same pitch; by default that of the field.
        shift: of the centre of the output plane, (y, x) [m]. The band moves with it: the
            waves that are kept are those that go to the output.

    References:
        Matsushima and Shimobaba, Opt. Express 17, 19662 (2009); off the axis: Matsushima,
        Opt. Express 18, 18453 (2010).
    """
    request.check_same_pitch(grid, output, "the band-limited angular spectrum")
    asked = request.read(field, grid, (distance, wavelength, index), output, shift)
    # Twice the larger window, so that the band ends well beyond the waves that matter: those
    # from the middle of one plane to the middle of the other, whatever the sizes.
    shape = tuple(
        fast_length(2 * max(n, m)) for n, m in zip(grid.shape, asked.output.shape, strict=True)
    )
    fy, fx = asked.axes(*map(frequencies, shape, asked.pitch))
    spectrum = angular_spectrum.turned(fy, fx, asked.distance, asked.wavelength)
    half = [length * pitch / 2 for length, pitch in zip(shape, asked.pitch, strict=True)]
    inside = band(fy, fx, asked.distance, asked.wavelength, half=half, shift=asked.shift)
    spectrum = jnp.where(inside, spectrum, jnp.zeros_like(spectrum))
    return convolve(asked.field, asked.displaced(spectrum, grid), asked.output.shape)


def band(
    fy: Float[Array, "... y 1"],
    fx: Float[Array, "... 1 x"],
    distance: Float[Array, "... 1 1"],
    wavelength: Float[Array, "... 1 1"],
    *,
    half: list[Float[Array, ""]],
    shift: tuple[Float[Array, ""], Float[Array, ""]],
) -> Bool[Array, "... y x"]:
    """Waves that move sideways by no more than `half` a window from the shifted centre.

    A wave with the frequency f moves by distance * wavelength f / sqrt(1 - s), s being the
    sum of (wavelength f)^2 over both axes. For a wave along one axis, and no shift, this is the
    published limit, f <= 1 / (wavelength sqrt((2 distance / window)^2 + 1)). Evanescent
    waves do not move, decay, and are kept.

    Args:
        fy: frequencies along y [1/m].
        fx: frequencies along x [1/m].
        distance: from plane to plane [m].
        wavelength: in the medium [m].
        half: half the length of the padded window, (y, x) [m].
        shift: of the centre of the output, (y, x) [m].
    """
    s = (wavelength * fy) ** 2 + (wavelength * fx) ** 2
    cosine = jnp.sqrt(jnp.maximum(1 - s, 0.0))
    inside = s > -1
    for f, width, centre in zip((fy, fx), half, shift, strict=True):
        inside &= jnp.abs(distance * wavelength * f - centre * cosine) <= width * cosine
    return inside | (s >= 1)
