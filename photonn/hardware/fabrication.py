"""One chip: a model with one draw of every error in it."""

from collections.abc import Callable, Sequence
from typing import TypeVar

import jax
from flax import nnx
from jax import Array

from photonn.errors import check_key, mistake

Model = TypeVar("Model", bound=nnx.Module)
ErrorSource = Callable[[nnx.State, Array], nnx.State]


def fabricate(model: Model, process: Sequence[ErrorSource], key: Array) -> Model:
    """A copy of the model as one chip: every error source drawn once, in order.

    The copy shares nothing with the model. A read-out with noise draws noise of its own on
    every chip.

    Args:
        model: any NNX model; it is not changed.
        process: error sources, such as `PhaseNoise(0.02)`.
        key: the chip; the same key gives the same chip.
    """
    check_process(process)
    check_key("key", key)
    graph, state = nnx.split(model)
    state = _renew_streams(draw_errors(state, process, key), key)
    return nnx.merge(graph, state, copy=True)


def draw_errors(state: nnx.State, process: Sequence[ErrorSource], key: Array) -> nnx.State:
    """The variables of a model after every error source, each with a key of its own.

    Variables that no source changes are those of `state` itself, not copies.
    """
    for number, source in enumerate(process):
        state = source(state, jax.random.fold_in(key, number))
    return state


def check_process(process: object) -> None:
    """Raise unless `process` is a sequence of error sources."""
    hint = "For one source: [PhaseNoise(0.02)]."
    if not isinstance(process, Sequence):
        raise mistake("process", "be a sequence of error sources", f"is {process!r}", hint)
    for source in process:
        if isinstance(source, type) or not callable(source):
            raise mistake("process", "hold error sources", f"holds {source!r}", hint)


def _renew_streams(state: nnx.State, key: Array) -> nnx.State:
    """Other keys for all random streams, so that chips do not share their noise."""
    chip = jax.random.bits(jax.random.fold_in(key, 2**31))  # apart from the keys of sources

    def renew(path: tuple, variable: nnx.Variable) -> nnx.Variable:
        if not isinstance(variable, nnx.RngKey):
            return variable
        return variable.replace(jax.random.fold_in(variable[...], chip))

    return nnx.map_state(renew, state)
