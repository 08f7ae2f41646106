"""Complex-valued layers that no device bounds, to stand beside those that are light."""

from collections.abc import Callable

import jax.numpy as jnp
from flax import nnx
from jax import Array, lax
from jaxtyping import ArrayLike, Complex, Num

from photonn.devices import modulator
from photonn.errors import check_integer, check_last_axis
from photonn.nn.product import Product
from photonn.nn.streams import parameters
from photonn.nn.variables import Gain
from photonn.precision import complex_array, scale


class ComplexDense(Product):
    """Amplitudes times a free complex matrix, held as two real ones.

    So its gradients are those of real numbers, and any optimiser fits. A mesh of as many
    modes is the same with less freedom.

    Attributes:
        weight: real and imaginary parts, shape `(2, outputs, inputs)`, trainable.
        gain: factor on every output, trainable.
    """

    def __init__(
        self,
        inputs: int,
        outputs: int,
        *,
        gain: float = 1.0,
        init: Callable[[Array, int, int], Array] | None = None,
        rngs: nnx.Rngs,
    ):
        """Draw the first weights.

        Args:
            inputs: number of modes in.
            outputs: number of modes out.
            gain: at the start.
            init: from a random key, outputs and inputs to a complex matrix, such as
                `meshes.haar.matrix`. By default independent numbers that keep the power of
                the light on average.
            rngs: the stream `params` gives the key.
        """
        check_integer("inputs", inputs, 1)
        check_integer("outputs", outputs, 1)
        super().__init__(gain=gain)
        if init is None:
            start = parameters(rngs).normal((2, outputs, inputs), float) / jnp.sqrt(2 * outputs)
        else:
            matrix = init(parameters(rngs)(), outputs, inputs)
            start = jnp.stack([matrix.real, matrix.imag])
        self.weight = Gain(start)

    def matrix(self) -> Complex[Array, "outputs inputs"]:
        """The complex matrix."""
        return lax.complex(*self.weight[...])

    def __call__(self, values: Num[ArrayLike, "*batch inputs"]) -> Complex[Array, "*batch outputs"]:
        """Amplitudes out for amplitudes in [sqrt(W)]."""
        return super().__call__(complex_array(values))


class PowerNorm(nnx.Module):
    """Light scaled to one power a mode on average, then a trained factor for each mode.

    What an amplifier with automatic gain control does; phases stay as they are.

    Attributes:
        gain: factor on every amplitude, shape `(modes,)`, trainable.
    """

    def __init__(self, modes: int):
        check_integer("modes", modes, 1)
        self.gain = Gain(jnp.ones(modes))

    def __call__(self, field: Num[ArrayLike, "*batch modes"]) -> Complex[Array, "*batch modes"]:
        """Amplitudes out for amplitudes in [sqrt(W)]; dark samples stay dark."""
        modes = self.gain.shape[-1]
        check_last_axis("field", jnp.shape(field), modes, "modes")
        field = modulator.normalize_power(complex_array(field), float(modes))
        gain = self.gain[...].astype(field.real.dtype)
        return scale(field, jnp.broadcast_to(gain, field.shape))
