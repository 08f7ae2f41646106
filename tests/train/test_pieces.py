"""How an epoch is divided changes nothing; where it is interrupted, nothing is lost."""

import itertools
import time

import jax
import numpy as np
import optax
import pytest
from flax import nnx

from photonn import train
from photonn.data import Dataset
from photonn.errors import Terminated
from photonn.train import pieces, samples
from photonn.train.checkpoint import Checkpoints

pytestmark = pytest.mark.usefixtures("standard_promotion")

BATCH, EPOCHS, STEPS = 4, 2, 7
RNG = np.random.default_rng(0)
INPUTS = RNG.normal(size=(30, 3)).astype(np.float32)
DATA = Dataset(INPUTS, (INPUTS[:, 0] > INPUTS[:, 1]).astype(np.int32))
# Whatever has a state of its own: it must go on with the rest.
OPTIMIZER = optax.MultiSteps(train.adam(0.02, steps=9, clip=1.0), every_k_schedule=2)
OPTIONS = {"batch": BATCH, "seed": 5, "ema": 0.8}


def jitter(inputs, key):
    return inputs + 0.1 * jax.random.normal(key, inputs.shape, inputs.dtype)


def network():
    """With noise: what is drawn must go on too."""
    rngs = nnx.Rngs(0)
    return nnx.Sequential(nnx.Dropout(0.3, rngs=rngs), nnx.Linear(3, 2, rngs=rngs))


def fit(epochs=EPOCHS, **options):
    """Parameters at the best epoch, and the rows of all."""
    model = network()
    options = OPTIONS | {"epochs": epochs, "augment": jitter} | options
    history = train.fit(model, DATA, DATA, OPTIMIZER, **options)
    timed = "seconds", "rate"
    rows = [{k: v for k, v in row.items() if k not in timed} for row in history.epochs]
    return [np.asarray(leaf) for leaf in jax.tree.leaves(nnx.state(model, nnx.Param))], rows


def assert_same(one, two):
    assert one[1] == two[1]
    for a, b in zip(one[0], two[0], strict=True):
        np.testing.assert_array_equal(a, b, strict=True)


@pytest.fixture
def calls(monkeypatch):
    """How many steps each piece had."""
    return _spy(monkeypatch)


def _spy(patch):
    counts, run_piece = [], pieces.Run._run_piece

    def spy(self, block, count, *rest):
        counts.append(count)
        return run_piece(self, block, count, *rest)

    patch.setattr(pieces.Run, "_run_piece", spy)
    return counts


@pytest.fixture(scope="module")
def whole():
    with pytest.MonkeyPatch.context() as patch:
        counts = _spy(patch)
        patch.setattr(pieces, "SECONDS", 1e9)
        result = fit()
    assert counts == [1, 1, 5, 7]  # one compiles, one is timed, then the rest and an epoch
    return result


def test_the_length_of_a_piece_changes_no_bit(whole, calls, monkeypatch):
    monkeypatch.setattr(pieces, "SECONDS", 0.0)
    assert_same(fit(), whole)
    assert calls == [1] * STEPS * EPOCHS


def test_a_fit_that_is_ended_in_an_epoch_goes_on_bit_for_bit(whole, tmp_path, monkeypatch):
    """Stopped after every fifth piece of one step, as SIGTERM would; the clock runs backwards."""
    monkeypatch.setattr(pieces, "SECONDS", 0.0)
    clock = itertools.count(time.time(), -3600.0)
    monkeypatch.setattr(time, "time", lambda: next(clock))
    stops = []

    class Asked:
        def __enter__(self):
            self.left = 5
            return self

        def __exit__(self, *_):
            pass

        def __call__(self):
            self.left -= 1
            return self.left == 0

    monkeypatch.setattr(pieces, "termination", Asked)
    while len(stops) < 20:
        try:
            result = fit(folder=tmp_path)
            break
        except Terminated:
            stops.append(Checkpoints(tmp_path / "checkpoints").steps()[-1])
    assert stops == list(range(5, STEPS * EPOCHS, 5))
    assert_same(result, whole)
    lines = (tmp_path / "metrics.jsonl").read_text().splitlines()
    assert len(lines) == EPOCHS


def test_samples_on_the_host_give_the_same_bits(whole, monkeypatch):
    """Blocks of 3 steps of the 7; the last one is filled up and cut."""
    size = INPUTS[0].nbytes + DATA.labels[0].nbytes
    monkeypatch.setattr(samples, "RESIDENT", 0)
    monkeypatch.setattr(samples, "BLOCK", 3 * BATCH * size)
    assert samples.Samples(DATA, BATCH).length == 3
    assert_same(fit(), whole)


def test_blocks_hold_the_rows_that_were_asked_for(monkeypatch):
    order = jax.random.permutation(jax.random.key(0), 28).reshape(7, 4)
    monkeypatch.setattr(samples, "RESIDENT", 0)
    monkeypatch.setattr(samples, "BLOCK", 3 * BATCH * (INPUTS.nbytes + DATA.labels.nbytes) // 30)
    found = list(samples.Samples(DATA, BATCH).blocks(order, 4))
    assert [stop for stop, _ in found] == [6, 7]  # from the block that holds step 4
    for stop, block in found:
        for step in range(block.first, stop):
            rows = block.chosen[step - block.first]
            np.testing.assert_array_equal(block.inputs[rows], INPUTS[order[step]])
            np.testing.assert_array_equal(block.labels[rows], DATA.labels[order[step]])


def test_what_fails_while_it_is_sent_ahead_is_raised(monkeypatch):
    send = samples.Samples._block

    def fail(self, rows, start):
        if start:
            raise MemoryError("the host is full")
        return send(self, rows, start)

    monkeypatch.setattr(samples.Samples, "_block", fail)
    monkeypatch.setattr(samples, "RESIDENT", 0)
    monkeypatch.setattr(samples, "BLOCK", 1)
    blocks = samples.Samples(DATA, BATCH).blocks(jax.numpy.zeros((7, BATCH), int), 0)
    next(blocks)
    with pytest.raises(MemoryError, match="the host is full"):
        next(blocks)


def test_parts_are_whole_chunks_and_the_last_is_filled_up(monkeypatch):
    monkeypatch.setattr(samples, "RESIDENT", 0)
    monkeypatch.setattr(samples, "BLOCK", 1)
    inputs = np.arange(600.0)[:, None]
    parts = list(samples.Samples(Dataset(inputs, np.zeros(600, int)), 4).parts())
    assert [len(part) for part in parts] == [256] * 3
    np.testing.assert_array_equal(np.concatenate(parts)[:600], inputs)
