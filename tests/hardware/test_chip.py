"""A chip that is set again and again has the errors of `fabricate`, every time."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from photonn import hardware, meshes, nn
from photonn.devices.receiver import Receiver

KEY = jax.random.key(4)
SETTING = [hardware.Quantization(6), hardware.ThermalCrosstalk(0.02), hardware.PhaseNoise(0.01)]
PROCESS = [hardware.SplitterError(0.05), *SETTING, hardware.ComponentLoss(0.1, 0.1, 0.2)]
LIGHT = jnp.eye(4, dtype=complex)


@pytest.fixture(scope="module")
def model():
    return nn.MZIMesh(meshes.clements.layout(4), rngs=nnx.Rngs(0))


@pytest.fixture(scope="module")
def chip(model):
    return hardware.Chip(model, PROCESS, KEY)


def same(one, two):
    for a, b in zip(jax.tree.leaves(nnx.state(one)), jax.tree.leaves(nnx.state(two)), strict=True):
        np.testing.assert_allclose(a, b, atol=1e-12)


def test_it_is_the_chip_of_fabricate_at_every_call(model, chip):
    fabricated = hardware.fabricate(model, PROCESS, KEY)
    same(chip.made(), fabricated)
    np.testing.assert_allclose(chip(LIGHT), fabricated(LIGHT), atol=1e-12)
    np.testing.assert_array_equal(chip(LIGHT), chip(LIGHT))
    chip.eval()
    np.testing.assert_allclose(chip(LIGHT), fabricated(LIGHT), atol=1e-12)
    assert np.abs(chip(LIGHT) - model(LIGHT)).max() > 0.01


def test_corrected_it_is_the_chip_of_fabricate_corrected(model, chip):
    same(chip.reprogrammed(model).made(), hardware.fabricate_corrected(model, PROCESS, KEY))
    same(chip.made(), hardware.fabricate(model, PROCESS, KEY))  # and itself as it was


@pytest.mark.parametrize("find", [hardware.correct, hardware.configure])
def test_both_ways_to_set_it_bring_the_matrix_back(model, find):
    chip = hardware.Chip(model, [hardware.SplitterError(0.05)], KEY)
    before, after = (
        hardware.matrix_error(x(LIGHT).T, model(LIGHT).T)
        for x in (chip, chip.reprogrammed(model, find))
    )
    assert before > 0.05
    assert after < before / 3


def test_other_phases_meet_the_same_errors_of_setting(model):
    """What is asked for is rounded and warmed anew, and noise is that of the chip."""
    chip = hardware.Chip(model, SETTING, KEY)
    other = nn.MZIMesh(meshes.clements.layout(4), rngs=nnx.Rngs(1))
    chip.model = hardware.program(chip.model, other)
    same(chip.made(), hardware.fabricate(other, SETTING, KEY))


def test_the_gradient_is_that_of_the_chip_and_goes_to_what_is_asked_for(chip):
    def power(chip):
        return jnp.abs(chip(LIGHT)[0, 0]) ** 2

    gradient = nnx.jit(nnx.grad(power))
    found = gradient(chip)["model"]["theta"][...]
    # Noise and rounding are constant along a phase: that of the chip as it was made.
    made = gradient(chip.made())["theta"][...]
    assert np.abs(made).max() > 0.01
    # Crosstalk shares a heater's phase with its neighbours: a few per cent.
    np.testing.assert_allclose(found, made, atol=0.1 * np.abs(made).max())


def test_chips_do_not_share_the_noise_of_their_read_outs(model):
    receiver = Receiver(bandwidth=1e12)
    read = nnx.Sequential(model, nn.Intensity(2, receiver=receiver, rngs=nnx.Rngs(noise=0)))
    one, two = (hardware.Chip(read, [], jax.random.key(k)) for k in (1, 2))
    assert np.abs(one(LIGHT) - two(LIGHT)).max() > 0
