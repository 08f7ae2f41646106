"""Activations by the light itself: media whose transmission or phase depends on the power."""

import jax.numpy as jnp
from flax import nnx
from jax import Array
from jaxtyping import ArrayLike, Complex

from photonn.devices import (
    carrier_ring,
    kerr,
    photorefractive,
    ring,
    saturable_absorber,
    semiconductor_amplifier,
)
from photonn.errors import (
    check_between,
    check_fraction,
    check_kind,
    check_loss,
    check_not_negative,
    check_positive,
)
from photonn.nn.variables import Gain, Phase


class SaturableAbsorber(nnx.Module):
    """Saturable absorber in every mode; see `photonn.devices.saturable_absorber`.

    Attributes:
        log_saturation_power: logarithm of the saturation power in [W], trainable: the power
            stays positive.
        transmission: of the power of weak light.
        thin: the explicit form for thin cells, an approximation.
    """

    def __init__(
        self, *, transmission: float = 0.1, saturation_power: float = 1.0, thin: bool = False
    ):
        check_positive("saturation_power", saturation_power, "W")
        check_between("transmission", transmission, 0.0, 1.0, "1", "0.1 absorbs 90 %.")
        self.log_saturation_power = Gain(jnp.log(jnp.asarray(saturation_power, float)))
        self.transmission = transmission
        self.thin = thin

    def __call__(self, field: Complex[ArrayLike, "..."]) -> Complex[Array, "..."]:
        """Amplitudes out for amplitudes in [sqrt(W)]."""
        power = jnp.exp(self.log_saturation_power[...])
        if self.thin:
            depth = -jnp.log(self.transmission)
            return saturable_absorber.activate_thin(
                field, optical_depth=depth, saturation_power=power
            )
        return saturable_absorber.activate(
            field, transmission=self.transmission, saturation_power=power
        )


class Kerr(nnx.Module):
    """Self-phase modulation in every mode; see `photonn.devices.kerr`. Nothing to train.

    Attributes:
        nonlinearity: gamma [rad/(W m)].
        length: of the medium [m].
        loss_db: loss of power per length [dB/m].
    """

    def __init__(self, *, nonlinearity: float = 1.0, length: float = 1.0, loss_db: float = 0.0):
        check_not_negative("length", length, "m")
        check_loss("loss_db", loss_db)
        self.nonlinearity = nonlinearity
        self.length = length
        self.loss_db = loss_db

    def __call__(self, field: Complex[ArrayLike, "..."]) -> Complex[Array, "..."]:
        """Amplitudes out for amplitudes in [sqrt(W)]."""
        return kerr.activate(
            field, nonlinearity=self.nonlinearity, length=self.length, loss_db=self.loss_db
        )


class Photorefractive(nnx.Module):
    """Saturable phase in every mode or pixel; see `photonn.devices.photorefractive`.

    Attributes:
        depth: phase under strong light [rad], trainable: a voltage.
        saturation: power [W] or irradiance [W/m^2] of half of it.
    """

    def __init__(self, *, depth: float = jnp.pi, saturation: float = 1.0):
        check_positive("saturation", saturation, "W")
        self.depth = Gain(jnp.asarray(depth, float))
        self.saturation = saturation

    def __call__(self, field: Complex[ArrayLike, "..."]) -> Complex[Array, "..."]:
        """Amplitudes out for amplitudes in [sqrt(W)]."""
        return photorefractive.activate(field, depth=self.depth[...], saturation=self.saturation)


class CarrierRing(nnx.Module):
    """Silicon ring with carriers on every mode; see `photonn.devices.carrier_ring`.

    Attributes:
        detuning: round-trip phase of weak light [rad], trainable: a heater.
        cavity: the ring. The default one turns nonlinear at milliwatts.
    """

    def __init__(
        self,
        *,
        detuning: ArrayLike = 0.0,
        cavity: carrier_ring.Cavity | None = None,
    ):
        if cavity is not None:
            check_kind("cavity", cavity, carrier_ring.Cavity, "Pass carrier_ring.Cavity(t1=0.9).")
            check_fraction("t1", cavity.t1, ring.PASSIVE)
            check_fraction("t2", cavity.t2, ring.PASSIVE)
        self.detuning = Phase(jnp.asarray(detuning, float))
        self.cavity = nnx.data(cavity or carrier_ring.Cavity())

    def __call__(self, field: Complex[ArrayLike, "..."]) -> Complex[Array, "..."]:
        """Amplitudes out for amplitudes in [sqrt(W)]."""
        return carrier_ring.activate(field, detuning=self.detuning[...], cavity=self.cavity)


class SemiconductorAmplifier(nnx.Module):
    """Amplifier in every mode; see `photonn.devices.semiconductor_amplifier`.

    Attributes:
        gain: logarithm of the power gain of weak light, trainable: a current.
        saturation_power: saturation energy over carrier lifetime [W].
        linewidth_factor: phase for a change of gain.
    """

    def __init__(
        self, *, gain: float = 3.0, saturation_power: float = 1.0, linewidth_factor: float = 5.0
    ):
        check_positive("saturation_power", saturation_power, "W")
        self.gain = Gain(jnp.asarray(gain, float))
        self.saturation_power = saturation_power
        self.linewidth_factor = linewidth_factor

    def __call__(self, field: Complex[ArrayLike, "..."]) -> Complex[Array, "..."]:
        """Amplitudes out for amplitudes in [sqrt(W)]."""
        return semiconductor_amplifier.activate(
            field,
            gain=self.gain[...],
            saturation_power=self.saturation_power,
            linewidth_factor=self.linewidth_factor,
        )
