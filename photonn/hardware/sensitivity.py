"""Which error costs most, how bad it can get, and how much of it is allowed.

All comparisons are made on the same draws: chip `i` has the same luck everywhere.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx
from jax import Array
from jaxtyping import ArrayLike

from photonn.errors import check_integer, check_positive, mistake
from photonn.hardware.fabrication import ErrorSource, check_process
from photonn.hardware.monte_carlo import monte_carlo
from photonn.hardware.statistics import check_share, yield_of

Process = Sequence[ErrorSource]
Measure = Callable[[Any], Any]


class Sensitivity(NamedTuple):
    """What each error source of a process does to one metric.

    Attributes:
        ideal: the metric of the design.
        everything: of each chip with all errors, `(chips,)`.
        alone: by the name of a source: of each chip with this error and no other.
        without: by the name of a source: of each chip with all errors but this.
    """

    ideal: float
    everything: np.ndarray
    alone: dict[str, np.ndarray]
    without: dict[str, np.ndarray]

    @property
    def ranking(self) -> dict[str, float]:
        """What the mean loses by each source alone, the costliest first; NaN if one failed."""
        cost = {name: float(np.mean(x) - self.ideal) for name, x in self.alone.items()}
        order = sorted(cost, key=lambda name: -np.nan_to_num(abs(cost[name]), nan=np.inf))
        return {name: cost[name] for name in order}


def sensitivity(
    model: nnx.Module, process: Process, measure: Measure, *, key: Array, chips: int
) -> Sensitivity:
    """Switch error sources on one by one, and off one by one.

    Where `alone` and `without` do not tell the same story the errors interact.

    Args:
        model: the network as designed.
        process: error sources; two of one kind are named apart by a number.
        measure: from a model to one number, as for `monte_carlo`.
        key: the batch of chips.
        chips: how many.
    """
    check_process(process)
    count, names = len(process), _names(process)
    every, none = np.ones(count, bool), np.zeros(count, bool)
    state = nnx.split(model)[1]

    def run(on: np.ndarray) -> np.ndarray:
        switched = [_switch(s, bool(o), state) for s, o in zip(process, on, strict=True)]
        return np.asarray(monte_carlo(model, switched, measure, key=key, chips=chips))

    ideal = run(none)
    if ideal.ndim != 1:
        raise mistake("measure", "give one number", f"gives the shape {ideal.shape[1:]}")
    single = np.eye(count, dtype=bool)
    return Sensitivity(
        ideal=float(np.mean(ideal)),  # a read-out with noise differs from chip to chip
        everything=run(every),
        alone={name: run(only) for name, only in zip(names, single, strict=True)},
        without={name: run(~only) for name, only in zip(names, single, strict=True)},
    )


def corners(
    model: nnx.Module,
    extremes: Mapping[str, tuple[ErrorSource, ErrorSource]],
    measure: Measure,
    *,
    key: Array,
    chips: int,
) -> dict[tuple[str, ...], Any]:
    """Every combination of the good and the bad end of each error source.

    Args:
        model: the network as designed.
        extremes: by name: the source at its good and at its bad end.
        measure: as for `monte_carlo`.
        key: the batch of chips.
        chips: how many.

    Returns:
        What `monte_carlo` gives, by the names of the sources that are at their bad end.
    """
    found = {}
    for ends in product((0, 1), repeat=len(extremes)):
        chosen = [pair[end] for pair, end in zip(extremes.values(), ends, strict=True)]
        bad = tuple(name for name, end in zip(extremes, ends, strict=True) if end)
        found[bad] = monte_carlo(model, chosen, measure, key=key, chips=chips)
    return found


def tolerance_curve(
    model: nnx.Module,
    process_of: Callable[[float], Process],
    sizes: Sequence[float] | ArrayLike,
    measure: Measure,
    *,
    key: Array,
    chips: int,
) -> Any:
    """A metric of many chips against the size of an error.

    Args:
        model: the network as designed.
        process_of: gives the process for a size, for example
            `lambda sigma: [PhaseNoise(sigma), SplitterError(sigma / 2)]`.
        sizes: of the error, in its own unit.
        measure: as for `monte_carlo`.
        key: the batch of chips.
        chips: how many.

    Returns:
        What `monte_carlo` gives, with a first axis for the sizes.
    """
    runs = [
        monte_carlo(model, process_of(float(size)), measure, key=key, chips=chips)
        for size in np.atleast_1d(np.asarray(sizes, float))
    ]
    return jax.tree.map(lambda *results: jnp.stack(results), *runs)


def largest_size(
    model: nnx.Module,
    process_of: Callable[[float], Process],
    measure: Measure,
    *,
    largest: float,
    at_least: float | None = None,
    at_most: float | None = None,
    wanted: float = 0.95,
    steps: int = 12,
    key: Array,
    chips: int,
) -> float:
    """The largest error with which the wanted share of the chips meets a specification.

    Bisection, on the same draws at every size; the answer is a size that was measured to do,
    within `largest / 2**steps` of one that does not. Its interval of confidence is that of
    the yield: `yield_of`.

    Args:
        model: the network as designed.
        process_of: gives the process for a size, as for `tolerance_curve`.
        measure: from a model to one number.
        largest: a size that is too large, in its own unit.
        at_least, at_most: the specification.
        wanted: yield to reach, 0 to 1.
        steps: halvings of the interval.
        key: the batch of chips.
        chips: how many.

    Raises:
        InputError: if the design itself fails, or the largest size still does.
    """
    check_positive("largest", largest, "unit of the size")
    check_integer("steps", steps, 1)
    check_share("wanted", wanted)

    def share(size: float) -> float:
        values = monte_carlo(model, process_of(size), measure, key=key, chips=chips)
        return float(yield_of(values, at_least=at_least, at_most=at_most).value)

    if (best := share(0.0)) < wanted:
        must = f"be met by {wanted:.0%} of the chips without this error"
        raise mistake("at_least or at_most", must, f"is by {best:.0%}", "Relax the limit.")
    if (worst := share(largest)) >= wanted:
        must = f"be a size at which fewer than {wanted:.0%} of the chips do"
        raise mistake("largest", must, f"is {largest:g}, with {worst:.0%}", "Search further.")
    low, high = 0.0, largest
    for _ in range(steps):
        middle = (low + high) / 2
        low, high = (middle, high) if share(middle) >= wanted else (low, middle)
    return low


@jax.tree_util.register_dataclass
@dataclass(frozen=True)
class _Switch:
    """An error source that is on or off; a number, so that both are one program."""

    source: ErrorSource
    on: Any

    def __call__(self, state: nnx.State, key: Array) -> nnx.State:
        made = self.source(state, key)
        return jax.tree.map(lambda new, old: jnp.where(self.on > 0, new, old), made, state)


def _switch(source: ErrorSource, on: bool, state: nnx.State) -> ErrorSource:
    made = source(state, jax.random.key(0))
    if jax.tree.structure(made) == jax.tree.structure(state):
        return _Switch(source, np.float32(on))
    return source if on else _nothing  # it adds variables, as `LayerErrors` does


def _nothing(state: nnx.State, key: Array) -> nnx.State:
    return state


def _names(process: Process) -> list[str]:
    """The kinds; with a number where a kind comes more than once."""
    kinds = [getattr(s, "__name__", type(s).__name__) for s in process]
    return [
        f"{kind} {kinds[:n].count(kind) + 1}" if kinds.count(kind) > 1 else kind
        for n, kind in enumerate(kinds)
    ]
