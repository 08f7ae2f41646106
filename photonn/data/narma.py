"""NARMA10: a nonlinear moving average of order ten, the usual task for a reservoir.

    y(n + 1) = 0.3 y(n) + 0.05 y(n) sum_{i=0}^{9} y(n - i) + 1.5 u(n - 9) u(n) + 0.1

with u uniform in [0, 0.5]. For some inputs it runs away; such a series is drawn anew.

Atiya and Parlos, "New results on recurrent network training", IEEE Trans. Neural Networks
11, 697 (2000).
"""

import numpy as np

from photonn.data.dataset import Dataset, Split
from photonn.errors import RunError, check_integer

DRAWS = 100
BOUND = 1.0  # an ordinary series stays below; above, the square term takes over


def load(
    *, seed: int = 0, train: int = 1000, validation: int = 1000, test: int = 1000, start: int = 200
) -> Split:
    """Three independent series: inputs u(n) and, as labels, y(n + 1) that they lead to.

    Every series goes on from `start` steps of its own that are not given, but the
    state of a reservoir begins at rest: leave out as many of its first steps as it remembers.

    Args:
        seed: of the draws.
        train: length of the training series.
        validation: length of the series to choose by.
        test: length of the series to report on.
        start: steps before each.
    """
    rng = np.random.default_rng(seed)
    for name, length in (("train", train), ("validation", validation), ("test", test)):
        check_integer(name, length, 1)
    check_integer("start", start, 0)
    return Split(*(_draw(rng, length, start) for length in (train, validation, test)))


def series(inputs: np.ndarray) -> np.ndarray:
    """The outputs y(n + 1) for inputs u(n), from rest: zeros before the first."""
    drive = np.concatenate([np.zeros(9), inputs])
    outputs = np.zeros(len(inputs) + 10)
    for n in range(len(inputs)):
        last = outputs[n : n + 10]
        feedback = 0.3 * last[-1] + 0.05 * last[-1] * last.sum()
        outputs[n + 10] = feedback + 1.5 * drive[n] * drive[n + 9] + 0.1
    return outputs[10:]


def _draw(rng: np.random.Generator, length: int, start: int) -> Dataset:
    for _ in range(DRAWS):
        inputs = rng.uniform(0, 0.5, start + length)
        with np.errstate(over="ignore", invalid="ignore"):
            outputs = series(inputs)
        if np.max(np.abs(outputs)) <= BOUND:  # false for NaN
            return Dataset(*(part[start:].astype(np.float32) for part in (inputs, outputs)))
    raise RunError(
        f"{DRAWS} series of {start + length} steps have all run away. Ask for shorter ones."
    )
