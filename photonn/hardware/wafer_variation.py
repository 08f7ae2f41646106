"""Splitters that differ smoothly across the chip, as the thickness of the wafer does."""

from dataclasses import dataclass, field

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx
from jax import Array
from jaxtyping import ArrayLike

from photonn.errors import check_not_negative, check_positive, number
from photonn.hardware.chip_plan import ChipPlan, change_in_place
from photonn.hardware.draws import own_key
from photonn.nn import SplitterAngle


@jax.tree_util.register_dataclass
@dataclass(frozen=True)
class WaferVariation:
    """Gaussian error on the splitters' angles, correlated as exp(-d^2 / (2 length^2)).

    What varies from one splitter to the next is `SplitterError`; a process has both.

    Attributes:
        sigma: standard deviation of the angle [rad].
        length: over which it is correlated [m].
        plan: where the splitters lie.
    """

    sigma: ArrayLike
    length: float = field(default=1e-3, metadata={"static": True})
    plan: ChipPlan = field(default=ChipPlan(), metadata={"static": True})

    def __post_init__(self):
        check_not_negative("sigma", number(self.sigma), "rad")
        check_positive("length", self.length, "m")

    def __call__(self, state: nnx.State, key: Array) -> nnx.State:
        """The variables of a chip with this error."""

        def vary(module: tuple, angles: list[Array], places: list[np.ndarray]) -> list[Array]:
            size = np.max([place.reshape(-1, 2).max(axis=0) for place in places], axis=0) + 1
            dtype = angles[0].dtype
            # The correlation is a product of one along and one across: so is its root.
            along, across = (
                jnp.asarray(self._root(int(n), step), dtype)
                for n, step in zip(size, self.plan.step, strict=True)
            )
            white = jax.random.normal(own_key(key, module), tuple(size), dtype)
            smooth = jnp.asarray(self.sigma, dtype) * (along @ white @ across.T)
            return [
                angle + smooth[place[..., 0], place[..., 1]]
                for angle, place in zip(angles, places, strict=True)
            ]

        return change_in_place(state, SplitterAngle, vary)

    def _root(self, places: int, step: float) -> np.ndarray:
        """A square root of the correlation of places in a row."""
        distance = step * np.subtract.outer(np.arange(places), np.arange(places))
        values, vectors = np.linalg.eigh(np.exp(-(distance**2) / (2 * self.length**2)))
        return vectors * np.sqrt(np.clip(values, 0, None))  # rounding leaves some at -1e-16
