"""Phases that are not set exactly."""

from dataclasses import dataclass

import jax
from flax import nnx
from jax import Array
from jaxtyping import ArrayLike

from photonn.errors import check_not_negative, number
from photonn.hardware.draws import add_gaussian
from photonn.nn import Phase


@jax.tree_util.register_dataclass
@dataclass(frozen=True)
class PhaseNoise:
    """Independent Gaussian error on every phase.

    Attributes:
        sigma: standard deviation [rad].
    """

    sigma: ArrayLike

    def __post_init__(self):
        check_not_negative("sigma", number(self.sigma), "rad")

    def __call__(self, state: nnx.State, key: Array) -> nnx.State:
        """The variables of a chip with this error."""
        return add_gaussian(state, Phase, self.sigma, key)
