"""A mesh with the light in it."""

import numpy as np
from jaxtyping import ArrayLike, Float
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection

from photonn.meshes import Layout


def mesh(
    layout: Layout,
    powers: Float[ArrayLike, "planes modes"] | None = None,
    *,
    ax: Axes | None = None,
) -> Axes:
    """Draw the waveguides of a mesh, coloured by the power in them.

    Light goes from left to right; waveguides cross where they meet in a cell.

    Args:
        layout: the wiring.
        powers: power in each mode before each column and behind the last [W]
            (`|meshes.columns.trace(...)|^2`); without it all lines are grey.
        ax: Matplotlib axes; a new figure if `None`.
    """
    if ax is None:
        import matplotlib.pyplot as plt

        _, ax = plt.subplots(figsize=(min(12.0, 2 + layout.depth / 4), 1 + layout.modes / 8))
    columns, modes = np.arange(layout.depth)[:, None], np.arange(layout.modes)[None, :]
    half = np.array([0.5, 0])
    start = np.stack(np.broadcast_arrays(columns - 0.25, modes), axis=-1)
    straight = np.stack([start, start + half], axis=-2).reshape(-1, 2, 2)
    end = np.stack(np.broadcast_arrays(columns + 0.75, layout.partner), axis=-1)
    crossing = np.stack([start + half, end], axis=-2).reshape(-1, 2, 2)
    last = layout.depth - 0.25
    out = np.array([[(last, m), (last + 0.5, m)] for m in range(layout.modes)])
    width = float(np.clip(60 / layout.modes, 0.6, 3))
    lines = LineCollection(
        list(np.concatenate([straight, crossing, out])), linewidths=width, capstyle="round"
    )
    if powers is None:
        lines.set_color("0.5")
    else:
        powers = np.asarray(powers)
        inside = powers[:-1].ravel()
        lines.set_array(np.concatenate([inside, inside, powers[-1]]))
        lines.set_cmap("inferno_r")
        # A few bright inputs must not leave all the rest white.
        lines.set_clim(0, float(np.quantile(powers, 0.98)) or None)
        ax.figure.colorbar(lines, ax=ax, label="Power (W)", extend="max", pad=0.02)
    ax.add_collection(lines)
    ax.set(xlabel="Column", ylabel="Mode", xlim=(-0.5, last + 0.75))
    ax.set_ylim(layout.modes - 0.5, -0.5)
    ax.spines[["top", "right"]].set_visible(False)
    return ax
