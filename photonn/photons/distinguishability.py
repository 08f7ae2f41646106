"""Photons that can be told apart in part: by their time, colour or polarisation."""

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jaxtyping import ArrayLike, Complex, Float, Num

from photonn.errors import check_fraction, check_not_negative, check_shape, mistake
from photonn.photons.interference import check_unitary, factorials, read_pair, submatrix
from photonn.photons.permanents import check_photons, permanent, sign_vectors
from photonn.photons.states import Occupation, positions
from photonn.precision import complex_array, real_array

MOST = 12  # photons: 4^11 terms, a second


def probability(
    unitary: Num[ArrayLike, "modes modes"],
    inputs: Occupation,
    outputs: Occupation,
    overlaps: Num[ArrayLike, "photons photons"],
) -> Float[Array, ""]:
    """Probability of an outcome for photons with given overlaps.

        P = sum over s, r of  prod_j M[j, s(j)] M*[j, r(j)] S[r(j), s(j)]  / norm

    over all pairs of permutations; M has a row for each photon that leaves, a column for
    each that enters. Two signs for each photon, as in Glynn's formula, leave 4^(n-1) terms.

    Args:
        unitary: of the network.
        inputs: photons at each input.
        outputs: photons at each output, whatever their inner state.
        overlaps: Gram matrix S[k, l] = <k|l> of the inner states of the photons, in the
            order of their inputs; all ones for equal photons, the identity for photons that
            can be told apart.

    Raises:
        InputError: if the overlaps are no Gram matrix, or there are more than 12 photons.

    References:
        Tichy, "Sampling of partially distinguishable bosons and the relation to the
        multidimensional permanent", Phys. Rev. A 91, 022316 (2015).
    """
    unitary = check_unitary(unitary)
    inputs, outputs = read_pair(unitary, inputs, outputs)
    photons = int(inputs.sum())
    if photons > MOST:
        got = f"holds {photons}: {4.0 ** (photons - 1):.1e} terms"
        raise mistake("inputs", f"hold at most {MOST} photons", got, "Use fewer photons.")
    overlaps = complex_array(overlaps).astype(unitary.dtype)
    _check_overlaps(overlaps, photons)
    if photons != outputs.sum():
        return jnp.zeros((), unitary.real.dtype)
    if photons == 0:
        return jnp.ones((), unitary.real.dtype)
    chance = _interfere(submatrix(unitary, inputs, outputs), overlaps)
    # Photons of one input that are not equal are no Fock state: their norm is a permanent.
    where = positions(inputs)
    norm = permanent(jnp.where(where[:, None] == where, overlaps, 0)).real
    return chance / (norm * jnp.asarray(factorials(outputs), norm.dtype))


@jax.jit
def _interfere(block: Array, overlaps: Array) -> Array:
    """The sum over pairs of permutations."""
    photons = len(block)
    signs, parity = (jnp.asarray(part, block.dtype) for part in sign_vectors(photons - 1))
    signs = jnp.concatenate([jnp.ones((len(signs), 1), signs.dtype), signs], axis=1)
    terms = jnp.outer(parity, parity)
    for row in block:
        ways = row.conj()[:, None] * overlaps * row[None, :]
        terms = terms * jnp.linalg.multi_dot([signs, ways, signs.T], precision="highest")
    return jnp.mean(terms).real


def classical(
    unitary: Num[ArrayLike, "modes modes"], inputs: Occupation, outputs: Occupation
) -> Float[Array, ""]:
    """Probability of an outcome for photons that can be told apart: particles, no waves.

        perm(|U[t, s]|^2) / prod t!

    Args:
        unitary: of the network.
        inputs: photons s at each input.
        outputs: photons t at each output.
    """
    unitary = check_unitary(unitary)
    inputs, outputs = read_pair(unitary, inputs, outputs)
    if inputs.sum() != outputs.sum():
        return jnp.zeros((), unitary.real.dtype)
    check_photons(int(inputs.sum()))
    block = submatrix(unitary, inputs, outputs)
    powers = block.real**2 + block.imag**2
    return permanent(powers) / jnp.asarray(factorials(outputs), powers.dtype)


def uniform(overlap: Float[ArrayLike, ""], photons: int) -> Float[Array, "n n"]:
    """Overlaps of photons that all have the same overlap with each other, 0 to 1."""
    check_fraction("overlap", overlap)
    overlap = real_array(overlap, "overlap")
    equal = jnp.eye(photons, dtype=overlap.dtype)
    return equal + (1 - equal) * overlap


def delayed(
    delays: Float[ArrayLike, " photons"], bandwidth: Float[ArrayLike, ""]
) -> Float[Array, "photons photons"]:
    """Overlaps of equal Gaussian pulses that arrive at different times.

        S[k, l] = exp(-(bandwidth (t_k - t_l))^2 / 2)

    The phase of the carrier between two pulses cancels in every probability.

    Args:
        delays: arrival t of each photon [s].
        bandwidth: standard deviation of the power spectrum [rad/s].
    """
    check_not_negative("bandwidth", bandwidth, "rad/s")
    delays = real_array(delays, "delays")
    apart = (delays[:, None] - delays[None, :]) * jnp.asarray(bandwidth, delays.dtype)
    return jnp.exp(-(apart**2) / 2)


def _check_overlaps(overlaps: Complex[Array, "n n"], photons: int) -> None:
    hint = "One row for each photon; photons.distinguishability.uniform makes one."
    check_shape("overlaps", overlaps.shape, (photons, photons), hint)
    try:
        values = np.asarray(overlaps)
    except TypeError:  # traced
        return
    room = 200 * max(photons, 1) * np.finfo(values.dtype).eps
    good = np.abs(values - values.conj().T).max(initial=0) <= room
    good = good and np.abs(np.diag(values) - 1).max(initial=0) <= room
    if not (good and np.linalg.eigvalsh(values).min(initial=0) >= -room):
        must = "be Hermitian with ones on the diagonal and no negative eigenvalue"
        raise mistake("overlaps", must, "is not", "It is the Gram matrix of unit vectors.")
