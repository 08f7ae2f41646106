"""Chips of one mesh: the distance of matrices, its law, the same draws with and without care."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from photonn import hardware, meshes, nn
from photonn.devices.waveguide import Dispersion
from photonn.hardware import ComponentLoss, PhaseNoise, SplitterError
from photonn.hardware.metrics import deviation

KEY = jax.random.key(0)
SILICON = Dispersion(1550e-9, index=2.4, group_index=4.2, split_slope=3e6)


@pytest.fixture(scope="module")
def mesh():
    layout = meshes.clements.layout(8)
    return nn.MZIMesh(layout, dispersion=SILICON, rngs=nnx.Rngs(0))


def test_a_common_factor_is_no_error_and_the_square_is_one_less_fidelity():
    one, two = jax.random.normal(KEY, (2, 2, 5, 5))
    made, wanted = (jax.lax.complex(*x) for x in (one, two))
    assert deviation(made * (0.3 + 0.4j), made) < 1e-14
    np.testing.assert_allclose(
        deviation(made, wanted) ** 2, 1 - hardware.fidelity(made, wanted), rtol=1e-12
    )
    assert deviation(jnp.zeros((2, 2), complex), jnp.eye(2, dtype=complex)) == 1
    slope = jax.grad(lambda x: deviation(made + x * wanted, wanted))(0.1)
    steps = [deviation(made + (0.1 + d) * wanted, wanted) for d in (1e-6, -1e-6)]
    np.testing.assert_allclose(slope, (steps[0] - steps[1]) / 2e-6, rtol=1e-6)


def test_splitters_give_the_law(mesh):
    """sqrt(2 (N - 1)) sigma, root mean square; the common phase of all takes 1 / N of it."""
    sigma = 0.005
    error = hardware.mesh_chips(mesh, [SplitterError(sigma)], key=KEY, chips=200).error
    wanted = np.sqrt(2 * 7) * sigma
    # 8 modes are few: the part that a common factor takes is left as tolerance.
    np.testing.assert_allclose(np.sqrt(np.mean(error**2)), wanted, rtol=0.08)


def test_correction_is_of_the_same_chips(mesh):
    process = [SplitterError(0.01), PhaseNoise(1e-3)]
    draws = {"key": KEY, "chips": 6}
    made = hardware.mesh_chips(mesh, process, **draws)
    mended = hardware.mesh_chips(mesh, process, correct=True, **draws)
    assert made.error.shape == made.loss_db.shape == (6,)
    # What is left is the noise of setting, 1e-3 in some 15 phases of each path.
    assert (mended.error < made.error / 3).all() and (mended.error > 1e-3).all()
    np.testing.assert_allclose(mended.loss_db, 0, atol=1e-10)


def test_what_all_paths_lose_is_no_error_and_what_they_lose_unevenly_is(mesh):
    process = [ComponentLoss(0.1, 0.0, 0.0)]
    made = hardware.mesh_chips(mesh, process, key=KEY, chips=1)
    # The worst input meets 8 cells or fewer of two splitters, on its way to all outputs.
    assert 0.8 < made.loss_db[0] < 1.6 and 0.005 < made.error[0] < 0.05


def test_the_wavelength_of_the_design_is_the_best(mesh):
    points = np.array([1540e-9, 1550e-9, 1560e-9])
    swept = hardware.mesh_over_wavelength(mesh, [SplitterError(0.005)], points, key=KEY, chips=4)
    alone = hardware.mesh_chips(mesh, [SplitterError(0.005)], key=KEY, chips=4).error
    np.testing.assert_allclose(swept[1], alone, rtol=1e-6)
    assert (swept[1] < swept[0]).all() and (swept[1] < swept[2]).all()
