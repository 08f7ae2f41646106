"""Splitters that are not 50:50."""

from dataclasses import dataclass

import jax
from flax import nnx
from jax import Array
from jaxtyping import ArrayLike

from photonn.errors import check_not_negative, number
from photonn.hardware.draws import add_gaussian
from photonn.nn import SplitterAngle


@jax.tree_util.register_dataclass
@dataclass(frozen=True)
class SplitterError:
    """Independent Gaussian error on the angle of every splitter.

    Attributes:
        sigma: standard deviation of the angle [rad]; 50:50 is pi / 4.
    """

    sigma: ArrayLike

    def __post_init__(self):
        check_not_negative("sigma", number(self.sigma), "rad")

    def __call__(self, state: nnx.State, key: Array) -> nnx.State:
        """The variables of a chip with this error."""
        return add_gaussian(state, SplitterAngle, self.sigma, key)
