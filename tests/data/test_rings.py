"""Two rings of points: radii, classes, seeds."""

import numpy as np

from photonn.data import rings


def test_the_inner_ring_has_half_the_radius():
    found = rings.load(seed=1, noise=0.0)
    for part in found:
        radius = np.linalg.norm(part.inputs, axis=1)
        np.testing.assert_allclose(radius, np.where(part.labels == 1, 0.5, 1.0), rtol=1e-6)
    assert [len(part.labels) for part in found] == [300, 120, 180]


def test_rings_are_seeded():
    one, same, other = (rings.load(seed=seed).train.inputs for seed in (0, 0, 1))
    np.testing.assert_array_equal(one, same)
    assert not np.allclose(one, other)
    assert one.dtype == np.float32
