"""Losses, accuracy, predictions in chunks, optimisers, baselines."""

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from photonn import train
from photonn.data import Dataset, Split
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


def test_the_rate_falls_to_zero():
    optimizer = train.adam(0.1, steps=10, clip=1.0)
    params = jnp.array([1.0])
    state = optimizer.init(params)
    sizes = []
    for _ in range(12):
        updates, state = optimizer.update(jnp.array([0.5]), state, params)
        sizes.append(float(jnp.abs(updates)[0]))
    # Adam's first step is the rate; a cosine falls all the way.
    assert sizes[0] == pytest.approx(0.1, rel=1e-6)  # Adam's epsilon of 1e-8 over 0.5
    assert (np.diff(sizes[:11]) < 0).all()
    assert sizes[10] == sizes[11] == 0


def test_a_large_gradient_is_clipped():
    large, small = (
        jax.tree.leaves(train.adam(1.0, steps=10, clip=1.0).update(g, s, g)[1])
        for g, s in (
            (g, train.adam(1.0, steps=10, clip=1.0).init(g))
            for g in (jnp.array([300.0, 400.0]), jnp.array([0.6, 0.8]))
        )
    )
    for one, two in zip(large, small, strict=True):
        np.testing.assert_allclose(one, two, rtol=1e-14)  # one division


def test_steps_are_those_of_fit():
    data = Dataset(np.zeros((100, 2)), np.zeros(100, int))
    assert train.steps(data, epochs=3, batch=30) == 9
    assert isinstance(train.adam(0.1, steps=9), optax.GradientTransformation)


def blobs(count, seed):
    rng = np.random.default_rng(seed)
    labels = np.arange(count) % 2
    return Dataset(rng.normal(size=(count, 1, 2)) + 6 * labels[:, None, None], labels)


@pytest.mark.parametrize(
    "baseline", [train.baselines.linear, lambda s, **k: train.baselines.mlp(s, parameters=40, **k)]
)
def test_baselines_learn_what_is_easy(baseline):
    """Classes 6 deviations apart in each of two directions: errors are one in 10^4."""
    split = Split(blobs(80, 0), blobs(40, 1), blobs(40, 2))
    assert baseline(split, epochs=40, batch=10) >= 0.95
