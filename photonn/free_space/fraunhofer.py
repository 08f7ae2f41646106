"""Fraunhofer approximation: the far field, one FFT.

The Fresnel integral without the quadratic phase over the field, which is small where
(extent / 2)^2 / (wavelength distance) is. The output has the pitch that
`fresnel_single.output_grid` gives. The factor exp(i k distance) is left out.
"""

import warnings

import numpy as np
from jax import Array
from jaxtyping import ArrayLike, Complex, Float, Num

from photonn.free_space import fresnel_single, request, sampling
from photonn.free_space.fresnel_single import output_grid as output_grid
from photonn.free_space.grid import Grid
from photonn.free_space.request import Shift

FAR = 0.25


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
    """Field in a distant plane, on `output_grid(...)`.

    Args:
        field: field in the first plane.
        grid: its sampling.
        distance: from plane to plane [m]; negative goes back, zero cannot be. May be
            traced. A warning says if the window's Fresnel number is above 1/4, where the
            phase that is left out reaches a quarter of pi at the edge.
        wavelength: in vacuum [m].
        index: refractive index between the planes.
        output: if given, must be `output_grid(...)`.
        shift: of the centre of the output plane, (y, x) [m].

    References:
        Goodman, "Introduction to Fourier Optics".
    """
    request.check_travel(distance, "the far field", "angular_spectrum")
    lengths = distance, wavelength, index
    asked = request.read(field, grid, lengths, None, shift)
    fresnel_single.check_output(grid, output, lengths, "fraunhofer")
    light = asked.light
    if light is not None:
        number = max(float(np.max(sampling.fresnel_number(grid, light, axis))) for axis in (0, 1))
        if number > FAR:
            warnings.warn(
                f"The window has a Fresnel number of {number:.3g}, too near for the far field "
                f"if light fills it. Use `fresnel_single`, or a distance of "
                f"{number / FAR * light.distance.min():.3g} m or more.",
                stacklevel=2,
            )
    return fresnel_single.transform(asked, grid, curved=False)
