"""Light that enters a free-space system; `beams` has the Gaussian ones.

The power [W] is what passes through the grid.
"""

import jax.numpy as jnp
from jax import Array
from jaxtyping import ArrayLike, Complex, Float

from photonn.devices import modulator, phase_shifter
from photonn.errors import check_integer, check_not_negative, check_wavelength, mistake
from photonn.free_space.grid import Grid
from photonn.free_space.request import check_single, check_travel
from photonn.precision import complex_array, real_array


def image(
    values: Float[ArrayLike, "*batch rows columns"],
    grid: Grid,
    *,
    magnification: int = 1,
    power: float = 1.0,
) -> Complex[Array, "*batch y x"]:
    """Field of an amplitude image in the middle of a dark plane.

    Args:
        values: amplitudes, in any unit.
        grid: sampling of the plane.
        magnification: every value fills a square of so many pixels a side.
        power: total power of every image [W]; a black image stays dark.

    Raises:
        InputError: if the image is larger than the plane.
    """
    check_integer("magnification", magnification, 1)
    check_not_negative("power", power, "W")
    values = real_array(values)
    large = jnp.repeat(jnp.repeat(values, magnification, axis=-2), magnification, axis=-1)
    dark = [n - m for n, m in zip(grid.shape, large.shape[-2:], strict=True)]
    if min(dark) < 0:
        must = f"fit into {grid.shape} pixels"
        got = f"has {large.shape[-2:]} at magnification {magnification}"
        raise mistake("values", must, got, "Use a larger grid or a smaller magnification.")
    around = [(d // 2, d - d // 2) for d in dark]
    pixels = complex_array(large.reshape(*large.shape[:-2], -1))
    lit = modulator.normalize_power(pixels, power / grid.pixel_area).reshape(large.shape)
    return jnp.pad(lit, [(0, 0)] * (large.ndim - 2) + around)


def plane(
    grid: Grid,
    *,
    wavelength: Float[ArrayLike, ""],
    tilt: tuple[Float[ArrayLike, ""], Float[ArrayLike, ""]] = (0.0, 0.0),
    index: Float[ArrayLike, ""] = 1.0,
    power: float = 1.0,
) -> Complex[Array, "y x"]:
    """Plane wave, straight or tilted.

    Args:
        grid: sampling of the plane.
        wavelength: in vacuum [m].
        tilt: angles of its direction against the planes y = 0 and x = 0, `(y, x)` [rad];
            positive ones lead to +y and +x.
        index: refractive index.
        power: through the grid [W].
    """
    check_wavelength("wavelength", wavelength)
    check_single(wavelength=wavelength)
    rows, columns = (
        jnp.sin(jnp.asarray(angle, float)) * jnp.asarray(axis, float)
        for angle, axis in zip(tilt, (grid.y, grid.x), strict=True)
    )
    phase = 2 * jnp.pi * index / wavelength * (rows[:, None] + columns[None, :])
    return _through(phase_shifter.transmission(phase), grid, power)


def point(
    grid: Grid,
    *,
    distance: Float[ArrayLike, ""],
    wavelength: Float[ArrayLike, ""],
    position: tuple[Float[ArrayLike, ""], Float[ArrayLike, ""]] = (0.0, 0.0),
    index: Float[ArrayLike, ""] = 1.0,
    power: float = 1.0,
) -> Complex[Array, "y x"]:
    """Spherical wave of a point, exact at any angle: exp(i k (r - z)) / r.

    Args:
        grid: sampling of the plane.
        distance: of the plane behind the point [m]; negative for light on its way to it.
        wavelength: in vacuum [m].
        position: of the point, `(y, x)` [m].
        index: refractive index.
        power: through the grid [W].
    """
    check_travel(distance, "the wave of a point", "plane")
    squared, wavenumber = _from(grid, position, wavelength, index)
    far = jnp.abs(jnp.asarray(distance, float))
    radius = jnp.sqrt(far**2 + squared)
    # r - z without the difference of two large numbers.
    phase = wavenumber * squared / (radius + far) * jnp.sign(distance)
    wave = phase_shifter.transmission(phase) * (far / radius).astype(complex)
    return _through(wave, grid, power)


def paraxial_point(
    grid: Grid,
    *,
    distance: Float[ArrayLike, ""],
    wavelength: Float[ArrayLike, ""],
    position: tuple[Float[ArrayLike, ""], Float[ArrayLike, ""]] = (0.0, 0.0),
    index: Float[ArrayLike, ""] = 1.0,
    power: float = 1.0,
) -> Complex[Array, "y x"]:
    """Wave of a point in the paraxial approximation, exp(i k (x^2 + y^2) / 2 z).

    Args:
        grid: sampling of the plane.
        distance: of the plane behind the point [m]; negative for light on its way to it.
        wavelength: in vacuum [m].
        position: of the point, `(y, x)` [m].
        index: refractive index.
        power: through the grid [W].
    """
    check_travel(distance, "the wave of a point", "plane")
    squared, wavenumber = _from(grid, position, wavelength, index)
    return _through(phase_shifter.transmission(wavenumber * squared / 2 / distance), grid, power)


def _from(grid: Grid, position: tuple, wavelength: ArrayLike, index: ArrayLike) -> tuple:
    """Squared distance from the foot of a point [m^2], and the wavenumber [1/m]."""
    check_wavelength("wavelength", wavelength)
    check_single(wavelength=wavelength)
    y, x = (jnp.asarray(a, float) - p for a, p in zip((grid.y, grid.x), position, strict=True))
    return (y**2)[:, None] + (x**2)[None, :], 2 * jnp.pi * index / wavelength


def _through(field: Array, grid: Grid, power: float) -> Array:
    """The field with this power [W] on the grid."""
    check_not_negative("power", power, "W")
    pixels = modulator.normalize_power(field.reshape(-1), power / grid.pixel_area)
    return pixels.reshape(field.shape)
