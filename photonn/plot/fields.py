"""Masks, irradiance, and where detectors lie."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import ArrayLike, Complex, Float
from matplotlib.axes import Axes

from photonn.free_space import Grid


def mask(phase: Float[ArrayLike, "y x"], grid: Grid, *, ax: Axes | None = None) -> Axes:
    """A phase mask [rad], wrapped to 0..2 pi, on a cyclic colour map."""
    wrapped = np.mod(np.asarray(phase), 2 * np.pi)
    ax = _image(wrapped, grid, ax, "Phase (rad)", cmap="twilight", vmin=0, vmax=2 * np.pi)
    return ax


def field(
    amplitude: Complex[ArrayLike, "y x"],
    grid: Grid,
    *,
    regions: Float[ArrayLike, "detectors y x"] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Irradiance [W/m^2] of a field, with the outlines of detectors over it.

    Args:
        amplitude: the field [sqrt(W)/m].
        grid: its sampling.
        regions: detectors as masks of 0 and 1.
        ax: Matplotlib axes; a new figure if `None`.
    """
    ax = _image(np.abs(np.asarray(amplitude)) ** 2, grid, ax, "Irradiance (W/m²)", cmap="inferno")
    for number, region in enumerate([] if regions is None else np.asarray(regions)):
        rows, columns = np.nonzero(region)
        if rows.size:
            y, x = 1e3 * grid.y[rows], 1e3 * grid.x[columns]
            half = 5e2 * np.array(grid.pitch)
            low, high = (
                (x.min() - half[1], y.min() - half[0]),
                (x.max() + half[1], y.max() + half[0]),
            )
            ax.plot(
                [low[0], high[0], high[0], low[0], low[0]],
                [low[1], low[1], high[1], high[1], low[1]],
                color="white",
                linewidth=0.8,
            )
            ax.text(low[0], low[1], str(number), color="white", fontsize=7, va="bottom")
    return ax


def diffractive(
    phases: Sequence[Float[ArrayLike, "y x"]],
    fields: Sequence[Complex[ArrayLike, "y x"]],
    grid: Grid,
    *,
    regions: Float[ArrayLike, "detectors y x"] | None = None,
) -> np.ndarray:
    """A stack of masks above the light that falls on each of them and on the detectors.

    Args:
        phases: of the masks [rad], in the order that light meets them.
        fields: in front of each mask, and in the detector plane [sqrt(W)/m].
        grid: sampling of all of them.
        regions: detectors in the last plane, as masks of 0 and 1.

    Returns:
        Axes, shape `(2, planes)`.
    """
    import matplotlib.pyplot as plt

    planes = len(fields)
    _, axes = plt.subplots(2, planes, figsize=(4 * planes, 7), squeeze=False, layout="tight")
    for number, phase in enumerate(phases):
        mask(phase, grid, ax=axes[0, number]).set_title(f"Mask {number + 1}")
    for number, amplitude in enumerate(fields):
        last = number == planes - 1
        field(amplitude, grid, regions=regions if last else None, ax=axes[1, number])
        title = "Light on the detectors" if last else f"Light on mask {number + 1}"
        axes[1, number].set_title(title)
    axes[0, -1].set_axis_off()
    return axes


def _image(values: np.ndarray, grid: Grid, ax: Axes | None, label: str, **style) -> Axes:
    if ax is None:
        import matplotlib.pyplot as plt

        _, ax = plt.subplots()
    height, width = (1e3 * size / 2 for size in grid.extent)
    shown = ax.imshow(values, extent=(-width, width, height, -height), **style)
    ax.figure.colorbar(shown, ax=ax, label=label, fraction=0.046, pad=0.04)
    ax.set(xlabel="x (mm)", ylabel="y (mm)")
    return ax
