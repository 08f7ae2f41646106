"""What networks cost, and what their chips lose."""

from collections.abc import Mapping

import numpy as np
from jaxtyping import ArrayLike, Float
from matplotlib.axes import Axes

from photonn.hardware import Budget

PARTS = ("laser", "heating of phases", "displays", "amplifiers", "modulators", "DACs", "ADCs")


def power(budgets: Mapping[str, Budget], *, ax: Axes | None = None) -> Axes:
    """Power of every part, a bar for each budget.

    Args:
        budgets: by name.
        ax: Matplotlib axes; a new figure if `None`.
    """
    ax = _axes(ax)
    names, left = list(budgets), np.zeros(len(budgets))
    for part in PARTS:
        values = np.array([b.get(part) for b in budgets.values()])
        if values.any():
            ax.barh(names, values, left=left, label=part)
            left += values
    ax.invert_yaxis()
    ax.set(xlabel="Power (W)")
    ax.grid(alpha=0.3, axis="x")
    ax.legend(loc="upper left", bbox_to_anchor=(1, 1))
    return ax


def against_size(
    lines: Mapping[str, Mapping[str, ArrayLike]], name: str, *, ax: Axes | None = None
) -> Axes:
    """One line of the budget against the size of the matrix, for several processes.

    Args:
        lines: what `hardware.budget_against_size` gives, by process.
        name: of the line.
        ax: Matplotlib axes; a new figure if `None`.
    """
    ax = _axes(ax)
    for process, values in lines.items():
        ax.plot(values["size"], values[name], marker=".", label=process)
    ax.set(xlabel="Modes", ylabel=name[0].upper() + name[1:])
    ax.set_xscale("log", base=2)
    if "dB" not in name and "loss" not in name:
        ax.set_yscale("log")
    ax.grid(alpha=0.3, which="both")
    ax.legend()
    return ax


def error_shares(
    errors: Mapping[str, Float[ArrayLike, " chips"]],
    *,
    limit: float | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Share of the chips whose error is at most so large: the yield for any limit.

    Args:
        errors: of every chip, by name; NaN never passes.
        limit: to mark.
        ax: Matplotlib axes; a new figure if `None`.
    """
    ax = _axes(ax)
    for name, values in errors.items():
        values = np.asarray(values)
        sound = np.sort(values[np.isfinite(values)])
        share = 100 * np.arange(1, len(sound) + 1) / len(values)
        ax.step(sound, share, where="post", label=name)
    if limit is not None:
        ax.axvline(limit, color="black", linestyle=":", label=f"limit {limit:g}")
    ax.set(xlabel="Error", ylabel="Chips that have less (%)", ylim=(-2, 102))
    ax.grid(alpha=0.3)
    ax.legend()
    return ax


def error_over(
    points: Float[ArrayLike, " points"],
    errors: Float[ArrayLike, "points chips"],
    *,
    label: str,
    ax: Axes | None = None,
) -> Axes:
    """Median error of chips over a quantity, and 5 to 95 % of them; add one curve to `ax`.

    Args:
        points: for example wavelengths.
        errors: of every chip at each of them.
        label: of the curve.
        ax: Matplotlib axes; a new figure if `None`.
    """
    ax = _axes(ax)
    low, median, high = np.nanquantile(np.asarray(errors), [0.05, 0.5, 0.95], axis=1)
    (line,) = ax.plot(np.asarray(points), median, marker=".", label=label)
    ax.fill_between(np.asarray(points), low, high, alpha=0.3, color=line.get_color())
    ax.set(ylabel="Error", ylim=(0, None))
    ax.grid(alpha=0.3)
    ax.legend()
    return ax


def _axes(ax: Axes | None) -> Axes:
    if ax is not None:
        return ax
    import matplotlib.pyplot as plt

    return plt.subplots(layout="tight")[1]
