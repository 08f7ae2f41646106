"""Photons that get lost. A lossy outcome is a state with one mode more: the photons lost."""

from functools import partial
from math import comb

import jax
import jax.core
import jax.numpy as jnp
import numpy as np
from jax import Array
from jaxtyping import ArrayLike, Complex, Float, Num

from photonn.errors import InputError, check_fraction, check_last_axis, mistake
from photonn.photons import fock, states
from photonn.photons.detection import collect
from photonn.photons.states import Occupation
from photonn.precision import complex_array, real_array


def dilate(matrix: Num[ArrayLike, "n n"]) -> Complex[Array, "2*n 2*n"]:
    """A lossy network as part of a unitary one with as many modes more, which take the loss.

        [[T, sqrt(1 - T T^H)], [sqrt(1 - T^H T), -T^H]]

    Values, not gradients: singular values that are equal have no smooth vectors. For the
    loss of detectors or fibres behind a network `thin` has gradients.

    Args:
        matrix: of the network, `out = matrix @ in`, no singular value above 1.

    Raises:
        InputError: if it has gain.
    """
    matrix = complex_array(matrix)
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1]:
        raise InputError(f"`matrix` must be one square matrix, but has shape {matrix.shape}.")
    whole, most = _halmos(matrix)
    if isinstance(most, jax.core.Tracer):  # not known under `jit`
        return whole
    if not most <= 1 + 200 * len(matrix) * float(jnp.finfo(matrix.dtype).eps):
        raise mistake("matrix", "have no gain", f"passes {most**2:.6g} times the power")
    return whole


@jax.jit
def _halmos(matrix: Array) -> tuple[Array, Array]:
    """The unitary, and the largest singular value of the matrix."""
    left, values, right = jnp.linalg.svd(matrix)
    lost = jnp.sqrt(jnp.maximum(1 - values**2, 0)).astype(matrix.dtype)
    corner = jnp.matmul(left * lost[None], left.conj().T, precision="highest")
    other = jnp.matmul(right.conj().T * lost[None], right, precision="highest")
    return jnp.block([[matrix, corner], [other, -matrix.conj().T]]), values.max(initial=0)


def probabilities(matrix: Num[ArrayLike, "n n"], inputs: Occupation) -> Float[Array, " states"]:
    """Probability of every outcome of a network that loses light anywhere.

    All photons in twice as many modes are followed: for small numbers.

    Args:
        matrix: of the network, `out = matrix @ in`, no singular value above 1.
        inputs: photons at each input.

    Returns:
        In the order of `states.basis(photons, modes + 1)`; the last mode counts what is lost.
    """
    whole = dilate(matrix)
    modes = len(whole) // 2
    inputs = states.read(inputs, "inputs", modes)
    vector = fock.transmitted(whole, np.pad(inputs, (0, modes)))
    every = states.basis(int(inputs.sum()), 2 * modes)
    lost = every[:, modes:].sum(axis=1, keepdims=True)
    rows = states.rank(np.concatenate([every[:, :modes], lost], axis=1))
    size = states.count(int(inputs.sum()), modes + 1)
    return collect(vector.real**2 + vector.imag**2, rows, size)


def thin(
    probabilities: Float[ArrayLike, "*batch states"],
    transmission: Float[ArrayLike, "modes"],
    photons: int,
) -> Float[Array, "*batch lossy"]:
    """Probabilities behind modes in which every photon survives by chance of its own.

        P(t) = sum_s P(s) prod_m C(s_m, t_m) eta_m^t_m (1 - eta_m)^(s_m - t_m)

    It holds for loss at the outputs (detectors, fibres), and loss that is the same in all
    modes may be moved there from anywhere.

    Args:
        probabilities: of `states.basis(photons, modes)`.
        transmission: chance eta that a photon survives, of each mode, 0 to 1.
        photons: how many there are before the loss.

    Returns:
        In the order of `states.basis(photons, modes + 1)`; the last mode counts what is lost.
    """
    probabilities = real_array(probabilities, "probabilities")
    check_fraction("transmission", transmission)
    eta = real_array(transmission, "transmission").astype(probabilities.dtype)
    size = states.count(photons, len(eta))
    check_last_axis("probabilities", probabilities.shape, size, "states")
    return _thin(probabilities, eta, photons)


@partial(jax.jit, static_argnames="photons")
def _thin(probabilities: Array, eta: Array, photons: int) -> Array:
    modes = len(eta)
    before, after = states.basis(photons, modes), states.basis(photons, modes + 1)
    table = _survival(eta, photons)
    chance = jnp.ones((len(after), len(before)), eta.dtype)
    for mode in range(modes):
        chance = chance * table[mode, before[None, :, mode], after[:, None, mode]]
    return jnp.matmul(probabilities, chance.T, precision="highest")


def _survival(eta: Array, photons: int) -> Array:
    """Chance that t of s photons survive in each mode, `(modes, s, t)`."""
    kept, gone = [jnp.ones_like(eta)], [jnp.ones_like(eta)]
    for _ in range(photons):  # products, since 0^0 of a power has no derivative
        kept.append(kept[-1] * eta)
        gone.append(gone[-1] * (1 - eta))
    ways = np.array([[comb(s, t) for t in range(photons + 1)] for s in range(photons + 1)])
    fewer = np.maximum(np.subtract.outer(np.arange(photons + 1), np.arange(photons + 1)), 0)
    kept, gone = jnp.stack(kept, axis=-1), jnp.stack(gone, axis=-1)
    return jnp.asarray(ways, eta.dtype)[None] * kept[:, None, :] * gone[:, fewer]
