"""Steady state of a medium that light saturates: an absorber or an amplifier."""

import jax.numpy as jnp
from jax import Array, lax
from jaxtyping import ArrayLike, Float

from photonn.devices import steady_state
from photonn.errors import check_not_negative
from photonn.precision import real_array, spread

NEWTON_STEPS = 14  # 9 are enough for float64 up to 150 dB of gain or loss


def log_transmission(
    power_ratio: Float[ArrayLike, "..."], small_signal: Float[ArrayLike, "..."]
) -> Float[Array, "..."]:
    """Logarithm of the power transmission of a saturable medium.

    Light that grows by dP/dz = g P / (1 + P / P_sat) over a length L leaves with
    P_out = P exp(h), where

        h = g L - (P / P_sat) (exp(h) - 1)

    An amplifier has g L > 0, an absorber g L < 0; strong light makes both transparent.

    Args:
        power_ratio: power that comes in over the saturation power, P / P_sat [1].
        small_signal: g L, the logarithm of the transmission of weak light [1]; broadcasts
            against `power_ratio`.
    """
    check_not_negative("power_ratio", power_ratio, "1")
    power_ratio = real_array(power_ratio, "power_ratio")
    (small_signal,) = spread(power_ratio, small_signal)

    def balance(h: Array) -> Array:
        return h - small_signal + power_ratio * jnp.expm1(h)

    def search(balance: steady_state.Balance) -> Array:
        # The balance is convex and rises: above the root, Newton's steps never leave that
        # side. Of the two bounds for an amplifier, the second holds under strong light.
        above = jnp.log1p(small_signal / jnp.where(power_ratio > 0, power_ratio, 1.0))
        above = jnp.where(power_ratio > 0, jnp.minimum(small_signal, above), small_signal)
        start = jnp.where(small_signal > 0, above, 0.0)

        def step(_, h: Array) -> Array:
            return h - balance(h) / (1 + power_ratio * jnp.exp(h))

        return lax.fori_loop(0, NEWTON_STEPS, step, start)

    return steady_state.solve(balance, search, small_signal)
