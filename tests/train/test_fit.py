"""Fitting: it learns, it chooses, it stops, and it goes on where it was."""

import json

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
from filelock import FileLock
from flax import nnx

from photonn import nn, train
from photonn.data import Dataset
from photonn.errors import InputError, RunError

pytestmark = pytest.mark.usefixtures("standard_promotion")


def examples(count, seed):
    """Which of two numbers is the larger one: a line divides them."""
    inputs = np.random.default_rng(seed).uniform(size=(count, 2)).astype(np.float32)
    return Dataset(inputs, (inputs[:, 0] > inputs[:, 1]).astype(np.int32))


TRAIN, VALIDATION = examples(70, 0), examples(40, 1)


class Network(nnx.Module):
    """The least that can learn it, with something that is not to be trained."""

    def __init__(self):
        self.weight = nnx.Param(0.1 * jax.random.normal(jax.random.key(0), (2, 2)))
        self.offset = nn.Imperfection(jnp.full((1, 2), 0.01))

    def __call__(self, inputs):
        return (inputs - 0.5) @ self.weight[...] + self.offset[...]


def fit(model, epochs=6, optimizer=None, **options):
    optimizer = optimizer or optax.adam(0.1)
    return train.fit(model, TRAIN, VALIDATION, optimizer, epochs=epochs, batch=16, **options)


def numbers(model):
    return [np.asarray(leaf) for leaf in jax.tree.leaves(nnx.state(model))]


def assert_same(one, two):
    for a, b in zip(numbers(one), numbers(two), strict=True):
        np.testing.assert_array_equal(a, b, strict=True)


@pytest.fixture(scope="module")
def unbroken():
    model = Network()
    return model, fit(model, seed=3)


def test_learns(unbroken):
    model, history = unbroken
    assert history.epochs[-1]["loss"] < history.epochs[0]["loss"]
    # Chance is 0.5. The classes are divided by a line, which 70 samples fix to a few degrees.
    assert history.best["validation_accuracy"] > 0.8
    assert float(train.accuracy(model, VALIDATION)) == history.best["validation_accuracy"]


def test_history_has_a_row_for_every_epoch(unbroken):
    _, history = unbroken
    keys = {"epoch", "step", "loss", "validation_loss", "validation_accuracy", "seconds", "rate"}
    assert [row["epoch"] for row in history.epochs] == [1, 2, 3, 4, 5, 6]
    assert [row["step"] for row in history.epochs] == [4, 8, 12, 16, 20, 24]
    assert all(set(row) == keys for row in history.epochs)
    want = max(history.epochs, key=lambda r: (r["validation_accuracy"], -r["validation_loss"]))
    assert history.best == want


def test_imperfections_are_not_trained(unbroken):
    np.testing.assert_array_equal(unbroken[0].offset[...], 0.01)


def test_the_seed_gives_the_same_parameters_and_another_seed_others(unbroken):
    again, other = Network(), Network()
    fit(again, seed=3)
    fit(other, seed=4)
    assert_same(unbroken[0], again)
    assert any((a != b).any() for a, b in zip(numbers(again), numbers(other), strict=True))


def test_the_best_epoch_is_restored():
    """A rate far too high: what comes after the best epoch must not stay."""
    model = Network()
    history = fit(model, epochs=8, optimizer=optax.sgd(30.0))
    accuracies = [row["validation_accuracy"] for row in history.epochs]
    assert min(accuracies) < max(accuracies), "every epoch is as good: nothing is tested"
    assert history.best["validation_accuracy"] == max(accuracies)
    assert float(train.accuracy(model, VALIDATION)) == max(accuracies)


def test_a_folder_in_which_another_begins_is_left_alone(tmp_path):
    (tmp_path / "checkpoints").mkdir()
    with (
        FileLock(tmp_path / "checkpoints" / ".lock"),
        pytest.raises(InputError, match="another process fits"),
    ):
        fit(Network(), folder=tmp_path)
    assert not (tmp_path / "metrics.jsonl").exists()


def test_a_fit_without_progress_stops_early():
    model = Network()
    before = numbers(model)
    history = fit(model, epochs=50, optimizer=optax.sgd(0.0), patience=3)
    # Nothing moves: the first epoch is the best one, and three more show no better.
    assert [row["epoch"] for row in history.epochs] == [1, 2, 3, 4]
    assert history.best["epoch"] == 1
    for a, b in zip(before, numbers(model), strict=True):
        np.testing.assert_array_equal(a, b)


def test_every_sample_is_seen_at_most_once_in_an_epoch():
    """Sum of gradients over an epoch of a linear model counts the samples."""

    class Counter(nnx.Module):
        def __init__(self):
            self.seen = nnx.Param(jnp.zeros(70))

        def __call__(self, inputs):
            return inputs @ self.seen[...][:, None]

    one_hot = Dataset(np.eye(70), np.zeros(70, np.int32))
    model = Counter()
    train.fit(
        model,
        one_hot,
        one_hot,
        optax.sgd(1.0),
        epochs=1,
        batch=16,
        loss=lambda outputs, labels: -outputs.sum(),
    )
    counts = np.asarray(model.seen[...])
    assert set(counts.tolist()) == {0.0, 1.0}
    assert counts.sum() == 64  # the rest of 6 waits for another epoch


def test_goes_on_in_the_same_folder_and_ends_where_an_unbroken_fit_does(unbroken, tmp_path):
    model, history = Network(), None
    for epochs in (2, 3, 6):
        model = Network()
        history = fit(model, epochs=epochs, seed=3, folder=tmp_path, save_seconds=0.0)
    assert_same(unbroken[0], model)

    def without_time(rows):
        return [{k: v for k, v in row.items() if k not in ("seconds", "rate")} for row in rows]

    assert without_time(history.epochs) == without_time(unbroken[1].epochs)
    lines = (tmp_path / "metrics.jsonl").read_text().splitlines()
    assert [json.loads(line) for line in lines] == history.epochs
    # A fit that is complete gives its result again and trains no more.
    again = Network()
    assert fit(again, seed=3, folder=tmp_path).epochs == history.epochs
    assert_same(unbroken[0], again)


def test_a_damaged_last_checkpoint_costs_its_epochs_and_nothing_else(unbroken, tmp_path, caplog):
    fit(Network(), epochs=5, seed=3, folder=tmp_path, save_seconds=0.0)
    manifest = tmp_path / "checkpoints" / "20.json"
    manifest.write_text(manifest.read_text()[:-20])
    model = Network()
    history = fit(model, seed=3, folder=tmp_path, save_seconds=0.0)
    assert "Checkpoint 20 is damaged" in caplog.text
    assert len(history.epochs) == 6
    assert_same(unbroken[0], model)


def test_the_last_epoch_is_saved_however_quick_it_was(tmp_path):
    fit(Network(), epochs=2, folder=tmp_path, save_seconds=1e9)
    assert train.checkpoint.Checkpoints(tmp_path / "checkpoints").steps() == [8]  # of 4 an epoch


def test_a_folder_of_another_model_is_refused(tmp_path):
    fit(Network(), epochs=1, folder=tmp_path)
    other = nnx.Sequential(nnx.Linear(2, 2, rngs=nnx.Rngs(0)))
    with pytest.raises(RunError, match=r"another model.*Use another folder"):
        fit(other, epochs=1, folder=tmp_path)


def test_a_folder_of_other_data_is_refused(tmp_path):
    fit(Network(), epochs=1, folder=tmp_path)
    for name in ("train", "validation"):
        parts = {"train": TRAIN, "validation": VALIDATION}
        changed = parts[name].inputs.copy()
        changed[-1, 0] += 0.1
        parts[name] = parts[name]._replace(inputs=changed)
        options = {"epochs": 2, "batch": 16, "folder": tmp_path}
        with pytest.raises(InputError, match=f"`{name}` must be data with the checksum"):
            train.fit(Network(), *parts.values(), optax.adam(0.1), **options)


def test_a_loss_that_is_not_finite_ends_the_run_and_keeps_the_last_good_state(tmp_path):
    def loss(outputs, labels):
        return jnp.sum(outputs**2) * jnp.where(outputs[0, 0] > 1.5, jnp.nan, 1.0)

    growing = Dataset(np.ones((16, 1)), np.zeros(16, np.int32))

    class Growing(nnx.Module):
        def __init__(self):
            self.scale = nnx.Param(jnp.ones(()))

        def __call__(self, inputs):
            return self.scale[...] * inputs

    # Gradient 2 * 16 * scale, rate -0.1 / 32 up: the scale grows by a tenth an epoch,
    # 1.1^5 = 1.61 is above 1.5: the validation of the fifth epoch is not finite.
    with pytest.raises(
        RunError, match=r"(?s)validation loss of epoch 5 must be finite.*after 4 steps is kept"
    ):
        train.fit(
            Growing(),
            growing,
            growing,
            optax.sgd(-0.1 / 32),
            epochs=9,
            batch=16,
            loss=loss,
            folder=tmp_path,
            save_seconds=0.0,
        )
    store = train.checkpoint.Checkpoints(tmp_path / "checkpoints")
    assert store.steps()[-1] == 4
    assert len((tmp_path / "metrics.jsonl").read_text().splitlines()) == 4


def test_inputs_that_are_not_finite_are_found_before_the_first_step():
    bad = Dataset(np.full((20, 2), np.nan, np.float32), np.zeros(20, np.int32))
    with pytest.raises(InputError, match="`train` must have finite inputs"):
        train.fit(Network(), bad, VALIDATION, optax.adam(0.1), epochs=2, batch=10)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"batch": 71}, "`batch` must be at most the 70 training samples, but is 71"),
        ({"batch": 0}, "`batch` must be an integer of at least 1"),
        ({"epochs": 0}, "`epochs` must be an integer of at least 1"),
        ({"patience": 0}, "`patience` must be an integer of at least 1"),
    ],
)
def test_impossible_requests_are_named(options, words):
    request = {"epochs": 1, "batch": 16} | options
    with pytest.raises(InputError, match=words):
        train.fit(Network(), TRAIN, VALIDATION, optax.adam(0.1), **request)


def test_a_progress_bar_shows_loss_and_accuracy(capsys):
    fit(Network(), epochs=2, progress="two modes")
    out = capsys.readouterr().out
    assert "two modes" in out
    assert "2/2" in out
    assert "val" in out


@pytest.mark.parametrize(
    "labels", [np.zeros(19, np.int32), np.full(20, np.nan), np.full(20, -1), np.full(20, "a")]
)
def test_labels_that_cannot_be_used_are_refused(labels):
    bad = Dataset(np.zeros((20, 2), np.float32), labels)
    with pytest.raises(InputError, match="`train` must"):
        train.fit(Network(), bad, VALIDATION, optax.adam(0.1), epochs=1, batch=10)


def test_a_folder_of_another_fit_is_refused(tmp_path):
    options = {"epochs": 2, "batch": 10, "folder": tmp_path}
    train.fit(Network(), VALIDATION, VALIDATION, optax.adam(0.1), seed=0, **options)
    with pytest.raises(InputError, match="`seed` must be 0, as in the fit"):
        train.fit(Network(), VALIDATION, VALIDATION, optax.adam(0.1), seed=1, **options)
    options["estimate"] = train.SPSA()
    with pytest.raises(InputError, match=r"`estimate` must be autodiff, as in .*, but is SPSA"):
        train.fit(Network(), VALIDATION, VALIDATION, optax.adam(0.1), seed=0, **options)


class NoParameters(nnx.Module):
    def __call__(self, inputs):
        return inputs


def test_there_must_be_something_to_train():
    with pytest.raises(InputError, match=r"`model` must have an nnx\.Param"):
        fit(NoParameters())


def test_labels_are_below_the_number_of_outputs():
    part = Dataset(np.ones((4, 3), np.float32), np.arange(4) % 2 + 1)
    model = nnx.Linear(3, 2, rngs=nnx.Rngs(0))
    with pytest.raises(InputError, match="`labels` must be below the 2 outputs"):
        train.fit(model, part, part, optax.sgd(0.1), epochs=1, batch=2)


def test_amplitudes_are_no_outputs():
    part = Dataset(np.ones((4, 3), np.float32), np.arange(4) % 2)
    model = nn.ComplexDense(3, 2, rngs=nnx.Rngs(0))
    with pytest.raises(InputError, match=r"`model` must give real outputs.*read-out"):
        train.fit(model, part, part, optax.sgd(0.1), epochs=1, batch=2)
