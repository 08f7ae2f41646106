"""Some modes are measured, the others are kept: what a detection leaves behind."""

from collections.abc import Mapping

import jax.numpy as jnp
import numpy as np
from jax import Array
from jaxtyping import ArrayLike, Complex, Float, Num

from photonn.errors import check_integer, check_last_axis, mistake
from photonn.photons import states
from photonn.precision import complex_array, scale


def herald(
    vector: Num[ArrayLike, "*batch states"],
    pattern: Mapping[int, int],
    *,
    photons: int,
    modes: int,
) -> tuple[Float[Array, "*batch"], Complex[Array, "*batch kept"]]:
    """Probability of a detection, and the state of the other modes after it.

    Detectors count photons and miss none.

    Args:
        vector: amplitudes, in the order of `states.basis(photons, modes)`.
        pattern: photons found in each mode that is measured, `{mode: photons}`; at least one
            mode is left.
        photons: how many in all.
        modes: how many in all.

    Returns:
        The probability, and the amplitudes of the modes that are left, in the order of
        `states.basis` of the photons and modes that are left, of norm 1 (of norm 0 where
        the detection cannot happen).
    """
    vector = complex_array(vector)
    check_last_axis("vector", vector.shape, states.count(photons, modes), "states")
    _check(pattern, photons, modes)
    basis = states.basis(photons, modes)[:, list(pattern)]
    # What is kept stands in the same order in both bases.
    rest = vector[..., np.flatnonzero((basis == list(pattern.values())).all(axis=1))]
    power = jnp.sum(rest.real**2 + rest.imag**2, axis=-1)
    possible = power > 0
    norm = jnp.where(possible, 1 / jnp.sqrt(jnp.where(possible, power, 1)), 0)
    return power, scale(rest, jnp.broadcast_to(norm[..., None], rest.shape))


def _check(pattern: Mapping[int, int], photons: int, modes: int) -> None:
    """Raise unless the pattern can be found."""
    for mode, number in pattern.items():
        check_integer("pattern", mode, 0, "It is {mode: photons}.")
        check_integer("pattern", number, 0, "It is {mode: photons}.")
    if not pattern or max(pattern) >= modes or len(pattern) >= modes:
        must = f"measure at least one of modes 0 to {modes - 1} and leave one"
        raise mistake("pattern", must, f"is {dict(pattern)}")
    found = sum(pattern.values())
    if found > photons:
        raise mistake("pattern", f"hold at most {photons} photons", f"holds {found}")
