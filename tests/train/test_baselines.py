"""Baselines without optics."""

import numpy as np
import pytest

from photonn import train
from photonn.data import Dataset, Split

pytestmark = pytest.mark.usefixtures("standard_promotion")


def blobs(count, seed):
    rng = np.random.default_rng(seed)
    labels = np.arange(count) % 2
    return Dataset(rng.normal(size=(count, 1, 2)) + 6 * (labels[:, None, None] - 0.5), labels)


@pytest.mark.parametrize("name", ["linear", "mlp"])
def test_baselines_learn_what_is_easy(name):
    """Classes 6 deviations apart in each of two directions: the best line errs once in 10^4."""
    split = Split(blobs(80, 0), blobs(40, 1), blobs(40, 2))
    more = {"parameters": 40} if name == "mlp" else {}
    accuracy = getattr(train.baselines, name)(split, epochs=150, batch=10, **more)
    assert accuracy >= 0.95
