"""Gaussian beams and their higher modes, of a given power.

All are paraxial and leave out the carrier exp(i k z), but keep the Gouy phase: a beam at
z is what a propagator makes of the beam at its waist. They are normalised over the whole
plane; what a small window cuts off is missing from it.

References:
    Siegman, "Lasers" (1986); with exp(+i omega t) there, so conjugate to here.
"""

import math

import jax.numpy as jnp
from jax import Array, lax
from jaxtyping import ArrayLike, Complex, Float

from photonn.devices import phase_shifter
from photonn.errors import check_integer, check_not_negative, check_positive, check_wavelength
from photonn.free_space.grid import Grid
from photonn.free_space.request import check_single
from photonn.precision import scale

Number = Float[ArrayLike, ""]


def gaussian(grid: Grid, *, waist: Number, wavelength: Number, **position) -> Complex[Array, "y x"]:
    """Gaussian beam, the mode (0, 0) of `hermite_gauss`, which see."""
    return hermite_gauss(grid, (0, 0), waist=waist, wavelength=wavelength, **position)


def parameter(
    *, waist: Number, wavelength: Number, distance: Number = 0.0, index: Number = 1.0
) -> Complex[Array, ""]:
    """Complex beam parameter q = z - i z_R [m]: 1/q = 1/R + i wavelength / (pi n w^2).

    Args:
        waist: radius at which the amplitude is 1/e, at the waist [m].
        wavelength: in vacuum [m].
        distance: behind the waist [m].
        index: refractive index.
    """
    check_positive("waist", waist, "m")
    check_wavelength("wavelength", wavelength)
    check_single(waist=waist, wavelength=wavelength, distance=distance, index=index)
    length = jnp.pi * index * jnp.asarray(waist, float) ** 2 / wavelength
    return lax.complex(jnp.asarray(distance, float), -length)


def hermite_gauss(
    grid: Grid,
    order: tuple[int, int],
    *,
    waist: Number,
    wavelength: Number,
    distance: Number = 0.0,
    index: Number = 1.0,
    power: Number = 1.0,
    centre: tuple[Number, Number] = (0.0, 0.0),
) -> Complex[Array, "y x"]:
    """Hermite-Gaussian mode; all orders of one waist are orthogonal.

    Args:
        grid: sampling of the plane.
        order: dark lines across y and across x, `(m, n)`.
        waist: radius of the fundamental beam at its waist, where the amplitude is 1/e [m].
        wavelength: in vacuum [m].
        distance: of the plane behind the waist [m]; there the beam runs apart.
        index: refractive index.
        power: of the beam [W].
        centre: of the beam, `(y, x)` [m].
    """
    for number in order:
        check_integer("order", number, 0)
    check_not_negative("power", power, "W")
    q = parameter(waist=waist, wavelength=wavelength, distance=distance, index=index)
    radius = waist * jnp.abs(q) / -q.imag
    y, x = (jnp.asarray(a, float) - c for a, c in zip((grid.y, grid.x), centre, strict=True))
    rows, columns = (
        _hermite(jnp.sqrt(2.0) * axis / radius, number)
        for axis, number in zip((y, x), order, strict=True)
    )
    amplitude = jnp.sqrt(2 * jnp.asarray(power, float) / jnp.pi) / radius
    shape = amplitude * rows[:, None] * columns[None, :]
    return scale(_fundamental(y, x, waist, q, sum(order)), shape)


def laguerre_gauss(
    grid: Grid,
    order: tuple[int, int],
    *,
    waist: Number,
    wavelength: Number,
    distance: Number = 0.0,
    index: Number = 1.0,
    power: Number = 1.0,
    centre: tuple[Number, Number] = (0.0, 0.0),
) -> Complex[Array, "y x"]:
    """Laguerre-Gaussian mode, exp(i l phi) around the axis; all of one waist are orthogonal.

    Args:
        grid: sampling of the plane.
        order: dark rings and turns of the phase, `(p, l)`; positive turns go from +x to +y.
        waist: radius of the fundamental beam at its waist, where the amplitude is 1/e [m].
        wavelength: in vacuum [m].
        distance: of the plane behind the waist [m]; there the beam runs apart.
        index: refractive index.
        power: of the beam [W].
        centre: of the beam, `(y, x)` [m].
    """
    rings, turns = order
    check_integer("order", rings, 0)
    check_integer("order", abs(turns), 0)
    check_not_negative("power", power, "W")
    q = parameter(waist=waist, wavelength=wavelength, distance=distance, index=index)
    radius = waist * jnp.abs(q) / -q.imag
    y, x = (jnp.asarray(a, float) - c for a, c in zip((grid.y, grid.x), centre, strict=True))
    # The position as a complex number, not its angle: that has no slope on the axis.
    sense = 1 if turns >= 0 else -1
    plane = lax.complex(*jnp.broadcast_arrays(x[None, :] / radius, sense * y[:, None] / radius))
    squared = 2 * (plane.real**2 + plane.imag**2)
    share = math.factorial(rings) / math.factorial(rings + abs(turns)) * 2 ** abs(turns)
    amplitude = jnp.sqrt(2 * jnp.asarray(power, float) * share / jnp.pi) / radius
    spiral = scale(plane ** abs(turns), amplitude * _laguerre(rings, abs(turns), squared))
    return spiral * _fundamental(y, x, waist, q, 2 * rings + abs(turns))


def _fundamental(y: Array, x: Array, waist: Number, q: Array, order: int) -> Array:
    """Decay and curvature exp(i k r^2 / 2q) of every beam, with the Gouy phase of an order."""
    rayleigh, distance = -q.imag, q.real
    # k / 2 = z_R / waist^2, and 1 / q = (z + i z_R) / |q|^2.
    squared = ((y**2)[:, None] + (x**2)[None, :]) * rayleigh / waist**2 / jnp.abs(q) ** 2
    gouy = (order + 1) * jnp.arctan2(distance, rayleigh)
    curved = phase_shifter.transmission(distance * squared - gouy)
    return scale(curved, jnp.exp(-rayleigh * squared))


def _hermite(argument: Array, order: int) -> Array:
    """Hermite polynomial over sqrt(2^n n!), by its recurrence."""
    before, now = jnp.zeros_like(argument), jnp.ones_like(argument)
    for n in range(order):
        following = math.sqrt(2 / (n + 1)) * argument * now - math.sqrt(n / (n + 1)) * before
        before, now = now, following
    return now


def _laguerre(rings: int, turns: int, argument: Array) -> Array:
    """Associated Laguerre polynomial, by its recurrence."""
    before, now = jnp.zeros_like(argument), jnp.ones_like(argument)
    for n in range(rings):
        following = (2 * n + 1 + turns - argument) * now - (n + turns) * before
        before, now = now, following / (n + 1)
    return now
