"""A fit over many devices and processes ends where that on one device does."""

import os
import subprocess
import sys

import jax
import numpy as np
import pytest

from photonn.errors import InputError
from photonn.train import sharding
from tests.scale import apart, fit

# float64: what is left of an equal sum in another order, many steps later.
CLOSE = {"parameters": 1e-5, "outputs": 1e-5, "accuracy": 0.0}


@pytest.fixture(scope="module")
def one(tmp_path_factory):
    folder = tmp_path_factory.mktemp("one")
    return folder, fit(folder, modes=10)


def assert_close(found, want):
    values = apart(found, want)
    assert all(values[name] <= CLOSE[name] for name in CLOSE), values
    np.testing.assert_allclose(found["losses"], want["losses"], rtol=1e-6)


SMALL = """
import jax, numpy as np, optax
from flax import nnx
from photonn import meshes, nn, train
from photonn.data import Dataset

inputs = np.random.default_rng(0).normal(size=(48, 4))
data = Dataset(inputs, (inputs[:, 0] > inputs[:, 1]).astype(np.int32))
layout, found = meshes.clements.layout(4), []
for devices in (jax.devices()[:1], jax.devices()):
    model = nnx.Sequential(nn.MZIMesh(layout, rngs=nnx.Rngs(0)), nn.Intensity(2))
    with train.sharding.over(devices):
        history = train.fit(model, data, data, optax.adam(0.1), epochs=3, batch=16)
    theta = model.layers[0].theta[...]
    assert theta.devices() == {jax.devices()[0]}, "left on all devices"
    found.append((theta, history.epochs[-1]["loss"]))
assert len(devices) == 8
np.testing.assert_allclose(*(theta for theta, _ in found), atol=1e-5)
np.testing.assert_allclose(*(loss for _, loss in found), rtol=1e-6)
start = nnx.Sequential(nn.MZIMesh(layout, rngs=nnx.Rngs(0)), nn.Intensity(2))
assert np.max(np.abs(start.layers[0].theta[...] - theta)) > 0.1, "nothing was trained"
"""


def test_eight_devices():
    flags = "--xla_force_host_platform_device_count=8"
    environment = {**os.environ, "JAX_PLATFORMS": "cpu", "XLA_FLAGS": flags}
    environment["JAX_ENABLE_X64"] = "1"
    done = subprocess.run(
        [sys.executable, "-c", SMALL], capture_output=True, text=True, env=environment
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("processes", [1, 2])
def test_digits_on_eight_devices(one, tmp_path, processes):
    found = fit(tmp_path, modes=10, devices=8, processes=processes)
    assert found["devices"] == 8
    assert_close(found, one[1])


@pytest.mark.slow
@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"devices": 8}, {}),
        ({}, {"devices": 8}),
        ({"devices": 8, "processes": 2}, {}),
        ({}, {"devices": 4, "processes": 2}),
        ({"devices": 4, "processes": 2}, {"devices": 8}),
    ],
    ids=["8 to 1", "1 to 8", "2 processes to 1", "1 to 2 processes", "2 processes to 8"],
)
def test_a_checkpoint_of_some_devices_goes_on_with_others(one, tmp_path, before, after):
    fit(tmp_path, modes=10, epochs=1, **before)
    ended = fit(tmp_path, modes=10, **after)
    assert len(ended["losses"]) == 2
    assert_close(ended, one[1])


def test_a_batch_must_come_out_even():
    division = sharding.Division(tuple(range(3)))
    taken = sharding._CHOSEN.set(division)
    try:
        with pytest.raises(InputError, match=r"`batch` must be a multiple of the 3 devices"):
            sharding.chosen(64)
        assert sharding.chosen(63) is division
    finally:
        sharding._CHOSEN.reset(taken)


def test_one_device_is_no_division():
    with sharding.over(jax.devices()[:1]) as division:
        assert division == sharding.Division()
        assert division.is_first and division.of_first(3) == 3 and division.any(True)
        tree = {"a": np.ones(2)}
        assert division.everywhere(tree) is tree and division.here(tree) is tree


@pytest.mark.parametrize("number", ["0", "-1", "many", "1000", "1.5", ""])
def test_devices_that_are_not_there(number):
    with pytest.raises(InputError, match="`--devices` must be all, or from 1 to the"):
        sharding.devices(number)


@pytest.mark.parametrize("hosts", ["", "here", "a:1,2", "a:1,two,0", "a:1,0,0"])
def test_hosts_that_cannot_be_read(hosts):
    with pytest.raises(InputError, match="`--hosts` must be"):
        sharding.connect(hosts)
