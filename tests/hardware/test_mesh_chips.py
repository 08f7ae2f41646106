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
    both = jax.jit(jax.value_and_grad(lambda x: deviation(made + x * wanted, wanted)))
    steps = both(0.1 + 1e-6)[0] - both(0.1 - 1e-6)[0]
    np.testing.assert_allclose(both(0.1)[1], steps / 2e-6, rtol=1e-6)


PROCESS = [SplitterError(0.005), PhaseNoise(1e-3)]


@pytest.fixture(scope="module")
def made(mesh):
    return hardware.mesh_chips(mesh, PROCESS, key=KEY, chips=200)


def test_splitters_give_the_law(made):
    """sqrt(2 (N - 1)) sigma, root mean square; the common phase of all takes 1 / N of it."""
    wanted = np.sqrt(2 * 7) * 0.005
    # 8 modes are few: the part that a common factor takes is left as tolerance. The noise of
    # the phases adds 1 %.
    np.testing.assert_allclose(np.sqrt(np.mean(made.error**2)), wanted, rtol=0.08)


def test_correction_is_of_the_same_chips(mesh, made):
    mended = hardware.mesh_chips(mesh, PROCESS, correct=True, key=KEY, chips=200)
    assert made.error.shape == made.loss_db.shape == (200,)
    # What is left is the noise of setting, 1e-3 in some 15 phases of each path.
    assert (mended.error < made.error / 2).all() and (mended.error > 1e-3).all()
    np.testing.assert_allclose(mended.loss_db, 0, atol=1e-10)


def test_what_all_paths_lose_is_no_error_and_what_they_lose_unevenly_is(mesh):
    process = [ComponentLoss(0.1, 0.0, 0.0)]
    made = hardware.mesh_chips(mesh, process, key=KEY, chips=1)
    # The worst input meets 8 cells or fewer of two splitters, on its way to all outputs.
    assert 0.8 < made.loss_db[0] < 1.6 and 0.005 < made.error[0] < 0.05


def test_the_wavelength_of_the_design_is_the_best(mesh, made):
    points = np.array([1540e-9, 1550e-9, 1560e-9])
    swept = hardware.mesh_over_wavelength(mesh, PROCESS, points, key=KEY, chips=4)
    # Chip i is the same in a batch of any size.
    np.testing.assert_allclose(swept[1], made.error[:4], rtol=1e-6)
    assert (swept[1] < swept[0]).all() and (swept[1] < swept[2]).all()
