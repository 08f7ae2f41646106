"""A photodiode and its electronics: the current for a power, and what it fluctuates by.

The current of a power P is I = R P. Within the bandwidth B it has Gaussian noise of variance

    2 q (I + I_d) B  +  4 k T B / R_L  +  RIN I^2 B  +  i_n^2 B

from shots (light and dark current), the heat of the load, the intensity noise of the laser
and the amplifier. Every default is ideal: without a bandwidth there is no noise, and each
term needs its own number. Shot noise as a Gaussian holds for many photons in a sample; for
few there is `photonn.devices.photon_counter`.

References:
    Kumar and Deen, Fiber Optic Communications: Fundamentals and Applications (Wiley, 2014),
    eqs. 5.72 (shots) and 5.76 (heat).
"""

import math
from dataclasses import dataclass

import jax
import jax.numpy as jnp
from jax import Array
from jaxtyping import ArrayLike, Float

from photonn.devices.constants import BOLTZMANN, CHARGE, LIGHT_SPEED, PLANCK
from photonn.errors import (
    check_fraction,
    check_not_negative,
    check_nowhere_negative,
    check_positive,
)
from photonn.precision import real_array


@jax.tree_util.register_dataclass
@dataclass(frozen=True)
class Receiver:
    """What a photodiode and its electronics are made of; numbers, or arrays as the power.

    Attributes:
        responsivity: current per power [A/W]; `from_efficiency` has it from the photons.
        bandwidth: of the noise [Hz]; 1 / (2 T) for an integration over a time T [s].
        temperature: of the load [K].
        load: resistance that turns current into voltage [ohm].
        dark_current: without light [A]. Its mean is taken as subtracted, its shots stay.
        rin: relative intensity noise of the laser [1/Hz], 10**(dB/10).
        amplifier_noise: current noise at the input of the amplifier [A/sqrt(Hz)].
    """

    responsivity: ArrayLike = 1.0
    bandwidth: ArrayLike = 0.0
    temperature: ArrayLike = 300.0
    load: ArrayLike = math.inf
    dark_current: ArrayLike = 0.0
    rin: ArrayLike = 0.0
    amplifier_noise: ArrayLike = 0.0

    def __post_init__(self):
        endless = isinstance(self.load, float) and self.load == math.inf
        if not endless:
            check_positive("load", self.load, "ohm", "Without a load it is infinite.")
        check_not_negative("responsivity", self.responsivity, "A/W")
        check_not_negative("bandwidth", self.bandwidth, "Hz")
        check_not_negative("temperature", self.temperature, "K", "Kelvin, not Celsius.")
        check_not_negative("dark_current", self.dark_current, "A")
        check_not_negative("rin", self.rin, "1/Hz", "From decibels: 10**(dB/10).")
        check_not_negative("amplifier_noise", self.amplifier_noise, "A/sqrt(Hz)")

    @classmethod
    def from_efficiency(cls, efficiency: float, wavelength: float, **rest: ArrayLike) -> "Receiver":
        """A receiver that turns a share of the photons into electrons: R = eta q lambda / (h c).

        Args:
            efficiency: electrons per photon, 0 to 1.
            wavelength: of the light in vacuum [m].
            rest: the other attributes.
        """
        check_fraction("efficiency", efficiency)
        check_positive("wavelength", wavelength, "m", "SI units: 1550 nm is 1550e-9.")
        photon = PLANCK * LIGHT_SPEED / wavelength
        return cls(responsivity=efficiency * CHARGE / photon, **rest)


def noise_variance(power: Float[ArrayLike, "..."], receiver: Receiver) -> Float[Array, "..."]:
    """Variance of the photocurrent [A^2]; the formula stands at the head of this file.

    Args:
        power: on the photodiode [W].
        receiver: the photodiode and its electronics.
    """
    power = _power("power", power)
    current = _of(receiver.responsivity, power) * power
    return _variance(current, current, receiver)


def noise_terms(
    power: Float[ArrayLike, "..."], receiver: Receiver
) -> dict[str, Float[Array, "..."]]:
    """The four terms of `noise_variance` by name: shots, heat, laser, amplifier [A^2].

    Args:
        power: on the photodiode [W].
        receiver: the photodiode and its electronics.
    """
    power = _power("power", power)
    current = _of(receiver.responsivity, power) * power
    terms = _terms(current, current, receiver)
    return {name: jnp.broadcast_to(term, power.shape) for name, term in terms.items()}


def receive(
    power: Float[ArrayLike, "..."], receiver: Receiver, *, key: Array
) -> Float[Array, "..."]:
    """Photocurrent [A] with noise.

    The noise is a standard normal number times the standard deviation, and so the gradient
    takes both ways, by the mean and by the standard deviation. The latter has no slope where
    nothing fluctuates (pure shot noise in the dark); there the mean alone counts.

    Args:
        power: on the photodiode [W].
        receiver: the photodiode and its electronics.
        key: of the draw.
    """
    power = _power("power", power)
    current = _of(receiver.responsivity, power) * power
    return _draw(current, _variance(current, current, receiver), key)


def receive_difference(
    plus: Float[ArrayLike, "..."],
    minus: Float[ArrayLike, "..."],
    receiver: Receiver,
    *,
    key: Array,
) -> Float[Array, "..."]:
    """Difference of the currents of two photodiodes in series, with noise [A].

    Args:
        plus: power on one photodiode [W].
        minus: power on the other one [W].
        receiver: of both, alike.
        key: of the draw.
    """
    plus, minus = _power("plus", plus), _power("minus", minus)
    return receive_balanced(plus - minus, plus + minus, receiver, key=key)


def receive_balanced(
    difference: Float[ArrayLike, "..."],
    total: Float[ArrayLike, "..."],
    receiver: Receiver,
    *,
    key: Array,
) -> Float[Array, "..."]:
    """As `receive_difference`, from the difference and the sum of the two powers.

    Both photodiodes have shots; one load and one amplifier see the difference, and so does
    the intensity noise of the laser that they share: balance cancels it. A weak signal beside
    a strong local oscillator stays exact in float32, as the difference is not formed here.

    Args:
        difference: of the powers [W].
        total: sum of the powers [W].
        receiver: of both, alike.
        key: of the draw.
    """
    difference, total = real_array(difference, "difference"), _power("total", total)
    responsivity = _of(receiver.responsivity, total)
    difference, total = responsivity * difference, responsivity * total
    # There are two dark currents, and the variance counts one.
    dark = _of(receiver.dark_current, total)
    return _draw(difference, _variance(total + dark, difference, receiver), key)


def signal_to_noise(power: Float[ArrayLike, "..."], receiver: Receiver) -> Float[Array, "..."]:
    """Electrical signal-to-noise ratio I^2 / variance; infinite without noise, 0 in the dark.

    Args:
        power: on the photodiode [W].
        receiver: the photodiode and its electronics.
    """
    power = _power("power", power)
    current = _of(receiver.responsivity, power) * power
    deviation = _root(_variance(current, current, receiver))
    # Divided before it is squared: float32 has no room for I^2 of a weak current.
    noisy = deviation > 0
    ratio = current / jnp.where(noisy, deviation, 1.0)
    return jnp.where(noisy, ratio**2, jnp.where(current > 0, jnp.inf, 0.0))


def effective_bits(signal_to_noise: Float[ArrayLike, "..."]) -> Float[Array, "..."]:
    """Bits of an ideal converter with this signal-to-noise ratio: (SNR_dB - 1.76) / 6.02.

    So defined for a sine over the full scale. Below 1.76 dB it is negative: no bit at all.

    Args:
        signal_to_noise: ratio of powers, not in decibels.
    """
    ratio = real_array(signal_to_noise)
    check_nowhere_negative("signal_to_noise", ratio, "1", "It is a ratio, not in decibels.")
    return (10 * jnp.log10(ratio) - 1.76) / 6.02


def _variance(total: Array, signal: Array, receiver: Receiver) -> Array:
    """Of a current `signal` made by shots of the current `total` [A^2]."""
    return sum(_terms(total, signal, receiver).values(), jnp.zeros_like(total))


def _terms(total: Array, signal: Array, receiver: Receiver) -> dict[str, Array]:
    r = jax.tree.map(lambda value: _of(value, total), receiver)
    return {
        "shots": 2 * CHARGE * r.bandwidth * (total + r.dark_current),
        "heat": 4 * BOLTZMANN * r.temperature * r.bandwidth / r.load,
        "laser": r.rin * r.bandwidth * signal * signal,
        "amplifier": r.amplifier_noise * r.amplifier_noise * r.bandwidth,
    }


def _draw(mean: Array, variance: Array, key: Array) -> Array:
    return mean + _root(variance) * jax.random.normal(key, mean.shape, mean.dtype)


def _root(variance: Array) -> Array:
    """Square root, of slope zero at zero."""
    positive = variance > 0
    return jnp.where(positive, jnp.sqrt(jnp.where(positive, variance, 1.0)), 0.0)


def _power(name: str, power: ArrayLike) -> Array:
    power = real_array(power, name)
    check_nowhere_negative(name, power, "W")
    return power


def _of(value: ArrayLike, like: Array) -> Array:
    """A number or an array of a receiver, in the precision of the light."""
    return jnp.asarray(value, like.dtype)
