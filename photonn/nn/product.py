"""Layers whose matrix is realised by devices."""

import jax.numpy as jnp
from flax import nnx
from jax import Array
from jaxtyping import ArrayLike, Float, Num

from photonn.devices import product
from photonn.nn.variables import Gain
from photonn.precision import scale


class Product(nnx.Module):
    """Numbers times the matrix that a piece of hardware realises, then an electronic gain.

    A subclass gives `matrix()`. If it is real, light is incoherent: signed numbers are
    carried by powers [W], and pairs of detectors subtract. If it is complex, numbers are
    amplitudes [sqrt(W)], and what comes out is the complex amplitude.

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
    """

    def __init__(self, *, gain: float = 1.0):
        self.gain = Gain(jnp.asarray(gain, float))

    def matrix(self) -> Num[Array, "*batch outputs inputs"]:
        """What the light sees: signed transmission of power, or complex transfer matrix."""
        raise NotImplementedError(f"{type(self).__name__} must define matrix().")

    def __call__(self, values: Num[ArrayLike, "*batch inputs"]) -> Num[Array, "*batch2 outputs"]:
        """The product with signed (or, for a complex matrix, complex) `values`."""
        return _amplify(product.multiply(self.matrix(), values), self.gain[...])


def _amplify(signals: Num[Array, "..."], gain: Float[Array, ""]) -> Num[Array, "..."]:
    if jnp.iscomplexobj(signals):
        gain = jnp.broadcast_to(gain.astype(signals.real.dtype), signals.shape)
        return scale(signals, gain)
    return signals * gain.astype(signals.dtype)
