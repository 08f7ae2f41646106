"""Dense layers of homodyne products: both factors are light, and photons are counted."""

import jax.numpy as jnp
from flax import nnx
from jax import Array
from jaxtyping import ArrayLike, Float

from photonn.devices import homodyne
from photonn.errors import check_integer, check_positive
from photonn.nn.product import Product
from photonn.nn.streams import draw_key, noise_stream, parameters
from photonn.nn.variables import Gain


class HomodyneProduct(Product):
    """Signed numbers times weights that are light themselves; see `photonn.devices.homodyne`.

    Example:
        >>> layer = HomodyneProduct(64, 10, photons=0.5, rngs=nnx.Rngs(0))
        >>> layer(jnp.ones((32, 64))).shape
        (32, 10)

    Attributes:
        weight: shape `(outputs, inputs)`, drives of modulators, trainable.
        photons: detected for each multiplication; `None` is light without end.
        bits: of the converters of inputs and weights; `None` has no steps.
        gain: electronic factor on every output, trainable.
    """

    def __init__(
        self,
        inputs: int,
        outputs: int,
        *,
        photons: float | None = None,
        bits: int | None = None,
        gain: float = 1.0,
        rngs: nnx.Rngs,
    ):
        """Draw the first weights.

        Args:
            inputs: numbers in, the pulses of a train.
            outputs: numbers out, one pair of detectors each.
            photons: detected for each multiplication; `None` is light without end.
            bits: of the converters; `None` has no steps.
            gain: at the start.
            rngs: `params` gives the weights, `noise` the photon counts.
        """
        check_integer("inputs", inputs, 1)
        check_integer("outputs", outputs, 1)
        check_positive("photons", photons, "1")  # `None` passes
        if bits is not None:
            check_integer("bits", bits, 1)
        super().__init__(gain=gain)
        self.weight = Gain(parameters(rngs).normal((outputs, inputs), float) / jnp.sqrt(inputs))
        self.photons, self.bits = photons, bits
        self.noise = nnx.data(None if photons is None else noise_stream(rngs, "photons"))

    def matrix(self) -> Float[Array, "outputs inputs"]:
        """The weights that light carries."""
        return round_to(self.weight[...], self.bits)

    def __call__(self, values: Float[ArrayLike, "*batch inputs"]) -> Float[Array, "*batch outputs"]:
        """Products of `values`, with the noise of their photons."""
        key = None if self.noise is None else draw_key(self.noise)
        values = round_to(values, self.bits)
        out = homodyne.multiply(values, self.matrix(), photons=self.photons, key=key)
        return out * self.gain[...].astype(out.dtype)


def round_to(values: Float[ArrayLike, "*shape"], bits: int | None) -> Float[Array, "*shape"]:
    """What converters of `bits` give to modulators; all of it for `None`."""
    return jnp.asarray(values) if bits is None else homodyne.quantize(values, bits=bits)
