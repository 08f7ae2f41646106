"""What a step does beside the gradient: averages, augmentation, targets, accumulation."""

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
from flax import nnx

from photonn import data, train
from photonn.data import Dataset
from photonn.errors import InputError

pytestmark = pytest.mark.usefixtures("standard_promotion")

RNG = np.random.default_rng(0)


class Linear(nnx.Module):
    """A matrix of zeros to begin with."""

    def __init__(self, inputs, outputs):
        self.weight = nnx.Param(jnp.zeros((inputs, outputs)))

    def __call__(self, inputs):
        return inputs @ self.weight[...]


def targets(count, noise=0.0):
    inputs = RNG.normal(size=(count, 3))
    matrix = np.arange(6.0).reshape(3, 2)
    return Dataset(inputs, inputs @ matrix + noise * RNG.normal(size=(count, 2)))


def test_targets_of_any_shape_are_fitted_and_the_lowest_loss_is_kept():
    model = Linear(3, 2)
    # Each rate for one of three epochs of 4 steps: towards the solution, then away from it.
    rate = optax.join_schedules([optax.constant_schedule(r) for r in (0.3, 0.3, 3.0)], [4, 8])
    history = train.fit(
        model,
        targets(64),
        targets(20),
        optax.sgd(rate),
        epochs=3,
        batch=16,
        loss=train.losses.squared_error,
    )
    found = [row["validation_loss"] for row in history.epochs]
    assert found[1] < found[0] < found[2]
    assert history.best == history.epochs[1]
    assert "validation_accuracy" not in history.best
    check = targets(50)
    error = np.mean((train.predict(model, check.inputs) - check.labels) ** 2)
    # The loss of other samples: within a factor, not the one after the third epoch.
    assert error < 3 * found[1] < found[2]


def test_the_average_is_validated_and_kept():
    """A constant gradient: the weight after k steps is k, its average a sum."""
    ones = Dataset(np.ones((8, 1)), np.zeros((8, 1)))
    model = Linear(1, 1)
    history = train.fit(
        model, ones, ones, optax.sgd(1.0), epochs=3, batch=4, ema=0.75, loss=lambda y, _: -y.mean()
    )
    average = 0.0
    for step in range(1, 7):
        average = 0.75 * average + 0.25 * step
    np.testing.assert_allclose(model.weight[0, 0], average, rtol=1e-14)  # 6 sums
    np.testing.assert_allclose(history.best["validation_loss"], -average, rtol=1e-14)


def test_augmentation_changes_every_step_and_no_validation():
    """Each sample has a weight of its own; the gradient is what the model was shown."""
    one_hot = Dataset(np.eye(9), np.zeros((9, 1)))

    def brighten(inputs, key):
        return inputs * (1 + jax.random.uniform(key, dtype=inputs.dtype))

    model = Linear(9, 1)
    history = train.fit(
        model,
        one_hot,
        one_hot,
        optax.sgd(1.0),
        epochs=1,
        batch=1,
        augment=brighten,
        loss=lambda outputs, _: -outputs.mean(),
    )
    shown = np.asarray(model.weight[...])[:, 0]
    assert len(np.unique(shown)) == 9
    assert ((shown >= 1) & (shown < 2)).all()
    np.testing.assert_allclose(history.best["validation_loss"], -shown.mean(), rtol=1e-14)


def test_images_are_moved_and_turned_as_the_key_of_the_step_says():
    """Of one image and one step, the weight is what the model was shown."""

    def move(images, key):
        first, second = jax.random.split(key)
        return data.augment.rotate(data.augment.shift(images, first), second, angle=0.5)

    class Sum(nnx.Module):
        def __init__(self):
            self.weight = nnx.Param(jnp.zeros((8, 8)))

        def __call__(self, images):
            return jnp.sum(images * self.weight[None], axis=(1, 2))[:, None]

    image, model = RNG.uniform(size=(1, 8, 8)), Sum()
    one = Dataset(image, np.zeros((1, 1)))
    loss = lambda outputs, _: -outputs.mean()  # noqa: E731
    train.fit(model, one, one, optax.sgd(1.0), epochs=1, batch=1, augment=move, loss=loss)
    key = jax.random.key(0)
    for number in (0, 0, 0):  # epoch, step, and the draw of the augmentation
        key = jax.random.fold_in(key, number)
    want = move(jnp.asarray(image), key)[0]
    assert np.abs(want - image[0]).max() > 0.1
    np.testing.assert_allclose(model.weight[...], want, rtol=1e-12, atol=1e-14)  # compiled sums


def test_two_half_batches_accumulated_are_one_batch():
    noisy, models = targets(32, noise=0.1), (Linear(3, 2), Linear(3, 2))
    for model, batch, optimizer in zip(
        models, (8, 4), (optax.sgd(0.1), optax.MultiSteps(optax.sgd(0.1), 2)), strict=True
    ):
        loss = train.losses.squared_error
        train.fit(model, noisy, noisy, optimizer, epochs=2, batch=batch, loss=loss)
    one, two = (np.asarray(model.weight[...]) for model in models)
    assert np.abs(one).max() > 0.1
    np.testing.assert_allclose(two, one, rtol=1e-6)  # Optax counts in float32


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"ema": 1.0}, "`ema` must be above 0 and below 1"),
        ({"track": True}, "`track` must have a folder"),
        ({"seed": -1}, "`seed` must be an integer of at least 0"),
        ({"save_seconds": float("nan")}, "`save_seconds` must be zero or more"),
        ({}, "pass loss=train.losses.squared_error"),
    ],
)
def test_what_a_fit_cannot_use_is_named(options, words):
    few = targets(8)
    with pytest.raises(InputError, match=words):
        train.fit(Linear(3, 2), few, few, optax.sgd(0.1), epochs=1, batch=4, **options)


def test_labels_of_two_kinds_are_refused():
    one, two = targets(8), Dataset(np.ones((8, 3)), np.zeros(8, int))
    with pytest.raises(InputError, match="`validation` must have the same kind of labels"):
        train.fit(Linear(3, 2), one, two, optax.sgd(0.1), epochs=1, batch=4)
