"""Panels: steps, gamma, dead space, mirrors."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from photonn.errors import InputError
from photonn.free_space import modulators
from tests import oracles


def test_eight_bits_are_256_phases():
    drive = np.linspace(-0.1, 1.1, 5001)
    phase = np.asarray(modulators.respond(drive))
    assert len(np.unique(phase)) == 256
    assert phase.min() == 0
    np.testing.assert_allclose(phase.max(), 2 * np.pi, rtol=1e-15)


def test_gamma_bends_the_response_and_has_a_finite_slope_at_zero():
    drive = jnp.asarray([0.0, 0.25, 1.0])
    got = modulators.respond(drive, steps=None, stroke=np.pi, gamma=0.5)
    np.testing.assert_allclose(got, [0, np.pi / 2, np.pi], rtol=1e-15)
    slopes = jax.vmap(jax.grad(lambda d: modulators.respond(d, steps=16, gamma=0.5)))(drive)
    assert np.isfinite(slopes).all()
    assert slopes[1] > 0


def test_dead_space_is_averaged_or_drawn():
    phase = np.random.default_rng(0).uniform(0, 6, (3, 2))
    one = modulators.phase_panel(phase, fill=0.64)
    np.testing.assert_allclose(one, 0.64 * np.exp(1j * phase) + 0.36, rtol=1e-14)
    fine = np.asarray(modulators.phase_panel(phase, samples=5, fill=0.36))
    assert fine.shape == (15, 10)
    np.testing.assert_allclose(fine[1:4, 1:4], np.exp(1j * phase[0, 0]), rtol=1e-14)
    np.testing.assert_allclose(fine[0], 1, rtol=1e-14)
    mean = fine.reshape(3, 5, 2, 5).mean((1, 3))
    np.testing.assert_allclose(mean, 0.36 * np.exp(1j * phase) + 0.64, rtol=1e-14)
    whole = modulators.pixelate(phase, samples=2)
    np.testing.assert_allclose(whole, np.kron(phase, np.ones((2, 2))), rtol=1e-14)
    with pytest.raises(InputError, match="`fill` must be above 0 and at most 1"):
        modulators.pixelate(phase, fill=0.0)


def test_mirrors_are_on_or_off_and_can_be_trained():
    drive = jnp.asarray([-3.0, 0.2, 0.5, 0.7, 4.0])
    np.testing.assert_array_equal(modulators.switch(drive), [0, 0, 0, 1, 1])
    slopes = jax.vmap(jax.grad(modulators.switch))(drive)
    sigmoid = 1 / (1 + np.exp(0.5 - np.asarray(drive)))
    np.testing.assert_allclose(slopes, sigmoid * (1 - sigmoid), rtol=1e-12)


def test_a_batch_of_panels_has_gradients():
    weights = jnp.asarray(oracles.random_complex(np.random.default_rng(1), 2, 6, 4))

    def loss(phase):
        return jnp.sum((modulators.phase_panel(phase, samples=2, fill=0.7) * weights).real)

    phase = jnp.asarray(np.random.default_rng(2).uniform(0, 6, (2, 3, 2)))
    slope = jax.jit(jax.grad(loss))(phase)[1, 2, 0]
    want = oracles.difference_quotient(
        lambda p: loss(phase.at[1, 2, 0].set(p)), phase[1, 2, 0], 1e-6
    )
    np.testing.assert_allclose(slope, want, rtol=1e-8)  # rounding over the step
