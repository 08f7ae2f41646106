"""Gratings, as the phase that they add.

The coordinate t across the grooves runs along x for `angle = 0` and along +y for
`angle = pi / 2`. Order m leaves with the frequency m / period.
"""

import jax.numpy as jnp
from jax import Array
from jaxtyping import ArrayLike, Float

from photonn.errors import check_positive, mistake
from photonn.free_space.grid import Grid

Number = Float[ArrayLike, ""]


def sinusoidal_phase(
    grid: Grid, *, period: Number, depth: Number, angle: Number = 0.0, offset: Number = 0.0
) -> Float[Array, "y x"]:
    """Phase depth/2 sin(2 pi t / period): order m has the power J_m(depth/2)^2 [rad].

    Args:
        grid: sampling of its plane.
        period: from groove to groove [m].
        depth: of the phase, from bottom to top [rad].
        angle: of the direction across the grooves, from +x towards +y [rad].
        offset: by which it is moved across the grooves [m].
    """
    turns = _turns(grid, period, angle, offset)
    return jnp.asarray(depth, float) / 2 * jnp.sin(2 * jnp.pi * turns)


def blazed_phase(
    grid: Grid, *, period: Number, depth: Number, angle: Number = 0.0, offset: Number = 0.0
) -> Float[Array, "y x"]:
    """Sawtooth from 0 to `depth`: with 2 pi, all light goes to order +1 [rad].

    Args:
        grid: sampling of its plane.
        period: from groove to groove [m].
        depth: of the phase [rad].
        angle: of the direction across the grooves, from +x towards +y [rad].
        offset: by which it is moved across the grooves [m].
    """
    turns = _turns(grid, period, angle, offset)
    return jnp.asarray(depth, float) * (turns - jnp.floor(turns))


def binary_phase(
    grid: Grid,
    *,
    period: Number,
    depth: Number,
    duty: float = 0.5,
    angle: Number = 0.0,
    offset: Number = 0.0,
) -> Float[Array, "y x"]:
    """Ridges of phase `depth` between grooves of phase 0 [rad].

    The edges fall between samples: choose a period of whole samples, or many of them.

    Args:
        grid: sampling of its plane.
        period: from groove to groove [m].
        depth: of the phase [rad]; pi puts nothing into order 0 at half duty.
        duty: width of a ridge over the period.
        angle: of the direction across the grooves, from +x towards +y [rad].
        offset: by which it is moved across the grooves [m].
    """
    if not 0 < duty < 1:
        raise mistake("duty", "lie between 0 and 1", f"is {duty}")
    turns = _turns(grid, period, angle, offset)
    return jnp.where(turns - jnp.floor(turns) < duty, depth, 0.0)


def _turns(grid: Grid, period: Number, angle: Number, offset: Number) -> Array:
    """How many periods a sample lies from the axis."""
    check_positive("period", period, "m")
    y, x = jnp.asarray(grid.y, float), jnp.asarray(grid.x, float)
    across = jnp.sin(angle) * y[:, None] + jnp.cos(angle) * x[None, :]
    return (across - offset) / period
