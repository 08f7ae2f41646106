"""Models that are made anew at every call, in training only."""

import jax
import jax.numpy as jnp
import numpy as np
import optax
from flax import nnx

from photonn import data, hardware, meshes, nn, train
from photonn.devices.receiver import Receiver
from photonn.free_space import Grid, Tolerances
from tests import oracles

GRID = Grid(12, 8e-6)
FIELD = oracles.random_complex(np.random.default_rng(0), *GRID.shape)


def layers():
    return nnx.Sequential(
        nn.Image(GRID),
        nn.Diffractive(GRID, distance=1e-3, wavelength=532e-9, rngs=nnx.Rngs(0)),
        nn.Regions(GRID, 2),
    )


def robust(model, seed=0):
    process = [hardware.LayerErrors(Tolerances(shift=4e-6, phase=0.3))]
    return hardware.Vaccinated(model, process, rngs=nnx.Rngs(noise=seed))


def test_every_call_has_errors_of_its_own_until_it_is_evaluated():
    model = layers()
    made = robust(model)
    images = np.random.default_rng(1).uniform(size=(3, 6, 6))
    first, second, again = made(images), made(images), robust(model)(images)
    assert np.abs(first - second).max() > 1e-3
    np.testing.assert_array_equal(first, again)
    made.eval()
    np.testing.assert_array_equal(made(images), model(images))
    made.train()
    assert np.abs(made(images) - model(images)).max() > 1e-3


def test_errors_stay_after_evaluation_if_they_are_to_choose_the_epoch():
    mesh = nn.MZIMesh(meshes.clements.layout(3), rngs=nnx.Rngs(0))
    process = [hardware.PhaseNoise(0.1)]
    made = hardware.Vaccinated(mesh, process, always=True, rngs=nnx.Rngs(0))
    made.eval()
    light = jnp.ones(3, complex)
    assert np.abs(made(light) - mesh(light)).max() > 1e-3


def test_no_chip_of_the_same_seed_was_trained_through():
    """Keys of training come from a fork of the stream, those of chips from a split of the key."""
    mesh = nn.MZIMesh(meshes.clements.layout(3), rngs=nnx.Rngs(0))
    process, light = [hardware.SplitterError(0.1)], jnp.ones(3, complex)
    made = hardware.Vaccinated(mesh, process, rngs=nnx.Rngs(noise=0))
    trained = [made(light) for _ in range(4)]

    def out(chip):
        return chip(light)

    key = jax.random.key(0)
    chips = [*hardware.monte_carlo(mesh, process, out, key=key, chips=4)]
    chips.append(hardware.fabricate(mesh, process, key)(light))
    apart = np.abs(np.stack(trained)[:, None] - np.stack(chips)).max(-1)
    assert apart.min() > 1e-3


def test_meshes_are_made_anew_too():
    mesh = nn.MZIMesh(meshes.clements.layout(3), rngs=nnx.Rngs(0))
    made = hardware.Vaccinated(mesh, [hardware.PhaseNoise(0.1)], rngs=nnx.Rngs(0))
    light = jnp.ones(3, complex)
    one, two = made(light), made(light)
    assert np.abs(one - two).max() > 1e-3
    np.testing.assert_allclose(np.linalg.norm(one), np.sqrt(3), rtol=1e-12)


def test_it_is_trained_by_fit_and_what_learns_is_the_design():
    rng = np.random.default_rng(2)
    labels = rng.integers(0, 2, 32)
    images = rng.uniform(0, 0.2, (32, 6, 6)).astype(np.float32)
    images[labels == 1, :3] += 1  # bright above or below
    images[labels == 0, 3:] += 1
    samples = data.Dataset(images, labels)
    model = layers()
    before = model.layers[1].phase[...]
    with jax.numpy_dtype_promotion("standard"):  # optax counts in int32
        done = train.fit(
            robust(model), samples, samples, optax.adam(0.2), epochs=6, batch=8, seed=0
        )
    losses = [row["loss"] for row in done.epochs]
    assert losses[-1] < losses[0]
    # The wrapper holds the design, not a copy of it.
    assert (model.layers[1].phase[...] != before).any()
    assert jax.tree.leaves(model.layers[1].error.get_value()) == []


def test_noise_inside_goes_on():
    read = nn.Intensity(2, receiver=Receiver(bandwidth=1e9), rngs=nnx.Rngs(0))
    made = hardware.Vaccinated(read, [hardware.PhaseNoise(0.1)], rngs=nnx.Rngs(0))
    light = jnp.ones(2, complex)
    assert (made(light) != made(light)).all()
