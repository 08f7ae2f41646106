"""Rayleigh-Sommerfeld: exact scalar propagation by the sampled field of a point.

The first Rayleigh-Sommerfeld kernel, (1 / 2 pi) (z / r^2) (1 / r - i k) exp(i k r), is the
Fourier transform of the angular spectrum's transfer function. It is the better of the two
beyond the critical distance. The factor exp(i k distance) is left out.
"""

import jax.numpy as jnp
from jax import Array, lax
from jaxtyping import ArrayLike, Complex, Float, Num

from photonn.devices import phase_shifter
from photonn.free_space import request, sampling
from photonn.free_space.convolution import convolve
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
) -> Complex[Array, "... out_y out_x"]:
    """Field in a parallel plane, without the common factor exp(i k distance).

    Args:
        field: field in the first plane.
        grid: its sampling.
        distance: from plane to plane [m]; negative goes back, zero cannot be. May be
            traced. The kernel is sampled well from the critical distance on, where
            `angular_spectrum` ends; a warning says so.
        wavelength: in vacuum [m].
        index: refractive index between the planes.
        output: grid of the result, of the same pitch; by default that of the field.
        shift: of the centre of the output plane, (y, x) [m].

    References:
        Goodman, "Introduction to Fourier Optics".
    """
    request.check_same_pitch(grid, output, "the Rayleigh-Sommerfeld kernel")
    request.check_travel(distance, "the Rayleigh-Sommerfeld kernel", "angular_spectrum")
    asked = request.read(field, grid, (distance, wavelength, index), output, shift)
    sampling.check_kernel(grid, asked.output, asked.light, instead="`angular_spectrum`")
    y, x = asked.sideways(grid)
    point = kernel(y**2 + x**2, asked.distance, asked.wavelength)
    spectrum = jnp.fft.fft2(scale(point, asked.pitch[0] * asked.pitch[1]))
    return convolve(asked.field, spectrum, asked.output.shape)


def kernel(
    rho2: Float[Array, "... y x"],
    distance: Float[Array, "... 1 1"],
    wavelength: Float[Array, "... 1 1"],
) -> Complex[Array, "... y x"]:
    """Field of a point [1/m^2], carrier removed.

    r - z = rho^2 / (r + z) has no cancellation. A negative distance gives the conjugate,
    as it does to the transfer function: the way back is the adjoint.

    Args:
        rho2: square of the way sideways [m^2].
        distance: along the axis [m].
        wavelength: in the medium [m].
    """
    z = jnp.abs(distance)
    there = rho2 + z**2 > 0  # no slope of the root where a traced distance is zero
    r = jnp.sqrt(jnp.where(there, rho2 + z**2, 1.0))
    wavenumber = 2 * jnp.pi / wavelength
    phase = wavenumber * rho2 / (r + z)
    near = z / (2 * jnp.pi * r**2)
    size = lax.complex(near / r, -near * wavenumber)
    forward = size * phase_shifter.transmission(phase)
    return jnp.where(distance < 0, forward.conj(), forward)
