"""Converters between analog and digital signals: a few levels over a full scale.

`b` bits are 2^b levels, evenly from one end of the scale to the other, both ends included: so
a dark detector reads zero, and the step is (high - low) / (2^b - 1). What lies outside is
clipped. The gradient passes as if the steps were not there (straight through), and stops
where the signal is clipped.

References:
    Bengio, Leonard and Courville, arXiv:1308.3432 (2013), straight-through estimator.
"""

import jax.numpy as jnp
from jax import Array, lax
from jaxtyping import ArrayLike, Float

from photonn.errors import check_finite, check_integer, mistake
from photonn.precision import real_array


def convert(
    signal: Float[ArrayLike, "..."], *, bits: int, low: float = 0.0, high: float = 1.0
) -> Float[Array, "..."]:
    """Nearest of the 2^bits values of a converter, in the unit of the signal.

    Args:
        signal: to be read (ADC) or to be given out (DAC).
        bits: at least 1.
        low: the lowest value.
        high: the highest value; the full scale is `high - low`.
    """
    check_integer("bits", bits, 1)
    return quantize(signal, 2**bits, low=low, high=high)


def quantize(
    signal: Float[ArrayLike, "..."], levels: int, *, low: float = 0.0, high: float = 1.0
) -> Float[Array, "..."]:
    """Nearest of `levels` values from `low` to `high`, both included.

    Args:
        signal: any values; outside the scale they are clipped.
        levels: how many values there are, at least 2.
        low: the lowest value.
        high: the highest value.
    """
    check_integer("levels", levels, 2, "2 bits are 4 levels.")
    check_finite("low", low, "the unit of the signal")
    check_finite("high", high, "the unit of the signal")
    if not low < high:
        raise mistake("high", f"be above `low`, {low}", f"is {high}")
    signal = real_array(signal, "signal")
    clipped = jnp.clip(signal, low, high)
    step = (high - low) / (levels - 1)
    # Both ends exactly: `low + (levels - 1) * step` may miss `high` by a rounding.
    number = jnp.round((clipped - low) / step)
    value = jnp.where(number == levels - 1, high, low + number * step)
    # At the ends themselves the gradient passes, so that a dark detector can learn.
    inside = jnp.where(clipped == signal, signal, lax.stop_gradient(signal))
    return lax.stop_gradient(value) + (inside - lax.stop_gradient(signal))
