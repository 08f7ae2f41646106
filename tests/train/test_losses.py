"""Losses, accuracy, predictions in chunks."""

import jax
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


def test_temperature_divides_the_logits():
    logits, labels = RNG.normal(size=(6, 4)), np.array([0, 3, 1, 1, 2, 0])
    shares = np.exp(logits / 0.3) / np.exp(logits / 0.3).sum(-1, keepdims=True)
    want = -np.log(shares[np.arange(6), labels]).mean()
    mine = train.losses.cross_entropy(jnp.asarray(logits), jnp.asarray(labels), temperature=0.3)
    np.testing.assert_allclose(mine, want, rtol=1e-14)  # sums of 4 and 6


def test_squared_error_is_a_mean_over_all_numbers():
    outputs, targets = RNG.normal(size=(2, 5, 3))
    mine = train.losses.squared_error(jnp.asarray(outputs), jnp.asarray(targets))
    np.testing.assert_allclose(mine, ((outputs - targets) ** 2).sum() / 15, rtol=1e-14)


def test_one_hot_error_has_no_brightness():
    powers, labels = jnp.array([[1.0, 4.0, 2.0], [3.0, 0.0, 0.0]]), jnp.array([1, 0])
    # Shares of the largest: (1/4, 1, 1/2) and (1, 0, 0), the right class the largest.
    want = (1 / 16 + 1 / 4) / 6
    np.testing.assert_allclose(train.losses.one_hot_error(powers, labels), want, rtol=1e-15)
    np.testing.assert_allclose(train.losses.one_hot_error(7 * powers, labels), want, rtol=1e-15)


def test_one_hot_error_of_darkness_is_finite_with_its_gradient():
    value, slope = jax.value_and_grad(train.losses.one_hot_error)(
        jnp.zeros((2, 3)), jnp.array([0, 2])
    )
    np.testing.assert_allclose(value, 1 / 3, rtol=1e-15)  # one of three is missing
    assert np.isfinite(slope).all()


def test_share_entropy_has_no_brightness_and_no_softmax():
    powers, labels = jnp.array([[1.0, 4.0, 3.0], [3.0, 0.0, 0.0]]), jnp.array([1, 0])
    want = np.log(2) / 2  # shares 1/2 and 1
    np.testing.assert_allclose(train.losses.share_entropy(powers, labels), want, rtol=1e-15)
    np.testing.assert_allclose(train.losses.share_entropy(7 * powers, labels), want, rtol=1e-15)


def test_share_entropy_of_darkness_is_finite_with_its_gradient():
    value, slope = jax.value_and_grad(train.losses.share_entropy)(
        jnp.zeros((2, 3)), jnp.array([0, 1])
    )
    np.testing.assert_allclose(value, -np.log(1e-7), rtol=1e-12)  # of log
    assert np.all(np.isfinite(slope))


@pytest.mark.parametrize(
    "name", ["cross_entropy", "one_hot_error", "share_entropy", "wasted_power"]
)
def test_a_label_beyond_the_detectors_is_no_number(name):
    powers, labels = jnp.array([[1.0, 4.0], [3.0, 1.0]]), jnp.array([1, 2])
    assert np.isnan(getattr(train.losses, name)(powers, labels))


def test_wasted_power_is_what_the_right_detector_lacks():
    powers, labels = jnp.array([[0.5, 0.1], [0.2, 0.7]]), jnp.array([0, 0])
    mine = train.losses.wasted_power(powers, labels, power=2.0)
    np.testing.assert_allclose(mine, 1 - (0.5 + 0.2) / 2 / 2.0, rtol=1e-15)


def test_mixed_is_the_weighted_sum_of_values_and_gradients():
    powers, labels = jnp.asarray(RNG.uniform(size=(6, 4))), jnp.array([0, 3, 1, 1, 2, 0])
    one, two = train.losses.cross_entropy, train.losses.wasted_power
    mine = jax.value_and_grad(train.losses.mixed((0.7, one), (0.2, two)))(powers, labels)
    first, second = (jax.value_and_grad(term)(powers, labels) for term in (one, two))
    for value, a, b in zip(mine, first, second, strict=True):
        np.testing.assert_allclose(value, 0.7 * a + 0.2 * b, rtol=1e-13)  # sums of 24


@pytest.mark.parametrize(
    ("name", "arguments", "options", "words"),
    [
        ("cross_entropy", (jnp.ones((2, 3)), jnp.ones(2)), {}, "be class numbers"),
        ("wasted_power", (jnp.ones((2, 3)), jnp.ones((2, 1), int)), {}, "be class numbers"),
        ("squared_error", (jnp.ones((2, 3)), jnp.ones(2)), {}, r"the shape \(2, 3\) of the outp"),
        ("wasted_power", (jnp.ones((1, 2)), jnp.ones(1, int)), {"power": 0}, "`power` must be"),
        ("cross_entropy", (jnp.ones((1, 2)), jnp.ones(1, int)), {"temperature": 0}, "`temp"),
        ("mixed", (), {}, "one or more pairs"),
        ("mixed", ((np.nan, train.losses.squared_error),), {}, "`weight` must be finite"),
    ],
)
def test_what_a_loss_cannot_use_is_named(name, arguments, options, words):
    with pytest.raises(InputError, match=words):
        getattr(train.losses, name)(*arguments, **options)


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
