"""Local correction: exact within reach, and what stays. Beyond reach: test_error_laws."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from photonn import hardware, nn
from photonn.devices import cell
from photonn.errors import InputError
from photonn.hardware import PhaseNoise, Quantization, SplitterError
from photonn.meshes import Layout, clements, correction
from tests import oracles

ODD = Layout(5, [[(3, 0), (1, 4)], [(0, 1)], [(4, 2), (1, 3)]])


def mesh(layout, kind=cell.MZI, seed=0):
    return nn.MZIMesh(layout, cell=kind, rngs=nnx.Rngs(seed))


def matrix(model):
    return model(jnp.eye(model.layout.modes, dtype=complex)).T


@pytest.mark.parametrize("kind", correction.KINDS, ids=lambda k: k.name)
@pytest.mark.parametrize("layout", [clements.layout(5), ODD], ids=repr)
def test_splitters_within_reach_are_corrected_exactly(kind, layout):
    rng = np.random.default_rng(0)
    # Half-open cells reach what they need; a third splitter turns others into these.
    theta, phi = rng.uniform(1.2, 1.9, layout.size), rng.uniform(0, 6, layout.size)
    wanted = jnp.asarray([oracles.mzi(*x) for x in zip(theta, phi, strict=True)])
    split = np.asarray(kind.ideal_split)[:, None] + 0.05 * rng.normal(
        size=(kind.splitters, layout.size)
    )
    gamma = rng.uniform(0, 6, layout.modes)

    phases = correction.correct(wanted, layout, split=split, kind=kind, gamma=gamma)

    cells = kind.transfer_matrix(phases.theta, phases.phi, split=split)
    made = oracles.dense_mesh(np.asarray(cells), layout.pairs, layout.modes)
    want = oracles.dense_mesh(np.asarray(wanted), layout.pairs, layout.modes)
    made, want = (
        np.exp(1j * g)[:, None] * x for g, x in ((np.asarray(phases.gamma), made), (gamma, want))
    )
    np.testing.assert_allclose(made, want, atol=1e-13)


def test_offsets_are_taken_off():
    model = mesh(clements.layout(4))
    chip = nnx.clone(model)
    for name in ("theta_offset", "phi_offset", "gamma_offset"):
        getattr(chip, name)[...] += jnp.linspace(-1, 2, len(getattr(chip, name)))
    corrected = hardware.correct(model, chip)
    np.testing.assert_allclose(matrix(corrected), matrix(model), atol=1e-14)
    np.testing.assert_array_equal(chip.theta[...], model.theta[...])  # it is a copy


def test_any_model_is_corrected_and_errors_of_setting_stay():
    rngs = nnx.Rngs(0)
    layout = clements.layout(4)
    model = nnx.Sequential(nn.SVDMesh(layout, rngs=rngs), nn.ElectroOptic(), nn.Intensity(4))
    process = [SplitterError(0.01), PhaseNoise(0.02), Quantization(8)]
    key = jax.random.key(1)

    corrected = hardware.fabricate_corrected(model, process, key)

    chip = hardware.fabricate(model, process, key)
    known = hardware.correct(model, chip)
    for name in ("first", "second"):
        made, before, now = (getattr(x.layers[0], name) for x in (chip, known, corrected))
        np.testing.assert_array_equal(now.split[...], made.split[...])
        off = np.angle(np.exp(1j * np.asarray(now.theta[...] - before.theta[...])))
        assert 0.005 < off.std() < 0.05  # the noise and the rounding, drawn anew into them
        steps = np.asarray(now.theta[...]) / (2 * np.pi / 255)
        np.testing.assert_allclose(steps, np.round(steps), atol=1e-9)
    np.testing.assert_array_equal(
        known.layers[0].attenuation[...], model.layers[0].attenuation[...]
    )


def test_the_gradient_goes_through():
    layout = clements.layout(4)
    design = mesh(layout)
    wanted = design.cells()
    rng = np.random.default_rng(1)
    split, way = (np.pi / 4 + 0.01 * rng.normal(size=(2, layout.size)) for _ in range(2))

    def phase(split, wanted):
        phases = correction.correct(wanted, layout, split=split)
        return jnp.sum(jnp.sin(phases.theta)) + jnp.sum(jnp.cos(phases.phi + 0.3))

    both = jax.jit(jax.value_and_grad(phase))
    slope = jnp.vdot(both(jnp.asarray(split), wanted)[1], way)
    want = oracles.difference_quotient(lambda t: both(split + t * way, wanted)[0], 0.0, 1e-6)
    np.testing.assert_allclose(slope, want, rtol=1e-6)  # the quotient errs by 1e-9
    # In the cross state with splitters alike, light is out of reach, and nothing is NaN.
    swap = jnp.broadcast_to(cell.MZI.transfer_matrix(0.0, 0.0), wanted.shape)
    assert np.isfinite(both(jnp.asarray(split), swap)[1]).all()


def test_mistakes_are_explained():
    layout = clements.layout(3)
    with pytest.raises(InputError, match=r"be one of mzi, .*, but is output phase"):
        model = mesh(layout, cell.OUTPUT_PHASE)
        hardware.correct(model, model)
    with pytest.raises(InputError, match="`split` must have shape"):
        correction.correct(mesh(layout).cells(), layout, split=np.zeros((3, 3)))
    with pytest.raises(InputError, match="must have the phases of the chip"):
        hardware.program(mesh(layout), nn.SVDMesh(layout, rngs=nnx.Rngs(0)))
