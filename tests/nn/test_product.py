"""The module that all realised matrices share."""

import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from photonn import nn
from photonn.devices.receiver import Receiver, noise_variance
from photonn.errors import InputError
from photonn.nn.product import Product

RNG = np.random.default_rng(0)


class Fixed(Product):
    def __init__(self, values, **options):
        super().__init__(**options)
        self.values = nnx.Param(jnp.asarray(values))

    def matrix(self):
        return self.values[...]


@pytest.mark.parametrize("phase", [1.0, 1j])
def test_a_subclass_is_its_matrix_times_the_gain(phase):
    matrix, values = phase * RNG.normal(size=(3, 5)), RNG.normal(size=(2, 4, 5))
    out = Fixed(matrix, gain=2.0)(values)
    np.testing.assert_allclose(out, 2 * values @ matrix.T, atol=1e-14)


def test_gain_is_electronics_and_is_trained():
    model, values = Fixed(RNG.normal(size=(3, 5))), jnp.ones(5)
    gradient = nnx.grad(lambda m: m(values).sum())(model)
    assert isinstance(model.gain, nn.Gain)
    np.testing.assert_allclose(gradient["gain"][...], model.values[...].sum(), atol=1e-14)


def test_float32_stays_float32():
    assert Fixed(np.ones((3, 5)))(np.ones(5, np.float32)).dtype == jnp.float32
    assert Fixed(1j * np.ones((3, 5)))(np.ones(5, np.float32)).dtype == jnp.complex64


def test_without_a_matrix_there_is_nothing_to_multiply_with():
    with pytest.raises(NotImplementedError, match=r"Product must define matrix\(\)"):
        Product()(np.ones(3))


def test_noise_of_a_receiver_has_its_variance_and_is_new_in_every_call():
    receiver = Receiver(bandwidth=1e9, load=50.0)
    matrix, values = RNG.normal(size=(3, 5)), RNG.normal(size=5)
    model = Fixed(matrix, gain=2.0, receiver=receiver, rngs=nnx.Rngs(0))
    run = nnx.jit(lambda model, values: model(values))
    # 3000 draws: the mean errs by 1 / sqrt(3000) of a deviation, the variance by 2.6 %.
    many = np.broadcast_to(values, (3000, 5))
    first, second = run(model, many), run(model, many)
    assert np.abs(first - second).min() > 0
    # Shots of all light on both diodes, one load: |W| |x| stands for all light.
    want = 4 * noise_variance(np.abs(matrix) @ np.abs(values), receiver)
    np.testing.assert_allclose(np.var(first, axis=0), want, rtol=0.13)  # five deviations
    error = np.mean(first, axis=0) - 2 * matrix @ values
    assert (np.abs(error) < 5 * np.sqrt(want / 3000)).all()


def test_a_receiver_without_noise_changes_nothing():
    matrix, values = RNG.normal(size=(3, 5)), RNG.normal(size=(4, 5))
    model = Fixed(matrix, receiver=Receiver(), rngs=nnx.Rngs(0))
    np.testing.assert_allclose(model(values), Fixed(matrix)(values), atol=1e-14)


def test_a_receiver_needs_randomness():
    with pytest.raises(InputError, match="`rngs` must be given with a receiver"):
        Fixed(np.ones((3, 5)), receiver=Receiver())
