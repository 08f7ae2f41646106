"""Gradients from the loss alone: change the parameters, run the chip, compare.

References:
    Spall, "Multivariate stochastic approximation using a simultaneous perturbation gradient
    approximation", IEEE Transactions on Automatic Control 37, 332 (1992).
    Gu et al., "Efficient on-chip learning for optical neural networks through power-aware
    sparse zeroth-order optimization", AAAI 35, 7583 (2021).
"""

from collections.abc import Callable
from dataclasses import dataclass

import jax
import jax.numpy as jnp
from flax import nnx
from jax import Array
from jax.flatten_util import ravel_pytree

from photonn.errors import check_integer, check_positive
from photonn.train.gradients import Batch, Loss, Measured, experiment


@dataclass(frozen=True)
class SPSA:
    """All parameters are changed at once, by plus or minus `size`, and by the opposite.

    The slope along a random direction of signs, times that direction: right on the average,
    to second order in `size`; its variance grows with the number of parameters. Two runs of
    the chip for each direction; the loss that is returned is the mean over all of them.

    Attributes:
        size: change of every parameter, in its own unit [rad for phases].
        directions: to average over.
    """

    size: float = 0.05
    directions: int = 1

    def __post_init__(self):
        check_positive("size", self.size, "rad")
        check_integer("directions", self.directions, 1)

    def __call__(self, loss: Loss, model: nnx.Module, batch: Batch, key: Array) -> Measured:
        """The loss and the estimated gradient."""

        def directions(count: int, dtype: jnp.dtype) -> Array:
            return jax.random.rademacher(key, (self.directions, count), dtype)

        mean = 1 / self.directions
        return _differences(loss, model, batch, directions, self.size, mean)


@dataclass(frozen=True)
class Coordinate:
    """One parameter after another is changed by plus and minus `size`.

    Exact to second order in `size`. Two runs of the chip for each parameter; with
    `coordinates`, so many are drawn anew at every step and the others have no gradient.

    Attributes:
        size: change of a parameter, in its own unit [rad for phases].
        coordinates: parameters to look at in a step; `None` takes all.
    """

    size: float = 0.05
    coordinates: int | None = None

    def __post_init__(self):
        check_positive("size", self.size, "rad")
        if self.coordinates is not None:
            check_integer("coordinates", self.coordinates, 1)

    def __call__(self, loss: Loss, model: nnx.Module, batch: Batch, key: Array) -> Measured:
        """The loss and the estimated gradient."""

        def directions(count: int, dtype: jnp.dtype) -> Array:
            chosen = jnp.arange(count)
            if self.coordinates is not None:
                chosen = jax.random.permutation(key, count)[: self.coordinates]
            return jax.nn.one_hot(chosen, count, dtype=dtype)

        return _differences(loss, model, batch, directions, self.size, 1.0)


def _differences(
    loss: Loss,
    model: nnx.Module,
    batch: Batch,
    directions: Callable[[int, jnp.dtype], Array],
    *weights: float,
) -> Measured:
    """Central differences along directions, each times its direction, added up."""
    size, weight = weights
    measure, params = experiment(loss, model, batch)
    flat, unravel = ravel_pytree(params)

    def run(direction: Array) -> tuple[Array, Array]:
        # Both with the same draws of a random model: they cancel in the difference.
        values = [measure(unravel(flat + sign * size * direction))[0] for sign in (1, -1)]
        slope = (values[0] - values[1]) / (2 * size)
        return (values[0] + values[1]) / 2, slope

    along = directions(flat.size, flat.dtype)
    values, slopes = jax.lax.map(run, along)
    nnx.update(model, measure(params)[1])
    return jnp.mean(values), unravel(weight * slopes @ along)
