"""Circulant products against dense matrices made entry by entry."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from photonn.devices import circulant, multiport
from photonn.errors import InputError
from tests import oracles


def dense(vectors):
    rows, columns, size = vectors.shape
    out = np.zeros((rows * size, columns * size), vectors.dtype)
    for r, c, i, j in np.ndindex(rows, columns, size, size):
        out[r * size + i, c * size + j] = vectors[r, c, (i - j) % size]
    return out


@pytest.mark.parametrize("imaginary", [0, 1j])
def test_is_the_product_with_the_dense_matrix(imaginary):
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(2, 3, 5)) + imaginary * rng.normal(size=(2, 3, 5))
    values = rng.normal(size=(4, 15))
    np.testing.assert_array_equal(circulant.matrix(vectors), dense(vectors))
    got = circulant.multiply(vectors, values)
    assert jnp.iscomplexobj(got) == bool(imaginary)
    # A few roundings of sums of 15.
    np.testing.assert_allclose(got, values @ dense(vectors).T, atol=1e-13)
    single = circulant.multiply(
        jnp.asarray(vectors).astype(np.complex64 if imaginary else np.float32),
        values.astype(np.float32),
    )
    assert single.dtype == (jnp.complex64 if imaginary else jnp.float32)
    np.testing.assert_allclose(single, got, atol=2e-5)


def test_filter_is_two_multiports_with_attenuators_between_them():
    rng = np.random.default_rng(1)
    filters, field = oracles.random_complex(rng, 6), oracles.random_complex(rng, 3, 6)
    fourier = np.asarray(multiport.dft(6))
    want = field @ (fourier.conj().T @ np.diag(filters) @ fourier).T
    np.testing.assert_allclose(circulant.filter_modes(filters[None, None], field), want, atol=1e-14)


def test_passive_vectors_give_no_light():
    rng = np.random.default_rng(2)
    vectors = rng.normal(size=(4, 7)) * np.array([1e-3, 1.0, 3.0, 0.0])[:, None]
    scaled, gain = circulant.passive(vectors)
    norms = [np.linalg.norm(dense(v[None, None]), 2) for v in np.asarray(scaled)]
    assert max(norms) <= 1 + 1e-12
    np.testing.assert_allclose(scaled * gain[:, None], vectors, atol=1e-15)
    np.testing.assert_array_equal(gain[jnp.array([0, 3])], 1)


def test_slopes_are_difference_quotients():
    rng = np.random.default_rng(3)
    vectors, way = rng.normal(size=(2, 2, 2, 3))
    values = rng.normal(size=6)

    @jax.jit
    def loss(h):
        return jnp.sum(circulant.multiply(vectors + h * way, values * (1 + h)) ** 2)

    want = oracles.difference_quotient(loss, 0.0, 1e-5)
    np.testing.assert_allclose(jax.grad(loss)(0.0), want, rtol=1e-7)  # step^2, rounding / step


def test_shapes_that_do_not_fit_are_named():
    with pytest.raises(InputError, match=r"`field` must have shape \(..., columns \* size=6\)"):
        circulant.multiply(np.ones((1, 2, 3)), np.ones(5))
    with pytest.raises(InputError, match=r"`vectors` must have shape \(..., rows, columns, size\)"):
        circulant.matrix(np.ones(3))
