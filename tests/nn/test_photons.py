"""The quantum layer: Fourier series of its phases, outcomes, loss."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from photonn import meshes, nn, photons
from photonn.errors import InputError

LAYOUT = meshes.clements.layout(3)


@pytest.fixture(scope="module")
def layer():
    return nn.QuantumLayer(LAYOUT, (1, 1, 0), features=1, rngs=nnx.Rngs(0))


def test_probabilities_are_those_of_the_matrix(layer):
    values = jnp.array([[0.3], [1.2]])
    out = layer(values)
    np.testing.assert_allclose(out.sum(axis=-1), 1, atol=1e-14)
    for value, row in zip(values, out, strict=True):
        want = photons.probabilities(layer.matrix(value), (1, 1, 0))
        np.testing.assert_allclose(row, want, atol=1e-15)


def test_two_photons_give_a_fourier_series_of_degree_two(layer):
    points = jnp.linspace(0, 2 * jnp.pi, 8, endpoint=False)[:, None]
    spectrum = np.fft.fft(layer(points), axis=0) / 8
    np.testing.assert_allclose(spectrum[3:6], 0, atol=1e-15)
    assert np.abs(spectrum[2]).max() > 1e-3


def test_chosen_outcomes_and_their_gradient():
    outcomes = [(0, 1, 1), (2, 0, 0)]
    some = nn.QuantumLayer(LAYOUT, (1, 1, 0), features=1, outcomes=outcomes, rngs=nnx.Rngs(0))
    every = nn.QuantumLayer(LAYOUT, (1, 1, 0), features=1, rngs=nnx.Rngs(0))
    rows = photons.states.rank(outcomes)
    value = jnp.array([0.4])
    np.testing.assert_allclose(some(value), every(value)[rows], atol=1e-15)
    assert some.outcomes.tolist() == [list(state) for state in outcomes]

    slopes = nnx.grad(lambda model: model(value)[0])(some)
    assert all(np.isfinite(leaf).all() for leaf in jax.tree.leaves(slopes))
    assert np.abs(slopes.rate[...]).max() > 0


def test_a_lossy_chip_keeps_fewer_photons():
    lossy = nn.QuantumLayer(LAYOUT, (1, 1, 0), features=1, rngs=nnx.Rngs(0))
    lossy.after.split_loss[...] = jnp.full_like(lossy.after.split_loss[...], 0.5)
    assert 0.1 < float(lossy(jnp.array([0.4])).sum()) < 0.9


def test_mistakes_are_named():
    with pytest.raises(InputError, match="`features` must be at most 3"):
        nn.QuantumLayer(LAYOUT, (1, 1, 0), features=4, rngs=nnx.Rngs(0))
    with pytest.raises(InputError, match=r"`outcomes` must have 2 photons.*\[1\]"):
        nn.QuantumLayer(LAYOUT, (1, 1, 0), features=1, outcomes=[(1, 0, 0)], rngs=nnx.Rngs(0))
