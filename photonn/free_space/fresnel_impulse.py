"""Fresnel approximation by its sampled kernel, for long distances.

Every pixel sends out a parabolic wave, exp(i pi r^2 / (wavelength distance)) over
i wavelength distance. The factor exp(i k distance) is left out.
"""

import jax.numpy as jnp
from jax import Array, lax
from jaxtyping import ArrayLike, Complex, Float, Num

from photonn.free_space import request, sampling
from photonn.free_space.convolution import convolve, turn
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
    """Field in a parallel plane in the Fresnel approximation.

    Args:
        field: field in the first plane.
        grid: its sampling.
        distance: from plane to plane [m]; negative goes back, zero cannot be. May be
            traced. The kernel is sampled well from the critical distance on, where
            `fresnel` ends; a warning says so.
        wavelength: in vacuum [m].
        index: refractive index between the planes.
        output: grid of the result, of the same pitch; by default that of the field.
        shift: of the centre of the output plane, (y, x) [m].

    References:
        Goodman, "Introduction to Fourier Optics".
    """
    request.check_same_pitch(grid, output, "the Fresnel kernel")
    request.check_travel(distance, "the Fresnel kernel", "fresnel")
    asked = request.read(field, grid, (distance, wavelength, index), output, shift)
    sampling.check_kernel(grid, asked.output, asked.light, instead="`fresnel`", paraxial=True)
    y, x = asked.sideways(grid)
    curvature = 1 / (2 * asked.wavelength * asked.distance)
    spectrum = jnp.fft.fft(turn(curvature * y**2), axis=-2)
    spectrum *= jnp.fft.fft(turn(curvature * x**2), axis=-1)
    return convolve(asked.field, spectrum * amplitude(asked), asked.output.shape)


def amplitude(asked: Request) -> Complex[Array, "... 1 1"]:
    """What a pixel sends: its area over i wavelength distance."""
    dy, dx = asked.pitch
    strength = dy * dx / (asked.wavelength * asked.distance)
    return lax.complex(jnp.zeros_like(strength), -strength)
