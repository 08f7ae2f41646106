"""A link from the laser to the photodiode: how much light the read-out needs.

The inverse of `photonn.devices.receiver.signal_to_noise`: that has the quality for a power,
this the power for a quality.
"""

import math

import jax.core
import jax.numpy as jnp
from jax import Array
from jaxtyping import ArrayLike, Float

from photonn.devices.constants import BOLTZMANN, CHARGE
from photonn.devices.receiver import Receiver
from photonn.errors import check_positive, mistake
from photonn.precision import real_array


def signal_to_noise_of(bits: float) -> float:
    """Signal-to-noise ratio that gives so many effective bits: 6.02 bits + 1.76 dB, as a ratio.

    Args:
        bits: effective bits; see `photonn.devices.receiver.effective_bits`.
    """
    check_positive("bits", bits, "1")
    return 10 ** ((6.02 * bits + 1.76) / 10)


def most_signal_to_noise(receiver: Receiver) -> float:
    """The ratio that no power exceeds, 1 / (RIN B); infinite without intensity noise.

    Args:
        receiver: the photodiode and its electronics, of plain numbers.
    """
    share = _number(receiver.rin) * _number(receiver.bandwidth)
    return 1 / share if share else math.inf


def required_power(
    signal_to_noise: Float[ArrayLike, "..."], receiver: Receiver
) -> Float[Array, "..."]:
    """Power on the photodiode for a signal-to-noise ratio [W].

    With S for the ratio, I^2 = S (2 q (I + I_d) B + 4 k T B / R_L + RIN I^2 B + i_n^2 B) is
    solved for the current I. Weak light is limited by heat and the amplifier, and a bit
    costs twice the power; where shots are the limit it costs four times as much.

    Args:
        signal_to_noise: wanted ratio I^2 / variance, not in decibels.
        receiver: the photodiode and its electronics, of plain numbers.

    Raises:
        InputError: if the intensity noise of the laser leaves no power that is enough.
    """
    ratio = real_array(signal_to_noise, "signal_to_noise")
    r = receiver
    most = most_signal_to_noise(r)
    if not isinstance(ratio, jax.core.Tracer) and jnp.any(ratio >= most):
        worst = float(jnp.max(ratio))
        bits = (10 * math.log10(most) - 1.76) / 6.02
        hint = f"The laser's intensity noise allows {bits:.1f} bits: ask for less bits or rate."
        raise mistake("signal_to_noise", f"be below {most:.4g}", f"is {worst:.4g}", hint)
    bandwidth = _number(r.bandwidth)
    heat = 4 * BOLTZMANN * _number(r.temperature) / _number(r.load)
    still = bandwidth * (
        heat + _number(r.amplifier_noise) ** 2 + 2 * CHARGE * _number(r.dark_current)
    )
    slope = 1 - ratio / most
    shots = CHARGE * bandwidth * ratio
    # The larger root of slope I^2 - 2 shots I - still ratio = 0; as amplitudes, so that
    # float32 has room for the squares of weak currents.
    current = (shots + jnp.hypot(shots, jnp.sqrt(still * slope * ratio))) / slope
    return current / _number(r.responsivity)


def _number(value: ArrayLike) -> float:
    return float(jnp.asarray(value))
