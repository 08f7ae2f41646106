"""A ladder of couplers along a waveguide: taps that share its light, or gather light into it.

Coupler j takes the share kappa_j of the power that comes to it. Run backwards, the same
ladder gathers: light fed in at coupler j is passed on by all couplers after it.
"""

import jax.numpy as jnp
import numpy as np
from jax import Array
from jaxtyping import ArrayLike, Float

from photonn.errors import check_fraction, check_integer
from photonn.precision import real_array


def equal_couplers(taps: int) -> Float[np.ndarray, " taps"]:
    """Couplers that give every tap the same power: kappa_j = 1 / (taps - j), j from 0.

    Args:
        taps: how many; the last coupler takes all that is left.
    """
    check_integer("taps", taps, 1)
    return 1 / np.arange(taps, 0, -1)


def shares(couplers: Float[ArrayLike, "*batch taps"]) -> Float[Array, "*batch taps"]:
    """Share of the power that each tap gets: kappa_j prod_(k<j) (1 - kappa_k).

    Args:
        couplers: share kappa that each coupler takes of what comes to it, 0 to 1.
    """
    check_fraction("couplers", couplers, "A coupler is passive.")
    couplers = real_array(couplers, "couplers")
    passed = jnp.cumprod(1 - couplers, axis=-1)
    arrives = jnp.concatenate([jnp.ones_like(passed[..., :1]), passed[..., :-1]], axis=-1)
    return couplers * arrives
