"""Gradients by power measurements: equal to autodiff without loss, biased by a law with it."""

from functools import cache, partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from photonn import hardware, meshes, nn, train
from photonn.devices import cell
from photonn.train.losses import cross_entropy

KEY = jax.random.key(0)
LABELS = jnp.arange(5) % 3
INPUTS = jnp.asarray(np.random.default_rng(0).normal(size=(5, 4)))
PROCESS = [hardware.SplitterError(0.1), hardware.PhaseNoise(0.2)]
# Every mode meets a cell in every column: loss can be the same on all paths.
RING = meshes.Layout(4, [[(0, 1), (2, 3)], [(1, 2), (3, 0)]] * 2)


def both(chip, settings=None, inputs=INPUTS, key=KEY):
    """The gradient by measurement and by autodiff, as dictionaries."""
    estimators = settings or train.InSitu(), train.autodiff

    @nnx.jit
    def run(chip):
        return [e(cross_entropy, chip, (inputs, LABELS), key)[1] for e in estimators]

    return [nnx.to_pure_dict(x) for x in run(chip)]


@cache
def shallow(kind=cell.MZI):
    mesh = nn.MZIMesh(meshes.clements.layout(4), cell=kind, rngs=nnx.Rngs(1))
    return hardware.fabricate(nnx.Sequential(mesh, nn.Intensity(3, gain=5.0)), PROCESS, KEY)


@cache
def deep():
    layout, rngs = meshes.reck.layout(4), nnx.Rngs(1)
    layers = [
        nn.MZIMesh(layout, rngs=rngs),
        nn.ElectroOptic(gain=1.0),
        nn.SVDMesh(layout, rngs=rngs),
    ]
    return hardware.fabricate(nnx.Sequential(*layers, nn.Intensity(3, gain=5.0)), PROCESS, KEY)


def same(measured, exact, tolerance=1e-12):
    close = partial(np.testing.assert_allclose, rtol=0, atol=tolerance)
    jax.tree.map(close, measured, exact)


def test_it_equals_autodiff_on_an_imperfect_chip():
    same(*both(deep()))


@pytest.mark.parametrize(
    "kind",
    [pytest.param(cell.SYMMETRIC, marks=pytest.mark.slow), cell.THREE_SPLITTER],
    ids=["symmetric", "three splitter"],
)
def test_it_equals_autodiff_for_other_cells_and_read_in_the_other_way(kind):
    same(*both(shallow(kind), train.InSitu("backward")))


def test_it_equals_autodiff_in_single_precision_also_with_a_dark_sample():
    graph, state = nnx.split(shallow())
    state = jax.tree.map(lambda x: x.astype(jnp.float32), state)
    inputs = INPUTS.at[0].set(0.0).astype(jnp.float32)
    measured, exact = both(nnx.merge(graph, state), inputs=inputs)
    assert all(x.dtype == jnp.float32 for x in jax.tree.leaves(measured))
    same(measured, exact, 1e-5 * max(np.abs(x).max() for x in jax.tree.leaves(exact)))


@nnx.jit
def on_a_chip_with_loss(upper_db, lower_db, key):
    """Gradients of the phases of a mesh: by measurement in three ways, and exact."""
    mesh = nn.MZIMesh(RING, rngs=nnx.Rngs(0))
    db = jnp.stack([upper_db, lower_db])[:, None]
    mesh.arm_loss.set_value(jnp.broadcast_to(db, mesh.arm_loss.shape))
    model, batch = nnx.Sequential(mesh, nn.Intensity(3, gain=5.0)), (INPUTS, LABELS)
    ways = train.InSitu("backward"), train.InSitu(), train.InSitu(noise=0.01), train.autodiff
    found = [estimate(cross_entropy, model, batch, key)[1] for estimate in ways]
    return [nnx.to_pure_dict(x)["layers"][0] for x in found]


def test_loss_that_all_paths_share_scales_each_column_by_the_power_that_is_left():
    _, measured, _, exact = on_a_chip_with_loss(0.3, 0.3, KEY)
    arms = {"phi": 2 * RING.column + 1, "theta": 2 * RING.column + 2, "gamma": 2 * RING.depth}
    for name, count in arms.items():
        left = 10 ** (-0.3 * count / 10)
        np.testing.assert_allclose(measured[name], left * exact[name], atol=1e-12)


def test_unbalanced_loss_gives_a_bias_in_proportion():
    def bias(loss_db):
        *measured, _, exact = on_a_chip_with_loss(loss_db, 0.0, KEY)
        difference = [way["theta"] - exact["theta"] for way in measured]
        return np.linalg.norm(difference, axis=1) / np.linalg.norm(exact["theta"])

    small, large = bias(0.02), bias(0.04)
    assert (small > 1e-3).all()
    np.testing.assert_allclose(large / small, 2, rtol=0.1)


def test_noise_of_the_readings_averages_out():
    keys = jax.random.split(KEY, 100)
    draws = np.stack([on_a_chip_with_loss(0.0, 0.0, key)[2]["theta"] for key in keys])
    exact = on_a_chip_with_loss(0.0, 0.0, KEY)[3]["theta"]
    spread = draws.std(axis=0)
    assert spread.min() > 0
    assert (np.abs(draws.mean(axis=0) - exact) < 5 * spread / 10).all()


def test_steps_of_the_drivers_are_trained_through():
    """Straight through: the gradient at the phases that the driver sets."""
    chip, process = shallow(), [hardware.Quantization(4)]
    aware = nnx.Sequential(hardware.Vaccinated(chip, process, rngs=nnx.Rngs(noise=0)))
    measured, exact = (
        nnx.jit(lambda chip, way=way: way(cross_entropy, chip, (INPUTS, LABELS), KEY)[1])(model)
        for way, model in (
            (train.InSitu(), aware),
            (train.autodiff, hardware.fabricate(chip, process, KEY)),
        )
    )
    same(nnx.to_pure_dict(measured)["layers"][0]["model"], nnx.to_pure_dict(exact))
