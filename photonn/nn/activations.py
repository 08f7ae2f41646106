"""Activations with parameters."""

import jax.numpy as jnp
from flax import nnx
from jax import Array
from jaxtyping import ArrayLike, Complex

from photonn.devices import (
    cardioid,
    electro_optic,
    modrelu,
    opto_electronic,
    shifted_softplus,
    z_relu,
)
from photonn.errors import (
    check_between,
    check_fraction,
    check_integer,
    check_last_axis,
    check_not_negative,
    check_positive,
)
from photonn.nn.variables import Gain


class ElectroOptic(nnx.Module):
    """Electro-optic activation of every mode; see `photonn.devices.electro_optic`.

    Attributes:
        gain: phase per power of the untapped signal [rad/W], trainable.
        bias: phase without light [rad], trainable.
        tap: fraction of the power that is detected.
    """

    def __init__(self, *, gain: float = 0.05 * jnp.pi, bias: float = jnp.pi, tap: float = 0.1):
        check_fraction("tap", tap)
        self.gain = Gain(jnp.asarray(gain, float))
        self.bias = Gain(jnp.asarray(bias, float))
        self.tap = tap

    def __call__(self, field: Complex[ArrayLike, "..."]) -> Complex[Array, "..."]:
        """Amplitudes out for amplitudes in [sqrt(W)]."""
        return electro_optic.activate(field, gain=self.gain[...], bias=self.bias[...], tap=self.tap)


class OptoElectronic(nnx.Module):
    """ReLU of every mode by a detector and fresh light; see `photonn.devices.opto_electronic`.

    Attributes:
        threshold: power that is needed [W], trainable.
        transimpedance: voltage per current [V/A], trainable.
        responsivity: current per power of the detector [A/W].
        v_pi: voltage that opens the modulator [V].
        supply: power of the fresh light in every mode [W].
    """

    def __init__(
        self,
        *,
        threshold: float = 0.0,
        transimpedance: float = 1.0,
        responsivity: float = 1.0,
        v_pi: float = 1.0,
        supply: float = 1.0,
    ):
        check_not_negative("threshold", threshold, "W")
        check_positive("v_pi", v_pi, "V")
        check_not_negative("supply", supply, "W")
        self.threshold = Gain(jnp.asarray(threshold, float))
        self.transimpedance = Gain(jnp.asarray(transimpedance, float))
        self.responsivity = responsivity
        self.v_pi = v_pi
        self.supply = supply

    def __call__(self, field: Complex[ArrayLike, "..."]) -> Complex[Array, "..."]:
        """Amplitudes out for amplitudes in [sqrt(W)]."""
        return opto_electronic.activate(
            field,
            threshold=self.threshold[...],
            transimpedance=self.transimpedance[...],
            responsivity=self.responsivity,
            v_pi=self.v_pi,
            supply=self.supply,
        )


class ModReLU(nnx.Module):
    """modReLU with one threshold for each mode; see `photonn.devices.modrelu`.

    Attributes:
        bias: minus the thresholds, shape `(modes,)` [sqrt(W)], trainable.
    """

    def __init__(self, modes: int, *, bias: float = 0.0):
        check_integer("modes", modes, 1)
        self.bias = Gain(jnp.full(modes, bias, float))

    def __call__(self, field: Complex[ArrayLike, "*batch modes"]) -> Complex[Array, "*batch modes"]:
        """Amplitudes out for amplitudes in [sqrt(W)]."""
        field = jnp.asarray(field)
        check_last_axis("field", field.shape, self.bias.shape[0], "modes")
        bias = jnp.broadcast_to(self.bias[...], field.shape)
        return modrelu.activate(field, bias=bias)


class ShiftedSoftplus(nnx.Module):
    """Shifted softplus of every mode; see `photonn.devices.shifted_softplus`.

    Attributes:
        transmission: of the amplitude of weak light.
    """

    def __init__(self, transmission: float = 0.03):
        check_between("transmission", transmission, 0, 1, "1", "It is that of weak light.")
        self.transmission = transmission

    def __call__(self, field: Complex[ArrayLike, "..."]) -> Complex[Array, "..."]:
        """Amplitudes out for amplitudes in [sqrt(W)]."""
        return shifted_softplus.activate(field, transmission=self.transmission)


class ZReLU(nnx.Module):
    """zReLU of every mode; see `photonn.devices.z_relu`. Nothing to train."""

    def __call__(self, field: Complex[ArrayLike, "..."]) -> Complex[Array, "..."]:
        """Amplitudes out for amplitudes in [sqrt(W)]."""
        return z_relu.activate(field)


class Cardioid(nnx.Module):
    """Cardioid of every mode; see `photonn.devices.cardioid`. Nothing to train."""

    def __call__(self, field: Complex[ArrayLike, "..."]) -> Complex[Array, "..."]:
        """Amplitudes out for amplitudes in [sqrt(W)]."""
        return cardioid.activate(field)
