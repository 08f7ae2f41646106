"""A fit that is no longer finite says where it happened, and keeps what was good."""

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
from flax import nnx

from photonn import nn, train
from photonn.data import Dataset
from photonn.errors import RunError
from photonn.train import pieces
from photonn.train.checkpoint import Checkpoints

pytestmark = pytest.mark.usefixtures("standard_promotion")

DATA = Dataset(np.ones((12, 2)), np.zeros((12, 2)))


class Scale(nnx.Module):
    """Times a number that grows."""

    def __init__(self, value=1.0):
        self.factor = nn.Gain(jnp.full(2, value))

    def __call__(self, inputs):
        return inputs * self.factor[None]


def climb(outputs, labels):
    """Its gradient is -1/2 for each factor of ones: a step of SGD adds the rate / 2."""
    return -jnp.mean(outputs)


def fail(model, data=DATA, loss=climb, optimizer=None, **options):
    options = {"epochs": 9, "batch": 4} | options
    with pytest.raises(RunError) as caught:
        train.fit(model, data, data, optimizer or optax.sgd(2.0), loss=loss, **options)
    return str(caught.value)


def broken_above(limit):
    """A layer: infinite in its second mode, from a limit on."""

    def layer(field):
        return field.at[..., 1].set(jnp.where(field[..., 1] > limit, jnp.inf, field[..., 1]))

    return layer


def test_the_layer_the_step_and_the_number_are_named(tmp_path, monkeypatch):
    monkeypatch.setattr(pieces, "SECONDS", 1e9)  # the epoch of the failure is one piece
    # The factor is 1 before the first step, k before the k-th of 3 an epoch: 8 is the first
    # above 7.5, at step 2 of epoch 3.
    words = fail(nnx.Sequential(Scale(), broken_above(7.5)), folder=tmp_path)
    assert "step 2 of epoch 3: the output of layer 2 (layer) is inf at [0, 1]" in words
    assert "The state after 6 steps is kept" in words
    assert "\n" not in words
    # It can be gone on from, by a rate that does no harm.
    model = nnx.Sequential(Scale(), broken_above(7.5))
    options = {"epochs": 4, "batch": 4, "loss": climb, "folder": tmp_path}
    train.fit(model, DATA, DATA, optax.sgd(0.1), **options)
    # Factor 7 after 6 steps, then 6 steps of 0.05; the best epoch is the last.
    np.testing.assert_allclose(model.layers[0].factor[...], 7.3, rtol=1e-12)


def test_a_state_that_is_not_finite_is_never_saved(tmp_path, monkeypatch):
    """The loss is finite, the gradient is not: parameters of the last step would be saved."""
    monkeypatch.setattr(pieces, "SECONDS", 0.0)

    def loss(outputs, labels):
        # The root has an infinite slope at zero, which is where the second mode begins.
        return jnp.sum(jnp.sqrt(jnp.abs(outputs[:, 1]))) + climb(outputs, labels)

    model = Scale()
    model.factor[...] = jnp.array([1.0, 0.0])
    words = fail(model, loss=loss, folder=tmp_path, save_seconds=0.0)
    assert "step 1 of epoch 1: the gradient of `factor` (Gain) is inf at [1]" in words
    assert Checkpoints(tmp_path / "checkpoints").steps() == []


def test_a_loss_that_fails_alone_is_told_from_outputs_that_do():
    def undefined(outputs, labels):
        return jnp.mean(outputs) + jnp.log(-1.0)

    words = fail(nnx.Sequential(Scale()), loss=undefined)
    assert "step 1 of epoch 1: the outputs are finite, but the loss is nan" in words


def test_inputs_that_augmentation_spoils_are_named():
    def spoil(inputs, key):
        return inputs.at[2, 0].set(jnp.nan)

    words = fail(Scale(), augment=spoil)
    assert "step 1 of epoch 1: the batch is nan at [2, 0]" in words


def test_an_update_that_is_not_finite_is_named():
    words = fail(Scale(), optimizer=optax.sgd(lambda count: jnp.where(count < 4, 0.1, jnp.inf)))
    assert "step 2 of epoch 2: the updated `factor` (Gain) is inf at [0]" in words


def test_a_validation_that_is_not_finite_names_the_layer():
    class Evaluated(Scale):
        def __call__(self, inputs):
            return super().__call__(inputs) * jnp.where(self.broken, jnp.nan, 1.0)

        broken = False

        def eval(self, **_):
            self.broken = True

    words = fail(Evaluated())
    assert "The validation loss of epoch 1 must be finite: the output of the Evaluated" in words
    assert "is nan at [0, 0]" in words


def test_draws_are_those_of_the_step_that_failed():
    """Dropout between the layers: the replay must see the same zeros."""
    rngs = nnx.Rngs(3)

    def limit(field):
        return jnp.where(jnp.sum(field) > 6.0, jnp.nan, field)

    # Of 8 numbers about half pass, doubled: more than 3 pass at some step only.
    model = nnx.Sequential(Scale(), nnx.Dropout(0.7, rngs=rngs), limit)
    words = fail(model, epochs=90, optimizer=optax.sgd(1e-9))
    assert "the output of layer 3 (limit) is nan at [0, 0]" in words
    assert jax.config.jax_enable_x64
