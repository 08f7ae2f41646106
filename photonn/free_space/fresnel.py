"""Fresnel approximation by its transfer function, for short distances.

Light near the axis: sqrt(1 - s) is replaced by 1 - s / 2, so that every wave is turned by
-pi wavelength distance f^2. The factor exp(i k distance) is left out.
"""

from jax import Array
from jaxtyping import ArrayLike, Complex, Float, Num

from photonn.free_space import request, sampling
from photonn.free_space.convolution import convolve, frequencies, turn
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
    pad: bool = True,
) -> Complex[Array, "... out_y out_x"]:
    """Field in a parallel plane in the Fresnel approximation.

    The error of the approximation is a phase of about k distance s^2 / 8 for a wave with
    s = (wavelength f)^2, which `sampling_report` gives.

    Args:
        field: field in the first plane.
        grid: its sampling.
        distance: from plane to plane [m]; negative goes back. May be traced.
        wavelength: in vacuum [m].
        index: refractive index between the planes.
        output: grid of the result, of the same pitch; by default that of the field.
        shift: of the centre of the output plane, (y, x) [m].
        pad: as in `angular_spectrum.propagate`; without it the window is periodic.

    References:
        Goodman, "Introduction to Fourier Optics".
    """
    request.check_same_pitch(grid, output, "the Fresnel transfer function")
    asked = request.read(field, grid, (distance, wavelength, index), output, shift)
    shape = grid.shape
    if pad:
        shape = sampling.padded_shape(
            grid, asked.output, asked.light, instead="`fresnel_impulse`", paraxial=True
        )
    else:
        request.check_fits(grid, asked.output)
    fy, fx = asked.axes(*map(frequencies, shape, asked.pitch))
    strength = asked.wavelength * asked.distance / 2
    spectrum = turn(-strength * fy**2) * turn(-strength * fx**2)
    return convolve(asked.field, asked.displaced(spectrum, grid), asked.output.shape)
