"""The points of a sweep at once: one compiled program trains them side by side."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx
from jax import Array

from photonn.data import Dataset
from photonn.errors import InputError, mistake
from photonn.train import losses, sharding
from photonn.train.epoch import Augment, Point, Recipe
from photonn.train.gradients import Estimator, Loss, autodiff
from photonn.train.history import History
from photonn.train.optimizers import Optimizer, check_optimizer
from photonn.train.pieces import Plan, Run
from photonn.train.requests import check_data, check_model, check_numbers, check_points
from photonn.train.samples import Samples


def fit_points(
    build: Callable[[Point], nnx.Module],
    train: Dataset,
    validation: Dataset,
    optimizer: Callable[[Point], Optimizer],
    *,
    points: Sequence[Any],
    epochs: int,
    batch: int,
    loss: Callable[[Point], Loss] = lambda point: losses.cross_entropy,
    estimate: Estimator = autodiff,
    augment: Augment | None = None,
    ema: float | None = None,
    patience: int | None = None,
    folder: Path | str | None = None,
    save_seconds: float = 5.0,
    progress: str | None = None,
    track: bool = False,
) -> list[tuple[nnx.Module, History]]:
    """Train a model for each point of a sweep, all at once, as `fit` would one after the other.

    A point is a mapping from names to numbers. Model, optimiser and loss are made from it, so
    that rates, decays, temperatures, starts and seeds may differ from point to point. The
    results are those of `fit` but for the rounding of sums. A point that stops early keeps its
    best epoch, while the others go on; the work goes on until the last one has stopped.

    Example:
        >>> points = [{"seed": seed, "rate": rate} for seed in (0, 1) for rate in (0.01, 0.03)]
        >>> fit_points(
        ...     lambda point: network(point["seed"]),
        ...     training,
        ...     validation,
        ...     lambda point: optax.adam(point["rate"]),
        ...     points=points,
        ...     epochs=20,
        ...     batch=64,
        ... )

    Args:
        build: from a point to a model; all of one structure, which numbers may differ.
        train, validation: the same for all points.
        optimizer: from the numbers of a point, all but its seed, to an Optax optimiser. It must
            calculate with them, not choose by them: they stand for those of all points.
        points: of one set of names. `seed` is also that of the order of the samples, as in
            `fit`; without it, that is 0.
        loss: from the numbers of a point to a loss, in the same way.
        epochs, batch, estimate, augment, ema, patience: as in `fit`.
        folder, save_seconds, progress, track: as in `fit`; rows of metrics have the numbers of
            their point. A sweep that goes on must have the points that it began with.

    Returns:
        For each point the model at its best epoch, and its history.

    Raises:
        InputError: as `fit`, if the models differ in structure, or if a point has anything
            but numbers, or is used to choose.
        RunError: as `fit`; the message names the point.
    """
    points = check_points(points)
    classes = check_data(train, validation)
    check_numbers(train, epochs=epochs, batch=batch, patience=patience, ema=ema, save=save_seconds)
    numbers = [{k: v for k, v in point.items() if k != "seed"} for point in points]
    # Weak types, as plain numbers have: a rate must not widen the parameters.
    columns = {name: jnp.stack([jnp.asarray(n[name]) for n in numbers]) for name in numbers[0]}
    _check_recipe(optimizer, loss, numbers, columns)
    models = [build(point) for point in points]
    check_model(models[0], loss(numbers[0]), train, validation, classes=classes)
    graph, *_ = nnx.split(models[0], nnx.Param, ...)
    division = sharding.chosen(batch)
    recipe = Recipe(graph, optimizer, loss, estimate, augment, ema, classes, patience, division)
    plan = Plan(epochs, tuple(points), True, folder, save_seconds, progress, track)
    samples = Samples(train, batch, division), Samples(validation, batch, division)
    run = Run(recipe, *samples, plan, jax.vmap(recipe.start)(*_stack(models), columns))
    run.go()
    return [_leave(run, lane, model) for lane, model in enumerate(models)]


def _check_recipe(
    optimizer: Any, loss: Any, numbers: list[dict[str, Any]], columns: dict[str, Array]
) -> None:
    """Raise unless both can be made, of known numbers and of what stands for all of them."""
    for name, make in (("optimizer", optimizer), ("loss", loss)):
        if not callable(make):
            hint = "Such as lambda point: optax.adam(point['rate']). One for all: fit_seeds."
            raise mistake(name, "be a function of a point", f"is {make!r}", hint)

    def compiled(point: Point) -> int:
        return len((optimizer(point), loss(point)))

    for point in numbers:  # each known number is checked by what takes it
        check_optimizer("optimizer", _made("optimizer", optimizer, point))
        if not callable(_made("loss", loss, point)):
            hint = "Such as lambda point: train.losses.cross_entropy."
            raise mistake("loss", "give a function of outputs and labels", "does not", hint)
    try:
        jax.eval_shape(jax.vmap(compiled), columns) if columns else None
    except (jax.errors.JAXTypeError, InputError) as error:
        hint = "Use separate fits, or photonn sweep, where what is done depends on a number."
        must = "calculate with the numbers of a point"
        raise mistake("optimizer or loss", must, "chooses by one", hint) from error


def _made(name: str, make: Callable[[Point], Any], point: Point) -> Any:
    try:
        return make(point)
    except KeyError as error:
        must = f"use the numbers of a point, but for its seed: {', '.join(point) or 'none'}"
        raise mistake(name, must, f"asks for {error}") from error


def _stack(models: list[nnx.Module]) -> tuple[nnx.State, nnx.State]:
    """Parameters, and all else, of all models, with a first axis for the model."""
    graphs = [nnx.split(model)[0] for model in models]
    states = [nnx.split(model, nnx.Param, ...)[1:] for model in models]
    leaves = [jax.tree.leaves(state) for state in states]
    kinds = [[(jnp.shape(leaf), leaf.dtype) for leaf in each] for each in leaves]
    if any(graph != graphs[0] for graph in graphs) or any(kind != kinds[0] for kind in kinds):
        raise mistake("build", "give models of one structure", "gives another for another point")
    stacked = [jnp.stack(column) for column in zip(*leaves, strict=True)]
    return jax.tree.unflatten(jax.tree.structure(states[0]), stacked)


def _leave(run: Run, lane: int, model: nnx.Module) -> tuple[nnx.Module, History]:
    best: Any = jax.tree.map(lambda leaf: leaf[lane], run.state.best)
    nnx.update(model, best)
    row = run.rows[lane][int(np.asarray(run.state.best_epoch)[lane]) - 1]
    return model, History(run.rows[lane], row)
