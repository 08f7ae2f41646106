"""Modules of ring banks and crossbars: their matrix, their imperfections, their gradients."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from photonn import nn
from photonn.devices import heater, phase_change, weight_bank
from photonn.devices.receiver import Receiver
from photonn.devices.weight_bank import Bank
from photonn.errors import InputError

RNG = np.random.default_rng(0)
BANK = Bank(weight_bank.grid(4))
MAKE = {
    "bank": lambda **more: nn.WeightBank(BANK, 3, rngs=nnx.Rngs(0), **more),
    "crossbar": lambda **more: nn.Crossbar(4, 3, rngs=nnx.Rngs(0), **more),
    "coherent": lambda **more: nn.CoherentCrossbar(4, 3, rngs=nnx.Rngs(0), **more),
}
run = nnx.jit(lambda model, values: model(values))
matrix = nnx.jit(lambda model: model.gain[...].astype(model.matrix().dtype) * model.matrix())
slope = nnx.jit(nnx.grad(lambda model, values: jnp.sum(jnp.abs(model(values)) ** 2)))


@pytest.mark.parametrize("kind", MAKE)
def test_it_multiplies_by_its_matrix_and_everything_it_trains_has_a_slope(kind):
    model, values = MAKE[kind](), RNG.normal(size=(5, 4))
    np.testing.assert_allclose(run(model, values), values @ np.asarray(matrix(model)).T, atol=1e-13)
    gradient = slope(model, values)
    for leaf in jax.tree.leaves(gradient):
        assert np.isfinite(leaf).all() and np.abs(leaf).min() > 0
    errors = nnx.state(model, nn.Imperfection)
    assert len(jax.tree.leaves(errors)) in (1, 2)
    assert not any(np.any(leaf) for leaf in jax.tree.leaves(errors))


def test_a_bank_starts_at_weights_and_crosstalk_moves_them_as_heat_does():
    model = MAKE["bank"]()
    cold = matrix(model)
    assert np.abs(cold).max() < 0.5
    crosstalk = np.asarray(heater.crosstalk(np.arange(4) * 20e-6, decay=10e-6))
    model.crosstalk[...] = jnp.asarray(crosstalk - np.eye(4))
    warm = np.asarray(model.phases[...]) @ crosstalk.T
    want = jax.jit(weight_bank.weights, static_argnums=1)(warm, BANK)
    np.testing.assert_allclose(matrix(model), want, atol=1e-14)
    model.phases[...] = heater.calibrate(model.phases[...], crosstalk)
    np.testing.assert_allclose(matrix(model), cold, atol=1e-12)


def test_a_crossbar_rounds_its_weights_and_its_gain_undoes_the_splitting():
    material = phase_change.Material(levels=9)
    model = MAKE["crossbar"](material=material)
    got = matrix(model)
    np.testing.assert_allclose(got, np.round(np.asarray(model.weights[...]) * 4) / 4, atol=1e-14)
    model.error[...] = jnp.full((4, 4), 0.05)  # in all columns alike: the reference cancels it
    np.testing.assert_allclose(matrix(model), got, atol=1e-13)


@pytest.mark.parametrize("kind", ["bank", "crossbar"])
def test_noise_only_when_asked_for(kind):
    values = RNG.normal(size=(5, 4))
    noisy = MAKE[kind](receiver=Receiver(bandwidth=1e9))
    first, second = run(noisy, values), run(noisy, values)
    assert np.abs(first - second).min() > 0
    # The same weights, and shots of 10 W in 1 GHz: 6e-5 A, times a gain of 40 at most.
    np.testing.assert_allclose(first, run(MAKE[kind](), values), atol=0.02)


def test_sizes_are_at_least_one():
    with pytest.raises(InputError, match="`outputs` must be an integer of at least 1"):
        nn.WeightBank(BANK, 0, rngs=nnx.Rngs(0))
    with pytest.raises(InputError, match="`inputs` must be an integer of at least 1"):
        nn.Crossbar(0, 1, rngs=nnx.Rngs(0))
