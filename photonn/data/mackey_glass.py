"""The Mackey-Glass series: a delayed feedback that is chaotic for delays above about 17.

    dx/dt = 0.2 x(t - tau) / (1 + x(t - tau)^10) - 0.1 x(t)

Mackey and Glass, "Oscillation and chaos in physiological control systems", Science 197, 287
(1977).
"""

import numpy as np

from photonn.data.dataset import Dataset, Split
from photonn.errors import check_integer

STEPS = 10  # of Runge-Kutta in a unit of time
START = 500  # units of time that are left out: the way to the attractor


def load(
    *,
    seed: int = 0,
    delay: int = 17,
    ahead: int = 1,
    train: int = 2000,
    validation: int = 1000,
    test: int = 1000,
) -> Split:
    """Three series of their own, one value a unit of time, and their values `ahead` units later.

    Args:
        seed: of the pasts that the series start from.
        delay: tau, in units of time.
        ahead: units of time from an input to its label.
        train: length of the training series.
        validation: length of the series to choose by.
        test: length of the series to report on.
    """
    lengths = {"train": train, "validation": validation, "test": test}
    for name, value in {**lengths, "delay": delay, "ahead": ahead}.items():
        check_integer(name, value, 1)
    rng = np.random.default_rng(seed)
    pasts = rng.uniform(0.6, 1.4, 3)
    made = series(pasts, START + max(lengths.values()) + ahead, delay)[:, START:]
    parts = zip(made.astype(np.float32), lengths.values(), strict=True)
    return Split(*(Dataset(row[:n], row[ahead : ahead + n]) for row, n in parts))


def series(past: np.ndarray, length: int, delay: int = 17) -> np.ndarray:
    """Solutions at times 1, 2, ..., shape `(count, length)`.

    Args:
        past: value of each before time 0, shape `(count,)`.
        length: units of time.
        delay: tau, in units of time.
    """
    lag, step = delay * STEPS, 1 / STEPS
    values = np.empty((lag + length * STEPS + 1, len(past)))
    values[: lag + 1] = past
    for n in range(lag, lag + length * STEPS):
        # Between two steps the delayed value is a mean: its error is of the second order.
        first, last = values[n - lag], values[n - lag + 1]
        x, middle = values[n], (first + last) / 2
        k1 = _slope(x, first)
        k2 = _slope(x + step / 2 * k1, middle)
        k3 = _slope(x + step / 2 * k2, middle)
        k4 = _slope(x + step * k3, last)
        values[n + 1] = x + step / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
    return values[lag + STEPS :: STEPS].T


def _slope(now: np.ndarray, then: np.ndarray) -> np.ndarray:
    return 0.2 * then / (1 + then**10) - 0.1 * now
