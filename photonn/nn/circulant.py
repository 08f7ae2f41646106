"""Layers between a Fourier transform and its inverse."""

import jax.numpy as jnp
from flax import nnx
from jax import Array
from jaxtyping import ArrayLike, Complex, Float, Num

from photonn.devices import circulant, phase_shifter
from photonn.errors import check_integer, check_last_axis, mistake
from photonn.nn.product import Product
from photonn.nn.streams import parameters
from photonn.nn.variables import Gain, Phase


class BlockCirculant(Product):
    """Signed numbers times blocks of circulant matrices: 1 / size of the weights of a dense one.

    Attributes:
        vector: first column of every block, `(outputs / size, inputs / size, size)`, trainable.
        gain: electronic factor on every output, trainable.
    """

    def __init__(self, inputs: int, outputs: int, *, size: int, gain: float = 1.0, rngs: nnx.Rngs):
        """Draw the first weights.

        Args:
            inputs: numbers in, a multiple of `size`.
            outputs: numbers out, a multiple of `size`.
            size: of a block.
            gain: at the start.
            rngs: the stream `params` gives the key.
        """
        check_integer("size", size, 1)
        for name, number in (("inputs", inputs), ("outputs", outputs)):
            check_integer(name, number, 1)
            if number % size:
                hint = "Fill up with zeros."
                raise mistake(name, f"be a multiple of the block size {size}", f"is {number}", hint)
        super().__init__(gain=gain)
        shape = (outputs // size, inputs // size, size)
        self.vector = Gain(parameters(rngs).normal(shape, float) / jnp.sqrt(inputs))

    def matrix(self) -> Float[Array, "outputs inputs"]:
        """The dense matrix that it stands for."""
        return circulant.matrix(self.vector[...])

    def __call__(self, values: Float[ArrayLike, "*batch inputs"]) -> Float[Array, "*batch outputs"]:
        """The product, by Fourier transforms."""
        out = circulant.multiply(self.vector[...], values)
        return out * self.gain[...].astype(out.dtype)


class FourierFilter(nnx.Module):
    """Light through a Fourier transform, a phase on every mode, and the transform back.

    A circulant unitary of `modes` phase shifters.

    Attributes:
        phase: of every mode, shape `(modes,)` [rad], trainable.
    """

    def __init__(self, modes: int, *, rngs: nnx.Rngs):
        """Draw the first phases.

        Args:
            modes: number of waveguides.
            rngs: the stream `params` gives the key.
        """
        check_integer("modes", modes, 2)
        self.phase = Phase(parameters(rngs).uniform((modes,), float, maxval=2 * jnp.pi))

    def __call__(self, field: Num[ArrayLike, "*batch modes"]) -> Complex[Array, "*batch modes"]:
        """Amplitudes out for amplitudes in [sqrt(W)]."""
        check_last_axis("field", jnp.shape(field), self.phase.shape[-1], "modes")
        filters = phase_shifter.transmission(self.phase[...])
        return circulant.filter_modes(filters[None, None], field)
