"""Amplitudes of all occupations at once: vectors that follow `states.basis`."""

from functools import lru_cache

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jaxtyping import ArrayLike, Complex, Float, Num

from photonn.errors import check_integer, check_last_axis, mistake
from photonn.photons import states
from photonn.photons.interference import check_unitary, factorials, read_pair
from photonn.photons.states import Occupation
from photonn.precision import complex_array

_MOST_COLUMNS = 4096  # of a matrix over states: 134 MB in complex64


def amplitudes(
    unitary: Num[ArrayLike, "*batch modes modes"], inputs: Occupation
) -> Complex[Array, "*batch states"]:
    """Amplitude of every outcome, in the order of `states.basis(photons, modes)`.

    One photon after another is added at its input mode; each of its amplitudes raises an
    output mode. That is O(modes) for each amplitude and photon, where a permanent for
    each outcome would be O(photons 2^photons).

    Args:
        unitary: of the network, one or many; `out = unitary @ in`.
        inputs: photons at each input.

    Raises:
        InputError: if the network is not unitary, the photons do not fit it, or there are
            more than 500 000 outcomes.

    References:
        Heurtel et al., "Strong simulation of linear optical processes",
        Comput. Phys. Commun. 291, 108848 (2023): SLOS.
    """
    return transmitted(check_unitary(unitary), inputs)


def probabilities(
    unitary: Num[ArrayLike, "*batch modes modes"], inputs: Occupation
) -> Float[Array, "*batch states"]:
    """Probability of every outcome, in the order of `states.basis`; their sum is 1."""
    vector = amplitudes(unitary, inputs)
    return vector.real**2 + vector.imag**2


def transmitted(
    matrix: Num[ArrayLike, "*batch modes modes"], inputs: Occupation
) -> Complex[Array, "*batch states"]:
    """As `amplitudes`, for a network that may lose light: the part in which no photon is lost.

    Args:
        matrix: of the network, `out = matrix @ in`; that it gives no gain is not checked.
        inputs: photons at each input.
    """
    matrix = complex_array(matrix)
    inputs, _ = read_pair(matrix, inputs, inputs)
    where = states.positions(inputs)
    states.basis(len(where), len(inputs))  # or too many to go on
    flat = matrix.reshape(-1, *matrix.shape[-2:])
    vectors = _outcomes(flat, jnp.asarray(where))
    vectors = vectors * jnp.asarray(factorials(inputs) ** -0.5, vectors.dtype)
    return vectors.reshape(*matrix.shape[:-2], -1)


def matrix(
    unitary: Num[ArrayLike, "*batch modes modes"], photons: int
) -> Complex[Array, "*batch states states"]:
    """What the network does to states of `photons`: unitary, and a product for networks in series.

    Args:
        unitary: of the network, one or many.
        photons: how many; `states.count(photons, modes)` must be at most 4096.
    """
    unitary = check_unitary(unitary)
    modes = unitary.shape[-1]
    check_integer("photons", photons, 0)
    size = states.count(photons, modes)
    if size > _MOST_COLUMNS:
        got = f"leave {size}: the matrix has {size**2:.1e} entries"
        raise mistake("photons", f"leave at most {_MOST_COLUMNS} states", got, "Use fewer.")
    basis = states.basis(photons, modes)
    where = jnp.asarray([states.positions(state) for state in basis], int)
    norms = jnp.asarray([factorials(state) ** -0.5 for state in basis], unitary.dtype)
    flat = unitary.reshape(-1, modes, modes)
    matrices = _every_input(flat, where.reshape(size, photons)) * norms[None, None, :]
    return matrices.reshape(*unitary.shape[:-2], size, size)


def propagate(
    vector: Num[ArrayLike, "*fields states"],
    unitary: Num[ArrayLike, "*batch modes modes"],
    photons: int,
) -> Complex[Array, "*out states"]:
    """Amplitudes behind a network for any amplitudes in front of it.

    Args:
        vector: amplitudes, in the order of `states.basis(photons, modes)`.
        unitary: of the network; its leading axes broadcast with those of `vector`.
        photons: how many.
    """
    transfer, vector = matrix(unitary, photons), complex_array(vector)
    check_last_axis("vector", vector.shape, transfer.shape[-1], "states")
    dtype = np.promote_types(transfer.dtype, vector.dtype)
    product = jnp.vectorize(
        lambda m, v: jnp.matmul(m, v, precision="highest"), signature="(n,n),(n)->(n)"
    )
    return product(transfer.astype(dtype), vector.astype(dtype))


def _add_photons(matrix: Array, where: Array) -> Array:
    """Creation operators of all photons applied to the vacuum."""
    vector = jnp.ones(1, matrix.dtype)
    for photons in range(1, len(where) + 1):
        lower, raising = _ladder(photons, len(matrix))
        column = matrix[:, where[photons - 1]]
        vector = jnp.sum(jnp.asarray(raising, matrix.dtype) * column[None] * vector[lower], axis=1)
    return vector


_outcomes = jax.jit(jax.vmap(_add_photons, (0, None)))
_every_input = jax.jit(jax.vmap(jax.vmap(_add_photons, (None, 0), 1), (0, None)))


@lru_cache(maxsize=64)
def _ladder(photons: int, modes: int) -> tuple[np.ndarray, np.ndarray]:
    """For each state and mode: the row of the state with one photon less, and sqrt(photons)."""
    basis = states.basis(photons, modes)
    fewer = basis[:, None, :] - np.eye(modes, dtype=int)
    rows = states.rank(np.maximum(fewer, 0))
    return np.where(basis > 0, rows, 0), np.sqrt(basis)
