"""The module that all realised matrices share."""

import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from photonn import nn
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
