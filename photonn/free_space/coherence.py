"""Partially coherent light as a few fields that do not interfere: its coherent modes.

Each mode is a field `[y, x]`, propagates as any other along a leading axis, and the
intensities are added at the end. A plane of N samples needs N^2 numbers for its mutual
coherence, but few modes when it is nearly coherent. What a truncation leaves out is known
and comes with the modes.

References:
    Mandel and Wolf, "Optical Coherence and Quantum Optics" (1995).
    Starikov and Wolf, "Coherent-mode representation of Gaussian Schell-model sources and of
    their radiation fields", J. Opt. Soc. Am. 72, 923 (1982).
"""

import math
from typing import NamedTuple

import jax.numpy as jnp
from jax import Array, lax
from jaxtyping import ArrayLike, Complex, Float, Num

from photonn.devices import photodetector
from photonn.errors import check_integer, check_positive, check_shape, check_wavelength, mistake
from photonn.free_space import beams
from photonn.free_space.grid import Grid
from photonn.precision import complex_array, real_array


class Modes(NamedTuple):
    """Fields that do not interfere with each other.

    Attributes:
        fields: each with its own power, `[modes, y, x]`, the strongest first.
        left_out: share of the power that the modes do not hold.
    """

    fields: Complex[Array, "modes y x"]
    left_out: Float[Array, ""]


def intensity(fields: Num[ArrayLike, "*batch modes y x"]) -> Float[Array, "*batch y x"]:
    """Irradiance of light that is given by modes: the sum of theirs [W/m^2]."""
    return jnp.sum(photodetector.detect(fields), axis=-3)


def gaussian_schell(
    grid: Grid,
    *,
    width: float,
    coherence_width: float,
    orders: int,
    power: float = 1.0,
) -> Modes:
    """Modes of a Gaussian Schell-model source, in closed form.

    Its irradiance is exp(-r^2 / (2 width^2)), its degree of coherence
    exp(-d^2 / (2 coherence_width^2)) for two points at a distance d. The modes are
    Hermite-Gaussian; each order is weaker than the one before by one factor.

    Args:
        grid: sampling of the source.
        width: of the irradiance, standard deviation [m].
        coherence_width: of the degree of coherence, standard deviation [m].
        orders: all modes with fewer than so many dark lines, orders (orders + 1) / 2.
        power: of the source, all modes together [W].
    """
    check_positive("width", width, "m")
    check_positive("coherence_width", coherence_width, "m")
    check_integer("orders", orders, 1)
    a, b = 1 / (4 * width**2), 1 / (2 * coherence_width**2)
    c = math.sqrt(a**2 + 2 * a * b)
    ratio = b / (a + b + c)
    waist = 1 / math.sqrt(c)  # exp(-c x^2) is a beam at its waist, where any wavelength does
    fields = [
        beams.hermite_gauss(
            grid,
            (m, n - m),
            waist=waist,
            wavelength=1.0,
            power=power * (1 - ratio) ** 2 * ratio**n,
        )
        for n in range(orders)
        for m in range(n + 1)
    ]
    # 1 - (1 - q)^2 sum of (n + 1) q^n
    left = ratio**orders * (1 + orders * (1 - ratio))
    return Modes(jnp.stack(fields), jnp.asarray(left, float))


def from_source(
    source: Float[ArrayLike, "points"],
    directions: Float[ArrayLike, "points 2"],
    grid: Grid,
    *,
    wavelength: float,
    count: int,
) -> Modes:
    """Modes of light from a source without coherence, far away or in the focus of a lens.

    Every point of the source sends a plane wave of its own; `compress` finds the fewest
    fields with the same coherence (van Cittert and Zernike).

    Args:
        source: power of each point that passes through the grid [W].
        directions: direction cosines `(y, x)` of its wave; a point at y in the focal plane
            has -y / f.
        grid: sampling of the plane that is lit.
        wavelength: in vacuum [m].
        count: number of modes.
    """
    check_wavelength("wavelength", wavelength)
    powers, cosines = real_array(source), real_array(directions)
    check_shape("directions", cosines.shape, (*powers.shape, 2), "One (y, x) for each point.")
    wavenumber = 2 * jnp.pi / wavelength
    rows, columns = (
        wavenumber * cosines[:, axis, None] * jnp.asarray(values, cosines.dtype)[None, :]
        for axis, values in enumerate((grid.y, grid.x))
    )
    area = grid.extent[0] * grid.extent[1]
    phases = rows[:, :, None] + columns[:, None, :]
    amplitude = jnp.sqrt(powers / area)[:, None, None]
    waves = lax.complex(amplitude * jnp.cos(phases), amplitude * jnp.sin(phases))
    return compress(waves, count)


def compress(fields: Num[ArrayLike, "sources y x"], count: int) -> Modes:
    """The `count` fields that hold most of the coherence of many.

    Eigenvectors of the mutual coherence, found from the overlaps of the fields: a matrix of
    the number of fields, not of samples.

    Args:
        fields: light of sources that do not interfere.
        count: number of modes, at most that of the fields.

    Returns:
        Orthogonal fields, and the share of the power that is left out.
    """
    fields = complex_array(fields)
    check_integer("count", count, 1)
    if count > len(fields):
        must = f"be at most the number of fields, {len(fields)}"
        raise mistake("count", must, f"is {count}")
    flat = fields.reshape(len(fields), -1)
    overlaps = jnp.matmul(flat, flat.conj().T, precision=lax.Precision.HIGHEST)
    powers, vectors = jnp.linalg.eigh(overlaps)
    strongest = vectors[:, ::-1][:, :count]
    modes = jnp.matmul(strongest.conj().T, flat, precision=lax.Precision.HIGHEST)
    left = jnp.sum(powers[: len(fields) - count]) / jnp.sum(powers)
    return Modes(modes.reshape(count, *fields.shape[1:]), jnp.maximum(left, 0))


def mutual(fields: Num[ArrayLike, "modes y x"]) -> Complex[Array, "samples samples"]:
    """Mutual coherence <u*(1) u(2)> between all samples of a small plane [W/m^2].

    Args:
        fields: modes of the light.
    """
    flat = complex_array(fields).reshape(jnp.shape(fields)[0], -1)
    return jnp.matmul(flat.conj().T, flat, precision=lax.Precision.HIGHEST)
