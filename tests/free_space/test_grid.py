"""Where samples lie."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from photonn.errors import InputError
from photonn.free_space import Grid


@pytest.mark.parametrize("shape", [(4, 5), (1, 2), (7, 8)])
def test_centres_are_symmetric_about_the_axis(shape):
    grid = Grid(shape, (2e-6, 3e-6))
    assert grid.y.shape + grid.x.shape == shape
    np.testing.assert_array_equal(grid.y, -grid.y[::-1])
    np.testing.assert_array_equal(grid.x, -grid.x[::-1])
    np.testing.assert_allclose(np.diff(grid.x), 3e-6, rtol=1e-14)  # rounding


def test_one_number_stands_for_both_axes():
    assert Grid(8, 1e-6) == Grid((8, 8), (1e-6, 1e-6))
    assert hash(Grid(8, 1e-6)) == hash(Grid((8, 8), (1e-6, 1e-6)))
    assert Grid(8, 1e-6) != Grid((8, 9), 1e-6)


def test_extent_and_area():
    grid = Grid((4, 6), (0.5, 0.25))
    assert grid.extent == (2.0, 1.5)
    assert grid.pixel_area == 0.125


@pytest.mark.parametrize(
    ("shape", "pitch", "words"),
    [
        (0, 1e-6, ["`shape`", "at least 1", "0"]),
        ((4, -1), 1e-6, ["`shape`", "-1"]),
        (4, 0.0, ["`pitch`", "positive and finite [m]", "8 um is 8e-6"]),
        (4, (1e-6, -1e-6), ["`pitch`", "-1e-06"]),
        (4, float("inf"), ["`pitch`", "inf"]),
        (4, float("nan"), ["`pitch`", "nan"]),
    ],
)
def test_impossible_grids_are_refused(shape, pitch, words):
    with pytest.raises(InputError) as caught:
        Grid(shape, pitch)
    assert all(word in str(caught.value) for word in words), caught.value


def test_the_pitch_can_be_traced():
    """The slope of the positions by the pitch is the number of each sample."""
    slope = jax.jacfwd(lambda pitch: Grid((4, 5), (pitch, 2 * pitch)).x)(3e-6)
    np.testing.assert_allclose(slope, [-4, -2, 0, 2, 4], rtol=1e-15)
    single = jax.jit(lambda pitch: Grid(4, pitch).y)(np.float32(2e-6))
    assert single.dtype == jnp.float32
    pair = Grid(4, jnp.asarray([1e-6, 2e-6]))
    np.testing.assert_allclose(pair.extent, [4e-6, 8e-6])


def test_a_known_array_is_checked():
    with pytest.raises(InputError, match="`pitch` must be positive"):
        Grid(4, jnp.asarray(-1e-6))
