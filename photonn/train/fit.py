"""Fit a model: compiled epochs, validation, early stop; and a killed fit goes on.

The state after a step depends on the state before it and on the seed alone, so a run that
goes on from a checkpoint ends bit for bit where an unbroken one does.
"""

from pathlib import Path

from flax import nnx

from photonn.data import Dataset
from photonn.errors import check_integer
from photonn.train import losses, sharding
from photonn.train.epoch import Augment, Recipe
from photonn.train.gradients import Estimator, Loss, autodiff
from photonn.train.history import History
from photonn.train.optimizers import Optimizer, check_optimizer
from photonn.train.pieces import Plan, Run
from photonn.train.requests import check_data, check_model, check_numbers
from photonn.train.samples import Samples


def fit(
    model: nnx.Module,
    train: Dataset,
    validation: Dataset,
    optimizer: Optimizer,
    *,
    epochs: int,
    batch: int,
    loss: Loss = losses.cross_entropy,
    estimate: Estimator = autodiff,
    augment: Augment | None = None,
    ema: float | None = None,
    seed: int = 0,
    patience: int | None = None,
    folder: Path | str | None = None,
    save_seconds: float = 5.0,
    progress: str | None = None,
    track: bool = False,
) -> History:
    """Train every `nnx.Param` of a model and leave it at its best epoch.

    The best epoch has the highest validation accuracy; among equals, the lowest validation
    loss. Labels that are no class numbers (floats, or of any other shape) are targets: there
    is no accuracy then, and the lowest validation loss is the best.

    Args:
        model: from a batch of inputs to outputs, logits for instance; changed in place.
        train: what the gradient sees; a rest of less than a batch waits for another epoch.
            Above a gigabyte it stays on the host, and is sent ahead of its use.
        validation: what the best epoch is chosen by.
        optimizer: any Optax optimiser.
        epochs: at most so many.
        batch: samples in a step.
        loss: from outputs and labels to a number.
        estimate: where the gradient comes from, such as `InSitu()`; by default autodiff.
        augment: from the inputs of a step and a random key to inputs, compiled with the step.
        ema: share of a moving average of the parameters that stays in each step, such as
            0.999; the average is then what is validated and kept.
        seed: of the order of the samples.
        patience: stop after so many epochs without a better one.
        folder: where metrics and checkpoints lie; a fit that was begun there goes on. It must
            have the same seed, batch, data and name of the estimator, a model of the same shapes
            and the same kind of optimiser: all this is checked, its rates are not.
        save_seconds: least time between checkpoints [s]; the last epoch is always saved.
        progress: label of a progress bar; `None` shows none.
        track: also write to `folder/tensorboard`; needs photonn[track].

    Returns:
        The history, with what happened before a resume.

    Raises:
        InputError: if the data or a number cannot be used, or the folder holds another fit.
        RunError: if a number is not finite, or a checkpoint cannot be used.
        Terminated: after SIGTERM; with a folder, the state was saved.
    """
    classes = check_data(train, validation)
    check_optimizer("optimizer", optimizer)
    check_integer("seed", seed, 0)
    check_numbers(train, epochs=epochs, batch=batch, patience=patience, ema=ema, save=save_seconds)
    check_model(model, loss, train, validation, classes=classes)
    graph, params, rest = nnx.split(model, nnx.Param, ...)
    division = sharding.chosen(batch)
    same = (lambda point: optimizer), (lambda point: loss)
    recipe = Recipe(graph, *same, estimate, augment, ema, classes, patience, division)
    plan = Plan(epochs, ({"seed": seed},), False, folder, save_seconds, progress, track)
    samples = Samples(train, batch, division), Samples(validation, batch, division)
    run = Run(recipe, *samples, plan, recipe.start(params, rest, {}))
    run.go()
    nnx.update(model, run.state.best)
    return History(run.rows[0], run.rows[0][int(run.state.best_epoch) - 1])
