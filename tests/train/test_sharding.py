"""A fit over many devices and processes ends where that on one device does."""

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


def test_eight_devices(one, tmp_path):
    found = fit(tmp_path, modes=10, devices=8)
    assert found["devices"] == 8
    assert_close(found, one[1])


@pytest.mark.slow
def test_two_processes(one, tmp_path):
    found = fit(tmp_path, modes=10, devices=8, processes=2)
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
