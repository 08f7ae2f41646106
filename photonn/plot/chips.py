"""What many chips say: tolerance, yield, sensitivity, and laws beside what was measured."""

from collections.abc import Mapping

import numpy as np
from jaxtyping import ArrayLike, Float
from matplotlib.axes import Axes

from photonn.hardware import Sensitivity, yield_of


def tolerance_curve(
    sizes: Float[ArrayLike, " points"],
    values: Float[ArrayLike, "points chips"],
    *,
    ax: Axes | None = None,
) -> Axes:
    """A metric of many chips: the median as a line, 5 to 95 % of the chips as a band.

    Args:
        sizes: of the error, or wavelengths: what the axis shows.
        values: of each chip, as `hardware.tolerance_curve` gives them; NaN is left out.
        ax: Matplotlib axes; a new figure if `None`.
    """
    ax = _axes(ax)
    low, median, high = np.nanquantile(np.asarray(values), [0.05, 0.5, 0.95], axis=1)
    band = ax.fill_between(np.asarray(sizes), low, high, alpha=0.3, label="5-95 % of chips")
    ax.plot(sizes, median, marker=".", color=band.get_facecolor()[0, :3], label="median chip")
    ax.set(xlabel="Size of the error", ylabel="Metric")
    ax.grid(alpha=0.3)
    ax.legend()
    return ax


def yield_curve(
    sizes: Float[ArrayLike, " points"],
    values: Float[ArrayLike, "points chips"],
    *,
    at_least: float | None = None,
    at_most: float | None = None,
    wanted: float = 0.95,
    ax: Axes | None = None,
) -> Axes:
    """Share of the chips that meet a specification, with its 95 % interval.

    Args:
        sizes: of the error.
        values: of each chip, as `hardware.tolerance_curve` gives them; NaN does not meet it.
        at_least, at_most: the specification.
        wanted: a yield to mark, 0 to 1.
        ax: Matplotlib axes; a new figure if `None`.
    """
    ax = _axes(ax)
    share, low, high = yield_of(np.asarray(values).T, at_least=at_least, at_most=at_most)
    limits = {"≥": at_least, "≤": at_most}
    label = ", ".join(f"{sign} {x:g}" for sign, x in limits.items() if x is not None)
    band = ax.fill_between(np.asarray(sizes), 100 * low, 100 * high, alpha=0.3)
    ax.plot(sizes, 100 * share, marker=".", color=band.get_facecolor()[0, :3], label=label)
    ax.axhline(100 * wanted, color="black", linestyle=":", label=f"{100 * wanted:g} %")
    ax.set(xlabel="Size of the error", ylabel="Yield (%)", ylim=(-2, 102))
    ax.grid(alpha=0.3)
    ax.legend()
    return ax


def sensitivity(result: Sensitivity, *, ax: Axes | None = None) -> Axes:
    """What each source of error costs alone, and what would be won without it.

    Args:
        result: of `hardware.sensitivity`.
        ax: Matplotlib axes; a new figure if `None`.
    """
    ax = _axes(ax)
    names = list(result.ranking)[::-1]
    place, mean = np.arange(len(names)), np.mean(result.everything)
    alone = [result.ranking[name] for name in names]
    gained = [mean - np.mean(result.without[name]) for name in names]
    ax.barh(place + 0.2, alone, height=0.36, label="this error alone")
    ax.barh(place - 0.2, gained, height=0.36, label="all, minus all but this")
    ax.axvline(mean - result.ideal, color="black", linestyle=":", label="all errors")
    ax.set_yticks(place, names)
    ax.set(xlabel="Change of the mean metric", ylabel="Source of error")
    ax.grid(alpha=0.3, axis="x")
    ax.legend()
    return ax


def laws(
    sizes: Float[ArrayLike, " points"],
    measured: Mapping[str, ArrayLike],
    theory: Mapping[str, ArrayLike],
    *,
    ax: Axes | None = None,
) -> Axes:
    """What was measured as dots, the law of the same name as a line, both axes logarithmic.

    Args:
        sizes: what the axis shows.
        measured: by name, `(points,)`.
        theory: by name, `(points,)`.
        ax: Matplotlib axes; a new figure if `None`.
    """
    ax = _axes(ax)
    for number, (name, values) in enumerate(measured.items()):
        ax.loglog(sizes, values, "o", color=f"C{number}", label=name)
        if name in theory:
            ax.loglog(sizes, theory[name], color=f"C{number}", alpha=0.7)
    ax.set(xlabel="Size", ylabel="Error")
    ax.grid(alpha=0.3, which="both")
    ax.legend(title="lines: theory")
    return ax


def _axes(ax: Axes | None) -> Axes:
    if ax is not None:
        return ax
    import matplotlib.pyplot as plt

    return plt.subplots()[1]
