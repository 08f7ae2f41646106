"""A finite number of heights or phases: rounding that can be trained through.

`bits` bits are `2**bits` levels. Those of a phase go round a full turn, of which the end is
the beginning: 0, 1/L, ..., (L-1)/L of it. Those of a height take both ends.

Two ways to train: `temperature=None` rounds, and passes the gradient as if it did not
(straight through); a temperature makes a smooth staircase, which is the straight line when
it is hot and the steps when it is cold. Cool it during training, then round.

References:
    Bengio, Leonard and Courville, arXiv:1308.3432 (2013), straight-through estimator.
    Agustsson and Theis, "Universally quantized neural compression", NeurIPS (2020), the
    smooth staircase.
"""

import jax.numpy as jnp
from jax import Array, lax
from jaxtyping import ArrayLike, Float

from photonn.errors import check_integer, check_positive
from photonn.precision import real_array


def round_phase(
    phase: Float[ArrayLike, "*batch"],
    levels: int,
    *,
    temperature: Float[ArrayLike, ""] | None = None,
) -> Float[Array, "*batch"]:
    """Nearest of `levels` phases in a turn [rad].

    Args:
        phase: wanted [rad]; whole turns stay.
        levels: how many there are in a turn, at least 2.
        temperature: of the staircase; `None` rounds straight through.
    """
    check_integer("levels", levels, 2, "2 bits are 4 levels.")
    step = 2 * jnp.pi / levels
    return step * _round(real_array(phase) / step, temperature)


def round_height(
    height: Float[ArrayLike, "*batch"],
    levels: int,
    *,
    maximum: float,
    temperature: Float[ArrayLike, ""] | None = None,
) -> Float[Array, "*batch"]:
    """Nearest of `levels` heights from 0 to `maximum`, both included [m].

    Args:
        height: wanted [m]; outside the range it is taken to the end, without a gradient
            (`photonn.free_space.bounds` keeps it inside).
        levels: how many there are, at least 2.
        maximum: the highest [m].
        temperature: of the staircase; `None` rounds straight through.
    """
    check_integer("levels", levels, 2, "2 bits are 4 levels.")
    check_positive("maximum", maximum, "m")
    step = maximum / (levels - 1)
    return step * _round(jnp.clip(real_array(height) / step, 0, levels - 1), temperature)


def _round(steps: Array, temperature: ArrayLike | None) -> Array:
    """To the nearest whole number, with one of the two gradients."""
    if temperature is None:
        # The value is the rounded number itself; adding the difference would miss it by an ulp.
        return lax.stop_gradient(jnp.round(steps)) + (steps - lax.stop_gradient(steps))
    check_positive("temperature", temperature, "1", "For hard steps use temperature=None.")
    sharpness = 1 / jnp.asarray(temperature, steps.dtype)
    below = lax.stop_gradient(jnp.floor(steps))
    middle = steps - below - 0.5
    return below + 0.5 + jnp.tanh(sharpness * middle) / (2 * jnp.tanh(sharpness / 2))
