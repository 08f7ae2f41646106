"""The Mach-Zehnder interferometer against its elements and its closed form."""

import hypothesis.strategies as st
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given

from photonn.devices import mzi
from tests import oracles

ANGLES = st.floats(-10, 10)
ERRORS = st.floats(-0.5, 0.5)

transfer = jax.jit(
    lambda theta, phi, a, b: mzi.transfer_matrix(theta, phi, split_in=a, split_out=b)
)


@given(ANGLES, ANGLES, ERRORS, ERRORS)
def test_is_the_product_of_its_elements(theta, phi, alpha, beta):
    splits = np.pi / 4 + alpha, np.pi / 4 + beta
    matrix = transfer(theta, phi, *splits)
    # Sines and cosines of angles up to 10 are good to 10 * 1e-16; a handful of products.
    np.testing.assert_allclose(matrix, oracles.mzi(theta, phi, *splits), atol=1e-14)
    np.testing.assert_allclose(matrix @ matrix.conj().T, np.eye(2), atol=1e-14)


@given(ANGLES, ANGLES)
def test_closed_form_with_ideal_splitters(theta, phi):
    s, c, e = np.sin(theta / 2), np.cos(theta / 2), np.exp(1j * phi)
    want = 1j * np.exp(1j * theta / 2) * np.array([[e * s, c], [e * c, -s]])
    matrix = transfer(theta, phi, np.pi / 4, np.pi / 4)
    np.testing.assert_allclose(matrix, want, atol=1e-14)  # as above


@given(ERRORS, ERRORS)
def test_reachable_amplitudes(alpha, beta):
    """|bar| runs over [|sin(a+b)|, cos(a-b)] and |cross| over [|sin(a-b)|, cos(a+b)]."""
    theta = np.linspace(0, 2 * np.pi, 201)  # holds both ends: 0 and pi
    a, b = np.full(201, np.pi / 4 + alpha), np.full(201, np.pi / 4 + beta)
    matrix = np.abs(transfer(theta, np.zeros(201), a, b))
    bar, cross = matrix[:, 0, 0], matrix[:, 1, 0]
    # At an amplitude near zero the root of a rounded power is good to sqrt(1e-16) at worst.
    limits = [bar.min(), bar.max(), cross.min(), cross.max()]
    want = [abs(np.sin(alpha + beta)), np.cos(alpha - beta)]
    want += [abs(np.sin(alpha - beta)), np.cos(alpha + beta)]
    np.testing.assert_allclose(limits, want, atol=2e-8)


@pytest.mark.parametrize("argument", range(4))
def test_slopes_are_difference_quotients(argument):
    at = [0.7, 1.9, np.pi / 4 + 0.1, np.pi / 4 - 0.2]
    weight = oracles.random_complex(np.random.default_rng(0), 2, 2)

    def loss(*arguments):
        matrix = transfer(*arguments)
        return jnp.sum(matrix.real * weight.real + matrix.imag * weight.imag)

    slope = jax.grad(loss, argnums=argument)(*at)

    def along(value):
        return loss(*at[:argument], value, *at[argument + 1 :])

    # Step 1e-5: error of the quotient 1e-10 (step^2) + 1e-11 (rounding over step).
    want = oracles.difference_quotient(along, at[argument], 1e-5)
    np.testing.assert_allclose(slope, want, atol=1e-9)


def test_everything_broadcasts():
    matrix = mzi.transfer_matrix(
        jnp.zeros((3, 1)), jnp.zeros((1, 4)), split_in=jnp.full((1, 1), 0.7)
    )
    assert matrix.shape == (3, 4, 2, 2)
    assert mzi.transfer_matrix(0.0, 0.0).shape == (2, 2)


def test_keeps_single_precision():
    theta = jnp.linspace(0, 6, 50, dtype=jnp.float32)
    matrix = mzi.transfer_matrix(theta, theta)
    assert matrix.dtype == jnp.complex64
    want = [oracles.mzi(t, t) for t in np.asarray(theta, float)]
    np.testing.assert_allclose(matrix, want, atol=1e-6)  # a few roundings of 6e-8
