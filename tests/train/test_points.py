"""The points of a sweep at once are several fits."""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
from flax import nnx

from photonn import train
from photonn.data import Dataset
from photonn.errors import InputError, RunError, check_integer
from photonn.train import points

pytestmark = pytest.mark.usefixtures("standard_promotion")

RNG = np.random.default_rng(0)
INPUTS = RNG.normal(size=(40, 3))
LABELS = (INPUTS @ [1.0, -0.5, 0.3] + 0.7 * RNG.normal(size=40) > 0).astype(np.int32)
TRAIN, VALIDATION = Dataset(INPUTS[:20], LABELS[:20]), Dataset(INPUTS[20:], LABELS[20:])
NAMES = ("seed", "rate", "decay", "temperature", "scale")
POINTS = [
    dict(zip(NAMES, values, strict=True))
    for values in ((4, 0.3, 0.0, 1.0, 1.0), (4, 0.03, 0.1, 0.5, 0.1), (9, 0.1, 0.01, 2.0, 3.0))
]
OPTIONS = {"epochs": 5, "batch": 8}
OPTIMIZER = optax.adam(0.1)


class Network(nnx.Module):
    def __init__(self, point):
        draw = jax.random.normal(jax.random.key(point["seed"]), (3, 2))
        self.weight = nnx.Param(point["scale"] * draw)

    def __call__(self, inputs):
        return inputs @ self.weight[...]


def optimizer(point):
    decay = optax.add_decayed_weights(point["decay"])
    return optax.chain(decay, train.adam(point["rate"], steps=20))


def loss(point):
    return partial(train.losses.cross_entropy, temperature=point["temperature"])


def of_steps(point):
    check_integer("steps", point["steps"], 1)  # as train.adam does
    return OPTIMIZER


def plain(point):
    return train.losses.cross_entropy


def together(**options):
    options = {"points": POINTS, "loss": loss, "optimizer": optimizer} | OPTIONS | options
    return train.fit_points(Network, TRAIN, VALIDATION, **options)


def timeless(rows):
    return [{k: v for k, v in row.items() if k not in ("seconds", "rate")} for row in rows]


@pytest.fixture(scope="module")
def at_once():
    return together()


def test_each_point_is_a_fit_of_its_own(at_once):
    """Start, order, schedule, decay and temperature are those of the point."""
    for point, (model, history) in zip(POINTS, at_once, strict=True):
        alone = Network(point)
        how = {"seed": point["seed"], "loss": loss(point)}
        want = train.fit(alone, TRAIN, VALIDATION, optimizer(point), **how, **OPTIONS)
        for mine, row in zip(timeless(history.epochs), timeless(want.epochs), strict=True):
            assert mine.pop("seed") == point["seed"]
            assert mine.pop("point") == {k: v for k, v in point.items() if k != "seed"}
            assert mine == pytest.approx(row, rel=1e-9)  # 10 steps, sums in another order
        assert history.best["epoch"] == want.best["epoch"]
        np.testing.assert_allclose(model.weight[...], alone.weight[...], rtol=1e-9)
    ends = [history.epochs[-1]["loss"] for _, history in at_once]
    assert len({round(end, 3) for end in ends}) == 3, "all are alike: nothing is tested"


def test_goes_on_bit_for_bit(at_once, tmp_path):
    together(folder=tmp_path, epochs=2)
    found = together(folder=tmp_path)
    for (model, history), (want, rows) in zip(found, at_once, strict=True):
        np.testing.assert_array_equal(model.weight[...], want.weight[...], strict=True)
        assert timeless(history.epochs) == timeless(rows.epochs)
    with pytest.raises(InputError, match=r"`points` must be .*, as in the fit that was begun"):
        together(folder=tmp_path, points=[*POINTS[:2], POINTS[2] | {"rate": 0.2}])


def test_a_point_that_fails_is_named_with_its_numbers():
    wild = [POINTS[0], POINTS[1] | {"scale": 1e308}]
    with pytest.raises(RunError, match=r"seed 4, rate 0.03, .*, scale 1e\+308: the output of"):
        together(points=wild)


def test_a_rate_widens_no_parameter():
    """A number of a point is as weak as one that is written down."""
    numbers = {"rate": jnp.stack([jnp.asarray(0.1), jnp.asarray(0.2)])}
    weight = jnp.ones(3, jnp.float32)

    def step(point):
        optimizer = optax.sgd(point["rate"], momentum=0.9)
        return optimizer.update(weight, optimizer.init(weight))[0]

    assert jax.eval_shape(jax.vmap(step), numbers).dtype == jnp.float32


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"points": []}, "`points` must be one or more, but is empty"),
        ({"points": [0.1]}, "`points` must be mappings from names to numbers, but has 0.1"),
        ({"points": POINTS[:1] * 2}, "`points` must be different from each other"),
        ({"points": [{"rate": 1.0}, {"scale": 1.0}]}, "must have one set of names, seed, rate"),
        ({"points": [{"rate": "0.1"}]}, "`points` must have finite numbers, but has rate = '0.1'"),
        ({"points": [{"rate": np.nan}]}, "must have finite numbers, but has rate = nan"),
        ({"points": [{"seed": -1}]}, "`seed` must be an integer of at least 0"),
        ({"points": [POINTS[0] | {"rate": -1.0}]}, "`learning_rate` must be positive"),
        ({"loss": lambda point: 1.0}, "`loss` must give a function of outputs and labels"),
        ({"loss": lambda point: point["seed"]}, "`loss` must use the numbers .*rate, .* 'seed'"),
        (
            {"points": [{"steps": 3}, {"steps": 5}], "optimizer": of_steps, "loss": plain},
            "`optimizer or loss` must calculate with the numbers of a point, but chooses by one",
        ),
        (
            {"loss": lambda point: loss(point) if point["rate"] < 1 else None},
            "`optimizer or loss` must calculate with the numbers of a point, but chooses by one",
        ),
    ],
)
def test_what_cannot_be_is_named(options, words):
    with pytest.raises(InputError, match=words):
        together(**options)


def test_one_optimiser_for_all_is_no_function_of_a_point():
    with pytest.raises(InputError, match="`optimizer` must be a function of a point, but is"):
        points._check_recipe(optax.adam(0.1), loss, [], {})
