"""Images as light."""

import numpy as np
import pytest

from photonn.errors import InputError
from photonn.free_space import Grid, sources


def test_every_image_carries_one_power_and_a_black_one_none():
    grid = Grid((12, 10), (2e-6, 3e-6))
    images = np.random.default_rng(0).uniform(0.1, 1, (3, 4, 4))
    images[1] = 0
    field = np.asarray(sources.image(images, grid, power=2.5))
    power = (np.abs(field) ** 2).sum((1, 2)) * grid.pixel_area
    np.testing.assert_allclose(power, [2.5, 0, 2.5], rtol=1e-14)  # a sum of 16 numbers


def test_pixels_become_squares_in_the_middle():
    field = np.asarray(
        sources.image(np.array([[1.0, 2.0], [0.0, 1.0]]), Grid(8, 1.0), magnification=3, power=54.0)
    )
    want = np.zeros((8, 8))
    want[1:4, 1:4], want[1:4, 4:7], want[4:7, 4:7] = 1, 2, 1  # (1 + 4 + 1) * 9 = 54
    np.testing.assert_allclose(field, want, rtol=1e-15)


def test_a_large_image_is_refused():
    with pytest.raises(InputError, match=r"`values` must fit into \(8, 8\).*\(12, 12\).*smaller"):
        sources.image(np.ones((4, 4)), Grid(8, 1e-6), magnification=3)
    with pytest.raises(InputError, match="`magnification` must be an integer of at least 1"):
        sources.image(np.ones((4, 4)), Grid(8, 1e-6), magnification=0)
