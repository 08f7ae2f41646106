"""Transmission over the wavelength."""

from collections.abc import Mapping, Sequence

import numpy as np
from jaxtyping import ArrayLike, Float
from matplotlib.axes import Axes


def spectrum(
    wavelengths: Float[ArrayLike, " waves"],
    powers: Mapping[str, Float[ArrayLike, " waves"]],
    *,
    channels: Sequence[float] = (),
    ax: Axes | None = None,
) -> Axes:
    """Share of the power at each port against the wavelength, a line for each port.

    Args:
        wavelengths: in vacuum [m].
        powers: the share at each port, 0 to 1, by its name.
        channels: wavelengths to mark, such as those of a WDM grid [m].
        ax: Matplotlib axes; a new figure if `None`.
    """
    if ax is None:
        import matplotlib.pyplot as plt

        _, ax = plt.subplots(figsize=(6, 3), layout="tight")
    nanometres = 1e9 * np.asarray(wavelengths)
    for channel in channels:
        ax.axvline(1e9 * channel, color="0.7", linewidth=0.8, linestyle=":")
    for name, power in powers.items():
        ax.plot(nanometres, power, label=name)
    ax.set(xlabel="Wavelength (nm)", ylabel="Share of the power", ylim=(-0.03, 1.03))
    ax.set_xlim(nanometres.min(), nanometres.max())
    ax.legend()
    return ax
