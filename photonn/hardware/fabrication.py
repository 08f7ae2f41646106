"""One chip: a model with one draw of every error in it."""

from collections.abc import Callable, Sequence
from typing import TypeVar

import jax
from flax import nnx
from jax import Array

from photonn.errors import mistake

Model = TypeVar("Model", bound=nnx.Module)
ErrorSource = Callable[[nnx.State, Array], nnx.State]


def fabricate(model: Model, process: Sequence[ErrorSource], key: Array) -> Model:
    """A copy of the model as one chip: every error source drawn once, in order.

    Args:
        model: any NNX model; it is not changed.
        process: error sources, such as `PhaseNoise(0.02)`.
        key: the chip; the same key gives the same chip.
    """
    # What no source changed must not stay shared: training the chip would train the model.
    return nnx.clone(with_errors(model, process, key))


def with_errors(model: Model, process: Sequence[ErrorSource], key: Array) -> Model:
    """One chip that shares with the model all that no source changes, such as random streams.

    Args:
        model: any NNX model.
        process: error sources.
        key: the chip.
    """
    check_process(process)
    graph, state = nnx.split(model)
    for number, source in enumerate(process):
        state = source(state, jax.random.fold_in(key, number))
    return nnx.merge(graph, state)


def check_process(process: object) -> None:
    """Raise unless `process` is a sequence of error sources."""
    hint = "For one source: [PhaseNoise(0.02)]."
    if not isinstance(process, Sequence):
        raise mistake("process", "be a sequence of error sources", f"is {process!r}", hint)
    for source in process:
        if isinstance(source, type) or not callable(source):
            raise mistake("process", "hold error sources", f"holds {source!r}", hint)
