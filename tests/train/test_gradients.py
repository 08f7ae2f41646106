"""Every way to a gradient: against autodiff where it is exact, against its law where not."""

from functools import cache

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
from flax import nnx

from photonn import data, hardware, meshes, nn, train
from photonn.errors import InputError
from photonn.train.losses import cross_entropy
from photonn.train.physics_aware import physics_aware

RNG = np.random.default_rng(0)
BATCH = jnp.asarray(RNG.normal(size=(6, 3))), jnp.arange(6) % 2
KEY = jax.random.key(1)
PROCESS = [hardware.SplitterError(0.1), hardware.PhaseNoise(0.2)]


def network():
    rngs = nnx.Rngs(0)
    return nnx.Sequential(
        nn.Encode(3),
        nn.MZIMesh(meshes.clements.layout(3), rngs=rngs),
        nn.ElectroOptic(gain=1.0),
        nn.MZIMesh(meshes.reck.layout(3), rngs=rngs),
        nn.Intensity(2, gain=3.0),
    )


def shallow():
    mesh = nn.MZIMesh(meshes.clements.layout(3), rngs=nnx.Rngs(0))
    return nnx.Sequential(mesh, nn.Intensity(2, gain=3.0))


CHIP = hardware.fabricate(network(), PROCESS, KEY)
FLAT = hardware.fabricate(shallow(), PROCESS, KEY)


@cache
def compiled(estimate):
    """Once for all chips of one structure."""
    return nnx.jit(lambda chip, key: estimate(cross_entropy, chip, BATCH, key))


def measured(estimate, chip=CHIP, key=KEY):
    value, found = compiled(estimate)(nnx.clone(chip), key)
    return value, nnx.to_pure_dict(found)["layers"]


EXACT = measured(train.autodiff)


def same(got, want, tolerance=1e-12):
    jax.tree.map(lambda g, w: np.testing.assert_allclose(g, w, atol=tolerance), got, want)


# One that changes the meshes and one that does not; the others are alike, and dear.
ESTIMATORS = [
    train.InSitu(),
    train.SPSA(directions=2),
    pytest.param(train.PhysicsAware(network()), marks=pytest.mark.slow),
    pytest.param(train.DirectFeedback(), marks=pytest.mark.slow),
    pytest.param(train.ForwardOnly(), marks=pytest.mark.slow),
    pytest.param(train.Coordinate(coordinates=3), marks=pytest.mark.slow),
]


@pytest.mark.parametrize("estimate", ESTIMATORS, ids=lambda e: type(e).__name__)
def test_optax_takes_the_gradient_and_the_chip_keeps_its_errors(estimate, standard_promotion):
    chip = nnx.clone(CHIP)
    optimizer = nnx.Optimizer(chip, optax.adam(0.01), wrt=nnx.Param)

    @nnx.jit
    def step(chip, optimizer):
        value, found = estimate(cross_entropy, chip, BATCH, KEY)
        optimizer.update(chip, found)
        return value, found

    value, found = step(chip, optimizer)
    shapes = jax.tree.map(jnp.shape, nnx.state(CHIP, nnx.Param))
    assert jax.tree.map(jnp.shape, found) == shapes
    assert all(np.isfinite(x).all() for x in jax.tree.leaves(found))
    exact = isinstance(estimate, (train.SPSA, train.Coordinate))
    np.testing.assert_allclose(value, EXACT[0], atol=0.02 if exact else 1e-12)
    assert type(chip.layers[1]) is nn.MZIMesh
    assert not np.array_equal(chip.layers[1].theta[...], CHIP.layers[1].theta[...])
    same(chip.layers[1].split[...], CHIP.layers[1].split[...])


def test_physics_aware_training_with_a_perfect_twin_is_autodiff_and_with_another_is_not():
    same(measured(train.PhysicsAware(CHIP))[1], EXACT[1])
    value, found = measured(train.PhysicsAware(network()))
    np.testing.assert_allclose(value, EXACT[0], atol=1e-12)
    # Detectors see the light of the chip: their gain has its exact gradient.
    same(found[4], EXACT[1][4])
    assert np.abs(found[3]["theta"] - EXACT[1][3]["theta"]).max() > 1e-3


def test_a_device_without_a_gradient_gets_that_of_its_twin():
    run = physics_aware(lambda p, x: jnp.round(p * x), lambda p, x: p * x)
    value, slopes = jax.value_and_grad(run, argnums=(0, 1))(1.3, 2.0)
    assert (value, *slopes) == (3.0, 2.0, 1.3)


def test_a_twin_must_have_the_meshes_of_the_chip():
    twin = nn.MZIMesh(meshes.clements.layout(3), rngs=nnx.Rngs(0))
    with pytest.raises(InputError, match="`twin` must have the meshes of the chip"):
        train.PhysicsAware(twin)(cross_entropy, CHIP, BATCH, KEY)


def behind_first(params, chip=CHIP):
    """Light in front of the second mesh, for phases of the first."""
    graph, _, rest = nnx.split(chip.layers[1], nnx.Param, ...)
    first = nnx.merge(graph, params, rest, copy=True)
    return chip.layers[2](first(chip.layers[0](BATCH[0])))


@jax.jit
def of_first(params, sent):
    """Gradient by the first mesh, for the error in front of the second."""
    return jax.vjp(behind_first, params)[1](sent)[0]


def gradient_of_first(sent):
    return nnx.to_pure_dict(of_first(nnx.state(CHIP.layers[1], nnx.Param), sent))


def test_direct_feedback_sends_the_error_times_the_matrix_to_the_first_mesh():
    estimate = train.DirectFeedback(seed=3)
    found = measured(estimate)[1]
    same({k: found[k] for k in (3, 4)}, {k: EXACT[1][k] for k in (3, 4)})
    outputs = nnx.jit(lambda chip: chip(BATCH[0]))(CHIP)
    error = jax.grad(cross_entropy)(outputs, BATCH[1])
    sent = error.astype(complex) @ estimate.feedback(1, 2, 3)
    same(found[1], gradient_of_first(sent))


def test_with_the_true_way_back_direct_feedback_is_autodiff():
    """A chip of one output a mode, the real part of its light: the way back is one matrix."""
    rngs, layout = nnx.Rngs(5), meshes.clements.layout(3)

    class Coherent(nnx.Module):
        def __init__(self):
            self.layers = nnx.List([nn.MZIMesh(layout, rngs=rngs) for _ in range(2)])

        def __call__(self, field):
            return self.layers[1](self.layers[0](field)).real

    class True_(train.DirectFeedback):
        def feedback(self, number, classes, modes):
            return chip.layers[number](jnp.eye(3, dtype=complex)).T

    chip = Coherent()
    same(measured(True_(), chip)[1], measured(train.autodiff, chip)[1])


def test_forward_only_follows_a_loss_of_each_mesh():
    estimate = train.ForwardOnly(seed=3)
    found = measured(estimate)[1]
    same({k: found[k] for k in (3, 4)}, {k: EXACT[1][k] for k in (3, 4)})

    def local(light):
        return cross_entropy(jnp.abs(light) ** 2 @ estimate.read_out(1, 3, 2), BATCH[1])

    light = jax.jit(behind_first)(nnx.state(CHIP.layers[1], nnx.Param))
    same(found[1], gradient_of_first(jax.grad(local)(light)))


def test_coordinates_are_exact_to_second_order():
    def flat(estimate):
        return jax.flatten_util.ravel_pytree(measured(estimate, FLAT)[1])[0]

    exact = flat(train.autodiff)
    small = flat(train.Coordinate(size=0.02)) - exact
    large = flat(train.Coordinate(size=0.04, coordinates=4))
    looked_at = np.flatnonzero(large)
    assert 0 < len(looked_at) <= 4
    errors = [np.linalg.norm(x[looked_at]) for x in (small, large - exact)]
    np.testing.assert_allclose(errors[1] / errors[0], 4, rtol=0.02)


def test_spsa_is_right_on_the_average():
    draws = 4000
    found = measured(train.SPSA(size=1e-4, directions=draws), FLAT)[1]
    exact = measured(train.autodiff, FLAT)[1]
    got, want = (np.asarray(jax.flatten_util.ravel_pytree(x)[0]) for x in (found, exact))
    # The others' slopes are the noise of each: their norm over sqrt(draws), five times.
    np.testing.assert_allclose(got, want, atol=5 * np.linalg.norm(want) / np.sqrt(draws))


def test_what_a_random_model_draws_goes_on_and_is_the_same_in_a_difference():
    noise = [hardware.PhaseNoise(0.1)]
    chip = nnx.Sequential(hardware.Vaccinated(shallow(), noise, rngs=nnx.Rngs(noise=0)))
    step = nnx.jit(lambda chip: train.SPSA(size=1e-6)(cross_entropy, chip, BATCH, KEY))
    (first, slopes), (second, _) = step(chip), step(chip)
    assert abs(first - second) > 1e-4
    # With two draws the difference would be 1e-2 over a step of 1e-6.
    assert max(np.abs(x).max() for x in jax.tree.leaves(slopes)) < 10


def test_fit_takes_an_estimator_and_in_situ_goes_the_way_of_autodiff(standard_promotion):
    samples = data.Dataset(np.asarray(BATCH[0]), np.asarray(BATCH[1]))
    chip, other = nnx.clone(FLAT), nnx.clone(FLAT)
    options = {"epochs": 3, "batch": 6, "estimate": train.InSitu()}
    history = train.fit(chip, samples, samples, optax.sgd(0.1), **options)
    losses = []
    for _ in range(3):
        value, found = compiled(train.autodiff)(other, KEY)
        losses.append(value)
        params = nnx.state(other, nnx.Param)
        nnx.update(other, jax.tree.map(lambda p, slope: p - 0.1 * slope, params, found))
    np.testing.assert_allclose([row["loss"] for row in history.epochs], losses, rtol=1e-9)
    assert losses[0] != losses[-1]


def test_a_model_without_meshes_and_impossible_numbers_are_named():
    with pytest.raises(InputError, match=r"`model` must have at least one photonn\.nn\.MZIMesh"):
        train.InSitu()(cross_entropy, nn.Intensity(2), BATCH, KEY)
    with pytest.raises(InputError, match="`size` must be positive"):
        train.SPSA(size=0.0)
    with pytest.raises(InputError, match="`coordinates` must be an integer"):
        train.Coordinate(coordinates=0)
    with pytest.raises(InputError, match="`adjoint` must be one of backward, reversed"):
        train.InSitu(adjoint="forwards")
