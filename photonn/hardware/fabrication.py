"""One chip: a model with one draw of every error in it."""

from collections.abc import Callable, Sequence
from typing import TypeVar

import jax
from flax import nnx
from jax import Array

Model = TypeVar("Model", bound=nnx.Module)
ErrorSource = Callable[[nnx.State, Array], nnx.State]


def fabricate(model: Model, process: Sequence[ErrorSource], key: Array) -> Model:
    """A copy of the model as one chip: every error source drawn once, in order.

    Args:
        model: any NNX model; it is not changed.
        process: error sources, such as `PhaseNoise(0.02)`.
        key: the chip; the same key gives the same chip.
    """
    graph, state = nnx.split(model)
    for number, source in enumerate(process):
        state = source(state, jax.random.fold_in(key, number))
    return nnx.merge(graph, state)
