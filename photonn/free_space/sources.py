"""Light that enters a free-space system."""

import jax.numpy as jnp
from jax import Array
from jaxtyping import ArrayLike, Complex, Float

from photonn.devices import photodetector
from photonn.errors import check_integer, mistake
from photonn.free_space.grid import Grid
from photonn.precision import complex_array, scale


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
    values = jnp.asarray(values)
    large = jnp.repeat(jnp.repeat(values, magnification, axis=-2), magnification, axis=-1)
    dark = [n - m for n, m in zip(grid.shape, large.shape[-2:], strict=True)]
    if min(dark) < 0:
        must = f"fit into {grid.shape} pixels"
        got = f"has {large.shape[-2:]} at magnification {magnification}"
        raise mistake("values", must, got, "Use a larger grid or a smaller magnification.")
    around = [(d // 2, d - d // 2) for d in dark]
    field = complex_array(jnp.pad(large, [(0, 0)] * (large.ndim - 2) + around))
    total = jnp.sum(photodetector.detect(field), axis=(-2, -1), keepdims=True) * grid.pixel_area
    factor = jnp.sqrt(power / jnp.where(total > 0, total, 1.0))
    return scale(field, factor)
