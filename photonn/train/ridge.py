"""Ridge regression: the read-out of a reservoir, in closed form."""

import jax.numpy as jnp
from jax import Array, lax
from jaxtyping import ArrayLike, Float

from photonn.errors import check_between, mistake
from photonn.precision import real_array


def solve(
    states: Float[ArrayLike, "samples nodes"],
    targets: Float[ArrayLike, "samples outputs"],
    penalty: Float[ArrayLike, "*penalties"] = 1e-6,
) -> tuple[Float[Array, "*penalties nodes outputs"], Float[Array, "*penalties outputs"]]:
    """Weights and bias that minimise |states weights + bias - targets|^2 + penalty |weights|^2.

    By singular values, which float32 can afford where the normal equations would square the
    condition number. Many penalties cost one decomposition.

    Args:
        states: what is read out.
        targets: what it should give.
        penalty: times the largest eigenvalue of the states' covariance sum: 1e-6 keeps
            directions a thousand times weaker than the strongest one. Above zero.

    Returns:
        Weights and bias. The bias is not penalised.
    """
    states, targets = real_array(states, "states"), real_array(targets, "targets")
    if states.ndim != 2 or targets.ndim != 2 or len(states) != len(targets):
        must = "be samples by outputs, as many samples as the states"
        raise mistake("targets", must, f"has shape {targets.shape} for states {states.shape}")
    check_between("penalty", penalty, 0.0, float("inf"), "1")
    targets = targets.astype(states.dtype)
    mean, offset = states.mean(axis=0), targets.mean(axis=0)
    left, values, right = jnp.linalg.svd(states - mean[None], full_matrices=False)
    projected = _product(left.T, targets - offset[None])
    penalty = jnp.asarray(penalty, states.dtype)
    shape = (*penalty.shape, *values.shape)
    limit = jnp.broadcast_to(penalty[..., None] * values[0] ** 2, shape)
    values = jnp.broadcast_to(values, shape)
    filtered = jnp.broadcast_to((values / (values**2 + limit))[..., None], (*shape, offset.size))
    weights = _product(right.T, filtered * jnp.broadcast_to(projected, filtered.shape))
    level = _product(mean, weights)
    return weights, jnp.broadcast_to(offset, level.shape) - level


def error(
    predictions: Float[ArrayLike, "*batch samples"], targets: Float[ArrayLike, " samples"]
) -> Float[Array, "*batch"]:
    """Normalised mean square error: mean square over the variance of the targets."""
    predictions, targets = real_array(predictions), real_array(targets)
    targets = targets.astype(predictions.dtype)
    residue = predictions - jnp.broadcast_to(targets, predictions.shape)
    return jnp.mean(residue**2, axis=-1) / jnp.var(targets)


def _product(left: Array, right: Array) -> Array:
    return jnp.matmul(left, right, precision=lax.Precision.HIGHEST)
