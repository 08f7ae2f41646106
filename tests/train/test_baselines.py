"""Baselines without optics."""

import numpy as np
import pytest

from photonn import train
from photonn.data import Dataset, Split

pytestmark = pytest.mark.usefixtures("standard_promotion")


def blobs(count, seed):
    rng = np.random.default_rng(seed)
    labels = np.arange(count) % 2
    return Dataset(rng.normal(size=(count, 1, 2)) + 6 * labels[:, None, None], labels)


@pytest.mark.parametrize(
    "baseline", [train.baselines.linear, lambda s, **k: train.baselines.mlp(s, parameters=40, **k)]
)
def test_baselines_learn_what_is_easy(baseline):
    """Classes 6 deviations apart in each of two directions: errors are one in 10^4."""
    split = Split(blobs(80, 0), blobs(40, 1), blobs(40, 2))
    assert baseline(split, epochs=40, batch=10) >= 0.95
