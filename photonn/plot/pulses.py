"""Pulses on their way through a fibre."""

import numpy as np
from jaxtyping import ArrayLike, Complex, Float
from matplotlib.axes import Axes


def evolution(
    power: Float[ArrayLike, "planes points"],
    axis: Float[ArrayLike, " points"],
    distance: Float[ArrayLike, " planes"],
    *,
    decibels: float | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Power, or its spectrum, along a fibre as a map.

    Args:
        power: at each plane, of any unit.
        axis: times [s] or frequencies [Hz] that belong to it, in rising order.
        distance: of the planes [m].
        decibels: depth of a logarithmic scale below the maximum; linear if `None`.
        ax: Matplotlib axes; a new figure if `None`.
    """
    ax = _axes(ax)
    values = np.asarray(power) / np.max(power)
    label, limits = "Power / maximum", (0.0, 1.0)
    if decibels is not None:
        values = 10 * np.log10(np.maximum(values, 10 ** (-decibels / 10)))
        label, limits = "Power (dB)", (-decibels, 0.0)
    unit, scale = _unit(np.asarray(axis))
    shown = ax.pcolormesh(
        np.asarray(axis) * scale,
        np.asarray(distance),
        values,
        vmin=limits[0],
        vmax=limits[1],
        cmap="inferno",
        shading="nearest",
        rasterized=True,
    )
    ax.figure.colorbar(shown, ax=ax, label=label)
    ax.set(xlabel=unit, ylabel="Distance (m)")
    return ax


def frog(
    trace: Float[ArrayLike, "delay frequency"], interval: float, *, ax: Axes | None = None
) -> Axes:
    """A FROG trace, zero delay and twice the carrier in the middle.

    Args:
        trace: from `photonn.devices.pulse.frog`.
        interval: between samples of the pulse [s].
        ax: Matplotlib axes; a new figure if `None`.
    """
    ax = _axes(ax)
    values = np.fft.fftshift(np.asarray(trace).T) / np.max(trace)
    samples = len(values)
    delays = (np.arange(samples) - samples // 2) * interval
    lines = np.fft.fftshift(np.fft.fftfreq(samples, interval))
    shown = ax.pcolormesh(
        delays * 1e12, lines * 1e-12, values, cmap="inferno", shading="nearest", rasterized=True
    )
    ax.figure.colorbar(shown, ax=ax, label="Power / maximum")
    ax.set(xlabel="Delay (ps)", ylabel="Frequency from twice the carrier (THz)")
    return ax


def pulse_spectrum(
    amplitude: Complex[ArrayLike, " frequency"],
    interval: float,
    *,
    label: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Spectral power on a logarithmic scale, as a line.

    Args:
        amplitude: from `photonn.devices.pulse.spectrum` [sqrt(J/Hz)], in FFT order.
        interval: between samples of the pulse [s].
        label: of the line.
        ax: Matplotlib axes; a new figure if `None`.
    """
    ax = _axes(ax)
    power = np.fft.fftshift(np.abs(np.asarray(amplitude)) ** 2)
    lines = np.fft.fftshift(np.fft.fftfreq(power.size, interval))
    # Relative to 1 pJ/THz: the usual size of short pulses.
    power_db = 10 * np.log10(np.maximum(power * 1e24, 1e-30))
    ax.plot(lines * 1e-12, power_db, label=label)
    ax.set(xlabel="Frequency from the carrier (THz)", ylabel="Spectrum (dB re 1 pJ/THz)")
    return ax


def _unit(axis: np.ndarray) -> tuple[str, float]:
    """Times are below a second, frequencies above a hertz."""
    if np.max(np.abs(axis)) < 1:
        return "Time (ps)", 1e12
    return "Frequency from the carrier (THz)", 1e-12


def _axes(ax: Axes | None) -> Axes:
    if ax is not None:
        return ax
    import matplotlib.pyplot as plt

    return plt.subplots()[1]
