"""Noise of a read-out, from a stream of its own."""

from flax import nnx
from jax import Array
from jaxtyping import Float

from photonn.devices import receiver as electronics
from photonn.devices.receiver import Receiver
from photonn.errors import mistake


def noise_stream(rngs: nnx.Rngs | None, source: str) -> nnx.RngStream:
    """A fork of the stream `noise`, so that every read-out has draws of its own.

    Args:
        rngs: with a stream `noise`, or a default one.
        source: the argument that asked for noise, named if there is no stream for it.
    """
    if rngs is None:
        raise mistake("rngs", f"be given with `{source}`", "is None", "Pass nnx.Rngs(noise=0).")
    return rngs["noise"].fork()


class Receive(nnx.Module):
    """Photocurrents with the noise of a receiver; without one, powers as they are.

    The noise is that of the hardware: it is there in training and afterwards.

    Attributes:
        receiver: photodiode and electronics, of plain numbers; `None` for no noise.
    """

    def __init__(self, receiver: Receiver | None = None, *, rngs: nnx.Rngs | None = None):
        self.receiver = receiver
        self.stream = nnx.data(None if receiver is None else noise_stream(rngs, "receiver"))

    def __call__(self, power: Float[Array, "..."]) -> Float[Array, "..."]:
        """Currents [A] for powers [W]."""
        if self.receiver is None or self.stream is None:
            return power
        return electronics.receive(power, self.receiver, key=self.stream())

    def balanced(
        self, difference: Float[Array, "..."], total: Float[Array, "..."]
    ) -> Float[Array, "..."]:
        """Differences of the currents of pairs [A], from difference and sum of powers [W]."""
        if self.receiver is None or self.stream is None:
            return difference
        return electronics.receive_balanced(difference, total, self.receiver, key=self.stream())
