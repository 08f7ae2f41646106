"""Several seeds at once: one compiled program trains them side by side."""

from collections.abc import Callable, Sequence
from pathlib import Path

from flax import nnx

from photonn.data import Dataset
from photonn.errors import check_integer, mistake
from photonn.train import losses
from photonn.train.epoch import Augment
from photonn.train.gradients import Estimator, Loss, autodiff
from photonn.train.history import History
from photonn.train.optimizers import Optimizer
from photonn.train.points import fit_points


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
    for seed in seeds:
        check_integer("seed", seed, 0)
    if not seeds or len(set(seeds)) != len(seeds):
        raise mistake("seeds", "be one or more different numbers", f"is {list(seeds)}")
    return fit_points(
        lambda point: build(point["seed"]),
        train,
        validation,
        lambda point: optimizer,
        points=[{"seed": int(seed)} for seed in seeds],
        loss=lambda point: loss,
        epochs=epochs,
        batch=batch,
        estimate=estimate,
        augment=augment,
        ema=ema,
        patience=patience,
        folder=folder,
        save_seconds=save_seconds,
        progress=progress,
        track=track,
    )
