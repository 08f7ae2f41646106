"""Rectangle and triangle: any phases are unitary, any unitary has phases."""

from functools import partial

import hypothesis.strategies as st
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given

from photonn import meshes
from photonn.devices import mzi
from photonn.errors import InputError
from photonn.meshes import clements, reck
from tests import oracles

MESHES = pytest.mark.parametrize("mesh", [clements, reck], ids=["clements", "reck"])


@partial(jax.jit, static_argnums=0)
def imperfect(layout, theta, phi, split_in, split_out):
    cells = mzi.transfer_matrix(theta, phi, split_in=split_in, split_out=split_out)
    return meshes.matrix(cells, layout)


def rebuild(phases):
    return meshes.unitary(phases.theta, phases.phi, phases.gamma, phases.layout)


def numbers(phases):
    return np.stack([phases.theta, phases.phi], axis=-1)


@partial(jax.jit, static_argnums=0)
def there_and_back(decompose, unitary):
    phases = decompose(unitary)
    return phases, rebuild(phases)


@MESHES
@given(modes=st.sampled_from([2, 3, 8]), seed=st.integers(0, 2**32 - 1))
def test_any_mesh_conserves_power(mesh, modes, seed):
    layout = mesh.layout(modes)
    angles = 3 * np.random.default_rng(seed).normal(size=(4, layout.size))
    # float64: 1e-12 is thousands of roundings; float32: 1e-5 is a hundred.
    for dtype, tolerance in ((np.float64, 1e-12), (np.float32, 1e-5)):
        matrix = imperfect(layout, *angles.astype(dtype))
        assert matrix.dtype == np.result_type(dtype, np.complex64)
        np.testing.assert_allclose(matrix @ matrix.conj().T, np.eye(modes), atol=tolerance)


@MESHES
@pytest.mark.parametrize("modes", [2, 5, 8, 17])
def test_a_decomposed_unitary_is_rebuilt(mesh, modes):
    unitary = jnp.asarray(oracles.random_unitary(np.random.default_rng(modes), modes, modes))
    phases, again = there_and_back(mesh.decompose, unitary)
    assert phases.layout == mesh.layout(modes)
    # Each of about N rotations of a line rounds by 1e-16: 1e-12 N leaves much room.
    np.testing.assert_allclose(again, unitary, atol=1e-12 * modes)
    check_ranges(phases)


def check_ranges(phases):
    assert (phases.theta >= 0).all()
    assert (phases.theta <= np.pi).all()
    for phase in (phases.phi, phases.gamma):
        assert (phase >= 0).all()
        assert (phase < 2 * np.pi).all()


@MESHES
def test_by_the_dense_product_too(mesh):
    unitary = oracles.random_unitary(np.random.default_rng(0), 6, 6)
    phases = mesh.decompose(unitary)
    cells = np.array([oracles.mzi(t, p) for t, p in numbers(phases)])
    product = oracles.dense_mesh(cells, phases.layout.pairs, 6)
    matrix = np.exp(1j * np.asarray(phases.gamma))[:, None] * product
    np.testing.assert_allclose(matrix, unitary, atol=6e-12)  # 1e-12 N


@MESHES
def test_batches_are_decomposed_one_by_one(mesh):
    unitaries = oracles.random_unitary(np.random.default_rng(1), 2, 3, 5, 5)
    phases = mesh.decompose(unitaries)
    assert phases.theta.shape == phases.phi.shape == (2, 3, 10)
    assert phases.gamma.shape == (2, 3, 5)
    np.testing.assert_allclose(rebuild(phases), unitaries, atol=5e-12)  # 1e-12 N
    single = mesh.decompose(unitaries[1, 2])
    # Where vmap reorders sums, phases of small elements differ by rounding over their size.
    np.testing.assert_allclose(phases.theta[1, 2], single.theta, atol=1e-9)


def permutations(modes):
    rng = np.random.default_rng(modes)
    yield "identity", np.eye(modes)
    yield "reversed", np.eye(modes)[::-1]
    yield "permutation", np.eye(modes)[rng.permutation(modes)]
    yield "diagonal", np.diag(np.exp(1j * rng.uniform(0, 2 * np.pi, modes)))
    yield "minus one", -np.eye(modes)
    blocks = np.eye(modes, dtype=complex)
    blocks[1:3, 1:3] = oracles.random_unitary(rng, 2, 2)
    yield "one block", blocks
    yield "Fourier", np.fft.fft(np.eye(modes), norm="ortho")


@MESHES
@pytest.mark.parametrize("modes", [4, 5])
def test_matrices_with_zeros(mesh, modes):
    for name, unitary in permutations(modes):
        phases = mesh.decompose(unitary.astype(complex))
        np.testing.assert_allclose(rebuild(phases), unitary, atol=1e-12 * modes, err_msg=name)
        check_ranges(phases)


@MESHES
def test_a_real_matrix_is_welcome(mesh):
    rotation = np.linalg.qr(np.random.default_rng(2).normal(size=(4, 4)))[0]
    np.testing.assert_allclose(rebuild(mesh.decompose(rotation)), rotation, atol=4e-12)  # 1e-12 N


@MESHES
def test_single_precision(mesh):
    unitary = oracles.random_unitary(np.random.default_rng(3), 16, 16)
    phases = mesh.decompose(unitary.astype(np.complex64))
    assert phases.theta.dtype == np.float32
    # 16 steps of a few roundings of 6e-8, twice (there and back), with room.
    np.testing.assert_allclose(rebuild(phases), unitary, atol=2e-5)


@MESHES
@pytest.mark.parametrize(
    ("matrix", "words"),
    [
        (np.ones((1, 1)), ["at least 2 x 2", "(1, 1)"]),
        (np.diag([1.0, np.nan]), ["finite", "NaN"]),
        (np.diag([1.0, np.inf]), ["finite"]),
        # U U^H = diag(1, 1.21): off by 0.21.
        (np.diag([1.0, 1.1]), ["U U^H", "off by 2.1e-01", "SVDMesh"]),
        (np.stack([np.eye(2), 2 * np.eye(2)]), ["off by 3.0e+00"]),
    ],
)
def test_what_is_not_unitary_is_refused_with_the_amount(mesh, matrix, words):
    with pytest.raises(InputError) as caught:
        mesh.decompose(matrix)
    assert all(word in str(caught.value) for word in words), caught.value
