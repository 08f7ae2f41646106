"""Parametrisations that keep a number in a range and do not lose its gradient.

A phase needs none: it is periodic, and every value is allowed. A height or an amplitude has
two ends. A sigmoid reaches them only at infinity, and there its slope is gone: a pixel that
was pushed out does not come back. A sine folds the line onto the range instead. It reaches
both ends, and its slope is zero only at single points, which the next step leaves behind;
the mean of the squared slope is the same wherever the number wanders.
"""

import jax.numpy as jnp
from jax import Array
from jaxtyping import ArrayLike, Float

from photonn.precision import real_array


def enclose(angle: Float[ArrayLike, "*batch"], low: float, high: float) -> Float[Array, "*batch"]:
    """Value between `low` and `high` for any angle: the middle at 0, `high` at pi / 2.

    Args:
        angle: free parameter [rad].
        low: one end of the range, in the unit of the result.
        high: the other end.
    """
    return low + (high - low) / 2 * (1 + jnp.sin(real_array(angle)))


def release(values: Float[ArrayLike, "*batch"], low: float, high: float) -> Float[Array, "*batch"]:
    """Angle between -pi / 2 and pi / 2 that `enclose` turns into these values [rad].

    Args:
        values: in the unit of the range; those outside are taken to its ends.
        low: one end of the range.
        high: the other end.
    """
    return jnp.arcsin(jnp.clip(2 * (real_array(values) - low) / (high - low) - 1, -1, 1))
