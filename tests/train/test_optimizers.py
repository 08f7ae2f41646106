"""Optimisers that are ready to use."""

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from photonn import train
from photonn.data import Dataset

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
