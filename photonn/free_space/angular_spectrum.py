"""Angular spectrum: exact scalar propagation between parallel planes.

Every plane wave in the field is turned by its own phase, and evanescent waves decay.
The common factor exp(i k distance) is left out: in float32 it would cost every digit at
centimetres, and no detector sees it.
"""

import jax.numpy as jnp
import numpy as np
from jax import Array
from jaxtyping import ArrayLike, Complex, Float, Num

from photonn.devices import phase_shifter
from photonn.free_space import request, sampling
from photonn.free_space.convolution import convolve, frequencies
from photonn.free_space.grid import Grid
from photonn.free_space.request import Shift
from photonn.precision import scale


def propagate(
    field: Num[ArrayLike, "*batch y x"],
    grid: Grid,
    *,
    distance: Float[ArrayLike, "..."],
    wavelength: Float[ArrayLike, "..."],
    index: Float[ArrayLike, "..."] = 1.0,
    output: Grid | None = None,
    shift: Shift = (0.0, 0.0),
    pad: bool = True,
) -> Complex[Array, "... out_y out_x"]:
    """Field in a parallel plane, without the common factor exp(i k distance).

    Args:
        field: field in the first plane.
        grid: its sampling.
        distance: from plane to plane [m]; negative goes back. May be traced.
        wavelength: in vacuum [m]. Distance, wavelength and index may have axes that
            broadcast against the leading axes of the field.
        index: refractive index between the planes.
        output: grid of the result, of the same pitch; by default that of the field.
        shift: of the centre of the output plane, (y, x) [m].
        pad: surround the field with dark pixels, as many as the steepest wave on the grid
            crosses and half a window more, so that light that leaves the window is lost,
            but for the slow tails of a sampled kernel (less than a hundredth of its
            power). At most eight windows (a warning says so); for a traced length two.
            Without it the window is periodic: light that leaves on one side comes back on
            the other.

    Raises:
        InputError: if the field is not on the grid, or a length is not positive.

    References:
        Goodman, "Introduction to Fourier Optics".
    """
    request.check_same_pitch(grid, output, "the angular spectrum")
    asked = request.read(field, grid, (distance, wavelength, index), output, shift)
    shape = grid.shape
    if pad:
        instead = "`rayleigh_sommerfeld` or `band_limited`"
        shape = sampling.padded_shape(grid, asked.output, asked.light, instead=instead)
    else:
        request.check_fits(grid, asked.output)
    fy, fx = asked.axes(*map(frequencies, shape, asked.pitch))
    spectrum = turned(fy, fx, asked.distance, asked.wavelength)
    return convolve(asked.field, asked.displaced(spectrum, grid), asked.output.shape)


def transfer_function(
    grid: Grid,
    *,
    distance: Float[ArrayLike, "..."],
    wavelength: Float[ArrayLike, "..."],
    index: Float[ArrayLike, "..."] = 1.0,
    dtype: jnp.dtype | None = None,
) -> Complex[Array, "... y x"]:
    """Transfer function for the frequencies of the grid in FFT order, carrier removed.

    Args:
        grid: sampling of the plane.
        distance: from plane to plane [m].
        wavelength: in vacuum [m].
        index: refractive index between the planes.
        dtype: real type of the computation; by default the standard float.
    """
    request.check_grids(grid)
    request.check_lengths(distance, wavelength, index)
    dtype = jnp.result_type(float if dtype is None else dtype)
    rank = max(np.ndim(v) for v in (distance, wavelength, index))
    lengths = request.lengths_in_medium(distance, wavelength, index, dtype, rank)
    fy, fx = (
        frequencies(n, jnp.asarray(d, dtype)) for n, d in zip(grid.shape, grid.pitch, strict=True)
    )
    leading = (None,) * rank
    return turned(fy[(*leading, slice(None), None)], fx[(*leading, None)], *lengths)


def turned(
    fy: Float[Array, "... y 1"],
    fx: Float[Array, "... 1 x"],
    distance: Float[Array, "... 1 1"],
    wavelength: Float[Array, "... 1 1"],
) -> Complex[Array, "... y x"]:
    """What the way does to each plane wave, carrier removed.

    With s = (wavelength f)^2, a propagating wave (s <= 1) is turned by

        k distance (sqrt(1 - s) - 1) = -k distance s / (1 + sqrt(1 - s)),

    which has no cancellation; an evanescent one (s > 1) decays as
    exp(-k abs(distance) sqrt(s - 1)).

    Args:
        fy: frequencies along y [1/m].
        fx: frequencies along x [1/m].
        distance: from plane to plane [m].
        wavelength: in the medium [m].
    """
    s = (wavelength * fy) ** 2 + (wavelength * fx) ** 2
    travels = s < 1
    # Inner wheres: each root sees its own side alone, and its slope stays finite at s = 1.
    root = jnp.where(travels, jnp.sqrt(jnp.where(travels, 1 - s, 1.0)), 0.0)
    decay = jnp.where(s > 1, jnp.sqrt(jnp.where(s > 1, s - 1, 1.0)), 0.0)
    wavenumber = 2 * jnp.pi / wavelength
    phase = -wavenumber * distance * jnp.where(travels, s / (1 + root), 1.0)
    amplitude = jnp.exp(-wavenumber * jnp.abs(distance) * decay)
    return scale(phase_shifter.transmission(phase), amplitude)
