"""One epoch as one compiled program: shuffle, scan over batches, validate, keep the best."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, cast

import jax
import jax.numpy as jnp
import optax
from flax import nnx
from jax import Array
from jaxtyping import Float, Int, Num

from photonn.data import Dataset
from photonn.train import losses
from photonn.train.gradients import Estimator, Loss, autodiff


@jax.tree_util.register_dataclass
@dataclass(frozen=True)
class State:
    """Everything that an epoch changes."""

    params: nnx.State
    rest: nnx.State
    optimizer: Any
    best: nnx.State
    best_accuracy: Float[Array, ""]
    best_loss: Float[Array, ""]
    best_epoch: Int[Array, ""]
    epoch: Int[Array, ""]


@jax.tree_util.register_dataclass
@dataclass(frozen=True)
class Report:
    """What an epoch has to say."""

    losses: Float[Array, " steps"]
    validation_loss: Float[Array, ""]
    validation_accuracy: Float[Array, ""]


@jax.tree_util.register_dataclass
@dataclass(frozen=True)
class Samples:
    """A data set on the device, in the standard float."""

    inputs: Num[Array, "samples ..."]
    labels: Num[Array, "samples ..."]


def on_device(data: Dataset) -> Samples:
    """Put a data set on the device."""
    return Samples(losses.standard_float(data.inputs), jnp.asarray(data.labels))


def start(model: nnx.Module, optimizer: optax.GradientTransformation) -> tuple[nnx.GraphDef, State]:
    """The structure of a model, and the state before the first epoch."""
    graph, params, rest = nnx.split(model, nnx.Param, ...)
    # Typed zeros: a weak type would compile the second epoch anew.
    return graph, State(
        params=params,
        rest=rest,
        optimizer=optimizer.init(cast(optax.Params, params)),
        best=nnx.merge_state(params, rest),
        best_accuracy=jnp.asarray(-1.0, float),
        best_loss=jnp.asarray(jnp.inf, float),
        best_epoch=jnp.asarray(0, int),
        epoch=jnp.asarray(0, int),
    )


def compile_epoch(
    graph: nnx.GraphDef,
    optimizer: optax.GradientTransformation,
    loss: Loss,
    batch: int,
    estimate: Estimator = autodiff,
) -> Callable[[State, Array, Samples, Samples], tuple[State, Report]]:
    """The function that carries a state through one epoch.

    Args:
        graph: structure of the model.
        optimizer: any Optax optimiser.
        loss: from outputs and labels to a number.
        batch: samples in a step.
        estimate: where the gradient comes from.

    Returns:
        From state, random key, training and validation samples to the next state and a
        report. The order of the samples depends on the key and on the epoch alone.
    """

    def step(train: Samples, key: Array, carry, chosen: tuple[Array, Array]):
        params, rest, optimizer_state = carry
        number, samples = chosen
        model = nnx.merge(graph, params, rest, copy=True)
        pair = train.inputs[samples], train.labels[samples]
        value, grads = estimate(loss, model, pair, jax.random.fold_in(key, number))
        updates, optimizer_state = optimizer.update(grads, optimizer_state, params)
        rest = nnx.state(model, nnx.Not(nnx.Param))  # what the model counted and drew
        return (optax.apply_updates(params, updates), rest, optimizer_state), value

    @jax.jit
    def run_epoch(state: State, key: Array, train: Samples, validation: Samples):
        count = len(train.inputs)
        own = jax.random.fold_in(key, state.epoch)
        order = jax.random.permutation(own, count)
        batches = order[: count // batch * batch].reshape(-1, batch)
        carry = state.params, state.rest, state.optimizer
        numbered = jnp.arange(len(batches)), batches
        carry, values = jax.lax.scan(lambda c, b: step(train, own, c, b), carry, numbered)
        params, rest, optimizer_state = carry

        def judge(inputs: Array) -> Array:
            model = nnx.merge(graph, params, rest, copy=True)
            model.eval()
            return model(inputs)

        outputs = losses.predict(judge, validation.inputs)
        right = losses.is_right(outputs, validation.labels)
        report = Report(
            losses=values,
            validation_loss=loss(outputs, validation.labels).astype(float),
            validation_accuracy=jnp.mean(right.astype(float)),
        )
        state = replace(
            state, params=params, rest=rest, optimizer=optimizer_state, epoch=state.epoch + 1
        )
        return _keep_best(state, report), report

    return run_epoch


def _keep_best(state: State, report: Report) -> State:
    level = report.validation_accuracy == state.best_accuracy
    better = (report.validation_accuracy > state.best_accuracy) | (
        level & (report.validation_loss < state.best_loss)
    )
    now = replace(
        state,
        best=nnx.merge_state(state.params, state.rest),
        best_accuracy=report.validation_accuracy,
        best_loss=report.validation_loss,
        best_epoch=state.epoch,
    )
    return jax.tree.map(lambda new, old: jnp.where(better, new, old), now, state)
