"""The quantum layer: Fourier series of its phases, outcomes, loss."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from photonn import meshes, nn, photons
from photonn.errors import InputError

LAYOUT = meshes.clements.layout(3)
OUTCOMES = [(0, 1, 1), (2, 0, 0)]
POINTS = jnp.linspace(0, 2 * jnp.pi, 8, endpoint=False)[:, None]


def make(outcomes=None):
    return nn.QuantumLayer(LAYOUT, (1, 1, 0), features=1, outcomes=outcomes, rngs=nnx.Rngs(0))


@nnx.jit
def run(layer):
    return layer(POINTS), layer.matrix(POINTS)


@pytest.fixture(scope="module")
def every():
    return run(make())


def test_probabilities_are_those_of_the_matrix(every):
    out, matrices = every
    np.testing.assert_allclose(out, photons.probabilities(matrices, (1, 1, 0)), atol=1e-15)
    np.testing.assert_allclose(out.sum(axis=-1), 1, atol=1e-14)


def test_two_photons_give_a_fourier_series_of_degree_two(every):
    spectrum = np.fft.fft(every[0], axis=0) / 8
    np.testing.assert_allclose(spectrum[3:6], 0, atol=1e-15)
    assert np.abs(spectrum[2]).max() > 1e-3


def test_chosen_outcomes_and_their_gradient(every):
    some = make(OUTCOMES)

    @nnx.jit
    def slopes_of(layer):
        return nnx.value_and_grad(lambda model: model(POINTS)[1, 0])(layer)

    value, slopes = slopes_of(some)
    assert some.outcomes.tolist() == [list(state) for state in OUTCOMES]
    np.testing.assert_allclose(value, every[0][1, photons.states.rank(OUTCOMES[0])], atol=1e-15)
    assert all(np.isfinite(leaf).all() for leaf in jax.tree.leaves(slopes))
    # The feature is a phase: the slope in its rate is (slope in the phase) x (feature), and
    # that of the Fourier series is known from its samples.
    spectrum = np.fft.fft(every[0][:, photons.states.rank(OUTCOMES[0])]) / 8
    degree = np.array([-2, -1, 0, 1, 2])
    phase = float(POINTS[1, 0])
    want = (1j * degree * spectrum[degree] * np.exp(1j * degree * phase)).sum().real * phase
    np.testing.assert_allclose(slopes.rate[...], [want], atol=1e-14)


def test_a_lossy_chip_keeps_fewer_photons(every):
    lossy = make()
    lossy.after.split_loss[...] = jnp.full_like(lossy.after.split_loss[...], 0.5)
    # 2 to 6 splitters of 0.5 dB for each of two photons.
    kept = run(lossy)[0].sum(axis=-1)
    assert ((kept > 10**-0.6) & (kept < 10**-0.2)).all()


def test_mistakes_are_named():
    with pytest.raises(InputError, match="`features` must be at most 3"):
        nn.QuantumLayer(LAYOUT, (1, 1, 0), features=4, rngs=nnx.Rngs(0))
    with pytest.raises(InputError, match=r"`outcomes` must have 2 photons.*\[1\]"):
        make([(1, 0, 0)])
