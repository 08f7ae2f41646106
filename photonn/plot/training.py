"""How a fit went."""

from collections.abc import Mapping, Sequence

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


def _axes(ax: Axes | None) -> Axes:
    if ax is not None:
        return ax
    import matplotlib.pyplot as plt

    return plt.subplots()[1]
