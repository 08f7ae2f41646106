"""A trained network as the meshes that realise it."""

import jax
import numpy as np
import pytest
from flax import nnx

from photonn import nn
from photonn.compile import lower
from photonn.errors import InputError
from tests import oracles

INPUTS = oracles.random_complex(np.random.default_rng(0), 5, 4)


class Tree(nnx.Module):
    """Layers in an attribute and in a dictionary."""

    def __init__(self):
        rngs = nnx.Rngs(0)
        self.first = nn.ComplexDense(4, 3, gain=2.0, rngs=rngs)
        self.rest = nnx.Dict(last=nn.ComplexDense(3, 2, rngs=rngs))

    def __call__(self, field):
        return self.rest["last"](nn.ShiftedSoftplus(0.1)(self.first(field)))


def chain():
    rngs = nnx.Rngs(0)
    layers = [nn.ComplexDense(4, 3, rngs=rngs), nn.Kerr(), nn.ComplexDense(3, 2, rngs=rngs)]
    return nnx.Sequential(*layers)


@pytest.mark.parametrize("build", [Tree, chain])
@pytest.mark.parametrize("key", [None, jax.random.key(0)], ids=["in order", "shuffled"])
def test_the_chip_does_what_the_network_does(build, key):
    model = build()
    want = model(INPUTS)
    chip = lower.to_meshes(model, key=key)
    kinds = [type(part).__name__ for _, part in nnx.iter_modules(chip)]
    assert kinds.count("SVDMesh") == 2 and "ComplexDense" not in kinds
    np.testing.assert_allclose(chip(INPUTS), want, atol=1e-12)
    np.testing.assert_array_equal(model(INPUTS), want)  # the network is as it was
    assert "SVDMesh" not in [type(part).__name__ for _, part in nnx.iter_modules(model)]


@pytest.mark.parametrize("model", [nnx.Sequential(nn.Kerr()), Tree().first], ids=["none", "bare"])
def test_there_must_be_something_to_replace(model):
    with pytest.raises(InputError, match=r"`model` must hold nn\.ComplexDense"):
        lower.to_meshes(model)
