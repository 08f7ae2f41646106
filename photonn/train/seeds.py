"""Several seeds at once: one compiled program trains them side by side."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx

from photonn.data import Dataset
from photonn.errors import mistake
from photonn.train import losses, sharding
from photonn.train.epoch import Augment, Recipe
from photonn.train.gradients import Estimator, Loss, autodiff
from photonn.train.history import History
from photonn.train.optimizers import Optimizer, check_optimizer
from photonn.train.pieces import Plan, Run
from photonn.train.requests import check_data, check_model, check_numbers
from photonn.train.samples import Samples


def fit_seeds(
    build: Callable[[int], nnx.Module],
    train: Dataset,
    validation: Dataset,
    optimizer: Optimizer,
    *,
    seeds: Sequence[int],
    epochs: int,
    batch: int,
    loss: Loss = losses.cross_entropy,
    estimate: Estimator = autodiff,
    augment: Augment | None = None,
    ema: float | None = None,
    patience: int | None = None,
    folder: Path | str | None = None,
    save_seconds: float = 5.0,
    progress: str | None = None,
    track: bool = False,
) -> list[tuple[nnx.Module, History]]:
    """Train a model for each seed, all at once, as `fit` would one after the other.

    The results are those of `fit` but for the rounding of sums. A seed that stops early keeps
    its best epoch, while the others go on; the work goes on until the last one has stopped.

    Args:
        build: from a seed to a model; all of one structure.
        train, validation: the same for all seeds.
        optimizer: any Optax optimiser.
        seeds: of the models and of the order of the samples.
        epochs, batch, loss, estimate, augment, ema, patience: as in `fit`.
        folder, save_seconds, progress, track: as in `fit`; rows of metrics say their seed.

    Returns:
        For each seed the model at its best epoch, and its history.

    Raises:
        InputError: as `fit`, and if the models differ in structure.
        RunError: as `fit`; the message names the seed.
    """
    classes = check_data(train, validation)
    check_optimizer("optimizer", optimizer)
    check_numbers(
        train, seeds, epochs=epochs, batch=batch, patience=patience, ema=ema, save=save_seconds
    )
    models = [build(seed) for seed in seeds]
    check_model(models[0], loss, train, validation, classes=classes)
    graph, *_ = nnx.split(models[0], nnx.Param, ...)
    division = sharding.chosen(batch)
    recipe = Recipe(graph, optimizer, loss, estimate, augment, ema, classes, patience, division)
    plan = Plan(epochs, tuple(map(int, seeds)), True, folder, save_seconds, progress, track)
    samples = Samples(train, batch, division), Samples(validation, batch, division)
    run = Run(recipe, *samples, plan, jax.vmap(recipe.start)(*_stack(models)))
    run.go()
    return [_leave(run, lane, model) for lane, model in enumerate(models)]


def _stack(models: list[nnx.Module]) -> tuple[nnx.State, nnx.State]:
    """Parameters, and all else, of all models, with a first axis for the model."""
    graphs = [nnx.split(model)[0] for model in models]
    states = [nnx.split(model, nnx.Param, ...)[1:] for model in models]
    leaves = [jax.tree.leaves(state) for state in states]
    kinds = [[(jnp.shape(leaf), leaf.dtype) for leaf in each] for each in leaves]
    if any(graph != graphs[0] for graph in graphs) or any(kind != kinds[0] for kind in kinds):
        raise mistake("build", "give models of one structure", "gives another for another seed")
    stacked = [jnp.stack(column) for column in zip(*leaves, strict=True)]
    return jax.tree.unflatten(jax.tree.structure(states[0]), stacked)


def _leave(run: Run, lane: int, model: nnx.Module) -> tuple[nnx.Module, History]:
    best: Any = jax.tree.map(lambda leaf: leaf[lane], run.state.best)
    nnx.update(model, best)
    row = run.rows[lane][int(np.asarray(run.state.best_epoch)[lane]) - 1]
    return model, History(run.rows[lane], row)
