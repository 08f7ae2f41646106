"""Light that enters a free-space system."""

import jax.numpy as jnp
from jax import Array
from jaxtyping import ArrayLike, Complex, Float

from photonn.devices import modulator
from photonn.errors import check_integer, mistake
from photonn.free_space.grid import Grid
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
