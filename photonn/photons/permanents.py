"""The permanent of a matrix: a determinant without its signs, and without its shortcut."""

import functools
import operator

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jaxtyping import ArrayLike, Inexact, Num

from photonn.errors import InputError

MOST = 28  # rows: some three seconds on two cores, and twice as long for each one more
_LOW = 11  # bits of signs that one block holds: it stays in the cache (9 to 13 measured)
_BLOCK = 2**21  # numbers that all blocks of a batch may hold at a time


def permanent(matrix: Num[ArrayLike, "*batch n n"]) -> Inexact[Array, "*batch"]:
    """Permanent of a matrix, sum over permutations s of prod_j matrix[s(j), j].

    Glynn's formula: the mean over signs d (the first one +1) of

        prod_i d_i  prod_j (sum_i d_i matrix[i, j])

    with 2^(n-1) terms of n factors: some 10 ms for n = 20 and twice that for each row more.
    Sums of rows come from two small tables, never by updating, so no rounding is carried
    from term to term. Terms cancel: for blocks of unitary matrices the error of a typical
    permanent of 20 rows is 1e-15 in double and 2e-6 in single precision (relative).

    A derivative of the permanent is the permanent of a minor; forward and reverse mode give
    it in memory that does not grow with the number of terms.

    Args:
        matrix: real or complex, one or many; the permanent of 0 x 0 is 1.

    Raises:
        InputError: if a matrix is not square or has more than 28 rows.

    References:
        Glynn, "The permanent of a square matrix", Eur. J. Combin. 31, 1887 (2010).
    """
    matrix = jnp.asarray(matrix)
    if matrix.ndim < 2 or matrix.shape[-1] != matrix.shape[-2]:
        raise InputError(f"`matrix` must be square, but has shape {matrix.shape}.")
    check_photons(matrix.shape[-1], "rows", "`matrix`")
    if not jnp.issubdtype(matrix.dtype, jnp.inexact):
        matrix = matrix.astype(float)
    return _permanents(matrix)


def check_photons(photons: int, of_what: str = "photons", name: str = "`inputs`") -> None:
    """Raise if a permanent of so many rows takes too long; the message says how long."""
    if photons > MOST:
        # 10 ms for 20 rows on two cores.
        seconds = 1e-2 * photons / 20 * 2.0 ** (photons - 20)
        raise InputError(
            f"{name} must have at most {MOST} {of_what}, but has {photons}: the permanent has "
            f"2^{photons - 1} terms of {photons} factors, about {seconds:.1g} s on two cores. "
            "Use fewer photons."
        )


@jax.jit
def _permanents(matrix: Array) -> Array:
    batch, n = matrix.shape[:-2], matrix.shape[-1]
    if n == 0:
        return jnp.ones(batch, matrix.dtype)
    flat = matrix.reshape(-1, n, n)
    together = max(1, _BLOCK // (n * 2 ** min(n, _LOW)))
    if len(flat) <= together:
        return jax.vmap(_glynn)(flat).reshape(batch)
    return jax.lax.map(_glynn, flat, batch_size=together).reshape(batch)


def _glynn(matrix: Array) -> Array:
    """Signs of the first rows in one block (vectors), those of the others in a loop."""
    n, dtype = len(matrix), matrix.dtype
    low = min(n - 1, _LOW)
    signs, parity = (jnp.asarray(part, dtype) for part in sign_vectors(low))
    more_signs, more_parity = (jnp.asarray(part, dtype) for part in sign_vectors(n - 1 - low))
    block = matrix[0][:, None] + jnp.matmul(matrix[1 : low + 1].T, signs.T, precision="highest")
    shifts = jnp.matmul(more_signs, matrix[low + 1 :], precision="highest")

    @jax.checkpoint  # a gradient makes the products anew: it keeps the shifts alone
    def part(shift: Array) -> Array:
        # Written out, all factors of a term are multiplied in registers.
        terms = functools.reduce(operator.mul, (block[j] + shift[j] for j in range(n)))
        return jnp.sum(parity * terms)

    # The mean, divided by a power of two: exact.
    return jnp.sum(more_parity * jax.lax.map(part, shifts)) * jnp.asarray(0.5 ** (n - 1), dtype)


@functools.lru_cache(maxsize=64)
def sign_vectors(bits: int) -> tuple[np.ndarray, np.ndarray]:
    """All vectors of `bits` signs, `(2^bits, bits)`, and the product of each."""
    signs = 1 - 2 * (np.arange(2**bits)[:, None] >> np.arange(bits) & 1)
    return signs.astype(np.int8), signs.prod(axis=1).astype(np.int8)
