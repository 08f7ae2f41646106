"""What a grid can propagate, over the distance."""

from functools import partial

import numpy as np
from matplotlib.axes import Axes

from photonn.free_space import Grid, sampling_report

COLOURS = {
    "angular_spectrum": "tab:blue",
    "band_limited": "tab:orange",
    "rayleigh_sommerfeld": "tab:green",
}


def sampling(
    grid: Grid,
    *,
    wavelength: float,
    index: float = 1.0,
    distance: float | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Padding, wrap-around and connectivity against the distance, on the method that fits.

    Args:
        grid: sampling of both planes.
        wavelength: in vacuum [m].
        index: refractive index between the planes.
        distance: one to mark [m].
        ax: Matplotlib axes; a new figure if `None`.
    """
    if ax is None:
        import matplotlib.pyplot as plt

        _, ax = plt.subplots()
    report_at = partial(sampling_report, grid, wavelength=wavelength, index=index)
    middle = max(*report_at(distance=1.0).critical_distance, wavelength)
    distances = middle * np.logspace(-2, 1.5, 71)
    reports = [report_at(distance=float(z)) for z in distances]
    windows = [max(np.divide(report.padding, grid.shape)) for report in reports]
    ax.loglog(distances, windows, label="windows that a transfer function needs")
    ax.loglog(distances, [r.wrap_around for r in reports], label="comes back without padding")
    ax.loglog(distances, [min(r.connectivity) for r in reports], label="connectivity")
    _shade(ax, distances, [report.method for report in reports])
    if distance is not None:
        ax.axvline(distance, color="black", linestyle=":", label=f"{distance:.3g} m")
    ax.set(xlabel="Distance (m)", ylabel="Share, windows", ylim=(1e-3, 1e2))
    ax.margins(x=0)
    ax.legend(fontsize=8, loc="lower right")
    return ax


def _shade(ax: Axes, distances: np.ndarray, methods: list[str]) -> None:
    """A coloured band for every stretch of one method."""
    ends = [n for n in range(1, len(methods)) if methods[n] != methods[n - 1]]
    seen = set()
    for start, end in zip([0, *ends], [*ends, len(methods) - 1], strict=True):
        name = methods[start]
        label = None if name in seen else name
        seen.add(name)
        ax.axvspan(distances[start], distances[end], color=COLOURS[name], alpha=0.12, label=label)
