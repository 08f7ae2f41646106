"""Phases with which a mesh starts as a Haar-random unitary."""

from functools import lru_cache

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jaxtyping import Complex, Float

from photonn.meshes.layout import Layout
from photonn.meshes.phases import Phases
from photonn.precision import complex_array


def phases(key: Array, layout: Layout, dtype: jnp.dtype | None = None) -> Phases:
    """Random phases; for a rectangle or a triangle the unitary is Haar-distributed.

    The bar power sin^2(theta / 2) of a cell follows Beta(1, k), so its cross power is
    u^(1/k) with u uniform; phi and gamma are uniform. On other layouts the same rule
    gives a start near the cross state, where light mixes far.

    Args:
        key: random key.
        layout: the wiring.
        dtype: of the phases; by default the standard float.

    References:
        Russell et al., "Direct dialling of Haar random unitary matrices",
        New J. Phys. 19, 033007 (2017).
        Pai et al., "Matrix optimization on universal unitary photonic devices",
        Phys. Rev. Applied 11, 064044 (2019): k is the sensitivity index.
    """
    key_theta, key_phi, key_gamma = jax.random.split(key, 3)
    dtype = jnp.dtype(float if dtype is None else dtype)
    dtype = jax.dtypes.canonicalize_dtype(dtype)
    uniform = jax.random.uniform(key_theta, (layout.size,), dtype)
    cross_power = uniform ** jnp.asarray(1 / orders(layout), dtype)
    theta = 2 * jnp.arccos(jnp.sqrt(cross_power))
    phi = 2 * jnp.pi * jax.random.uniform(key_phi, (layout.size,), dtype)
    gamma = 2 * jnp.pi * jax.random.uniform(key_gamma, (layout.modes,), dtype)
    return Phases(theta, phi, gamma, layout)


@lru_cache(maxsize=64)
def orders(layout: Layout) -> Float[np.ndarray, " cells"]:
    """The k of each cell: inputs it can be reached from, plus outputs it can reach, - modes - 1.

    At least 1; 1, 3, 5, ..., 6, 4, 2 along a diagonal of the rectangle.
    """
    backward = _joined(layout, range(layout.depth))
    forward = _joined(layout, reversed(range(layout.depth)))
    return np.maximum(backward + forward - layout.modes - 1, 1).astype(float)


def _joined(layout: Layout, order) -> np.ndarray:
    """How many ports each cell is joined to when the columns are crossed in `order`."""
    reach = np.packbits(np.eye(layout.modes, dtype=bool), axis=-1)
    count = np.zeros(layout.size, int)
    for column in order:
        cells = slice(layout.starts[column], layout.starts[column + 1])
        upper, lower = layout.pairs[cells].T
        both = reach[upper] | reach[lower]
        reach[upper] = reach[lower] = both
        count[cells] = np.bitwise_count(both).sum(axis=-1)
    return count


def unitary(key: Array, modes: int, dtype: jnp.dtype | None = None) -> Array:
    """A Haar-random unitary matrix, `(modes, modes)`.

    The QR factor of a complex Gaussian matrix, with the phases of R's diagonal moved to Q.

    References:
        Mezzadri, "How to generate random matrices from the classical compact groups",
        Notices of the AMS 54, 592 (2007).
    """
    real, imag = jax.random.normal(key, (2, modes, modes), dtype or float)
    q, r = jnp.linalg.qr(jax.lax.complex(real, imag))
    diagonal = jnp.diagonal(r)
    return q * (diagonal / complex_array(jnp.abs(diagonal)))[None, :]


def matrix(
    key: Array, outputs: int, inputs: int, *, scale: float = 1.0
) -> Complex[Array, "outputs inputs"]:
    """A random matrix with Haar-distributed singular vectors and normal singular values.

    Args:
        key: random key.
        outputs, inputs: its shape; 2 or more.
        scale: standard deviation of the singular values, whose sign counts as a phase.
    """
    keys = jax.random.split(key, 3)
    kept = min(outputs, inputs)
    left, right = unitary(keys[0], outputs), unitary(keys[1], inputs)
    values = complex_array(scale * jax.random.normal(keys[2], (kept,), left.real.dtype))
    return jnp.matmul(left[:, :kept] * values[None], right[:kept], precision="highest")
