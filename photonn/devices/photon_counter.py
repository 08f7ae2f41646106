"""Light one photon at a time: counts, clicks, and gradients through both.

A sample of power P and time T brings on average

    n = eta P T lambda / (h c)

photons to a detector of efficiency eta. A counter gives a Poisson number of that mean; a
detector that only clicks does so with the probability 1 - exp(-n). What is drawn has no
derivative, and there are two estimators of the gradient of an expectation E[f(n)]:

    straight-through   the count moves as its mean does: E[f'(n)]. Little noise, exact for
                       linear f, off by about f''/2 otherwise. `count` and `click` have it.
    score function     E[f(n) d log p(n) / d mean]: exact for any f, also one that jumps, but
                       noisy. `score` has it.

References:
    Williams, "Simple statistical gradient-following algorithms for connectionist
    reinforcement learning", Machine Learning 8, 229 (1992), the score function.
    Bengio, Leonard and Courville, arXiv:1308.3432 (2013), straight-through.
"""

import jax
import jax.numpy as jnp
from jax import Array, lax
from jax.scipy.special import gammaln
from jaxtyping import ArrayLike, Float, Num

from photonn.devices.constants import LIGHT_SPEED, PLANCK
from photonn.errors import (
    check_fraction,
    check_nowhere_negative,
    check_positive,
    check_wavelength,
)
from photonn.precision import real_array

# A Poisson number this large is a normal one but for a skewness of 0.003. Beyond, in float32,
# `jax.random.poisson` compares large logarithms that have lost their digits: the variance of
# its numbers is 3 % off at a mean of 1e6, their kurtosis 1.7 at 1e7 (measured, jax 0.10).
LARGEST_COUNTED = 1e5


def photons(
    power: Float[ArrayLike, "..."],
    duration: float,
    wavelength: float,
    *,
    efficiency: float = 1.0,
) -> Float[Array, "..."]:
    """Mean number of photons that a detector sees in a sample, eta P T lambda / (h c).

    Args:
        power: of the light [W].
        duration: of a sample [s].
        wavelength: in vacuum [m].
        efficiency: share of the photons that are seen, 0 to 1.
    """
    power = real_array(power, "power")
    check_nowhere_negative("power", power, "W")
    check_positive("duration", duration, "s")
    check_fraction("efficiency", efficiency)
    return power * (efficiency * duration / photon_energy(wavelength))


def photon_energy(wavelength: float) -> float:
    """Energy of a photon, h c / lambda [J].

    Args:
        wavelength: in vacuum [m].
    """
    check_wavelength("wavelength", wavelength)
    return PLANCK * LIGHT_SPEED / wavelength


def count(mean: Float[ArrayLike, "..."], *, key: Array) -> Float[Array, "..."]:
    """A Poisson number of photons; its gradient is that of the mean (straight-through).

    Means above 1e5 are drawn approximately, as rounded normal numbers.

    Args:
        mean: of the number, dark counts included.
        key: of the draw.
    """
    mean = real_array(mean, "mean")
    check_nowhere_negative("mean", mean, "1", "It is a number of photons.")
    fixed = lax.stop_gradient(mean)
    few = jax.random.poisson(key, jnp.minimum(fixed, LARGEST_COUNTED), mean.shape)
    normal = jax.random.normal(key, mean.shape, mean.dtype)
    many = jnp.round(fixed + jnp.sqrt(fixed) * normal)
    drawn = jnp.where(fixed < LARGEST_COUNTED, few.astype(mean.dtype), many)
    return _move_with(drawn, mean)


def click_probability(
    photons: Float[ArrayLike, "..."],
    *,
    efficiency: float = 1.0,
    dark_counts: float = 0.0,
) -> Float[Array, "..."]:
    """Probability that a detector clicks at all, 1 - exp(-(eta n + d)).

    Args:
        photons: mean number n that arrives in a sample.
        efficiency: share of the photons that are seen, 0 to 1.
        dark_counts: mean number in a sample without light: their rate [1/s] times its time [s].
    """
    photons = real_array(photons, "photons")
    check_nowhere_negative("photons", photons, "1")
    check_nowhere_negative("dark_counts", dark_counts, "1")
    check_fraction("efficiency", efficiency)
    # expm1: of a millionth of a photon, 1 - exp would leave nothing in float32.
    return -jnp.expm1(-(efficiency * photons + dark_counts))


def click(probability: Float[ArrayLike, "..."], *, key: Array) -> Float[Array, "..."]:
    """1 with this probability, else 0; its gradient is that of the probability.

    Args:
        probability: of a click.
        key: of the draw.
    """
    probability = real_array(probability, "probability")
    check_fraction("probability", probability)
    clicked = jax.random.bernoulli(key, lax.stop_gradient(probability))
    return _move_with(clicked.astype(probability.dtype), probability)


def score(
    values: Float[ArrayLike, "..."], log_probability: Float[ArrayLike, "..."]
) -> Float[Array, "..."]:
    """The same values, with a gradient by the score function added to their own.

    Take as values what is computed from draws that are held fixed (`lax.stop_gradient`). The
    mean over draws then has the gradient of the expectation. Subtract a baseline that does
    not depend on the draw from the values to make it less noisy.

    Args:
        values: of a function of the draw.
        log_probability: of that draw: the sum over all its independent parts.
    """
    values, log_probability = real_array(values), real_array(log_probability)
    return values + lax.stop_gradient(values) * (
        log_probability - lax.stop_gradient(log_probability)
    )


def log_probability(
    counts: Num[ArrayLike, "..."], mean: Float[ArrayLike, "..."]
) -> Float[Array, "..."]:
    """Logarithm of the Poisson probability of `counts`, n log(m) - m - log(n!).

    Args:
        counts: numbers of photons.
        mean: of these numbers; also zero, where only zero counts are possible.
    """
    mean = real_array(mean, "mean")
    counts = lax.stop_gradient(jnp.asarray(counts, mean.dtype))
    dark = counts == 0
    some = jnp.where(dark, 0.0, counts * jnp.log(jnp.where(dark, 1.0, mean)))
    return some - mean - gammaln(counts + 1)


def _move_with(drawn: Array, mean: Array) -> Array:
    """The drawn values, which move as their mean does."""
    return lax.stop_gradient(drawn) + (mean - lax.stop_gradient(mean))
