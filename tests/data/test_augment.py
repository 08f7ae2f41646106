"""Images moved and turned: exact where that is possible, and nothing lost."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy import ndimage

from photonn.data import augment
from photonn.errors import InputError

shift, rotate = (jax.jit(f) for f in (augment.shift, augment.rotate))
KEY = jax.random.key(0)


def images(dtype=np.float32, shape=(5, 12, 12), margin=4):
    """Objects in the middle, dark around: nothing leaves the image."""
    made = np.random.default_rng(0).random(shape).astype(dtype)
    made[..., :margin, :] = made[..., -margin:, :] = 0
    made[..., :margin] = made[..., -margin:] = 0
    return made


@pytest.mark.parametrize("side", [7, 8])
def test_quarter_turns_are_exact(side):
    pictures = np.random.default_rng(1).random((5, side, side))
    quarters = np.array([0, 1, 2, 3, -1])
    got = augment.rotated(pictures, quarters * np.pi / 2)
    for picture, quarter, turned in zip(pictures, quarters, got, strict=True):
        # From x towards y, and y points down in an array: NumPy turns the other way.
        np.testing.assert_allclose(turned, np.rot90(picture, -quarter), atol=1e-13)


def test_whole_pixels_are_exact():
    picture = images()[:2]
    got = augment.shifted(picture, jnp.array([[2, -1], [0, 3]]))
    np.testing.assert_array_equal(got[0], np.roll(picture[0], (2, -1), (0, 1)))
    np.testing.assert_array_equal(got[1], np.roll(picture[1], (0, 3), (0, 1)))


def test_parts_of_pixels_and_any_angle_are_as_of_scipy():
    picture = np.random.default_rng(2).random((9, 6))
    options = {"order": 1, "mode": "grid-constant"}
    got = augment.shifted(picture, jnp.array([[0.3, -1.6]]))
    np.testing.assert_allclose(got, ndimage.shift(picture, (0.3, -1.6), **options), atol=1e-12)
    got = augment.rotated(picture, jnp.array([0.4]))
    want = ndimage.rotate(picture, -np.degrees(0.4), reshape=False, **options)
    np.testing.assert_allclose(got, want, atol=1e-12)


def test_what_leaves_the_image_is_gone_and_dark_comes_in():
    got = augment.shifted(jnp.ones((4, 4)), jnp.array([[1, 0]]))
    assert np.asarray(got).sum(1).tolist() == [0, 4, 4, 4]


def test_power_is_kept_by_shifts_and_nearly_by_turns():
    picture = images(np.float64)
    before = picture.sum((1, 2))
    np.testing.assert_allclose(shift(picture, KEY).sum((1, 2)), before, rtol=1e-12)
    # A smooth object: rotation samples it anew, and its sum is right to the second order.
    axis = np.arange(24) - 11.5
    smooth = np.exp(-(axis[:, None] ** 2 / 20 + (axis - 2) ** 2 / 10))[None]
    turned = rotate(smooth, KEY, angle=1.0)
    np.testing.assert_allclose(turned.sum(), smooth.sum(), rtol=1e-3)


@pytest.mark.parametrize("augmentation", [shift, rotate])
def test_the_key_decides_and_every_image_has_a_draw_of_its_own(augmentation):
    picture = np.broadcast_to(images()[:1], (5, 12, 12))
    one, same, other = (augmentation(picture, jax.random.key(n)) for n in (0, 0, 1))
    np.testing.assert_array_equal(one, same)
    assert not np.allclose(one, other)
    assert len({image.tobytes() for image in np.asarray(one)}) == 5
    assert one.dtype == np.float32 and one.shape == picture.shape


def test_colours_move_together():
    grey = images()
    colours = np.stack([grey, 2 * grey, 3 * grey], axis=1)
    got, alone = augment.shift(colours, KEY), augment.shift(grey, KEY)
    for n in range(3):
        np.testing.assert_allclose(got[:, n], (n + 1) * alone, rtol=1e-5)


def test_draws_stay_within_their_bounds():
    point = np.zeros((200, 11, 11), np.float32)
    point[:, 5, 5] = 1
    moved = np.asarray(augment.shift(point, KEY, pixels=1.5))
    axis = np.arange(11) - 5
    distances = np.stack([moved.sum(2) @ axis, moved.sum(1) @ axis])
    assert 1.4 < np.abs(distances).max() <= 1.5 + 1e-6
    assert abs(distances.mean()) < 0.25  # of 400 draws with deviation 0.87


def test_nothing_drawn_is_the_identity_and_vmap_works():
    picture = images()
    np.testing.assert_array_equal(shift(picture, KEY, pixels=0.0), picture)
    np.testing.assert_allclose(rotate(picture, KEY, angle=0.0), picture, atol=1e-6)
    keys = jax.random.split(KEY, 2)
    both = jax.jit(jax.vmap(augment.shift, (None, 0)))(picture, keys)
    np.testing.assert_allclose(both[1], shift(picture, keys[1]), rtol=1e-6)


def test_the_gradient_is_the_adjoint():
    """Both are linear in the image: <A x, y> = <x, A' y>."""
    x, y = images(), np.random.default_rng(5).random((5, 12, 12)).astype(np.float32)
    forward, back = jax.jit(_adjoint)(x, y)
    np.testing.assert_allclose((forward * y).sum(), (x * back).sum(), rtol=1e-5)


def _adjoint(x, y):
    forward, pull_back = jax.vjp(lambda x: augment.rotate(x, KEY), x)
    return forward, pull_back(y)[0]


def test_mistakes_are_told():
    with pytest.raises(InputError, match="`angles` must have one entry for each of the 5 images"):
        augment.rotated(images(), jnp.zeros(3))
    with pytest.raises(InputError, match="`pixels` must be zero or more"):
        augment.shift(images(), KEY, pixels=-1.0)
