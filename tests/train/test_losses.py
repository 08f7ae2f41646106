"""Losses, accuracy, predictions in chunks."""

import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from photonn import nn, train
from photonn.data import Dataset
from photonn.devices.receiver import Receiver
from photonn.errors import InputError

RNG = np.random.default_rng(0)


def test_cross_entropy_is_minus_the_log_of_the_right_share():
    logits = RNG.normal(size=(6, 4))
    labels = np.array([0, 3, 1, 1, 2, 0])
    shares = np.exp(logits) / np.exp(logits).sum(-1, keepdims=True)
    want = -np.log(shares[np.arange(6), labels]).mean()
    mine = train.losses.cross_entropy(jnp.asarray(logits), jnp.asarray(labels))
    np.testing.assert_allclose(mine, want, rtol=1e-14)  # sums of 4 and 6
    np.testing.assert_allclose(
        train.losses.cross_entropy(jnp.zeros((3, 10)), jnp.arange(3)), np.log(10), rtol=1e-15
    )


def test_smoothing_spreads_the_target():
    logits, labels = RNG.normal(size=(6, 4)), np.array([0, 3, 1, 1, 2, 0])
    target = 0.7 * np.eye(4)[labels] + 0.3 / 4
    log_shares = logits - np.log(np.exp(logits).sum(-1, keepdims=True))
    want = -(target * log_shares).sum(-1).mean()
    mine = train.losses.cross_entropy(jnp.asarray(logits), jnp.asarray(labels), smoothing=0.3)
    np.testing.assert_allclose(mine, want, rtol=1e-14)  # sums of 4 and 6


@pytest.mark.parametrize("smoothing", [-0.1, 1.0, float("nan")])
def test_smoothing_is_a_share(smoothing):
    with pytest.raises(InputError, match="`smoothing` must be at least 0 and below 1"):
        train.losses.cross_entropy(jnp.zeros((1, 2)), jnp.zeros(1, int), smoothing=smoothing)


@pytest.mark.parametrize("chunk", [1, 3, 7, 100])
def test_predictions_do_not_depend_on_the_chunk(chunk):
    weight = jnp.asarray(RNG.normal(size=(4, 3)))
    inputs = RNG.normal(size=(7, 4))
    out = train.predict(lambda x: x @ weight, inputs, chunk=chunk)
    np.testing.assert_allclose(out, inputs @ np.asarray(weight), atol=1e-14)  # sums of 4


def test_predictions_of_images_keep_their_shape():
    images = RNG.uniform(size=(5, 2, 3)).astype(np.float32)
    out = train.predict(lambda x: x.sum(axis=-1), images, chunk=2)
    np.testing.assert_allclose(out, images.sum(axis=-1), rtol=1e-6)  # float32 on one side
    assert out.dtype == np.zeros(1).dtype  # the standard float


def test_accuracy_counts_the_right_ones():
    inputs = np.eye(4)[[0, 1, 2, 3, 0]]
    labels = np.array([0, 1, 2, 0, 1])
    value = train.accuracy(lambda x: x, Dataset(inputs, labels), chunk=2)
    np.testing.assert_allclose(value, 0.6, rtol=1e-15)


def test_the_padding_of_a_chunk_is_never_counted():
    """Zeros would be guessed as class 0, which is right here."""
    inputs, labels = np.eye(2)[[1, 1, 1]], np.array([0, 0, 0])
    assert train.accuracy(lambda x: x, Dataset(inputs, labels), chunk=2) == 0


def test_an_output_that_is_not_finite_is_never_right():
    data = Dataset(np.zeros((4, 2)), np.zeros(4, np.int32))
    assert train.accuracy(lambda inputs: inputs * jnp.nan, data) == 0


def test_no_sample_is_no_prediction():
    with pytest.raises(InputError, match="at least one sample"):
        train.predict(lambda inputs: inputs, np.zeros((0, 2)))


def test_a_noisy_model_draws_anew_for_every_chunk_and_every_call():
    receiver = Receiver(bandwidth=1e9, load=50.0)
    model = nn.Intensity(2, receiver=receiver, rngs=nnx.Rngs(noise=0))
    dark = np.zeros((4, 2), complex)
    first, second = (train.losses.predict(model, dark, chunk=2) for _ in range(2))
    assert np.unique(np.stack([first, second])).size == 16
