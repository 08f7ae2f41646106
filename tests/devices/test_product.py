"""Signed products by light that has no sign."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from photonn.devices import product
from photonn.errors import InputError
from tests import oracles

RNG = np.random.default_rng(0)
MATRIX, VALUES = RNG.normal(size=(3, 5)), RNG.normal(size=(4, 5))


def test_halves_are_powers_and_their_difference_is_the_number():
    positive, negative = product.split_signs(VALUES)
    assert (positive >= 0).all() and (negative >= 0).all()
    assert not np.any(positive * negative)  # at most one of them is lit
    np.testing.assert_array_equal(positive - negative, VALUES)


@pytest.mark.parametrize("value", [0.0, -0.3, 0.7])
def test_slope_of_the_difference_is_one_also_at_zero(value):
    slope = jax.grad(lambda v: jnp.subtract(*product.split_signs(v)))(value)
    np.testing.assert_allclose(slope, 1)


def test_multiply_is_the_matrix_product_over_leading_axes():
    np.testing.assert_allclose(product.multiply(MATRIX, VALUES), VALUES @ MATRIX.T, atol=1e-14)
    unitaries = oracles.random_unitary(RNG, 4, 5, 5)
    want = [u @ v for u, v in zip(unitaries, VALUES, strict=True)]
    np.testing.assert_allclose(product.multiply(unitaries, VALUES), want, atol=1e-14)


def test_the_precision_is_that_of_the_values():
    values = VALUES.astype(np.float32)
    assert product.multiply(MATRIX, values).dtype == jnp.float32
    assert product.multiply(MATRIX + 0j, values).dtype == jnp.complex64
    out = product.multiply(MATRIX, values)
    np.testing.assert_allclose(out, VALUES @ MATRIX.T, atol=2e-6)  # five terms of about 2


def test_balanced_detectors_see_powers_whose_difference_is_the_product():
    positive, negative = RNG.uniform(size=(2, 3, 5))
    plus, minus = product.balance(positive, negative, VALUES)
    assert (plus >= 0).all() and (minus >= 0).all()
    np.testing.assert_allclose(plus - minus, VALUES @ (positive - negative).T, atol=1e-14)
    # All light that was sent through lands on one of the two.
    np.testing.assert_allclose(plus + minus, np.abs(VALUES) @ (positive + negative).T, atol=1e-14)


def test_a_wrong_number_of_inputs_is_named():
    with pytest.raises(InputError, match=r"`values` must have shape \(..., inputs=5\)"):
        product.multiply(MATRIX, np.ones(4))
