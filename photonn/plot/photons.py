"""Figures of photons."""

import numpy as np
from jaxtyping import ArrayLike, Float, Int
from matplotlib.axes import Axes

from photonn.errors import check_integer, check_last_axis


def outcomes(
    probabilities: Float[ArrayLike, " states"],
    occupations: Int[np.ndarray, "states modes"],
    *,
    samples: Float[ArrayLike, " states"] | None = None,
    most: int = 20,
    ax: Axes | None = None,
) -> Axes:
    """Bars of the most probable outcomes, with their photon numbers below.

    Args:
        probabilities: of each outcome.
        occupations: photons in each mode, of each outcome.
        samples: shares of the outcomes in an experiment, as points.
        most: how many outcomes to show.
        ax: Matplotlib axes; a new figure if `None`.
    """
    check_integer("most", most, 1)
    chances = np.asarray(probabilities)
    check_last_axis("probabilities", chances.shape, len(occupations), "states")
    if ax is None:
        import matplotlib.pyplot as plt

        _, ax = plt.subplots()
    shown = np.argsort(-chances, kind="stable")[:most]
    names = ["".join(map(str, state)) for state in np.asarray(occupations)[shown].tolist()]
    ax.bar(range(len(shown)), chances[shown], alpha=0.6, label="probability")
    if samples is not None:
        ax.plot(range(len(shown)), np.asarray(samples)[shown], "k.", label="share of samples")
        ax.legend()
    ax.set_xticks(range(len(shown)), names, rotation=90, fontsize=8)
    ax.set(xlabel="Photons in each mode", ylabel="Probability")
    return ax
