"""How a fit went."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from jaxtyping import ArrayLike, Float, Int
from matplotlib.axes import Axes

from photonn.train import History


def learning_curve(histories: Mapping[str, Sequence[History]], *, ax: Axes | None = None) -> Axes:
    """Validation accuracy against the epoch: a line for each seed, a colour for each network.

    Where the labels are targets and no classes, the validation loss takes its place.

    Args:
        histories: for each network, what `train.fit` gave for each seed.
        ax: Matplotlib axes; a new figure if `None`.
    """
    ax = _axes(ax)
    rows = [row for runs in histories.values() for history in runs for row in history.epochs]
    classes = all("validation_accuracy" in row for row in rows)
    measure, scale = ("validation_accuracy", 100) if classes else ("validation_loss", 1)
    for number, (name, runs) in enumerate(histories.items()):
        for seed, history in enumerate(runs):
            epochs = [row["epoch"] for row in history.epochs]
            values = [scale * row[measure] for row in history.epochs]
            label = name if seed == 0 else None
            ax.plot(epochs, values, color=f"C{number}", alpha=0.8, label=label)
            best = history.best
            ax.plot(best["epoch"], scale * best[measure], "o", color=f"C{number}")
    ax.set(xlabel="Epoch", ylabel="Validation accuracy (%)" if classes else "Validation loss")
    ax.grid(alpha=0.3)
    ax.legend(title="dot: epoch chosen")
    return ax


def confusion(
    labels: Int[ArrayLike, " samples"],
    outputs: Float[ArrayLike, "samples classes"],
    *,
    ax: Axes | None = None,
) -> Axes:
    """How often each class was taken for each other.

    Args:
        labels: the right classes.
        outputs: of a model; the largest is its guess.
        ax: Matplotlib axes; a new figure if `None`.
    """
    ax = _axes(ax)
    labels, outputs = np.asarray(labels), np.asarray(outputs)
    classes = outputs.shape[-1]
    counts = np.zeros((classes, classes), int)
    np.add.at(counts, (labels, outputs.argmax(axis=-1)), 1)
    ax.imshow(counts, cmap="Blues")
    for row, column in np.argwhere(counts):
        dark = counts[row, column] > counts.max() / 2
        color = "white" if dark else "black"
        ax.text(column, row, str(counts[row, column]), ha="center", va="center", color=color)
    ax.set(xlabel="Predicted class", ylabel="True class")
    ax.set_xticks(range(classes))
    ax.set_yticks(range(classes))
    return ax


def beside_published(
    at: Sequence[float] | ArrayLike,
    ours: Mapping[str, Float[ArrayLike, "seeds points"]],
    published: Mapping[str, Mapping[Any, float]],
    *,
    ax: Axes | None = None,
) -> Axes:
    """Accuracies as lines, with their spread over seeds; published ones as open circles.

    Args:
        at: what the axis shows, `(points,)`.
        ours: accuracies by name, for every seed and point.
        published: accuracies by name, from where they stand on the axis.
        ax: Matplotlib axes; a new figure if `None`.
    """
    ax = _axes(ax)
    colors = {}
    for name, values in ours.items():
        values = 100 * np.asarray(values)
        (line,) = ax.plot(at, values.mean(axis=0), marker=".", label=name)
        low, high = values.min(axis=0), values.max(axis=0)
        ax.fill_between(np.asarray(at), low, high, color=line.get_color(), alpha=0.25)
        colors[name] = line.get_color()
    for number, (name, points) in enumerate(published.items()):
        color = colors.get(name, f"C{len(ours) + number}")
        values = [100 * value for value in points.values()]
        ax.plot(list(points), values, "o", mfc="none", color=color, label=f"{name}, published")
    ax.set(ylabel="Test accuracy (%)")
    ax.grid(alpha=0.3)
    ax.legend(title="band: all seeds")
    return ax


def ladder(
    ours: Mapping[str, Sequence[float]],
    published: Mapping[str, float],
    levels: Mapping[str, float],
    *,
    ax: Axes | None = None,
) -> Axes:
    """Accuracies from the first network above to the last below: a dot for each seed.

    Args:
        ours: for each network its accuracy, for one or more seeds.
        published: what the literature has for some of them, drawn as open circles.
        levels: accuracies to compare with, drawn as vertical lines.
        ax: Matplotlib axes; a new figure if `None`.
    """
    ax = _axes(ax)
    rows = {name: row for row, name in enumerate(ours)}
    dots = [(100 * value, rows[name]) for name, each in ours.items() for value in each]
    ax.plot(*zip(*dots, strict=True), "o", color="C0", alpha=0.7, label="here, each seed")
    if known := {name: value for name, value in published.items() if name in rows}:
        place = [rows[name] for name in known]
        shown = [100 * value for value in known.values()]
        ax.plot(shown, place, "o", mfc="none", color="black", label="published")
    for number, (name, value) in enumerate(levels.items()):
        ax.axvline(100 * value, color=f"C{number + 1}", linestyle="--", label=name)
    ax.set_yticks(range(len(rows)), list(rows))
    ax.invert_yaxis()
    ax.set(xlabel="Accuracy (%)", ylabel="Network")
    ax.grid(alpha=0.3)
    ax.legend()
    return ax


def _axes(ax: Axes | None) -> Axes:
    if ax is not None:
        return ax
    import matplotlib.pyplot as plt

    return plt.subplots()[1]
