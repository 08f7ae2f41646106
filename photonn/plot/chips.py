"""What many chips say: tolerance, yield, sensitivity, and laws beside what was measured."""

from collections.abc import Mapping, Sequence

import numpy as np
from jaxtyping import ArrayLike, Float
from matplotlib.axes import Axes

from photonn.hardware import Sensitivity, yield_of


def tolerance_curve(
    sizes: Sequence[float] | ArrayLike,
    values: Float[ArrayLike, "points chips"],
    *,
    ax: Axes | None = None,
) -> Axes:
    """A metric of many chips: the median as a line, 5 to 95 % of the chips as a band.

    Args:
        sizes: of the error, or wavelengths: what the axis shows, `(points,)`.
        values: of each chip, as `hardware.tolerance_curve` gives them; NaN is left out.
        ax: Matplotlib axes; a new figure if `None`.
    """
    ax = _axes(ax)
    low, median, high = np.nanquantile(np.asarray(values), [0.05, 0.5, 0.95], axis=1)
    (line,) = ax.plot(sizes, median, marker=".", label="median chip")
    band = "5-95 % of chips"
    ax.fill_between(np.asarray(sizes), low, high, color=line.get_color(), alpha=0.3, label=band)
    ax.set(xlabel="Size of the error", ylabel="Metric")
    ax.grid(alpha=0.3)
    ax.legend()
    return ax


def yield_curve(
    sizes: Sequence[float] | ArrayLike,
    values: Float[ArrayLike, "points chips"],
    *,
    at_least: float | None = None,
    at_most: float | None = None,
    wanted: float = 0.95,
    ax: Axes | None = None,
) -> Axes:
    """Share of the chips that meet a specification, with its 95 % interval.

    Args:
        sizes: of the error, `(points,)`.
        values: of each chip, as `hardware.tolerance_curve` gives them; NaN does not meet it.
        at_least, at_most: the specification.
        wanted: a yield to mark, 0 to 1.
        ax: Matplotlib axes; a new figure if `None`.
    """
    ax = _axes(ax)
    found = yield_of(np.asarray(values).T, at_least=at_least, at_most=at_most)
    share, low, high = 100 * np.asarray(found)
    limits = {"≥": at_least, "≤": at_most}
    label = ", ".join(f"{sign} {x:g}" for sign, x in limits.items() if x is not None)
    (line,) = ax.plot(sizes, share, marker=".", label=label)
    ax.fill_between(np.asarray(sizes), low, high, color=line.get_color(), alpha=0.3)
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
    place, mean = np.arange(len(names)), float(np.mean(result.everything))
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
    sizes: Sequence[float] | ArrayLike,
    measured: Mapping[str, Sequence],
    theory: Mapping[str, Sequence[float] | ArrayLike],
    *,
    holds: Mapping[str, ArrayLike] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """What was measured as dots, the law of the same name as a line, both axes logarithmic.

    Args:
        sizes: what the axis shows, `(points,)`.
        measured: by name, `(points,)`; or value, low and high end, `(3, points)`.
        theory: by name, `(points,)`.
        holds: by name, whether the law holds at each point: hollow where it does not.
        ax: Matplotlib axes; a new figure if `None`.
    """
    ax = _axes(ax)
    sizes = np.asarray(sizes)
    for number, (name, values) in enumerate(measured.items()):
        color = f"C{number}"
        values, *interval = np.atleast_2d(np.asarray(values))
        good = np.broadcast_to((holds or {}).get(name, True), sizes.shape)
        ax.loglog(sizes[good], values[good], "o", color=color, label=name)
        if not good.all():
            ax.loglog(sizes[~good], values[~good], "o", color=color, fillstyle="none")
        if interval:
            ax.vlines(sizes, *interval, color=color, linewidth=1)
        if name in theory:
            ax.loglog(sizes, theory[name], color=color, alpha=0.7)
    ax.set_xticks(sizes, [f"{tick:g}" for tick in sizes])
    ax.tick_params(axis="x", which="minor", labelbottom=False)
    ax.set(xlabel="Size", ylabel="Error")
    ax.grid(alpha=0.3, which="both")
    title = "lines: theory" + ("; hollow: not within 10 %" if holds else "")
    ax.legend(title=title, fontsize=8, title_fontsize=8)
    return ax


def law_ratios(
    sizes: Sequence[float] | ArrayLike,
    ratios: Sequence[Float[ArrayLike, "points curves"]],
    verdicts: ArrayLike,
    labels: Sequence[float],
    *,
    tolerance: float = 0.1,
    ax: Axes | None = None,
) -> Axes:
    """Measured over theory: full where the law holds, hollow where it is off, a cross if undecided.

    Args:
        sizes: what the axis shows, `(points,)`.
        ratios: value, low and high end, each `(points, curves)`.
        verdicts: of `hardware.error_laws.verdict`, `(points, curves)`.
        labels: the size of the error of each curve [rad].
        tolerance: half the width of the band.
        ax: Matplotlib axes; a new figure if `None`.
    """
    ax = _axes(ax)
    styles = {"holds": ("o", "full"), "off": ("o", "none"), "undecided": ("x", "full")}
    sizes, verdicts = np.asarray(sizes), np.asarray(verdicts)
    value, low, high = (np.asarray(x) for x in ratios)
    ax.axhspan(1 - tolerance, 1 + tolerance, color="gray", alpha=0.2)
    for number, label in enumerate(labels):
        color, places = f"C{number}", sizes * (1 + 0.03 * (number - len(labels) / 2))
        ax.semilogx(places, value[:, number], "-", color=color, alpha=0.5, label=f"{label:g} rad")
        ax.vlines(places, low[:, number], high[:, number], color=color, linewidth=1)
        for word, (marker, fill) in styles.items():
            chosen = verdicts[:, number] == word
            chosen_value = value[chosen, number]
            ax.plot(places[chosen], chosen_value, marker, color=color, fillstyle=fill, ls="none")
    ax.set_xticks(sizes, [f"{tick:g}" for tick in sizes])
    ax.tick_params(axis="x", which="minor", labelbottom=False)
    ax.set(xlabel="Size", ylabel="Measured over theory", ylim=(0.5, 1.6))
    ax.grid(alpha=0.3)
    ax.legend(fontsize=8)
    return ax


def chips_by_stage(
    values: Mapping[str, Float[ArrayLike, "seeds chips"]],
    levels: Mapping[str, float] | None = None,
    *,
    ax: Axes | None = None,
) -> Axes:
    """Accuracy of chips after each step: every chip a dot, every seed a colour, the mean a bar.

    Args:
        values: in 0..1, by the name of the step, from the top down.
        levels: what to compare with, in 0..1, by name: vertical lines.
        ax: Matplotlib axes; a new figure if `None`.
    """
    ax = _axes(ax)
    for row, chips in enumerate(values.values()):
        accuracies = 100 * np.asarray(chips)
        places = row + np.linspace(-0.25, 0.25, accuracies.size).reshape(accuracies.shape)
        for seed, (place, accuracy) in enumerate(zip(places, accuracies, strict=True)):
            ax.plot(accuracy, place, "o", color=f"C{seed}", alpha=0.8, markersize=5)
        ax.plot([accuracies.mean()] * 2, [row - 0.36, row + 0.36], "k-", linewidth=2)
    styles = ("-", "--", ":", "-.")
    for number, (name, level) in enumerate((levels or {}).items()):
        style = styles[number % len(styles)]
        ax.axvline(100 * level, color="gray", linestyle=style, label=f"{name}: {100 * level:.1f}")
    ax.set_yticks(range(len(values)), list(values))
    ax.invert_yaxis()
    ax.set(xlabel="Test accuracy (%)", ylabel="Step")
    ax.grid(alpha=0.3, axis="x")
    if levels:
        where = {"loc": "upper center", "bbox_to_anchor": (0.4, -0.12), "ncols": len(levels)}
        ax.legend(fontsize=8, title="bar: mean of all chips", title_fontsize=8, **where)
    return ax


def _axes(ax: Axes | None) -> Axes:
    if ax is not None:
        return ax
    import matplotlib.pyplot as plt

    return plt.subplots()[1]
