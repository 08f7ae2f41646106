"""Where a loss stopped being finite: the step is run again, and looked at.

The state before the piece is the last one that is known to be good: it is kept on disk.
"""

from typing import TYPE_CHECKING, Any

import jax
import numpy as np
import optax
from flax import nnx
from jax import Array

from photonn.errors import RunError
from photonn.nn import trace
from photonn.train.epoch import Recipe, State, kept
from photonn.train.samples import Block

if TYPE_CHECKING:
    from photonn.train.pieces import Run

ADVICE = (
    "Use a lower learning rate, clip the gradient, or look for inputs that are not finite and for "
    "labels beyond the outputs of the model. If it stops there again, start anew in another folder."
)


def of_step(run: "Run", before: State, block: Block, lane: int, step: int) -> RunError:
    """What to raise where a step failed.

    Args:
        run: what is under way.
        before: the state before the piece.
        block: the samples of the piece.
        lane: which of the fits that run side by side.
        step: the first of the epoch that failed.
    """
    good = _keep(run, before)
    count = step - int(np.atleast_1d(before.step)[0])
    state, _ = run.program.piece(before, run.key, block, count)
    key = run.key
    if run.plan.lanes:
        state, key = jax.tree.map(lambda leaf: leaf[lane], (state, key))
        block = Block(block.inputs, block.labels, block.chosen[lane], block.first)
    where = f"step {step + 1} of epoch {run.epoch + 1}{_of(run, lane)}"
    return RunError(f"Training stopped at {where}: {find(run.recipe, state, key, block)}. {good}")


def of_validation(run: "Run", before: State, after: State, lane: int) -> RunError:
    """What to raise where the validation loss is not finite."""
    good = _keep(run, before)
    if run.plan.lanes:
        after = jax.tree.map(lambda leaf: leaf[lane], after)
    model = nnx.merge(run.recipe.graph, kept(after), after.rest, copy=True)
    model.eval()
    found = ""
    for inputs in run.validation.parts():
        found = found or _in_layers(model, inputs)
    found = found or "the outputs are finite, the loss is not"
    where = f"The validation loss of epoch {run.epoch + 1}{_of(run, lane)}"
    return RunError(f"{where} must be finite: {found}. {good}")


def find(recipe: Recipe, state: State, key: Array, block: Block) -> str:
    """The first number that is not finite in a step: inputs, layers, loss, gradient, update."""
    batch, own = recipe.batch(block, key, state.epoch, state.step)
    if found := _first("the batch", batch[0]):
        return found
    model = nnx.merge(recipe.graph, state.params, state.rest, copy=True)
    if found := _in_layers(model, batch[0]):
        return found
    model = nnx.merge(recipe.graph, state.params, state.rest, copy=True)
    value, grads = recipe.estimate(recipe.loss(state.point), model, batch, own)
    if not np.isfinite(value):
        return f"the outputs are finite, but the loss is {value}"
    if found := _in_parameters("the gradient of", grads):
        return found
    updates, _ = recipe.update(state, grads)
    params = optax.apply_updates(state.params, updates)
    return _in_parameters("the updated", params) or "the step is finite when it is run again"


def _in_layers(model: nnx.Module, inputs: Array) -> str:
    layers = model.layers if isinstance(model, nnx.Sequential) else [model]
    outputs = trace(nnx.Sequential(*layers), inputs)
    for number, (layer, output) in enumerate(zip(layers, outputs, strict=True), 1):
        name = getattr(layer, "__name__", type(layer).__name__)
        where = f"layer {number} ({name})" if isinstance(model, nnx.Sequential) else f"the {name}"
        if found := _first(f"the output of {where}", output):
            return found
    return ""


def _in_parameters(what: str, tree: Any) -> str:
    for path, variable in nnx.to_flat_state(tree):
        name = ".".join(map(str, path))
        kind = type(variable).__name__
        if found := _first(f"{what} `{name}` ({kind})", variable[...]):
            return found
    return ""


def _first(what: str, values: Any) -> str:
    """The first number that is not finite, in words; nothing if all are."""
    values = np.asarray(values)
    wrong = np.argwhere(~np.isfinite(values))
    if not len(wrong):
        return ""
    index = tuple(int(number) for number in wrong[0])
    return f"{what} is {values[index]} at {list(index)}"


def _keep(run: "Run", before: State) -> str:
    """Save the last good state, and say so."""
    run.save(before)
    if not run.store or not (last := run.store.steps()[-1:]):
        return ADVICE
    return f"The state after {last[0]} steps is kept in {run.store.folder}. {ADVICE}"


def _of(run: "Run", lane: int) -> str:
    point = run.plan.points[lane].items() if run.plan.lanes else ()
    return "".join(f", {name} {value}" for name, value in point)
