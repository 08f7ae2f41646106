"""Cells of a crossbar that were not written exactly."""

from dataclasses import dataclass

import jax
from flax import nnx
from jax import Array
from jaxtyping import ArrayLike

from photonn.errors import check_not_negative, number
from photonn.hardware.draws import add_gaussian
from photonn.nn import TransmissionError


@jax.tree_util.register_dataclass
@dataclass(frozen=True)
class WriteError:
    """Independent Gaussian error on the transmission of every cell, the reference's too.

    For errors that are small against the range of a cell: a draw is not clipped to it.

    Attributes:
        sigma: standard deviation, as a share of the power [1].
    """

    sigma: ArrayLike

    def __post_init__(self):
        check_not_negative("sigma", number(self.sigma), "1")

    def __call__(self, state: nnx.State, key: Array) -> nnx.State:
        """The variables of a chip with this error."""
        return add_gaussian(state, TransmissionError, self.sigma, key)
