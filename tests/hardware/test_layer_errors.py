"""Diffractive networks with errors: drawn, measured, trained through."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from photonn import hardware, nn
from photonn.free_space import Grid, Perturbation, Tolerances
from tests import oracles

GRID = Grid((12, 10), 8e-6)
FIELD = oracles.random_complex(np.random.default_rng(0), *GRID.shape)
TOLERANCES = Tolerances(shift=2e-6, axial=1e-5, tilt=1e-3, wavelength=1e-3, phase=0.05, blur=1e-6)


def network(layers=2, mode="phase"):
    rngs = nnx.Rngs(0)
    masks = [
        nn.Diffractive(GRID, distance=1e-3, wavelength=532e-9, mode=mode, rngs=rngs)
        for _ in range(layers)
    ]
    return nnx.Sequential(*masks, nn.Regions(GRID, 2))


def made(model, key, tolerances=TOLERANCES):
    return hardware.fabricate(model, [hardware.LayerErrors(tolerances)], jax.random.key(key))


def errors(model):
    return [layer.error.get_value() for layer in model.layers[:-1]]


def test_no_errors_are_the_model_itself():
    model = network()
    assert errors(model) == [Perturbation(), Perturbation()]
    same = made(model, 0, Tolerances())
    assert errors(same) == errors(model)
    np.testing.assert_array_equal(same(FIELD), model(FIELD))
    zero = Tolerances(**dict.fromkeys(("shift", "axial", "tilt", "wavelength", "phase"), 0.0))
    # Phases are divided and multiplied by one, distances and lengths likewise.
    np.testing.assert_allclose(made(model, 0, zero)(FIELD), model(FIELD), rtol=1e-10)


def test_each_layer_has_its_own_errors_and_all_have_one_wavelength():
    first, second = errors(made(network(), 0))
    for name in ("shift", "axial", "tilt", "phase"):
        assert (getattr(first, name) != getattr(second, name)).all()
    assert first.wavelength == second.wavelength
    again, other = errors(made(network(), 0))[0], errors(made(network(), 1))[0]
    np.testing.assert_array_equal(first.phase, again.phase)
    assert (first.phase != other.phase).all()
    longer = errors(made(network(3), 0))
    np.testing.assert_array_equal(longer[1].shift, second.shift)


def test_errors_add_up_from_several_sources_and_leave_the_design():
    model = network()
    process = [
        hardware.LayerErrors(Tolerances(shift=1e-6)),
        hardware.LayerErrors(Tolerances(axial=1e-5)),
        hardware.PhaseNoise(0.1),
    ]
    chip = hardware.fabricate(model, process, jax.random.key(0))
    error = errors(chip)[0]
    assert error.shift is not None
    assert error.axial is not None
    assert error.phase is None
    assert (chip.layers[0].phase[...] != model.layers[0].phase[...]).all()
    assert errors(model) == [Perturbation(), Perturbation()]


def test_heights_are_for_reliefs():
    chip = made(network(1, "height"), 0, Tolerances(height=1e-8))
    assert np.isfinite(chip(FIELD)).all()
    with pytest.raises(ValueError, match="`height` must be absent for a phase mask"):
        made(network(1), 0, Tolerances(height=1e-8))(FIELD)


def test_a_tolerance_curve_is_a_monte_carlo():
    model, key = network(1), jax.random.key(3)

    def process(shift):
        return [hardware.LayerErrors(Tolerances(shift=shift, phase=0.0))]

    curve = hardware.tolerance_curve(
        model, process, [0.0, 1e-7, 4e-6], lambda chip: chip(FIELD), key=key, chips=3
    )
    last = jax.random.split(key, 3)[2]
    want = hardware.fabricate(model, process(4e-6), last)(FIELD)
    np.testing.assert_allclose(curve[2, 2], want, rtol=1e-8)  # other order of operations
    spread = jnp.std(curve[..., 0], axis=1)
    assert spread[0] < 1e-12  # rounding: three times the same network
    assert spread[0] < spread[1] < spread[2]


def test_a_network_is_trained_through_new_draws():
    """The gradient of a made network goes to the design, and draws change with the key."""
    model = network()

    @nnx.jit
    def gradient(model, key):
        def loss(model):
            chip = hardware.fabricate(model, [hardware.LayerErrors(TOLERANCES)], key)
            return chip(FIELD)[0]

        return nnx.grad(loss)(model)

    slopes = [gradient(model, jax.random.key(k)) for k in (0, 1)]
    found = [np.asarray(s["layers"][0]["phase"][...]) for s in slopes]
    assert np.isfinite(found[0]).all()
    assert np.abs(found[0] - found[1]).max() > 1e-4 * np.abs(found[0]).max()
    phase = model.layers[0].phase[...]
    chip = made(model, 0)

    light = nnx.jit(lambda model: made(model, 0)(FIELD)[0])

    def along(value):
        model.layers[0].phase[...] = phase.at[3, 4].set(value)
        return float(light(model))

    want = oracles.difference_quotient(along, phase[3, 4], 1e-5)
    assert chip.layers[0].error.get_value().shift is not None
    np.testing.assert_allclose(found[0][3, 4], want, rtol=1e-5)  # step squared, rounding
