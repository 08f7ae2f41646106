"""Light at the phase shifters: against dense products, power and reciprocity."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from photonn import meshes
from photonn.devices import cell
from photonn.errors import InputError
from photonn.meshes.monitors import MonitoredMesh
from tests import oracles

LAYOUT = meshes.clements.layout(5)
RNG = np.random.default_rng(0)


def made(kind, loss_db=0.0, layout=LAYOUT):
    theta, phi = jnp.asarray(RNG.uniform(0, 6, (2, layout.size)))
    ideal = jnp.asarray(kind.ideal_split)[:, None]
    split = ideal + jnp.asarray(RNG.normal(0, 0.1, (kind.splitters, layout.size)))
    axes = (kind.splitters,), (kind.arms, 2)
    losses = [jnp.full((*each, layout.size), loss_db) for each in axes]
    gamma = jnp.asarray(RNG.uniform(0, 6, layout.modes))
    return MonitoredMesh(layout, kind, theta, phi, gamma, split, *losses)


def matrix(mesh):
    cells = mesh.cell.transfer_matrix(
        mesh.theta,
        mesh.phi,
        split=mesh.split,
        split_loss_db=mesh.split_loss_db,
        arm_loss_db=mesh.arm_loss_db,
    )
    total = np.eye(mesh.layout.modes, dtype=complex)
    for pair, block in zip(mesh.layout.pairs, np.asarray(cells), strict=True):
        total[pair] = block @ total[pair]
    return np.exp(1j * np.asarray(mesh.gamma))[:, None] * total


def field(*shape):
    return jnp.asarray(oracles.random_complex(RNG, *shape))


@pytest.mark.parametrize("kind", [cell.MZI, cell.THREE_SPLITTER], ids=lambda kind: kind.name)
def test_light_goes_forward_by_the_matrix_and_back_by_its_transpose(kind):
    mesh = made(kind, loss_db=0.3)
    light = field(5, 3)
    np.testing.assert_allclose(mesh.forward(light).outputs, matrix(mesh) @ light, atol=1e-12)
    np.testing.assert_allclose(mesh.backward(light)[1], matrix(mesh).T @ light, atol=1e-12)


def test_what_passes_an_arm_adds_up_the_same_from_both_sides():
    """Forward times backward light, over both arms, is what enters the cell: a cut through it."""
    mesh = made(cell.MZI, loss_db=0.2)
    first, second = field(5, 1), field(5, 1)
    forward, (backward, _) = mesh.forward(first), mesh.backward(second)
    cuts = jnp.sum(forward.arms * backward.arms, axis=2)
    np.testing.assert_allclose(cuts[0], cuts[1], atol=1e-12)
    whole = second.T @ matrix(mesh) @ first
    outputs = jnp.sum(forward.outputs * second)
    np.testing.assert_allclose(outputs, whole[0, 0], atol=1e-12)


def test_power_on_the_arms_is_the_power_that_enters():
    mesh = made(cell.SYMMETRIC, layout=meshes.Layout(2, [[(0, 1)]] * 3))
    light = field(2, 4)
    arms = mesh.forward(light).arms
    power = np.sum(np.abs(arms) ** 2, axis=2)
    np.testing.assert_allclose(power, np.broadcast_to(np.sum(np.abs(light) ** 2, 0), power.shape))


def test_a_tunable_coupler_has_no_monitor():
    with pytest.raises(InputError, match=r"`cell` must have phase shifters on arms only"):
        made(cell.COUPLER).forward(field(5, 1))


def test_sums_go_by_the_shares_of_a_phase():
    mesh = made(cell.DIFFERENTIAL)
    light = mesh.forward(field(5, 2))
    theta, phi, gamma = mesh.phase_sums(jax.tree.map(lambda x: x.real, light))
    upper, lower = np.sum(light.arms.real[1], axis=-1).T
    np.testing.assert_allclose(theta, 0.5 * upper - 0.5 * lower, atol=1e-12)
    np.testing.assert_allclose(phi, np.sum(light.arms.real[0, :, 0], axis=-1), atol=1e-12)
    np.testing.assert_allclose(gamma, np.sum(light.outputs.real, axis=-1), atol=1e-12)
