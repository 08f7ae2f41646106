"""Block meshes: any unitary has phases, whatever the size of the blocks."""

import jax
import numpy as np
import pytest

from photonn import meshes
from photonn.errors import InputError
from photonn.meshes import blocks, clements
from tests import oracles


def rebuild(phases):
    return meshes.unitary(phases.theta, phases.phi, phases.gamma, phases.layout)


slow = pytest.mark.slow


@pytest.mark.parametrize(
    ("modes", "block"),
    [(5, 2), (4, 4), (10, 4), pytest.param(9, 6, marks=slow), pytest.param(16, 8, marks=slow)],
)
def test_a_decomposed_unitary_is_rebuilt(modes, block):
    unitaries = oracles.random_unitary(np.random.default_rng(modes), 2, modes, modes)
    phases = blocks.decompose(unitaries, block)
    assert phases.layout == blocks.layout(modes, block)
    np.testing.assert_allclose(rebuild(phases), unitaries, atol=1e-12 * modes)
    assert ((phases.phi >= 0) & (phases.phi < 2 * np.pi)).all()


def test_blocks_of_two_are_the_rectangle():
    unitary = oracles.random_unitary(np.random.default_rng(0), 5, 5)
    phases, want = blocks.decompose(unitary, 2), clements.decompose(unitary)
    np.testing.assert_array_equal(phases.layout.pairs, want.layout.pairs)
    np.testing.assert_allclose(phases.theta, want.theta, atol=1e-9)


@pytest.mark.parametrize("name", ["identity", "cyclic", "Fourier"])
def test_matrices_with_zeros(name):
    unitary = {
        "identity": np.eye(8),
        "cyclic": np.roll(np.eye(8), 3, axis=0),
        "Fourier": np.fft.fft(np.eye(8), norm="ortho"),
    }[name]
    np.testing.assert_allclose(rebuild(blocks.decompose(unitary)), unitary, atol=8e-12)


def test_under_jit_and_vmap():
    unitaries = oracles.random_unitary(np.random.default_rng(1), 3, 8, 8)
    phases = jax.jit(jax.vmap(blocks.decompose))(unitaries)
    np.testing.assert_allclose(rebuild(phases), unitaries, atol=8e-12)  # 1e-12 N


def test_sizes_that_do_not_fit_are_refused():
    with pytest.raises(InputError, match="multiple of 2"):
        blocks.decompose(np.eye(7), 4)
    with pytest.raises(InputError, match="even"):
        blocks.decompose(np.eye(6), 3)
