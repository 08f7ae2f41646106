"""Modules of fibres and reservoirs: thin over their devices."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from photonn import nn
from photonn.devices import delay_line, fibre, pulse
from photonn.errors import InputError
from photonn.train import ridge


def test_fibre_amplifies_and_propagates():
    start = pulse.sech(pulse.times(64, 0.2e-12), duration=1e-12, power=0.5)
    run = {"length": 20.0, "interval": 0.2e-12, "steps": 8}
    model = nn.Fibre(fibre.SMF28, drive=1.5, **run)
    want = fibre.propagate(1.5 * start, fibre.SMF28, **run)
    np.testing.assert_allclose(nnx.jit(lambda m, a: m(a))(model, start), want, atol=1e-12)

    slope = nnx.grad(lambda m: jnp.sum(jnp.abs(m(start)) ** 4))(model)
    assert float(slope["drive"][...]) > 0
    with pytest.raises(InputError, match="count_steps"):
        nn.Fibre(fibre.SMF28, length=1.0, interval=1e-12, steps=0)


def test_a_reservoir_reads_out_what_ridge_has_fitted():
    model = nn.Reservoir(5, kind="ikeda", desync=0, levels=2, rngs=nnx.Rngs(0))
    assert set(np.unique(model.mask[...])) <= {-1.0, 1.0}
    inputs = np.random.default_rng(0).uniform(0, 0.5, 30)
    states = model.states(inputs)
    want = delay_line.ikeda(inputs, model.mask[...], feedback=0.8, gain=0.5)
    np.testing.assert_allclose(states, want, atol=1e-14)
    target = states @ np.arange(5.0)[:, None] + 0.3  # within reach
    model.read_out(*ridge.solve(states, target, 1e-14))
    np.testing.assert_allclose(model(inputs), target, atol=1e-6)
    assert jax.tree.all(jax.tree.map(lambda x: np.isfinite(x).all(), nnx.state(model, nnx.Param)))


def test_the_mask_comes_from_the_key_and_is_not_trained():
    one, same, other = (nn.Reservoir(6, rngs=nnx.Rngs(seed)) for seed in (0, 0, 1))
    np.testing.assert_array_equal(one.mask[...], same.mask[...])
    assert not np.allclose(one.mask[...], other.mask[...])
    assert "mask" not in nnx.state(one, nnx.Param)
