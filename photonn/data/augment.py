"""Augmentation: images moved and turned at random, in JAX.

Pure functions from images and a key to images, for `jit`, `vmap` and the loop of training:
`shift` and `rotate` draw, `shifted` and `rotated` do as they are told. Between pixels values
are linear, and outside an image it is dark.
"""

from collections.abc import Callable
from functools import partial

import jax
import jax.numpy as jnp
from jax import Array
from jax.scipy.ndimage import map_coordinates
from jaxtyping import ArrayLike, Float, Num

from photonn.errors import check_key, check_not_negative, mistake


def shift(
    images: Float[ArrayLike, "*batch y x"], key: Array, *, pixels: ArrayLike = 2.0
) -> Float[Array, "*batch y x"]:
    """Images moved by up to `pixels` in y and in x, each of the first axis by another distance.

    Args:
        images: what stands behind the first axis (colours) moves together.
        key: random key.
        pixels: largest distance in either direction; fractions of pixels are drawn too.
    """
    check_key("key", key)
    check_not_negative("pixels", pixels, "pixels")
    images = jnp.asarray(images)
    drawn = jax.random.uniform(key, (_draws(images), 2), images.dtype, -1.0, 1.0)
    return shifted(images, jnp.asarray(pixels, images.dtype) * drawn)


def rotate(
    images: Float[ArrayLike, "*batch y x"], key: Array, *, angle: ArrayLike = 0.2
) -> Float[Array, "*batch y x"]:
    """Images turned by up to `angle`, each of the first axis by another one.

    Args:
        images: what stands behind the first axis (colours) turns together.
        key: random key.
        angle: largest one to either side [rad].
    """
    check_key("key", key)
    check_not_negative("angle", angle, "rad")
    images = jnp.asarray(images)
    drawn = jax.random.uniform(key, (_draws(images),), images.dtype, -1.0, 1.0)
    return rotated(images, jnp.asarray(angle, images.dtype) * drawn)


def shifted(
    images: Float[ArrayLike, "*batch y x"], distances: Num[ArrayLike, "draws 2"]
) -> Float[Array, "*batch y x"]:
    """Images moved by known distances.

    Args:
        images: with as many entries in the first axis as there are distances; one image needs
            one.
        distances: in y and x [pixels].
    """
    return _resampled(*_checked(images, "distances", distances), _moved)


def rotated(
    images: Float[ArrayLike, "*batch y x"], angles: Num[ArrayLike, " draws"]
) -> Float[Array, "*batch y x"]:
    """Images turned about their middle by known angles, from x towards y.

    Args:
        images: with as many entries in the first axis as there are angles; one image needs one.
        angles: [rad].
    """
    return _resampled(*_checked(images, "angles", angles), _turned)


def _draws(images: Array) -> int:
    return images.shape[0] if images.ndim > 2 else 1


def _checked(images: ArrayLike, name: str, draws: ArrayLike) -> tuple[Array, Array]:
    images = jnp.asarray(images)
    draws = jnp.asarray(draws, images.dtype)
    if draws.shape[0] != _draws(images):
        must = f"have one entry for each of the {_draws(images)} images"
        raise mistake(name, must, f"has {draws.shape[0]}")
    return images, draws


def _moved(distance: Array, y: Array, x: Array) -> list[Array]:
    """Where the light of each pixel of a moved image was."""
    return [y - distance[0], x - distance[1]]


def _turned(angle: Array, y: Array, x: Array) -> list[Array]:
    """Where the light of each pixel of a turned image was."""
    cos, sin = jnp.cos(angle), jnp.sin(angle)
    middle_y, middle_x = (y.shape[0] - 1) / 2, (y.shape[1] - 1) / 2
    y, x = y - middle_y, x - middle_x
    return [cos * y - sin * x + middle_y, cos * x + sin * y + middle_x]


@partial(jax.jit, static_argnames="where")
def _resampled(images: Array, draws: Array, where: Callable[..., list[Array]]) -> Array:
    """Every image at the places that `where` gives for its draw and each pixel."""
    *_, rows, columns = images.shape
    axes = [jnp.arange(length, dtype=images.dtype) for length in (rows, columns)]
    y, x = jnp.meshgrid(*axes, indexing="ij")

    def one(planes: Array, draw: Array) -> Array:
        places = where(draw, y, x)
        sample = partial(map_coordinates, coordinates=places, order=1, mode="constant")
        return jax.vmap(sample)(planes)

    planes = images.reshape(_draws(images), -1, rows, columns)
    return jax.vmap(one)(planes, draws).reshape(images.shape)
