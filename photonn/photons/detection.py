"""What detectors tell of the photons that reach them."""

import jax.numpy as jnp
import numpy as np
from jax import Array
from jaxtyping import ArrayLike, Float, Int

from photonn.errors import check_integer, check_last_axis
from photonn.photons import states
from photonn.precision import real_array


def detect(
    probabilities: Float[ArrayLike, "*batch states"],
    occupations: Int[np.ndarray, "states modes"],
    *,
    most: int = 1,
) -> tuple[Int[np.ndarray, "patterns modes"], Float[Array, "*batch patterns"]]:
    """Probability of each pattern of detectors that count up to `most` photons.

    `most=1` is a threshold detector: it clicks or does not. Detectors that count up to all
    photons resolve the number. Efficiency comes first, as loss: `loss.thin`.

    Args:
        probabilities: of the occupations.
        occupations: those that the probabilities belong to: `states.basis(photons, modes)`,
            or some of its columns where only some modes have a detector.
        most: highest number that a detector tells.

    Returns:
        The patterns, in the order of numbers that are read from left to right, and the
        probability of each.
    """
    check_integer("most", most, 1)
    probabilities = real_array(probabilities, "probabilities")
    occupations = states.read(occupations, "occupations")
    check_last_axis("probabilities", probabilities.shape, len(occupations), "states")
    patterns, which = np.unique(np.minimum(occupations, most), axis=0, return_inverse=True)
    return patterns, collect(probabilities, which.reshape(-1), len(patterns))


def collect(
    probabilities: Float[Array, "*batch states"], which: Int[np.ndarray, " states"], size: int
) -> Float[Array, "*batch groups"]:
    """Sum of the probabilities of each group.

    Args:
        probabilities: of the states.
        which: number of the group of each state.
        size: how many groups.
    """
    groups = jnp.zeros((*probabilities.shape[:-1], size), probabilities.dtype)
    return groups.at[..., which].add(probabilities)
