"""A mesh with the light in it."""

import numpy as np
from jaxtyping import ArrayLike, Float
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PolyCollection

from photonn.errors import check_shape
from photonn.meshes import Layout, drawing

GUIDES, CELLS, DARK_CELLS = "#48617f", "#c6d6ec", "#e9e9e9"


def mesh(
    layout: Layout,
    powers: Float[ArrayLike, "planes modes"] | None = None,
    *,
    ax: Axes | None = None,
) -> Axes:
    """Draw the waveguides and cells of a mesh, coloured by the power in them.

    Light goes from left to right. A box is a cell; two waveguides that are no neighbours
    come together for it. Numbers at the right name the modes where they leave in another
    order than they came.

    Args:
        layout: the wiring.
        powers: power in each mode before each column and behind the last [W]
            (`|meshes.columns.trace(...)|^2`); without it all lines have one colour.
        ax: Matplotlib axes; a new figure if `None`.
    """
    if powers is not None:
        powers = np.asarray(powers)
        check_shape("powers", powers.shape, (layout.depth + 1, layout.modes), f"Of {layout}.")
    picture = drawing.draw(layout)
    width, height = float(picture.knots[-1, 0, -1, 0]), layout.modes
    if ax is None:
        import matplotlib.pyplot as plt

        bar = 1.2 if powers is None else 2.4
        inch = float(np.clip(11 / max(width, height), 0.15, 0.45))  # of a lane
        _, ax = plt.subplots(figsize=(bar + inch * width, 0.8 + inch * height), layout="tight")
    lane = ax.bbox.height / ax.figure.dpi * 72 / height  # [pt]
    lines = LineCollection(
        list(_bend(picture.knots)), linewidths=float(np.clip(lane / 9, 0.5, 2.5)), capstyle="round"
    )
    lines.set_snap(False)  # to whole pixels: straight lines would jump
    if powers is None:
        lines.set_color(GUIDES)
    else:
        lines.set_array(powers.ravel())
        lines.set_cmap("inferno_r")
        # A few bright inputs must not leave all the rest white.
        lines.set_clim(0, float(np.quantile(powers, 0.98)) or None)
        ax.figure.colorbar(lines, ax=ax, label="Power (W)", extend="max", pad=0.02)
    corners = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)]) * drawing.HALF_CELL
    boxes = picture.cells[:, None, :] + corners
    color = CELLS if powers is None else DARK_CELLS
    ax.add_collection(PolyCollection(list(boxes), facecolors=color, zorder=1))
    ax.add_collection(lines)
    _label(ax, picture, layout)
    ax.set(xlabel="Column", ylabel="Mode", xlim=(-0.1, width + 0.1), ylim=(height - 0.4, -0.6))
    return ax


def _bend(knots: Float[np.ndarray, "planes modes 6 2"]) -> np.ndarray:
    """Smooth lines through the knots of each plane and mode, level at each of them."""
    step = np.linspace(0, 1, 24)
    rise = step**2 * (3 - 2 * step)
    start, end = knots[..., :-1, None, :], knots[..., 1:, None, :]
    lines = start + (end - start) * np.stack([step, rise], axis=-1)
    return lines.reshape(knots.shape[0] * knots.shape[1], -1, 2)


def _label(ax: Axes, picture: drawing.Drawing, layout: Layout) -> None:
    every = -(-layout.modes // 32)
    first, last = picture.knots[0, :, 0, 1], picture.knots[-1, :, -1, 1]
    modes = np.arange(0, layout.modes, every)
    ax.set_yticks(first[modes], [str(m) for m in modes])
    columns = np.arange(0, layout.depth, -(-layout.depth // 16) or 1)
    ax.set_xticks(picture.columns[columns], [str(c) for c in columns])
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    if (first != last).any():
        right = ax.secondary_yaxis("right")
        right.set_yticks(last, [str(m) for m in range(layout.modes)])
        right.tick_params(length=0)
        right.spines[:].set_visible(False)
