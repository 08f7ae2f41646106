"""Openings in a dark screen, with smooth edges.

A sample on the edge passes the share of its area that is open. So the opening has the
right area at any size, moves with less than a sample, and has a gradient in its size.
"""

import jax.numpy as jnp
from jax import Array
from jaxtyping import ArrayLike, Float

from photonn.errors import check_not_negative, check_positive
from photonn.free_space.grid import Grid

Number = Float[ArrayLike, ""]


def rectangle(
    grid: Grid,
    *,
    size: tuple[Number, Number],
    centre: tuple[Number, Number] = (0.0, 0.0),
) -> Float[Array, "y x"]:
    """Open share of every sample for a rectangle, exact; 1 inside.

    Args:
        grid: sampling of the screen.
        size: height and width `(y, x)` [m].
        centre: of the opening, `(y, x)` [m].
    """
    for side in size:
        check_not_negative("size", side, "m")
    axes = (jnp.asarray(grid.y, float), jnp.asarray(grid.x, float))
    rows, columns = (
        _overlap(axis - c, pitch, jnp.asarray(side, float) / 2)
        for axis, c, pitch, side in zip(axes, centre, grid.pitch, size, strict=True)
    )
    return rows[:, None] * columns[None, :]


def circle(
    grid: Grid,
    *,
    radius: Number,
    centre: tuple[Number, Number] = (0.0, 0.0),
    lines: int = 16,
) -> Float[Array, "y x"]:
    """Open share of every sample for a disc; 1 inside.

    Along x it is exact; along y it is the mean of several lines through each sample.

    Args:
        grid: sampling of the screen.
        radius: of the opening [m].
        centre: of the opening, `(y, x)` [m].
        lines: through each sample.
    """
    check_positive("radius", radius, "m")
    y, x = (jnp.asarray(a, float) - c for a, c in zip((grid.y, grid.x), centre, strict=True))
    within = (jnp.arange(lines, dtype=float) + 0.5) / lines - 0.5
    fine = (y[:, None] + grid.pitch[0] * within[None, :]).reshape(-1)
    left = radius**2 - fine**2
    cuts = left > 0
    half = jnp.where(cuts, jnp.sqrt(jnp.where(cuts, left, 1.0)), 0.0)
    shares = _overlap(x[None, :], grid.pitch[1], half[:, None])
    return jnp.mean(shares.reshape(grid.shape[0], lines, grid.shape[1]), axis=1)


def _overlap(centres: Array, pitch: float | Array, half: Array) -> Array:
    """Share of samples of one pitch that lies between -half and +half."""
    low = jnp.maximum(centres - pitch / 2, -half)
    high = jnp.minimum(centres + pitch / 2, half)
    return jnp.maximum(high - low, 0) / pitch
