"""What limits a receiver."""

from typing import Any

import numpy as np
from jaxtyping import ArrayLike, Float
from matplotlib.axes import Axes

from photonn.devices import receiver as electronics
from photonn.devices.receiver import Receiver

LABELS = {
    "shots": "shots alone",
    "heat": "heat alone",
    "laser": "intensity noise alone",
    "amplifier": "amplifier alone",
}


def effective_bits(
    power: Float[ArrayLike, " points"], receiver: Receiver, *, ax: Axes | None = None
) -> Axes:
    """Effective bits of a receiver against power, over what each noise alone would leave.

    The slope tells the limit: under heat a bit costs twice the power, under shots four times,
    and under intensity noise no power buys one. The right axis has the same as a ratio [dB].

    Args:
        power: on the photodiode, above zero [W].
        receiver: the photodiode and its electronics.
        ax: Matplotlib axes; a new figure if `None`.
    """
    if ax is None:
        import matplotlib.pyplot as plt

        ax = plt.subplots()[1]
    power = np.asarray(power)
    signal = np.asarray(receiver.responsivity) * power
    for name, variance in electronics.noise_terms(power, receiver).items():
        if np.any(variance):
            ratio = (signal / np.sqrt(np.asarray(variance))) ** 2
            ax.plot(power, electronics.effective_bits(ratio), "--", lw=1, label=LABELS[name])
    ratio = electronics.signal_to_noise(power, receiver)
    ax.plot(power, electronics.effective_bits(ratio), "k", lw=2, label="all")
    ax.set(xscale="log", xlabel="Power (W)", ylabel="Effective bits")
    ax.set_ylim(0, None)
    # The formula of `effective_bits` both ways; its constants are those of a full-scale sine.
    decibels = ax.secondary_yaxis("right", functions=(_to_decibels, _to_bits))
    decibels.set_ylabel("Signal-to-noise ratio (dB)")
    ax.grid(alpha=0.3)
    ax.legend()
    return ax


def _to_decibels(bits: Any) -> Any:
    return 6.02 * bits + 1.76


def _to_bits(decibels: Any) -> Any:
    return (decibels - 1.76) / 6.02
