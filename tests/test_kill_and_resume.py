"""A fit that is killed at any moment ends, after the same command, where an unbroken one does."""

import os
import random
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

# Small enough to compile in seconds, long enough to be killed inside an epoch or a save.
FIT = """
import sys
import jax
import numpy as np
import optax
from flax import nnx
from photonn import meshes, nn, train
from photonn.data import Dataset

rng = np.random.default_rng(0)
inputs = rng.normal(size=(96, 4)).astype(np.float32)
data = Dataset(inputs, (inputs[:, 0] > inputs[:, 1]).astype(np.int32))
model = nnx.Sequential(nn.MZIMesh(meshes.clements.layout(4), rngs=nnx.Rngs(0)), nn.Intensity(2))
print("started", flush=True)
history = train.fit(model, data, data, optax.adam(0.01), epochs=60, batch=8, seed=1,
                    folder=sys.argv[1], save_seconds=0.0)
leaves = {str(i): np.asarray(leaf) for i, leaf in enumerate(jax.tree.leaves(nnx.state(model)))}
np.savez(sys.argv[1] + "/final.npz", epochs=len(history.epochs), **leaves)
"""


def start(folder):
    return subprocess.Popen(
        [sys.executable, "-c", FIT, str(folder)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "JAX_PLATFORMS": "cpu"},
    )


def finish(folder):
    process = start(folder)
    _, errors = process.communicate(timeout=240)
    assert process.returncode == 0, errors
    return np.load(folder / "final.npz")


@pytest.fixture(scope="module")
def unbroken(tmp_path_factory):
    return finish(tmp_path_factory.mktemp("unbroken"))


def test_killed_fit_goes_on_to_the_same_parameters(unbroken, tmp_path):
    moments = random.Random(7)
    killed = 0
    for _ in range(4):
        process = start(tmp_path)
        process.stdout.readline()
        # Wait for the first save of this process, so that every kill falls into the fit.
        before = saved(tmp_path)
        while process.poll() is None and saved(tmp_path) == before:
            time.sleep(0.005)
        time.sleep(moments.uniform(0, 0.25))
        process.send_signal(signal.SIGKILL)
        process.communicate()
        killed += process.returncode == -signal.SIGKILL
    assert killed >= 3, "the fit is too short to be killed"

    resumed = finish(tmp_path)

    assert sorted(resumed) == sorted(unbroken)
    for name in unbroken:
        np.testing.assert_array_equal(resumed[name], unbroken[name], strict=True)


@pytest.mark.slow
def test_metrics_stand_once_after_a_kill(unbroken, tmp_path):
    process = start(tmp_path)
    while process.poll() is None and not saved(tmp_path):
        time.sleep(0.005)
    process.kill()
    process.communicate()
    finish(tmp_path)
    lines = (tmp_path / "metrics.jsonl").read_text().splitlines()
    epochs = [line.split('"epoch": ')[1].split(",")[0] for line in lines]
    assert epochs == [str(n) for n in range(1, 61)]


def saved(folder):
    return {path.name for path in (folder / "checkpoints").glob("*.json")}
