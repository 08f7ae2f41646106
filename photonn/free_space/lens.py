"""Lenses, as the phase that they add; `aperture` gives them an edge.

A converging lens has a positive focal length and multiplies by exp(-i k r^2 / 2f), with the
signs of exp(-i omega t): a plane wave becomes one that runs together.
"""

import jax.numpy as jnp
from jax import Array
from jaxtyping import ArrayLike, Float

from photonn.errors import check_finite, check_positive, check_wavelength, mistake
from photonn.free_space.grid import Grid

Number = Float[ArrayLike, ""]


def paraxial_phase(
    grid: Grid,
    *,
    focal_length: Number,
    wavelength: Float[ArrayLike, "*colours"],
    index: Number = 1.0,
    centre: tuple[Number, Number] = (0.0, 0.0),
) -> Float[Array, "*colours y x"]:
    """Phase of a thin lens in the paraxial approximation, -pi n r^2 / (wavelength f) [rad].

    With Fresnel propagation it brings a plane wave to one point.

    Args:
        grid: sampling of its plane.
        focal_length: behind the lens [m]; negative for a diverging one.
        wavelength: in vacuum, one or several [m].
        index: refractive index of the space behind the lens.
        centre: where its axis is, `(y, x)` [m].
    """
    wavenumber = _wavenumber(focal_length, wavelength, index)
    return -wavenumber / 2 * (_squared(grid, centre, wavenumber.ndim) / focal_length)


def exact_phase(
    grid: Grid,
    *,
    focal_length: Number,
    wavelength: Float[ArrayLike, "*colours"],
    index: Number = 1.0,
    centre: tuple[Number, Number] = (0.0, 0.0),
) -> Float[Array, "*colours y x"]:
    """Phase that brings a plane wave to one point exactly, at any angle [rad].

    That is the hyperbola -k (sqrt(f^2 + r^2) - f), written without the difference of two
    large numbers.

    Args:
        grid: sampling of its plane.
        focal_length: behind the lens [m]; negative for a diverging one.
        wavelength: in vacuum, one or several [m].
        index: refractive index of the space behind the lens.
        centre: where its axis is, `(y, x)` [m].
    """
    wavenumber = _wavenumber(focal_length, wavelength, index)
    squared = _squared(grid, centre, wavenumber.ndim)
    distance = jnp.abs(jnp.asarray(focal_length, float))
    longer = squared / (jnp.sqrt(distance**2 + squared) + distance)
    return -wavenumber * longer * jnp.sign(focal_length)


def check_focal_length(focal_length: Number) -> None:
    """Raise if a focal length that is known is zero or not finite."""
    check_finite("focal_length", focal_length, "m")
    if isinstance(focal_length, float | int) and focal_length == 0:
        hint = "It is the distance behind the lens where a plane wave comes to a point."
        raise mistake("focal_length", "not be zero", "is 0.0", hint)


def _wavenumber(focal_length: ArrayLike, wavelength: ArrayLike, index: ArrayLike) -> Array:
    """Wavenumbers [1/m], with two axes more for a plane; checks what all lenses are asked."""
    check_wavelength("wavelength", wavelength)
    check_positive("index", index, "1")
    check_focal_length(focal_length)
    length = jnp.asarray(wavelength, float)[..., None, None]
    return 2 * jnp.pi * jnp.asarray(index, float) / length


def _squared(grid: Grid, centre: tuple[Number, Number], rank: int) -> Array:
    """Squared distance of every sample from the axis, with `rank` axes [m^2]."""
    y, x = (jnp.asarray(a, float) - c for a, c in zip((grid.y, grid.x), centre, strict=True))
    return ((y**2)[:, None] + (x**2)[None, :])[(None,) * (rank - 2)]
