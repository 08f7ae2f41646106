"""Chips: the same key, the same chip; no error, no change; statistics of the draws."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from photonn import hardware, meshes, nn
from photonn.devices.receiver import Receiver
from photonn.errors import InputError
from photonn.hardware import PhaseNoise, SplitterError

PROCESS = [PhaseNoise(0.05), SplitterError(0.02)]


def mesh(modes=4, seed=0):
    return nn.MZIMesh(meshes.clements.layout(modes), rngs=nnx.Rngs(seed))


def network(layers=1):
    rngs = nnx.Rngs(0)
    light = [nn.MZIMesh(meshes.clements.layout(4), rngs=rngs) for _ in range(layers)]
    return nnx.Sequential(*light, nn.Intensity(2))


def numbers(model):
    return [np.asarray(leaf) for leaf in jax.tree.leaves(nnx.state(model))]


def same(one, two):
    return all(np.array_equal(a, b) for a, b in zip(numbers(one), numbers(two), strict=True))


def test_no_error_is_the_model_itself():
    model = network()
    chip = hardware.fabricate(model, [PhaseNoise(0.0), SplitterError(0.0)], jax.random.key(0))
    assert same(model, chip)
    assert same(model, hardware.fabricate(model, [], jax.random.key(0)))


def test_same_key_same_chip_and_another_key_another():
    model = network()
    chips = [hardware.fabricate(model, PROCESS, jax.random.key(k)) for k in (0, 0, 1)]
    assert same(chips[0], chips[1])
    assert not same(chips[0], chips[2])


def test_what_a_chip_learns_stays_with_the_chip():
    """Gains have no errors: no source changes them, and yet they are the chip's own."""
    model = network()
    chip = hardware.fabricate(model, PROCESS, jax.random.key(0))
    chip.layers[-1].gain.set_value(jnp.asarray(7.0))
    assert model.layers[-1].gain[...] == 1


def test_the_model_stays_as_it_was():
    model = network()
    before = numbers(model)
    chip = hardware.fabricate(model, PROCESS, jax.random.key(0))
    assert all(np.array_equal(a, b) for a, b in zip(before, numbers(model), strict=True))
    chip.layers[0].theta[...] = jnp.zeros(6)
    assert (model.layers[0].theta[...] != 0).all()


def test_every_source_changes_its_own_kind_alone():
    model = network()
    noisy = hardware.fabricate(model, [PhaseNoise(0.1)], jax.random.key(0))
    split = hardware.fabricate(model, [SplitterError(0.1)], jax.random.key(0))
    for name in ("theta", "phi", "gamma"):
        ideal = getattr(model.layers[0], name)[...]
        assert (getattr(noisy.layers[0], name)[...] != ideal).all()
        np.testing.assert_array_equal(getattr(split.layers[0], name)[...], ideal)
    np.testing.assert_array_equal(noisy.layers[0].split[...], 0)
    assert (split.layers[0].split[...] != 0).all()
    assert noisy.layers[1].gain[...] == split.layers[1].gain[...] == 1


def test_a_kind_made_elsewhere_is_found():
    class Heater(nn.Phase):
        pass

    class Mine(nnx.Module):
        def __init__(self):
            self.angle = Heater(jnp.zeros(3))
            self.other = nnx.Param(jnp.zeros(3))

    chip = hardware.fabricate(Mine(), [PhaseNoise(0.1)], jax.random.key(0))
    assert (chip.angle[...] != 0).all()
    np.testing.assert_array_equal(chip.other[...], 0)


def test_draws_have_the_deviation_asked_for():
    model = mesh(32)
    chip = hardware.fabricate(model, [PhaseNoise(0.03), SplitterError(0.01)], jax.random.key(5))
    parts = {0.01: np.ravel(chip.split[...])}
    parts[0.03] = np.concatenate(
        [chip.theta[...] - model.theta[...], chip.phi[...] - model.phi[...]]
    )
    for sigma, draws in parts.items():
        # About 1000 draws of one fixed key; mean and deviation within 5 standard errors.
        count = draws.size
        assert count > 900
        assert abs(draws.mean()) < 5 * sigma / np.sqrt(count)
        assert abs(draws.std() / sigma - 1) < 5 / np.sqrt(2 * count)
    theta, phi = np.split(parts[0.03], 2)
    assert abs(np.corrcoef(theta, phi)[0, 1]) < 5 / np.sqrt(theta.size)
    alpha, beta = np.split(parts[0.01], 2)
    assert abs(np.corrcoef(alpha, beta)[0, 1]) < 5 / np.sqrt(alpha.size)


def test_another_layer_changes_no_draw():
    key = jax.random.key(3)
    short = hardware.fabricate(network(1), PROCESS, key)
    long = hardware.fabricate(network(2), PROCESS, key)
    for name in ("theta", "phi", "gamma", "split"):
        np.testing.assert_array_equal(
            getattr(short.layers[0], name)[...], getattr(long.layers[0], name)[...]
        )
    deviation = long.layers[1].split[...]
    assert (deviation != long.layers[0].split[...]).all()


@pytest.fixture(scope="module")
def loop():
    """Powers of 5 chips, one by one."""
    model, key = network(), jax.random.key(7)
    measure = nnx.jit(lambda chip: chip(jnp.eye(4)))
    keys = jax.random.split(key, 5)
    return [np.asarray(measure(hardware.fabricate(model, PROCESS, k))) for k in keys]


@pytest.mark.parametrize("chunk", [2, 16])
def test_monte_carlo_is_a_loop_over_chips(loop, chunk):
    model = network()
    before = numbers(model)
    out = hardware.monte_carlo(
        model,
        PROCESS,
        lambda chip: {"power": chip(jnp.eye(4))},
        key=jax.random.key(7),
        chips=5,
        chunk=chunk,
    )
    # One program for all chips may round sums in another order: 4 columns, 1e-14.
    np.testing.assert_allclose(out["power"], np.stack(loop), atol=1e-14)
    assert all(np.array_equal(a, b) for a, b in zip(before, numbers(model), strict=True))


def test_no_chips_are_refused():
    with pytest.raises(InputError, match="`chips` must be an integer of at least 1, but is 0"):
        hardware.monte_carlo(network(), PROCESS, lambda c: 0.0, key=jax.random.key(0), chips=0)


@pytest.mark.parametrize("source", [PhaseNoise, SplitterError])
@pytest.mark.parametrize("sigma", [-0.1, float("nan"), float("inf")])
def test_a_deviation_is_not_negative(source, sigma):
    with pytest.raises(InputError, match=r"`sigma` must be zero or more and finite \[rad\]"):
        source(sigma)


def test_sigma_may_be_traced():
    model = network()

    @jax.jit
    def power(sigma):
        chip = hardware.fabricate(model, [PhaseNoise(sigma)], jax.random.key(0))
        return chip(jnp.ones(4))[0]

    slope = jax.jit(jax.grad(power))(0.05)
    # Step 1e-5: error of the quotient 1e-10, rounding 1e-11.
    np.testing.assert_allclose(slope, (power(0.05001) - power(0.04999)) / 2e-5, rtol=1e-6)


def noisy(rngs):
    receiver = Receiver(bandwidth=1e9)
    optics = nn.MZIMesh(meshes.clements.layout(4), rngs=rngs)
    return nnx.Sequential(optics, nn.Intensity(2, receiver=receiver, rngs=rngs))


def test_a_chip_shares_nothing_with_the_model():
    model = noisy(nnx.Rngs(0))
    chip = hardware.fabricate(model, [PhaseNoise(0.1)], jax.random.key(0))
    chip.layers[1].gain[...] = jnp.asarray(7.0)
    chip(jnp.ones(4, complex))
    assert model.layers[1].gain[...] == 1.0
    assert model.layers[1].receive.stream.count[...] == 0


def test_many_chips_with_noise_have_noise_of_their_own():
    light, key = jnp.ones(4, complex), jax.random.key(0)
    signals = hardware.monte_carlo(noisy(nnx.Rngs(0)), [], lambda m: m(light), key=key, chips=3)
    assert len(np.unique(signals)) == signals.size


def test_noise_says_the_way_out_where_it_cannot_be_drawn():
    model, light = noisy(nnx.Rngs(0)), jnp.ones((2, 4), complex)
    with pytest.raises(InputError, match=r"nnx\.vmap.*copy=True"):
        jax.vmap(model)(light)
    assert nnx.jit(lambda model, light: model(light))(model, light).shape == (2, 2)
    graph, state = nnx.split(model)
    assert jax.jit(lambda x: nnx.merge(graph, state, copy=True)(x))(light).shape == (2, 2)
