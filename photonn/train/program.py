"""The steps of an epoch as one compiled loop, and which compiled loops are kept.

The loop runs as many steps as it is told, by the same compiled code for any number: how an
epoch is divided into pieces changes no bit of the result.
"""

import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

import jax
import jax.numpy as jnp
from flax import nnx
from jax import Array

from photonn.train import losses
from photonn.train.epoch import Recipe, Report, Same, State
from photonn.train.gradients import autodiff
from photonn.train.optimizers import OfNumbers
from photonn.train.samples import Block, Samples

LIBRARIES = ("builtins", "numpy", "jax", "jaxlib", "flax", "photonn")


class Program:
    """A recipe, compiled.

    With `lanes`, states and keys have a first axis: several fits at once on the same samples.
    Fits of one recipe on data of one shape are compiled once, if all code is that of libraries.
    """

    def __init__(self, recipe: Recipe, train: Samples, validation: Samples, *, lanes: bool):
        parts = recipe, len(train.inputs), train.steps, train.batch, lanes
        self.validation, self.axis = validation, int(lanes)
        try:
            compiled = _compiled(*parts) if is_fixed(recipe) else _newly_compiled(*parts)
        except TypeError:  # what cannot be hashed cannot be kept
            compiled = _newly_compiled(*parts)
        self.order, self._piece, self._judge, self._conclude, self._finish = compiled

    def piece(self, state: State, key: Array, block: Block, count: int) -> tuple[State, Array]:
        """So many steps: the next state, and the first step that was not finite, or -1."""
        return self._piece(state, key, block.chosen, block, count)

    def finish(self, state: State) -> tuple[State, Report]:
        """Validate after the last step of an epoch: the next state, and the report."""
        if self.validation.held:
            return self._finish(state, *self.validation.held)
        outputs = [self._judge(state, inputs) for inputs in self.validation.parts()]
        labels = losses.standard_float(self.validation.labels)
        rows = jnp.concatenate(outputs, axis=self.axis)
        return self._conclude(state, rows, labels)


def _newly_compiled(
    recipe: Recipe, samples: int, steps: int, batch: int, lanes: bool
) -> tuple[Callable, ...]:
    """Order of an epoch, a piece of it, outputs, what follows from them, and both at once."""

    def order(key: Array, epoch: Array) -> Array:
        mixed = jax.random.permutation(jax.random.fold_in(key, epoch), samples)
        return mixed[: steps * batch].reshape(steps, batch)

    def piece(state: State, key: Array, chosen: Array, block: Block, count: Array):
        block = replace(block, chosen=chosen)

        def step(_, carry):
            state, failed = carry
            after, finite = recipe.step(state, key, block)
            return after, jnp.where(finite | (failed >= 0), failed, state.step)

        return jax.lax.fori_loop(0, count, step, (state, jnp.full_like(state.step, -1)))

    def conclude(state: State, outputs: Array, labels: Array) -> tuple[State, Report]:
        return recipe.conclude(state, outputs[: len(labels)], labels, steps)

    def finish(state: State, inputs: Array, labels: Array) -> tuple[State, Report]:
        return conclude(state, recipe.judge(state, inputs), labels)

    def each(run: Callable, axes: tuple) -> Callable:
        out = recipe.division.whole
        return jax.jit(jax.vmap(run, axes) if lanes else run, out_shardings=out)

    return (
        each(order, (0, 0)),
        each(piece, (0, 0, 0, None, None)),
        each(recipe.judge, (0, None)),
        each(conclude, (0, 0, None)),
        each(finish, (0, None, None)),
    )


# Many seeds of one experiment compile once; a few programs are kept, not those of a lifetime.
_compiled = lru_cache(maxsize=8)(_newly_compiled)


def is_fixed(recipe: Recipe) -> bool:
    """Whether an equal recipe does the same: all code in it is that of libraries.

    Other code may read what has changed since it was compiled: a global number, an object, a
    model. Nobody would see that the old value is still at work.
    """
    optimizer, loss = recipe.optimizer, recipe.loss
    return (
        isinstance(optimizer, Same)
        and isinstance(optimizer.held, OfNumbers)
        and isinstance(loss, Same)
        and _is_of_library(loss.held)
        and recipe.estimate is autodiff
        and recipe.augment is None
        and all(map(_is_of_library, _contents(recipe.graph)))
    )


def _contents(graph: nnx.GraphDef) -> Iterator[Any]:
    """Types of modules and variables, and all that they hold but arrays."""
    for node in graph.nodes:
        yield getattr(node, "type", None)
        yield getattr(node, "metadata", None)
    for _, content in graph.attributes:
        yield getattr(content, "value", None)


def _is_of_library(thing: Any) -> bool:
    """Whether it is a type or a function of a library, or data of such a type."""
    if isinstance(thing, jax.tree_util.PyTreeDef):
        return _is_of_library(thing.node_data()) and _is_of_library(thing.children())
    if isinstance(thing, type):
        return _is_in_library(thing)
    if callable(thing) and hasattr(thing, "__qualname__"):
        # By its name: one that a function of the library made may hold anything.
        found = getattr(sys.modules.get(thing.__module__), thing.__qualname__, None)
        return found is thing and _is_in_library(thing)
    held = tuple(thing.values()) if isinstance(thing, Mapping) else thing
    parts = held if isinstance(held, tuple | list) else ()
    return _is_in_library(type(thing)) and all(map(_is_of_library, parts))


def _is_in_library(code: Any) -> bool:
    return code.__module__.partition(".")[0] in LIBRARIES
