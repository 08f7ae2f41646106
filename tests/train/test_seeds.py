"""Several seeds at once are several fits."""

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
from flax import nnx

from photonn import train
from photonn.data import Dataset
from photonn.errors import InputError, RunError
from photonn.train import pieces

pytestmark = pytest.mark.usefixtures("standard_promotion")

RNG = np.random.default_rng(0)
INPUTS = RNG.normal(size=(40, 3))
LABELS = (INPUTS @ [1.0, -0.5, 0.3] + 0.7 * RNG.normal(size=40) > 0).astype(np.int32)
TRAIN, VALIDATION = Dataset(INPUTS[:20], LABELS[:20]), Dataset(INPUTS[20:], LABELS[20:])
SEEDS = (4, 9, 2)
OPTIONS = {"epochs": 12, "batch": 8, "patience": 3}
OPTIMIZER = optax.adam(0.3)


class Network(nnx.Module):
    def __init__(self, seed):
        self.weight = nnx.Param(jax.random.normal(jax.random.key(seed), (3, 2)))
        self.calls = nnx.BatchStat(jnp.zeros((), int))

    def __call__(self, inputs):
        self.calls[...] += 1
        return inputs @ self.weight[...]


def timeless(rows):
    return [{k: v for k, v in row.items() if k not in ("seconds", "rate", "seed")} for row in rows]


def together(**options):
    options = {"seeds": SEEDS} | OPTIONS | options
    return train.fit_seeds(Network, TRAIN, VALIDATION, OPTIMIZER, **options)


@pytest.fixture(scope="module")
def at_once():
    return together()


def test_each_seed_is_a_fit_of_its_own(at_once):
    lengths = []
    for seed, (model, history) in zip(SEEDS, at_once, strict=True):
        alone = Network(seed)
        want = train.fit(alone, TRAIN, VALIDATION, OPTIMIZER, seed=seed, **OPTIONS)
        assert all(row["seed"] == seed for row in history.epochs)
        assert len(history.epochs) == len(want.epochs)
        for mine, row in zip(timeless(history.epochs), timeless(want.epochs), strict=True):
            assert mine == pytest.approx(row, rel=1e-9)  # 36 steps of sums in another order
        assert history.best["epoch"] == want.best["epoch"]
        np.testing.assert_allclose(model.weight[...], alone.weight[...], rtol=1e-9)
        assert int(model.calls[...]) == int(alone.calls[...])
        lengths.append(len(want.epochs))
    assert len(set(lengths)) > 1, "all stop in the same epoch: nothing is tested"


def test_goes_on_bit_for_bit(at_once, tmp_path, monkeypatch):
    monkeypatch.setattr(pieces, "SECONDS", 0.0)
    together(folder=tmp_path, epochs=2)
    found = together(folder=tmp_path)
    for (model, history), (want, rows) in zip(found, at_once, strict=True):
        np.testing.assert_array_equal(model.weight[...], want.weight[...], strict=True)
        assert timeless(history.epochs) == timeless(rows.epochs)
    lines = (tmp_path / "metrics.jsonl").read_text().splitlines()
    assert len(lines) == sum(len(history.epochs) for _, history in at_once)


def test_a_seed_that_fails_is_named():
    class Fragile(Network):
        def __init__(self, seed):
            super().__init__(seed)
            self.weight[...] = jnp.full((3, 2), jnp.nan if seed == 9 else 0.0)

    with pytest.raises(RunError, match=r"step 1 of epoch 1, seed 9: the output of the Fragile"):
        train.fit_seeds(Fragile, TRAIN, VALIDATION, OPTIMIZER, seeds=SEEDS, **OPTIONS)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"seeds": ()}, "`seeds` must be one or more different numbers"),
        ({"seeds": (1, 1)}, r"`seeds` must be one or more different numbers, but is \[1, 1\]"),
        ({"seeds": (-1,)}, "`seed` must be an integer of at least 0"),
    ],
)
def test_seeds_that_cannot_be_are_named(options, words):
    with pytest.raises(InputError, match=words):
        together(**options)


def test_models_of_two_structures_are_refused():
    def build(seed):
        return nnx.Linear(3, 2 + seed, rngs=nnx.Rngs(0))

    with pytest.raises(InputError, match="`build` must give models of one structure"):
        train.fit_seeds(build, TRAIN, VALIDATION, OPTIMIZER, seeds=(0, 1), **OPTIONS)
