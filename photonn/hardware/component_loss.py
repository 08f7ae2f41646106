"""Light that components absorb and scatter."""

from dataclasses import dataclass

import jax
from flax import nnx
from jax import Array
from jaxtyping import ArrayLike

from photonn.errors import check_not_negative, number
from photonn.hardware.draws import change_each, gaussian
from photonn.nn import ArmLoss, SplitterLoss


@jax.tree_util.register_dataclass
@dataclass(frozen=True)
class ComponentLoss:
    """Loss of every splitter and arm; a draw that would be gain is set to zero.

    What all paths share dims the light; what differs spoils the matrix.

    Attributes:
        splitter_db: mean loss of a splitter [dB].
        arm_db: mean loss of an arm, waveguide and phase shifter [dB].
        spread: standard deviation over the mean, the same for both.
    """

    splitter_db: ArrayLike = 0.0
    arm_db: ArrayLike = 0.0
    spread: ArrayLike = 0.0

    def __post_init__(self):
        check_not_negative("splitter_db", number(self.splitter_db), "dB")
        check_not_negative("arm_db", number(self.arm_db), "dB")
        check_not_negative("spread", number(self.spread), "1")

    def __call__(self, state: nnx.State, key: Array) -> nnx.State:
        """The variables of a chip with these losses."""
        for kind, mean in ((SplitterLoss, self.splitter_db), (ArmLoss, self.arm_db)):
            state = change_each(state, kind, key, self._add(mean))
        return state

    def _add(self, mean: ArrayLike):
        def add(loss: Array, key: Array) -> Array:
            drawn = mean * (1 + self.spread * gaussian(loss, key))
            return jax.numpy.maximum(loss + drawn, 0)

        return add
