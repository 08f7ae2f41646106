"""Activations and encoders as modules: their devices, with trainable numbers."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from photonn import nn
from photonn.devices import (
    carrier_ring,
    kerr,
    modulator,
    opto_electronic,
    photorefractive,
    saturable_absorber,
    semiconductor_amplifier,
    shifted_softplus,
)
from tests import oracles

FIELD = oracles.random_complex(np.random.default_rng(0), 4, 3)
CAVITY = carrier_ring.Cavity(t2=0.97)
CASES = {
    "opto_electronic": (
        lambda: nn.OptoElectronic(threshold=0.2, transimpedance=0.3, v_pi=2.0, supply=3.0),
        lambda z: opto_electronic.activate(
            z, threshold=0.2, transimpedance=0.3, v_pi=2.0, supply=3.0
        ),
        {"threshold": nn.Gain, "transimpedance": nn.Gain},
    ),
    "saturable_absorber": (
        lambda: nn.SaturableAbsorber(transmission=0.2, saturation_power=0.5),
        lambda z: saturable_absorber.activate(z, transmission=0.2, saturation_power=0.5),
        {"log_saturation_power": nn.Gain},
    ),
    "thin absorber": (
        lambda: nn.SaturableAbsorber(transmission=0.2, saturation_power=0.5, thin=True),
        lambda z: saturable_absorber.activate_thin(
            z, optical_depth=-np.log(0.2), saturation_power=0.5
        ),
        {"log_saturation_power": nn.Gain},
    ),
    "shifted softplus": (
        lambda: nn.ShiftedSoftplus(0.1),
        lambda z: shifted_softplus.activate(z, transmission=0.1),
        {},
    ),
    "kerr": (
        lambda: nn.Kerr(nonlinearity=2.0, length=0.5, loss_db=1.0),
        lambda z: kerr.activate(z, nonlinearity=2.0, length=0.5, loss_db=1.0),
        {},
    ),
    "photorefractive": (
        lambda: nn.Photorefractive(depth=2.0, saturation=0.3),
        lambda z: photorefractive.activate(z, depth=2.0, saturation=0.3),
        {"depth": nn.Gain},
    ),
    "carrier_ring": (
        lambda: nn.CarrierRing(detuning=0.1, cavity=CAVITY),
        lambda z: carrier_ring.activate(z, detuning=0.1, cavity=CAVITY),
        {"detuning": nn.Phase},
    ),
    "amplifier": (
        lambda: nn.SemiconductorAmplifier(gain=2.0, saturation_power=0.5, linewidth_factor=4.0),
        lambda z: semiconductor_amplifier.activate(
            z, gain=2.0, saturation_power=0.5, linewidth_factor=4.0
        ),
        {"gain": nn.Gain},
    ),
}


@pytest.mark.parametrize(("make", "device", "trained"), CASES.values(), ids=CASES)
def test_modules_are_their_devices(make, device, trained):
    module = make()
    np.testing.assert_allclose(module(FIELD), device(FIELD), rtol=1e-13)  # exp of a logarithm
    params = nnx.to_flat_state(nnx.state(module, nnx.Param))
    assert {path[0]: type(variable) for path, variable in params} == trained


def test_gradients_reach_every_number_also_under_jit():
    """All activations behind each other; the ReLU in front, for its light has no phase."""
    model = nnx.Sequential(*(make() for make, _, _ in CASES.values()), nn.Cardioid())
    slopes = nnx.jit(nnx.grad(lambda m: jnp.sum(m(FIELD).real)))(model)
    leaves = jax.tree.leaves(slopes)
    assert len(leaves) == sum(len(trained) for _, _, trained in CASES.values())
    assert all(np.isfinite(leaf).all() and np.abs(leaf).min() > 0 for leaf in leaves)


def test_encoders_are_their_modulators():
    images = np.random.default_rng(0).uniform(size=(2, 6, 6))
    np.testing.assert_array_equal(
        nn.EncodeIntensity(extinction_ratio_db=20.0, power=2.0)(images),
        modulator.modulate_intensity(images, extinction_ratio_db=20.0, power=2.0),
    )
    field = nn.EncodeFourier(2, power=3.0)(images)
    assert field.shape == (2, 16)
    np.testing.assert_allclose(np.sum(np.abs(field) ** 2, -1), [3, 3], rtol=1e-14)
    np.testing.assert_array_equal(
        nn.EncodeFourier(2, power=None)(images), modulator.modulate_fourier(images, 2)
    )
    np.testing.assert_array_equal(nn.EncodeTimeBins(3)(np.array([2, 0])), [[0, 0, 1], [1, 0, 0]])
    np.testing.assert_array_equal(nn.DAC(2)(np.array([0.2, 0.7])), [0, 1])
