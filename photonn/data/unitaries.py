"""Haar-random unitary matrices: targets for meshes."""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from photonn import meshes
from photonn.errors import check_integer


def load(*, seed: int = 0, modes: int = 8, count: int = 1) -> np.ndarray:
    """Unitary matrices, shape `(count, modes, modes)`, complex64.

    Args:
        seed: of the draws. The first matrices are the same for every `count`.
        modes: rows and columns.
        count: matrices.
    """
    check_integer("seed", seed, 0)
    check_integer("modes", modes, 1)
    check_integer("count", count, 1)
    drawn = _draw(jax.random.key(seed), jnp.arange(count), modes)
    return np.asarray(drawn).astype(np.complex64)


@partial(jax.jit, static_argnames="modes")
def _draw(key: Array, numbers: Array, modes: int) -> Array:
    keys = jax.vmap(partial(jax.random.fold_in, key))(numbers)
    return jax.vmap(lambda one: meshes.haar.unitary(one, modes))(keys)
