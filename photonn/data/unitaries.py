"""Haar-random unitary matrices: targets for meshes."""

import numpy as np

from photonn import meshes
from photonn.errors import check_integer


def load(*, seed: int = 0, modes: int = 8, count: int = 1) -> np.ndarray:
    """Unitary matrices, shape `(count, modes, modes)`, complex64.

    Args:
        seed: of the draws. The first matrices are the same for every `count`.
        modes: rows and columns.
        count: matrices.
    """
    import jax

    check_integer("seed", seed, 0)
    check_integer("modes", modes, 1)
    check_integer("count", count, 1)
    keys = [jax.random.fold_in(jax.random.key(seed), n) for n in range(count)]
    drawn = [meshes.haar.unitary(key, modes) for key in keys]
    return np.asarray(jax.numpy.stack(drawn)).astype(np.complex64)
