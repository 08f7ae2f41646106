"""Layers whose matrix is realised by devices."""

import jax.numpy as jnp
from flax import nnx
from jax import Array
from jaxtyping import ArrayLike, Float, Num

from photonn.devices import product
from photonn.devices.receiver import Receiver, receive_difference
from photonn.errors import mistake
from photonn.nn.variables import Gain
from photonn.precision import scale


class Product(nnx.Module):
    """Numbers times the matrix that a piece of hardware realises, then an electronic gain.

    A subclass gives `matrix()`. If it is real, light is incoherent: signed numbers are
    carried by powers [W], and pairs of detectors subtract. If it is complex, numbers are
    amplitudes [sqrt(W)], and what comes out is the complex amplitude.

    With a `receiver` every call draws new noise.

    Example:
        >>> class Mask(Product):
        ...     def __init__(self, transmission):
        ...         super().__init__(gain=2.0)
        ...         self.transmission = nnx.Param(transmission)
        ...
        ...     def matrix(self):
        ...         return self.transmission[...]
        >>> Mask(jnp.ones((3, 4)))(jnp.ones(4))
        Array([8., 8., 8.], dtype=float32)

    Attributes:
        gain: electronic factor on every output, trainable.
        receiver: both photodiodes of an output and their electronics, which turn the
            difference of powers [W] into a current [A]; `None` leaves it as it is.
    """

    def __init__(
        self,
        *,
        gain: float = 1.0,
        receiver: Receiver | None = None,
        rngs: nnx.Rngs | None = None,
    ):
        """Keep what all products share.

        Args:
            gain: at the start.
            receiver: adds the noise of detection, to incoherent products.
            rngs: its stream `noise` feeds the receiver; needed with one.
        """
        if receiver is not None and rngs is None:
            raise mistake("rngs", "be given with a receiver", "is None", "Take nnx.Rngs(0).")
        self.gain = Gain(jnp.asarray(gain, float))
        self.receiver = nnx.data(receiver)
        self.noise = nnx.data(None if receiver is None or rngs is None else rngs["noise"].fork())

    def matrix(self) -> Num[Array, "*batch outputs inputs"]:
        """What the light sees: signed transmission of power, or complex transfer matrix."""
        raise NotImplementedError(f"{type(self).__name__} must define matrix().")

    def rails(self) -> tuple[Float[Array, "*batch outputs inputs"], ...]:
        """Transmission of power to the positive and to the negative detectors.

        Their difference is `matrix()`. By default a weight sends light to one of the two.
        Hardware that lights both has more noise, and says so here.
        """
        return product.split_signs(self.matrix())

    def __call__(self, values: Num[ArrayLike, "*batch inputs"]) -> Num[Array, "*batch2 outputs"]:
        """The product with signed (or, for a complex matrix, complex) `values`."""
        if self.receiver is None or self.noise is None:
            return _amplify(product.multiply(self.matrix(), values), self.gain[...])
        plus, minus = product.balance(*self.rails(), values)
        signals = receive_difference(plus, minus, self.receiver, key=self.noise())
        return _amplify(signals, self.gain[...])


def _amplify(signals: Num[Array, "..."], gain: Float[Array, ""]) -> Num[Array, "..."]:
    if jnp.iscomplexobj(signals):
        gain = jnp.broadcast_to(gain.astype(signals.real.dtype), signals.shape)
        return scale(signals, gain)
    return signals * gain.astype(signals.dtype)
