"""The twin knows the chip as well as it says: planted errors, and errors that have moved."""

from dataclasses import replace

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx
from jax.flatten_util import ravel_pytree

from photonn import hardware, nn
from photonn.errors import InputError
from photonn.hardware import Measurement, Prior, ThermalCrosstalk
from photonn.meshes import clements, haar

MODES, SETTINGS, NOISE = 4, 16, 1e-3
LAYOUT = clements.layout(MODES)
# Heat that spreads as in a process, not as by default.
HEAT = ThermalCrosstalk(0.0, length=15e-6, plan=hardware.ChipPlan(120e-6, 50e-6))
PRIOR = Prior(split=0.03, offset=0.2, arm_loss=0.05, crosstalk=0.02, heat=HEAT)
LIGHT = jnp.eye(MODES, dtype=complex)


def settings(seed):
    keys = jax.random.split(jax.random.key(seed), SETTINGS)
    return jax.vmap(lambda key: haar.phases(key, LAYOUT))(keys)


def made(design, rng):
    """A chip with errors as the prior has it."""
    chip = nnx.clone(design)
    for name, sigma in PRIOR.deviations.items():
        if name != "crosstalk":
            variable = getattr(chip, name)
            variable[...] += sigma * rng.normal(size=variable.shape)
    return chip, abs(PRIOR.crosstalk * rng.normal())


@jax.jit
def light_through(state, crosstalk, phases):
    """Powers of a chip, one setting after another."""

    def one(theta, phi, gamma):
        values = {"theta": theta, "phi": phi, "gamma": gamma}
        set_ = nnx.map_state(lambda p, v: v.replace(values.get(p[-1], v[...])), state)
        chip = nnx.merge(GRAPH, replace(HEAT, neighbour=crosstalk)(set_, jax.random.key(0)))
        return jnp.abs(chip(LIGHT)) ** 2

    return jax.vmap(one)(phases.theta, phases.phi, phases.gamma)


DESIGN = nn.MZIMesh(LAYOUT, rngs=nnx.Rngs(0))
DESIGN.arm_loss[...] += 0.3
GRAPH = nnx.graphdef(DESIGN)


def measure(chip, crosstalk, phases, rng):
    powers = np.asarray(light_through(nnx.state(chip), crosstalk, phases))
    powers = jnp.asarray(powers + NOISE * rng.normal(size=powers.shape))
    return Measurement(phases, LIGHT, powers, NOISE)


def scores(twin, chip, crosstalk):
    """Difference of each error from the planted one, over its stated deviation."""
    planted = {
        name: jnp.asarray(crosstalk) if name == "crosstalk" else getattr(chip, name)[...]
        for name in twin.errors
    }
    off = jax.tree.map(lambda a, b, s: (a - b) / s, twin.errors, planted, twin.deviations)
    return np.asarray(ravel_pytree(off)[0])


@pytest.fixture(scope="module")
def known():
    rng = np.random.default_rng(7)
    chip, crosstalk = made(DESIGN, rng)
    twin = hardware.calibrate(DESIGN, measure(chip, crosstalk, settings(1), rng), PRIOR)
    return chip, crosstalk, twin


def test_planted_errors_lie_within_the_stated_uncertainty(known):
    chip, crosstalk, twin = known
    score = scores(twin, chip, crosstalk)
    # Normal of deviation 1: of 73, at most one in a thousand sets is beyond these.
    assert np.abs(score).max() < 4.5
    assert 0.7 < score.std() < 1.3
    assert twin.deviations["theta_offset"].max() < 0.05 * PRIOR.offset  # much was learnt
    assert twin.deviations["split"].mean() < 0.5 * PRIOR.split
    np.testing.assert_allclose(twin.misfit, 1, atol=0.4)  # less the errors, per power


def test_the_twin_tells_powers_that_were_never_measured(known):
    chip, crosstalk, twin = known
    phases = settings(2)
    want = light_through(nnx.state(chip), crosstalk, phases)
    np.testing.assert_allclose(
        hardware.predict(DESIGN, twin.errors, phases, LIGHT, HEAT), want, atol=5 * NOISE
    )


def test_correction_by_the_twin_is_as_good_as_by_the_errors(known):
    chip, _, twin = known
    found = hardware.program(chip, hardware.correct(DESIGN, twin.mesh(DESIGN)))
    want = np.abs(DESIGN(LIGHT)) ** 2
    raw, corrected = (np.abs(np.abs(x(LIGHT)) ** 2 - want).max() for x in (chip, found))
    assert corrected < 0.3 * raw


def test_drift_is_tracked_and_what_was_learnt_stays(known):
    chip, crosstalk, twin = known
    rng = np.random.default_rng(8)
    moved = nnx.clone(chip)
    for name in ("theta_offset", "phi_offset"):
        getattr(moved, name)[...] += 0.05 * rng.normal(size=LAYOUT.size)
    new = measure(moved, crosstalk, settings(3), rng)

    later = hardware.track(DESIGN, twin, new, drift=0.05)

    score = scores(later, moved, crosstalk)
    assert np.abs(score).max() < 4.5
    assert np.std(scores(twin, moved, crosstalk)) > 3 * score.std()
    assert later.misfit < 1.5
    # What has not moved is known better than before.
    assert (later.deviations["split"] < twin.deviations["split"]).all()


def test_mistakes_are_explained():
    with pytest.raises(InputError, match=r"`split` must be zero or more"):
        Prior(split=-1.0)
    with pytest.raises(InputError, match=r"`noise` must be positive"):
        Measurement(settings(0), LIGHT, jnp.ones((SETTINGS, 4, 4)), 0.0)
    powers = jnp.ones((SETTINGS - 1, 4, 4))
    with pytest.raises(InputError, match=r"`phases` must have shape"):
        hardware.calibrate(DESIGN, Measurement(settings(0), LIGHT, powers, NOISE))
    powers = jnp.full((SETTINGS, 4, 4), jnp.nan)
    with pytest.raises(InputError, match=r"`powers` must be finite"):
        hardware.calibrate(DESIGN, Measurement(settings(0), LIGHT, powers, NOISE))
    with pytest.raises(InputError, match=r"`prior` must leave something to fit"):
        Prior(0.0, 0.0)


@pytest.mark.slow
def test_eight_modes_are_known_as_well_as_four():
    """28 cells, splitters and offsets: most scores are those of a normal number."""
    layout, rng = clements.layout(8), np.random.default_rng(3)
    design = nn.MZIMesh(layout, rngs=nnx.Rngs(0))
    prior = Prior(split=0.03, offset=0.2)
    planted = {
        name: jnp.asarray(sigma * rng.normal(size=getattr(design, name).shape))
        for name, sigma in prior.deviations.items()
    }
    keys = jax.random.split(jax.random.key(1), 32)
    phases = jax.vmap(lambda key: haar.phases(key, layout))(keys)
    light = jnp.eye(8, dtype=complex)
    powers = hardware.predict(design, planted, phases, light)
    powers = powers + NOISE * rng.normal(size=powers.shape)
    twin = hardware.calibrate(design, Measurement(phases, light, powers, NOISE), prior)
    off = jax.tree.map(lambda a, b, s: (a - b) / s, twin.errors, planted, twin.deviations)
    off = np.asarray(ravel_pytree(off)[0])
    assert np.abs(off).max() < 4.5
    np.testing.assert_allclose(np.sqrt(np.mean(off**2)), 1, rtol=0.25)
    np.testing.assert_allclose(twin.misfit, 1, rtol=0.1)
    assert twin.deviations["split"].mean() < 0.3 * prior.split
