"""Trees and chains: any vector out of one port, and back into it."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from photonn import meshes
from photonn.errors import InputError
from photonn.meshes import cascade, clements, tree, vectors
from tests import oracles

both = pytest.mark.parametrize("unit", [tree, cascade], ids=["tree", "cascade"])
unitary_of = jax.jit(meshes.unitary, static_argnums=3)


def unitary(phases):
    return unitary_of(phases.theta, phases.phi, phases.gamma, phases.layout)


def sparse(modes):
    """Vectors with many, few and no zeros."""
    vector = oracles.random_complex(np.random.default_rng(modes), 2, 3, modes)
    vector[0, 0, 1:] = 0
    vector[0, 1, :-1] = 0
    vector[1, 0, modes // 2] = 0
    return vector


@both
@pytest.mark.parametrize("modes", [2, 7, 8])
def test_light_of_one_port_becomes_the_vector(unit, modes):
    vector = sparse(modes)
    phases = unit.decompose(vector)
    norm = np.linalg.norm(vector, axis=-1, keepdims=True)
    # Up to 7 cells of rounding.
    np.testing.assert_allclose(norm * np.asarray(unitary(phases))[..., 0], vector, atol=1e-14)
    assert phases.layout == unit.layout(modes)
    assert ((phases.theta >= 0) & (phases.theta <= np.pi)).all()
    assert ((phases.gamma >= 0) & (phases.gamma < 2 * np.pi)).all()


@both
@pytest.mark.parametrize("modes", [2, 7, 8])
def test_the_vector_becomes_light_of_one_port(unit, modes):
    vector = sparse(modes)
    phases = unit.combine(vector)
    norm = np.linalg.norm(vector, axis=-1, keepdims=True)
    matrix = unitary(phases)
    out = np.einsum("...ij,...j->...i", matrix, vector)
    np.testing.assert_allclose(out, norm * np.eye(modes)[0], atol=2e-14)
    # Of other light the port gets the inner product.
    np.testing.assert_allclose(matrix[..., 0, :], vector.conj() / norm, atol=2e-14)


@both
def test_one_by_one_under_vmap_and_jit(unit):
    vector = sparse(5)
    many = jax.jit(jax.vmap(unit.decompose))(vector)
    np.testing.assert_allclose(many.theta, unit.decompose(vector).theta, atol=1e-15)
    assert many.gamma.shape == (2, 3, 5)


@both
def test_real_vectors_in_single_precision(unit):
    vector = np.array([3, 0, -4, 0, 12], np.float32)
    phases = unit.decompose(vector)
    assert phases.theta.dtype == jnp.float32
    np.testing.assert_allclose(13 * unitary(phases)[:, 0], vector, atol=1e-5)  # 5 cells, 1e-6


@both
@pytest.mark.parametrize("zero", [False, True])
def test_the_gradient_is_that_of_the_normalised_vector(unit, zero):
    vector, weight = oracles.random_complex(np.random.default_rng(1), 2, 5)
    vector = jnp.asarray(vector).at[jnp.array([1, 3])].multiply(0 if zero else 1)

    def through_phases(vector):
        return jnp.sum(unitary(unit.decompose(vector))[:, 0] * weight).real

    def closed(vector):
        return jnp.sum(vector * weight).real / jnp.linalg.norm(vector)

    slope, want = jax.grad(through_phases)(vector), jax.grad(closed)(vector)
    assert jnp.isfinite(slope).all()
    lit = np.asarray(vector) != 0
    np.testing.assert_allclose(slope[lit], want[lit], atol=1e-13)  # rounding of 4 cells


def test_a_tree_is_shallow_and_a_chain_is_not():
    for modes in range(2, 20):
        assert tree.layout(modes).depth == int(np.ceil(np.log2(modes)))
        assert cascade.layout(modes).depth == modes - 1
        assert tree.layout(modes).size == cascade.layout(modes).size == modes - 1


def test_light_meets_every_cell_at_its_upper_port():
    for modes in range(2, 20):
        for layout in (tree.layout(modes), cascade.layout(modes)):
            lit = {vectors.PORT}
            for upper, lower in layout.pairs.tolist():
                assert upper in lit
                assert lower not in lit
                lit.add(lower)
            assert len(lit) == modes


@both
@pytest.mark.parametrize("way", ["decompose", "combine"])
@pytest.mark.parametrize(
    ("vector", "words"),
    [
        ([1.0], "`vector` must have two entries or more"),
        ([1.0, np.nan], "`vector` must be finite"),
        ([1.0, np.inf, 0], "`vector` must be finite"),
        ([[1.0, 0], [0, 0]], "`vector` must not be zero everywhere"),
    ],
)
def test_vectors_without_a_meaning_are_refused(unit, way, vector, words):
    with pytest.raises(InputError, match=words):
        getattr(unit, way)(np.array(vector))


def test_wrong_wiring_is_refused():
    with pytest.raises(InputError, match=r"`vector` must have shape \(..., modes=4\)"):
        vectors.prepare(np.ones(5), tree.layout(4))
    with pytest.raises(InputError, match="`layout` must"):
        vectors.prepare(np.ones(4), clements.layout(4))
    with pytest.raises(InputError, match=r"`layout` must.*mirrored"):
        vectors.combine(np.ones(4), tree.layout(4))
