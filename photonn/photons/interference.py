"""Photons that cannot be told apart, through a linear network, one outcome at a time."""

from math import factorial

import jax.numpy as jnp
import numpy as np
from jax import Array
from jaxtyping import ArrayLike, Complex, Float, Num

from photonn.errors import InputError
from photonn.photons import states
from photonn.photons.permanents import check_photons, permanent
from photonn.photons.states import Occupation
from photonn.precision import scale, unitary_array


def amplitude(
    unitary: Num[ArrayLike, "*batch modes modes"], inputs: Occupation, outputs: Occupation
) -> Complex[Array, "*batch"]:
    """Amplitude from one occupation to another.

        perm(U[t, s]) / sqrt(prod s! prod t!)

    where row m of U is repeated as often as there are photons at output m, column m as there
    are at input m. Light goes `out = unitary @ in`.

    Args:
        unitary: of the network, one or many.
        inputs: photons s at each input, for example `(1, 1, 0)`.
        outputs: photons t at each output. Other numbers of photons than at the inputs cannot
            come out: exactly 0.

    Raises:
        InputError: if the network is not unitary, has another number of modes, or the photons
            are negative or too many.

    References:
        Scheel, "Permanents in linear optical networks", arXiv:quant-ph/0406127 (2004).
        Aaronson and Arkhipov, "The computational complexity of linear optics",
        Theory Comput. 9, 143 (2013).
    """
    unitary = check_unitary(unitary)
    inputs, outputs = read_pair(unitary, inputs, outputs)
    if inputs.sum() != outputs.sum():
        return jnp.zeros(unitary.shape[:-2], unitary.dtype)
    check_photons(int(inputs.sum()))
    value = permanent(submatrix(unitary, inputs, outputs))
    norm = np.sqrt(1 / (factorials(inputs) * factorials(outputs)))
    return scale(value, jnp.broadcast_to(jnp.asarray(norm, value.real.dtype), value.shape))


def probability(
    unitary: Num[ArrayLike, "*batch modes modes"], inputs: Occupation, outputs: Occupation
) -> Float[Array, "*batch"]:
    """Probability of an outcome, the square of `amplitude`.

    Example:
        Two photons leave a 50:50 splitter together (Hong, Ou and Mandel):

        >>> splitter = jnp.array([[1, 1j], [1j, 1]]) / jnp.sqrt(2)
        >>> round(float(probability(splitter, (1, 1), (1, 1))), 6)
        0.0
    """
    value = amplitude(unitary, inputs, outputs)
    return value.real**2 + value.imag**2


def check_unitary(matrix: Num[ArrayLike, "*batch n n"]) -> Complex[Array, "*batch n n"]:
    """The matrix as a complex array, if it is square, finite and unitary.

    Raises:
        InputError: else; it says by how much. Under `jit` only the shape is checked.
    """
    return unitary_array(matrix, hint="A network that loses light: photonn.photons.loss.dilate.")


def read_pair(
    unitary: Array, inputs: Occupation, outputs: Occupation
) -> tuple[np.ndarray, np.ndarray]:
    """Occupations at the inputs and outputs of a network, checked."""
    modes = unitary.shape[-1]
    pair = states.read(inputs, "inputs", modes), states.read(outputs, "outputs", modes)
    for name, state in zip(("inputs", "outputs"), pair, strict=True):
        if state.ndim > 1:
            raise InputError(f"`{name}` must be one occupation, but has shape {state.shape}.")
    return pair


def submatrix(unitary: Array, inputs: np.ndarray, outputs: np.ndarray) -> Array:
    """A row for each photon that leaves, a column for each that enters."""
    rows, columns = states.positions(outputs), states.positions(inputs)
    return unitary[..., rows[:, None], columns]


def factorials(state: np.ndarray) -> float:
    """Product of the factorials of all photon numbers."""
    return float(np.prod([float(factorial(k)) for k in state]))
