"""Layers whose matrix is realised by devices."""

import jax.numpy as jnp
from flax import nnx
from jax import Array
from jaxtyping import ArrayLike, Float, Num

from photonn.devices import product
from photonn.devices.receiver import Receiver
from photonn.nn.receive import Receive
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
        full_scale: what light gives for a weight of 1; signals are counted in it.
        receive: the photodiodes of an output and their electronics, which turn the
            difference of two powers [W] into a current [A]; without a receiver it stays.
    """

    def __init__(
        self,
        *,
        gain: float = 1.0,
        full_scale: float = 1.0,
        receiver: Receiver | None = None,
        rngs: nnx.Rngs | None = None,
    ):
        """Keep what all products share.

        Args:
            gain: at the start.
            full_scale: what light gives for a weight of 1, after all losses.
            receiver: adds the noise of detection, to incoherent products.
            rngs: its stream `noise` feeds the receiver; needed with one.
        """
        self.gain = Gain(jnp.asarray(gain, float))
        self.full_scale = full_scale
        self.receive = Receive(receiver, rngs=rngs)

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
        if self.receive.receiver is None:
            return self._amplify(product.multiply(self.matrix(), values))
        positive, negative = self.rails()
        plus, minus = product.balance(positive, negative, values)
        return self._amplify(self.receive.balanced(plus - minus, plus + minus))

    def _amplify(self, signals: Num[Array, "..."]) -> Num[Array, "..."]:
        gain = self.gain[...].astype(signals.real.dtype) / self.full_scale
        if jnp.iscomplexobj(signals):
            return scale(signals, jnp.broadcast_to(gain, signals.shape))
        return signals * gain
