"""Numbers for how far a chip is from its design."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from photonn import hardware, meshes, nn
from photonn.devices.waveguide import Dispersion
from photonn.errors import InputError
from tests import oracles

RNG = np.random.default_rng(0)
ONE, TWO = oracles.random_unitary(RNG, 2, 5, 5)


def test_the_error_is_the_distance_of_two_matrices():
    want = np.sqrt(np.sum(np.abs(ONE - TWO) ** 2) / 5)
    np.testing.assert_allclose(hardware.matrix_error(ONE, TWO), want, rtol=1e-14)
    np.testing.assert_allclose(hardware.matrix_error(-ONE, ONE), 2, rtol=1e-14)
    many = hardware.matrix_error(np.stack([ONE, TWO]), ONE)
    np.testing.assert_allclose(many, [0, want], rtol=1e-14)


def test_the_error_of_equal_matrices_has_a_slope_of_zero():
    slope = jax.grad(lambda x: hardware.matrix_error(x * jnp.eye(3), jnp.eye(3)))
    np.testing.assert_array_equal(slope(1.0), 0)
    np.testing.assert_allclose(slope(1.5), 1, rtol=1e-14)


def test_the_fidelity_knows_no_common_factor():
    want = np.abs(np.trace(ONE.conj().T @ TWO)) ** 2 / 25
    np.testing.assert_allclose(hardware.fidelity(TWO, ONE), want, rtol=1e-13)
    np.testing.assert_allclose(hardware.fidelity((0.3 - 0.2j) * ONE, ONE), 1, rtol=1e-14)


def test_losses_of_paths():
    matrix = np.diag(np.sqrt([1.0, 0.5, 0.1]))
    want = -10 * np.log10([1.0, 0.5, 0.1])
    np.testing.assert_allclose(hardware.insertion_loss_db(matrix), want, rtol=1e-14)
    np.testing.assert_allclose(hardware.insertion_loss_db(ONE), 0, atol=1e-14)


def test_crosstalk_of_a_switch():
    # Input 0 goes to output 1, input 1 to output 0; a hundredth goes astray.
    matrix = np.sqrt([[0.01, 0.99], [0.99, 0.01]])
    out = hardware.crosstalk_db(matrix, np.array([1, 0]))
    np.testing.assert_allclose(out, 10 * np.log10(0.01 / 0.99), rtol=1e-13)


def test_extinction_is_that_of_an_interferometer_as_made():
    split = 0.05 * RNG.normal(size=(2, 6))
    cross, bar = hardware.extinction_db(split)
    for n, (a, b) in enumerate(split.T):
        # The phases of the ideal cross and bar state.
        made = [oracles.mzi(t, 0.0, np.pi / 4 + a, np.pi / 4 + b) for t in (0, np.pi)]
        leaks = -10 * np.log10([abs(made[0][0, 0]) ** 2, abs(made[1][0, 1]) ** 2])
        np.testing.assert_allclose([cross[n], bar[n]], leaks, rtol=1e-10)


def test_the_matrix_of_a_model_at_many_wavelengths():
    silicon = Dispersion(1550e-9, index=2.4, group_index=4.2)
    mesh = nn.MZIMesh(meshes.clements.layout(4), dispersion=silicon, rngs=nnx.Rngs(0))
    design = hardware.transfer_matrix(mesh, 4)
    want = meshes.unitary(mesh.theta[...], mesh.phi[...], mesh.gamma[...], mesh.layout)
    np.testing.assert_allclose(design, want, atol=1e-14)  # four columns
    sweep = jax.jit(lambda w: hardware.transfer_matrix(mesh, 4, wavelength=w))
    matrices = sweep(jnp.array([1540e-9, 1550e-9, 1560e-9]))
    np.testing.assert_allclose(matrices[1], design, atol=1e-13)
    errors = hardware.matrix_error(matrices, design)
    assert errors[0] > 1e-3
    assert errors[2] > 1e-3


def test_powers_have_no_transfer_matrix():
    mesh = nn.MZIMesh(meshes.clements.layout(4), rngs=nnx.Rngs(0))
    with pytest.raises(InputError, match=r"`model` must give amplitudes .*leave the read-out off"):
        hardware.transfer_matrix(nnx.Sequential(mesh, nn.Intensity(2)), 4)
    weights = jnp.arange(6.0).reshape(2, 3)  # real numbers in, real numbers out
    matrix = hardware.transfer_matrix(lambda x: jnp.real(x) @ weights.T.astype(x.dtype), 3)
    np.testing.assert_array_equal(matrix, weights)


def test_what_does_not_fit_is_refused():
    with pytest.raises(InputError, match="`matrix` must have shape"):
        hardware.matrix_error(np.eye(3), np.eye(4))
    with pytest.raises(InputError, match=r"`split` must have shape \(\.\.\., 2, cells\)"):
        hardware.extinction_db(np.zeros((3, 4)))
