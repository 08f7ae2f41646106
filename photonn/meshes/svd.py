"""Any complex matrix as two meshes with an attenuator on each mode between them.

A passive chip cannot amplify: singular values become amplitude transmissions of at most
one, and one gain for all stands outside.
"""

from dataclasses import dataclass

import jax
import jax.core
import jax.numpy as jnp
from jaxtyping import Array, ArrayLike, Complex, Float, Num

from photonn.errors import mistake
from photonn.meshes import clements
from photonn.meshes.phases import Phases
from photonn.meshes.propagation import unitary
from photonn.precision import complex_array


@jax.tree_util.register_dataclass
@dataclass(frozen=True)
class Factors:
    """`matrix = gain * second . attenuators . first`, light from right to left.

    Attributes:
        first: phases of the mesh in front of the attenuators.
        attenuation: amplitude that passes on each mode, in [0, 1], largest first unless they
            were shuffled; modes beyond the smaller one of inputs and outputs are dark.
        gain: amplitude gain that all modes share.
        second: phases of the mesh behind the attenuators.
    """

    first: Phases
    attenuation: Float[Array, "*batch kept"]
    gain: Float[Array, "*batch"]
    second: Phases


def decompose(
    matrix: Num[ArrayLike, "*batch outputs inputs"], *, key: Array | None = None
) -> Factors:
    """Meshes and attenuators that realise `matrix`.

    Args:
        matrix: any matrices of at least 2 x 2, `out = matrix @ in`.
        key: shuffles the singular values over the modes. In their own order they crowd the
            strong light on one side of the chip, where it meets fewer cells.

    Returns:
        Two rectangles (`clements.layout`) and what stands between them. The gain is the
        largest singular value.

    Raises:
        InputError: if a matrix is too small or not finite.
    """
    array = jnp.asarray(matrix)
    if array.ndim < 2 or min(array.shape[-2:]) < 2:
        hint = "Pad it with zeros: a mesh has two modes or more."
        raise mistake("matrix", "be at least 2 x 2", f"has shape {array.shape}", hint)
    array = complex_array(array)
    if not isinstance(array, jax.core.Tracer) and not bool(jnp.isfinite(array).all()):
        raise mistake("matrix", "be finite", "holds NaN or infinity")
    second, values, first = jnp.linalg.svd(array)
    gain = values[..., 0]
    if key is not None:
        order = jax.random.permutation(key, values.shape[-1])
        values = values[..., order]
        second = second.at[..., : len(order)].set(second[..., order])
        first = first.at[..., : len(order), :].set(first[..., order, :])
    attenuation = values / jnp.where(gain > 0, gain, 1)[..., None]
    return Factors(clements.decompose(first), attenuation, gain, clements.decompose(second))


def matrix(factors: Factors) -> Complex[Array, "*batch outputs inputs"]:
    """The matrix that the factors are, `out = matrix @ in`."""
    first, second = (
        unitary(p.theta, p.phi, p.gamma, p.layout) for p in (factors.first, factors.second)
    )
    kept = factors.attenuation.shape[-1]
    passed = complex_array(factors.gain[..., None] * factors.attenuation)
    attenuated = second[..., :kept] * passed[..., None, :]
    return jnp.matmul(attenuated, first[..., :kept, :], precision="highest")
