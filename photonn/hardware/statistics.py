"""What many chips say: quantiles, yield, and how well they are known.

A chip whose metric is NaN has failed: it is counted, it never passes, and no number
stands without the count.
"""

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any, NamedTuple

import jax
import numpy as np
from jax import Array
from jaxtyping import ArrayLike, Float, Shaped

from photonn.errors import check_integer, check_key, check_real, mistake


class Estimate(NamedTuple):
    """A number, or an array of numbers, known from a sample.

    Attributes:
        value: the estimate.
        low, high: ends of its interval of confidence.
    """

    value: Any
    low: Any
    high: Any


@dataclass(frozen=True)
class Summary:
    """A metric over many chips; arrays where the metric is one.

    Attributes:
        chips: how many were measured.
        failed: how many of them gave NaN; the other numbers leave them out.
        mean: of the sound chips, with its interval.
        quantiles: level to the quantile of the sound chips, with its interval.
    """

    chips: int
    failed: ArrayLike
    mean: Estimate
    quantiles: dict[float, Estimate]

    def __str__(self) -> str:
        parts = [f"mean {_shown(self.mean)}"]
        parts += [f"{100 * level:g} % {_shown(x)}" for level, x in self.quantiles.items()]
        lost = int(np.max(self.failed, initial=0))
        failed = f", {lost} of them failed (NaN) and left out" if lost else ""
        return f"{', '.join(parts)}; {self.chips} chips{failed}"


def summarize(
    values: Shaped[ArrayLike, "chips *points"],
    *,
    key: Array,
    levels: tuple[float, ...] = (0.05, 0.5, 0.95),
    confidence: float = 0.95,
) -> Summary:
    """Mean and quantiles over chips, with bootstrap intervals.

    Args:
        values: what `monte_carlo` gives for one metric.
        key: of the resampling.
        levels: of the quantiles, 0 to 1.
        confidence: of the intervals, 0 to 1.
    """
    array = _chips(values)
    for level in levels:
        check_share("levels", level)
    failed = np.isnan(array)
    quantile = np.nanquantile if failed.any() else np.quantile

    def numbers(sample: np.ndarray) -> np.ndarray:
        with warnings.catch_warnings():  # where all chips failed there is no number
            warnings.simplefilter("ignore", RuntimeWarning)
            return np.stack([np.nanmean(sample, axis=0), *quantile(sample, levels, axis=0)])

    found = bootstrap(array, numbers, key=key, confidence=confidence)
    mean, *quantiles = (Estimate(*(x[n] for x in found)) for n in range(1 + len(levels)))
    quantiles = dict(zip(levels, quantiles, strict=True))
    return Summary(len(array), failed.sum(0), mean, quantiles)


def bootstrap(
    values: Shaped[ArrayLike, "chips *points"],
    statistic: Callable[[np.ndarray], ArrayLike],
    *,
    key: Array,
    confidence: float = 0.95,
    resamples: int = 1000,
) -> Estimate:
    """A statistic of a sample, with the interval that resampled chips fall into.

    The percentile bootstrap: honest for means and inner quantiles of some tens of chips
    and more; too narrow for extremes.

    Args:
        values: one number, or array, for each chip.
        statistic: from such an array to the statistic, in NumPy.
        key: of the resampling.
        confidence: of the interval, 0 to 1.
        resamples: how often chips are drawn anew.
    """
    array = _chips(values)
    check_share("confidence", confidence)
    check_integer("resamples", resamples, 2)
    check_key("key", key)
    drawn = np.asarray(jax.random.randint(key, (resamples, len(array)), 0, len(array)))
    again = np.stack([statistic(array[chips]) for chips in drawn])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        low, high = np.nanquantile(again, [(1 - confidence) / 2, (1 + confidence) / 2], axis=0)
    value = np.asarray(statistic(array))
    lost = np.isnan(value)  # resamples without the chip that failed are no interval of it
    return Estimate(value, np.where(lost, np.nan, low), np.where(lost, np.nan, high))


def yield_of(
    values: Shaped[ArrayLike, "chips *points"],
    *,
    at_least: ArrayLike | None = None,
    at_most: ArrayLike | None = None,
    confidence: float = 0.95,
) -> Estimate:
    """Share of the chips that meet a specification, with Wilson's interval.

    Args:
        values: one number, or array, for each chip; NaN does not meet it.
        at_least: smallest value that does.
        at_most: largest value that does.
        confidence: of the interval, 0 to 1.

    References:
        Wilson, "Probable inference, the law of succession, and statistical inference",
        J. Am. Stat. Assoc. 22, 209 (1927).
    """
    array = _chips(values)
    check_share("confidence", confidence)
    share, count = _meets(array, at_least, at_most).mean(0), len(array)
    z2 = NormalDist().inv_cdf((1 + confidence) / 2) ** 2
    centre = (share + z2 / (2 * count)) / (1 + z2 / count)
    spread = np.sqrt(z2 * (share * (1 - share) + z2 / (4 * count)) / count) / (1 + z2 / count)
    return Estimate(share, np.maximum(centre - spread, 0), np.minimum(centre + spread, 1))


def _meets(array: np.ndarray, at_least: ArrayLike | None, at_most: ArrayLike | None) -> np.ndarray:
    if at_least is None and at_most is None:
        raise mistake("at_least", "be given, or `at_most`", "is not", "A yield needs a limit.")
    for name, limit in (("at_least", at_least), ("at_most", at_most)):
        if limit is not None and np.isnan(limit).any():
            raise mistake(name, "be a number", "is NaN", "No chip meets that.")
    if at_least is not None and at_most is not None and np.any(np.greater(at_least, at_most)):
        raise mistake("at_least", "be at most `at_most`", f"is {at_least} above {at_most}")
    good = ~np.isnan(array)
    if at_least is not None:
        good &= array >= np.asarray(at_least)
    if at_most is not None:
        good &= array <= np.asarray(at_most)
    return good


def check_share(name: str, value: float) -> None:
    """Raise unless `value` lies in 0 to 1."""
    if not 0 <= value <= 1:
        raise mistake(name, "lie in 0 to 1", f"is {value!r}")


def _chips(values: Shaped[ArrayLike, "..."]) -> Float[np.ndarray, "chips *points"]:
    check_real("values", values, "1")
    array = np.asarray(values, float)
    if not array.ndim or not len(array):
        must = "hold at least one chip, on the first axis"
        raise mistake("values", must, f"has shape {array.shape}")
    return array


def _shown(estimate: Estimate) -> str:
    if np.ndim(estimate.value):
        return f"{np.min(estimate.value):.4g} ... {np.max(estimate.value):.4g}"
    return f"{estimate.value:.4g} [{estimate.low:.4g}, {estimate.high:.4g}]"
