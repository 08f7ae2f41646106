"""The steps of an epoch as one compiled loop.

The loop runs as many steps as it is told, by the same compiled code for any number: how an
epoch is divided into pieces changes no bit of the result.
"""

from collections.abc import Callable
from dataclasses import replace

import jax
import jax.numpy as jnp
from jax import Array

from photonn.train import losses
from photonn.train.epoch import Recipe, Report, State
from photonn.train.samples import Block, Samples


class Program:
    """A recipe, compiled.

    With `lanes`, states and keys have a first axis: several fits at once on the same samples.
    """

    def __init__(self, recipe: Recipe, train: Samples, validation: Samples, *, lanes: bool):
        self.validation, self.axis = validation, int(lanes)
        parts = recipe, len(train.inputs), train.steps, train.batch, lanes
        self.order, self._piece, self._judge, self._conclude, self._finish = _compiled(*parts)

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


def _compiled(
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
