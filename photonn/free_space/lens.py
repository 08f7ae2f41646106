"""Lenses, as the phase that they add; `aperture` gives them an edge.

A converging lens has a positive focal length and multiplies by exp(-i k r^2 / 2f), with the
signs of exp(-i omega t): a plane wave becomes one that runs together.
"""

import jax.numpy as jnp
from jax import Array
from jaxtyping import ArrayLike, Float

from photonn.errors import check_positive
from photonn.free_space.grid import Grid

Number = Float[ArrayLike, ""]


def paraxial_phase(
    grid: Grid,
    *,
    focal_length: Number,
    wavelength: Number,
    index: Number = 1.0,
    centre: tuple[Number, Number] = (0.0, 0.0),
) -> Float[Array, "y x"]:
    """Phase of a thin lens in the paraxial approximation, -pi n r^2 / (wavelength f) [rad].

    With Fresnel propagation it brings a plane wave to one point.

    Args:
        grid: sampling of its plane.
        focal_length: behind the lens [m]; negative for a diverging one.
        wavelength: in vacuum [m].
        index: refractive index of the space behind the lens.
        centre: where its axis is, `(y, x)` [m].
    """
    check_positive("wavelength", wavelength, "m", "SI units: 532 nm is 532e-9.")
    wavenumber = 2 * jnp.pi * jnp.asarray(index, float) / wavelength
    return -wavenumber / 2 * _squared(grid, centre) / focal_length


def exact_phase(
    grid: Grid,
    *,
    focal_length: Number,
    wavelength: Number,
    index: Number = 1.0,
    centre: tuple[Number, Number] = (0.0, 0.0),
) -> Float[Array, "y x"]:
    """Phase that brings a plane wave to one point exactly, at any angle [rad].

    That is the hyperbola -k (sqrt(f^2 + r^2) - f), written without the difference of two
    large numbers.

    Args:
        grid: sampling of its plane.
        focal_length: behind the lens [m]; negative for a diverging one.
        wavelength: in vacuum [m].
        index: refractive index of the space behind the lens.
        centre: where its axis is, `(y, x)` [m].
    """
    check_positive("wavelength", wavelength, "m", "SI units: 532 nm is 532e-9.")
    squared = _squared(grid, centre)
    distance = jnp.abs(jnp.asarray(focal_length, float))
    longer = squared / (jnp.sqrt(distance**2 + squared) + distance)
    wavenumber = 2 * jnp.pi * jnp.asarray(index, float) / wavelength
    return -wavenumber * longer * jnp.sign(focal_length)


def _squared(grid: Grid, centre: tuple[Number, Number]) -> Array:
    """Squared distance of every sample from the axis [m^2]."""
    y, x = (jnp.asarray(a, float) - c for a, c in zip((grid.y, grid.x), centre, strict=True))
    return (y**2)[:, None] + (x**2)[None, :]
