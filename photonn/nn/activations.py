"""Activations with parameters."""

import jax.numpy as jnp
from flax import nnx
from jax import Array
from jaxtyping import ArrayLike, Complex

from photonn.devices import electro_optic, modrelu
from photonn.nn.variables import Gain


class ElectroOptic(nnx.Module):
    """Electro-optic activation of every mode; see `photonn.devices.electro_optic`.

    Attributes:
        gain: phase per power of the untapped signal [rad/W], trainable.
        bias: phase without light [rad], trainable.
        tap: fraction of the power that is detected.
    """

    def __init__(self, *, gain: float = 0.05 * jnp.pi, bias: float = jnp.pi, tap: float = 0.1):
        self.gain = Gain(jnp.asarray(gain, float))
        self.bias = Gain(jnp.asarray(bias, float))
        self.tap = tap

    def __call__(self, field: Complex[ArrayLike, "..."]) -> Complex[Array, "..."]:
        """Amplitudes out for amplitudes in [sqrt(W)]."""
        return electro_optic.activate(field, gain=self.gain[...], bias=self.bias[...], tap=self.tap)


class ModReLU(nnx.Module):
    """modReLU with one threshold for each mode; see `photonn.devices.modrelu`.

    Attributes:
        bias: minus the thresholds, shape `(modes,)` [sqrt(W)], trainable.
    """

    def __init__(self, modes: int, *, bias: float = 0.0):
        self.bias = Gain(jnp.full(modes, bias, float))

    def __call__(self, field: Complex[ArrayLike, "*batch modes"]) -> Complex[Array, "*batch modes"]:
        """Amplitudes out for amplitudes in [sqrt(W)]."""
        field = jnp.asarray(field)
        bias = jnp.broadcast_to(self.bias[...], field.shape)
        return modrelu.activate(field, bias=bias)
