"""Steady states: the root of a balance, with the gradient of the implicit function."""

from collections.abc import Callable

import jax.numpy as jnp
from jax import Array, lax

Balance = Callable[[Array], Array]


def solve(balance: Balance, search: Callable[[Balance], Array], like: Array) -> Array:
    """The root x of `balance(x) = 0`, number by number, as `search(balance)` finds it.

    Gradients do not go through the search. They are those of the implicit function: with
    a balance B(x, p), dx/dp = -(dB/dp) / (dB/dx), for everything p that `balance` uses.

    Args:
        balance: zero at the steady state; every number depends on its own x alone.
        search: from the balance to the root.
        like: an array of the shape and precision of x.
    """

    def solve_tangent(slope: Balance, change: Array) -> Array:
        return change / slope(jnp.ones_like(change))

    return lax.custom_root(balance, like, lambda f, _: search(f), solve_tangent)
