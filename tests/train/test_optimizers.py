"""Optimisers that are ready to use."""

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
from flax import nnx

from photonn import nn, train
from photonn.data import Dataset
from photonn.errors import InputError

pytestmark = pytest.mark.usefixtures("standard_promotion")


def test_the_rate_falls_to_zero():
    optimizer = train.adam(0.1, steps=10, clip=1.0)
    params = jnp.array([1.0])
    state = optimizer.init(params)
    sizes = []
    for _ in range(12):
        updates, state = optimizer.update(jnp.array([0.5]), state, params)
        sizes.append(float(jnp.abs(updates)[0]))
    # Adam's first step is the rate; a cosine falls all the way.
    assert sizes[0] == pytest.approx(0.1, rel=1e-6)  # Adam's epsilon of 1e-8 over 0.5
    assert (np.diff(sizes[:11]) < 0).all()
    assert sizes[10] == sizes[11] == 0


def test_a_large_gradient_is_clipped():
    large, small = (
        jax.tree.leaves(train.adam(1.0, steps=10, clip=1.0).update(g, s, g)[1])
        for g, s in (
            (g, train.adam(1.0, steps=10, clip=1.0).init(g))
            for g in (jnp.array([300.0, 400.0]), jnp.array([0.6, 0.8]))
        )
    )
    for one, two in zip(large, small, strict=True):
        np.testing.assert_allclose(one, two, rtol=1e-14)  # one division


def test_steps_are_those_of_fit():
    data = Dataset(np.zeros((100, 2)), np.zeros(100, int))
    assert train.steps(data, epochs=3, batch=30) == 9
    assert isinstance(train.adam(0.1, steps=9), optax.GradientTransformation)


class Parts(nnx.Module):
    """A parameter of each kind, and one of none."""

    def __init__(self):
        self.phase = nn.Phase(jnp.ones(2))
        self.gain = nn.Gain(jnp.ones(3))
        self.other = nnx.Param(jnp.ones(1))


def move(optimizer):
    """The parameters after one step along a gradient of ones."""
    params = nnx.state(Parts(), nnx.Param)
    ones = jax.tree.map(jnp.ones_like, params)
    updates, _ = optimizer.update(ones, optimizer.init(params), params)
    after = nnx.to_flat_state(optax.apply_updates(params, updates))
    return {name: leaf[...] for (name,), leaf in after}


def test_every_group_has_an_optimiser_of_its_own():
    groups = {nn.Phase: optax.sgd(0.5), nn.Gain: optax.set_to_zero()}
    found = move(train.optimizers.by_group(groups, default=optax.sgd(0.1)))
    want = {"phase": [0.5, 0.5], "gain": [1, 1, 1], "other": [0.9]}
    for name in want:
        np.testing.assert_allclose(found[name], want[name], rtol=1e-15)


def test_the_first_type_that_fits_counts():
    groups = {nnx.Param: optax.sgd(1.0), nn.Gain: optax.set_to_zero()}
    found = move(train.optimizers.by_group(groups, default=optax.sgd(9.0)))
    np.testing.assert_array_equal(found["gain"], 0)


def test_parameters_without_types_are_not_taken_for_others():
    optimizer = train.optimizers.by_group({nn.Phase: optax.sgd(1.0)}, default=optax.sgd(9.0))
    model = Parts()
    with pytest.raises(InputError, match=r"types choose the group.*nnx.Optimizer makes them so"):
        tool = nnx.Optimizer(model, optimizer, wrt=nnx.Param)
        tool.update(model, nnx.state(model, nnx.Param))
