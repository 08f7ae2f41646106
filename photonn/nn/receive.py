"""Noise of a read-out."""

from flax import nnx
from jax import Array
from jaxtyping import Float

from photonn.devices import receiver as electronics
from photonn.devices.receiver import Receiver
from photonn.errors import check_kind
from photonn.nn.streams import draw_key, noise_stream


class Receive(nnx.Module):
    """Photocurrents with the noise of a receiver; without one, powers as they are.

    The noise is that of the hardware: it is there in training and afterwards.

    Attributes:
        receiver: photodiode and electronics, of plain numbers; `None` for no noise.
    """

    def __init__(self, receiver: Receiver | None = None, *, rngs: nnx.Rngs | None = None):
        if receiver is not None:
            check_kind("receiver", receiver, Receiver, "Pass Receiver(bandwidth=1e9).")
        self.receiver = receiver
        self.stream = nnx.data(None if receiver is None else noise_stream(rngs, "receiver"))

    def __call__(self, power: Float[Array, "..."]) -> Float[Array, "..."]:
        """Currents [A] for powers [W]."""
        if self.receiver is None or self.stream is None:
            return power
        return electronics.receive(power, self.receiver, key=draw_key(self.stream))

    def balanced(
        self, difference: Float[Array, "..."], total: Float[Array, "..."]
    ) -> Float[Array, "..."]:
        """Differences of the currents of pairs [A], from difference and sum of powers [W]."""
        if self.receiver is None or self.stream is None:
            return difference
        key = draw_key(self.stream)
        return electronics.receive_balanced(difference, total, self.receiver, key=key)
