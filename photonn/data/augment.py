"""Augmentation: images moved and turned at random, in JAX.

Pure functions from images and a key to images, for `jit`, `vmap` and the loop of training:
`shift` and `rotate` draw, `shifted` and `rotated` do as they are told. Between pixels values
are linear, and outside an image it is dark.
"""

from collections.abc import Callable

import jax
import jax.numpy as jnp
from jax import Array
from jax.scipy.ndimage import map_coordinates
from jaxtyping import ArrayLike, Float

from photonn.errors import check_key, check_not_negative, mistake


def shift(
    images: Float[ArrayLike, "*batch y x"], key: Array, *, pixels: float = 2.0
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
    return shifted(images, pixels * drawn)


def rotate(
    images: Float[ArrayLike, "*batch y x"], key: Array, *, angle: float = 0.2
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
    return rotated(images, angle * drawn)


def shifted(
    images: Float[ArrayLike, "*batch y x"], distances: Float[ArrayLike, "draws 2"]
) -> Float[Array, "*batch y x"]:
    """Images moved by known distances.

    Args:
        images: with as many entries in the first axis as there are distances; one image needs
            one.
        distances: in y and x [pixels].
    """

    def where(distance: Array, y: Array, x: Array) -> list[Array]:
        return [y - distance[0], x - distance[1]]

    return _resampled(images, "distances", distances, where)


def rotated(
    images: Float[ArrayLike, "*batch y x"], angles: Float[ArrayLike, " draws"]
) -> Float[Array, "*batch y x"]:
    """Images turned about their middle by known angles, from x towards y.

    Args:
        images: with as many entries in the first axis as there are angles; one image needs one.
        angles: [rad].
    """

    def where(angle: Array, y: Array, x: Array) -> list[Array]:
        cos, sin = jnp.cos(angle), jnp.sin(angle)
        middle_y, middle_x = (y.shape[0] - 1) / 2, (y.shape[1] - 1) / 2
        y, x = y - middle_y, x - middle_x
        return [cos * y - sin * x + middle_y, cos * x + sin * y + middle_x]

    return _resampled(images, "angles", angles, where)


def _draws(images: Array) -> int:
    return images.shape[0] if images.ndim > 2 else 1


def _resampled(
    images: ArrayLike, name: str, draws: ArrayLike, where: Callable[..., list[Array]]
) -> Array:
    """Every image at the places that `where` gives for its draw and each pixel."""
    images = jnp.asarray(images)
    draws = jnp.asarray(draws, images.dtype)
    if draws.shape[0] != _draws(images):
        must = f"have one entry for each of the {_draws(images)} images"
        raise mistake(name, must, f"has {draws.shape[0]}")
    *_, rows, columns = images.shape
    grid = jnp.meshgrid(
        *(jnp.arange(n, dtype=images.dtype) for n in (rows, columns)), indexing="ij"
    )

    def one(image: Array, draw: Array) -> Array:
        places = where(draw, *grid)
        move = lambda plane: map_coordinates(plane, places, order=1, mode="constant")  # noqa: E731
        return jax.vmap(move)(image)

    planes = images.reshape(_draws(images), -1, rows, columns)
    return jax.vmap(one)(planes, draws).reshape(images.shape)
