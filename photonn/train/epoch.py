"""A step of training; at the end of an epoch validate, and keep the best."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, cast

import jax
import jax.numpy as jnp
import optax
from flax import nnx
from jax import Array
from jaxtyping import Float, Int

from photonn.train import losses
from photonn.train.gradients import Estimator, Loss, autodiff
from photonn.train.optimizers import Optimizer
from photonn.train.samples import CHUNK, Block
from photonn.train.sharding import Division

Augment = Callable[[Array, Array], Array]  # from inputs and a key to inputs
Point = Mapping[str, Any]  # numbers in which fits differ that run side by side


@jax.tree_util.register_dataclass
@dataclass(frozen=True)
class State:
    """Everything that training changes.

    Attributes:
        average: moving average of the parameters, where one is kept.
        epoch, step: epochs that are done, and steps of the present one.
        total: sum of the losses of these steps.
        point: what optimiser and loss are made of; stays as it is.
    """

    params: nnx.State
    rest: nnx.State
    optimizer: Any
    average: nnx.State | None
    best: nnx.State
    best_accuracy: Float[Array, "*lanes"]
    best_loss: Float[Array, "*lanes"]
    best_epoch: Int[Array, "*lanes"]
    epoch: Int[Array, "*lanes"]
    step: Int[Array, "*lanes"]
    total: Float[Array, "*lanes"]
    point: Point


def kept(state: State) -> nnx.State:
    """The parameters that are validated: their moving average, where there is one."""
    return state.params if state.average is None else state.average


@jax.tree_util.register_dataclass
@dataclass(frozen=True)
class Report:
    """What an epoch has to say; no accuracy where the labels are not classes."""

    loss: Float[Array, "*lanes"]
    validation_loss: Float[Array, "*lanes"]
    validation_accuracy: Float[Array, "*lanes"] | None


@dataclass(frozen=True)
class Recipe:
    """What does not change during a fit.

    Attributes:
        graph: structure of the model.
        optimizer: from a point to an Optax optimiser.
        loss: from a point to a function, from outputs and labels to a number.
        estimate: where the gradient comes from.
        augment: changes the inputs of a step.
        ema: share of the moving average that stays in a step.
        classes: whether labels are class numbers.
        patience: epochs without a better one after which the best stays.
        division: of the samples of a step over devices.
    """

    graph: nnx.GraphDef
    optimizer: Callable[[Point], Optimizer]
    loss: Callable[[Point], Loss]
    estimate: Estimator = autodiff
    augment: Augment | None = None
    ema: float | None = None
    classes: bool = True
    patience: int | None = None
    division: Division = Division()  # noqa: RUF009 - frozen

    def start(self, params: nnx.State, rest: nnx.State, point: Point) -> State:
        """The state before the first step."""
        # Typed zeros: a weak type would compile the second piece anew.
        zero, none = jnp.asarray(0, int), jnp.asarray(0.0, float)
        return State(
            params=params,
            rest=rest,
            optimizer=self.optimizer(point).init(cast(optax.Params, params)),
            average=None if self.ema is None else params,
            best=nnx.merge_state(params, rest),
            best_accuracy=none - 1,
            best_loss=none + jnp.inf,
            best_epoch=zero,
            epoch=zero,
            step=zero,
            total=none,
            point=point,
        )

    def batch(self, block: Block, key: Array, epoch: Array, step: Array):
        """Inputs and labels of a step, and its key."""
        own = jax.random.fold_in(jax.random.fold_in(key, epoch), step)
        rows = self.division.divide(block.chosen[step - block.first])
        inputs = self.division.divide(block.inputs[rows])
        labels = self.division.divide(block.labels[rows])
        if self.augment is not None:
            inputs = self.augment(inputs, jax.random.fold_in(own, 0))
        return (inputs, labels), own

    def step(self, state: State, key: Array, block: Block) -> tuple[State, Array]:
        """The state after one step, and whether loss and parameters are finite."""
        model = nnx.merge(self.graph, state.params, state.rest, copy=True)
        batch, own = self.batch(block, key, state.epoch, state.step)
        value, grads = self.estimate(self.loss(state.point), model, batch, own)
        updates, optimizer = self.update(state, grads)
        params = optax.apply_updates(state.params, updates)
        average: Any = state.average
        if self.ema is not None:
            average = optax.incremental_update(params, average, 1 - self.ema)
        finite = jnp.stack([jnp.isfinite(leaf).all() for leaf in jax.tree.leaves((value, params))])
        state = replace(
            state,
            params=params,
            rest=nnx.state(model, nnx.Not(nnx.Param)),  # what the model counted and drew
            optimizer=optimizer,
            average=average,
            step=state.step + 1,
            total=state.total + value.astype(float),
        )
        return state, finite.all()

    def update(self, state: State, grads: nnx.State) -> tuple[Any, Any]:
        """What to add to the parameters for a gradient, and the state of the optimiser."""
        return self.optimizer(state.point).update(grads, state.optimizer, state.params)

    def judge(self, state: State, inputs: Array) -> Array:
        """Outputs of the model as it would be kept."""
        params = kept(state)

        def run(inputs: Array) -> Array:
            model = nnx.merge(self.graph, params, state.rest, copy=True)
            model.eval()
            return model(self.division.divide(inputs))

        return losses.predict(run, inputs, chunk=CHUNK)

    def conclude(self, state: State, outputs: Array, labels: Array, steps: int):
        """The state after its epoch, with the best one in it, and the report."""
        right = losses.is_right(outputs, labels) if self.classes else None
        report = Report(
            loss=state.total / steps,
            validation_loss=self.loss(state.point)(outputs, labels).astype(float),
            validation_accuracy=None if right is None else jnp.mean(right.astype(float)),
        )
        state = replace(
            state,
            epoch=state.epoch + 1,
            step=jnp.zeros_like(state.step),
            total=jnp.zeros_like(state.total),
        )
        return self._keep_best(state, report), report

    def _keep_best(self, state: State, report: Report) -> State:
        better = report.validation_loss < state.best_loss
        accuracy = report.validation_accuracy
        if accuracy is not None:
            level = accuracy == state.best_accuracy
            better = (accuracy > state.best_accuracy) | (level & better)
        if self.patience is not None:  # of several seeds, some may have stopped
            better &= state.epoch - 1 - state.best_epoch < self.patience
        now = replace(
            state,
            best=nnx.merge_state(kept(state), state.rest),
            best_accuracy=state.best_accuracy if accuracy is None else accuracy,
            best_loss=report.validation_loss,
            best_epoch=state.epoch,
        )
        return jax.tree.map(lambda new, old: jnp.where(better, new, old), now, state)
