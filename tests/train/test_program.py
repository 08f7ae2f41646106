"""Which compiled programs are kept, and that an old one is never at work for a new fit."""

from functools import partial

import jax.numpy as jnp
import numpy as np
import optax
import pytest
from flax import nnx

from photonn import meshes, nn, train
from photonn.data import Dataset
from photonn.train import losses, program
from photonn.train.epoch import Recipe, Same

pytestmark = pytest.mark.usefixtures("standard_promotion")

RNG = np.random.default_rng(0)
INPUTS, LABELS = RNG.normal(size=(20, 3)), RNG.integers(0, 2, 20, dtype=np.int32)
TRAIN, VALIDATION = Dataset(INPUTS, LABELS), Dataset(INPUTS[::-1], LABELS)
ADAM = train.adam(0.3, steps=4)


def linear(seed):
    return nnx.Linear(3, 2, rngs=nnx.Rngs(seed))


def fitted(model, data=TRAIN, loss=losses.cross_entropy, **options):
    how = {"epochs": 2, "batch": 10, "loss": loss} | options
    history = train.fit(model, data, VALIDATION, ADAM, **how)
    return [row["loss"] for row in history.epochs]


def test_fits_of_one_recipe_compile_once():
    """Other weights, another seed and other data of the same shapes: the same program."""
    program._compiled.cache_clear()
    fitted(linear(0))
    second = fitted(linear(1), VALIDATION, seed=1)
    assert program._compiled.cache_info()[:2] == (1, 1)  # hits and misses
    # Not that of the first fit: the second had data and weights of its own.
    program._compiled.cache_clear()
    assert fitted(linear(1), VALIDATION, seed=1) == second != fitted(linear(0))


GAIN = 1.0


class Own(nnx.Module):
    def __init__(self):
        self.weight = nnx.Param(jnp.ones((3, 2)).at[0, 0].set(2.0))

    def __call__(self, inputs):
        return GAIN * (inputs @ self.weight[...])


def own_loss(outputs, labels):
    return GAIN * losses.cross_entropy(outputs, labels)


@pytest.mark.parametrize(
    ("build", "loss"), [(Own, losses.cross_entropy), (partial(linear, 0), own_loss)]
)
def test_a_number_that_was_changed_outside_counts(build, loss, monkeypatch):
    before = fitted(build(), loss=loss)
    monkeypatch.setitem(globals(), "GAIN", 3.0)
    assert fitted(build(), loss=loss) != before


class Weighted:
    weight = 1.0

    def __call__(self, outputs, labels):
        return self.weight * losses.cross_entropy(outputs, labels)


class OwnPhase(nnx.Param):
    pass


def recipe(model=None, optimizer=None, loss=None, **options):
    graph, *_ = nnx.split(linear(0) if model is None else model, nnx.Param, ...)
    optimizer, loss = optimizer or Same(ADAM), loss or Same(losses.cross_entropy)
    return Recipe(graph, optimizer, loss, **options)


def chip():
    rngs, layout = nnx.Rngs(0), meshes.clements.layout(4)
    parts = nn.SVDMesh(layout, rngs=rngs), nn.SaturableAbsorber(), nn.ElectroOptic()
    return nnx.Sequential(nn.Encode(4), *parts, nnx.relu, nn.Intensity(4))


def changed():
    model = linear(0)
    model.kernel = OwnPhase(model.kernel[...])
    return model


def test_what_is_made_of_libraries_is_fixed():
    assert program.is_fixed(recipe()) and program.is_fixed(recipe(chip()))


@pytest.mark.parametrize(
    "parts",
    [
        {"model": Own()},
        {"model": nnx.Sequential(linear(0), Own())},
        {"model": nnx.Sequential(linear(0), lambda x: GAIN * x)},
        {"model": nnx.Sequential(linear(0), partial(jnp.multiply, GAIN))},
        {"model": changed()},
        {"loss": Same(Weighted())},
        {"loss": Same(partial(losses.cross_entropy, temperature=2.0))},
        {"loss": Same(losses.mixed((1.0, own_loss)))},
        {"loss": lambda point: losses.cross_entropy},
        {"optimizer": Same(optax.sgd(lambda step: GAIN))},
        {"optimizer": lambda point: ADAM},
        {"estimate": train.SPSA(directions=1)},
        {"augment": lambda inputs, key: GAIN * inputs},
    ],
)
def test_code_of_others_is_not(parts):
    assert not program.is_fixed(recipe(**parts))
