"""Any matrix is two meshes and attenuators."""

import jax
import numpy as np
import pytest

from photonn.errors import InputError
from photonn.meshes import svd
from tests import oracles


@pytest.mark.parametrize("shape", [(3, 7), (7, 3), (2, 4, 4)])
def test_a_decomposed_matrix_is_rebuilt(shape):
    matrix = 3 * oracles.random_complex(np.random.default_rng(0), *shape)
    factors = svd.decompose(matrix)
    assert factors.first.layout.modes == shape[-1]
    assert factors.second.layout.modes == shape[-2]
    assert ((factors.attenuation >= 0) & (factors.attenuation <= 1)).all()
    # Entries of order 3, singular values of order 10: 1e-12 N has room.
    np.testing.assert_allclose(svd.matrix(factors), matrix, atol=1e-12 * max(shape))


@pytest.mark.parametrize("matrix", [np.zeros((3, 4)), np.ones((4, 4)), np.diag([2.0, 0, 0])])
def test_singular_matrices(matrix):
    factors = svd.decompose(matrix)
    np.testing.assert_allclose(svd.matrix(factors), matrix, atol=1e-12)
    np.testing.assert_allclose(factors.gain, np.linalg.norm(matrix, 2), atol=1e-12)


def test_single_precision_and_jit():
    matrix = oracles.random_complex(np.random.default_rng(1), 4, 6).astype(np.complex64)
    factors = jax.jit(svd.decompose)(matrix)
    assert factors.attenuation.dtype == np.float32
    # Some ten roundings of 6e-8 on numbers of order 1.
    np.testing.assert_allclose(svd.matrix(factors), matrix, atol=1e-5)


@pytest.mark.parametrize(
    ("matrix", "words"),
    [(np.ones((1, 3)), ["2 x 2", "(1, 3)"]), (np.full((2, 2), np.nan), ["finite"])],
)
def test_bad_matrices_are_refused(matrix, words):
    with pytest.raises(InputError) as caught:
        svd.decompose(matrix)
    assert all(word in str(caught.value) for word in words), caught.value


@pytest.mark.parametrize("shape", [(3, 5), (5, 3)])
def test_singular_values_can_be_shuffled(shape):
    matrix = oracles.random_complex(np.random.default_rng(2), *shape)
    plain, mixed = svd.decompose(matrix), svd.decompose(matrix, key=jax.random.key(3))
    assert (np.diff(plain.attenuation) <= 0).all() and (np.diff(mixed.attenuation) > 0).any()
    np.testing.assert_allclose(np.sort(mixed.attenuation), np.sort(plain.attenuation), atol=1e-14)
    np.testing.assert_allclose(svd.matrix(mixed), matrix, atol=1e-12 * max(shape))
