"""A matrix realised by devices: signed numbers through hardware that knows none.

Coherent light has a sign of its own, the phase of an amplitude. Power has none: a signed
weight is the difference of two transmissions, a signed input that of two powers, and a
balanced pair of detectors subtracts.
"""

import jax.numpy as jnp
from jax import Array, lax
from jaxtyping import ArrayLike, Float, Num

from photonn.errors import check_last_axis
from photonn.precision import complex_array, real_array


def split_signs(
    values: Float[ArrayLike, "*shape"],
) -> tuple[Float[Array, "*shape"], Float[Array, "*shape"]]:
    """Two arrays of zero or more whose difference is `values`: max(v, 0) and max(-v, 0).

    At zero each has half the slope, so the slope of their difference is right there too.
    """
    values = real_array(values)
    return jnp.maximum(values, 0), jnp.maximum(-values, 0)


def multiply(
    matrix: Num[ArrayLike, "*batch outputs inputs"], values: Num[ArrayLike, "*batch2 numbers"]
) -> Num[Array, "*batch3 outputs"]:
    """The product matrix @ values over the last axis, in the precision of `values`.

    Args:
        matrix: transmission of powers, or complex transfer matrix of amplitudes.
        values: powers [W], or amplitudes [sqrt(W)]; leading axes broadcast.
    """
    matrix, values = jnp.asarray(matrix), jnp.asarray(values)
    check_last_axis("values", values.shape, matrix.shape[-1], "inputs")
    coherent = jnp.iscomplexobj(matrix) or jnp.iscomplexobj(values)
    matrix, values = ((complex_array if coherent else real_array)(a) for a in (matrix, values))
    out = "...oi,...i->...o"
    return jnp.einsum(out, matrix.astype(values.dtype), values, precision=lax.Precision.HIGHEST)


def balance(
    positive: Float[ArrayLike, "*batch outputs inputs"],
    negative: Float[ArrayLike, "*batch outputs inputs"],
    values: Float[ArrayLike, "*batch2 numbers"],
) -> tuple[Float[Array, "*batch3 outputs"], Float[Array, "*batch3 outputs"]]:
    """Powers on the two detectors of each output; their difference is the signed product.

        plus  = P x+ + N x-,    minus = N x+ + P x-,    plus - minus = (P - N) x

    with x+ and x- the halves of `split_signs`: the light of a negative number goes to the
    other detector.

    Args:
        positive: transmission P of powers to the positive detector, zero or more.
        negative: the same N to the negative detector.
        values: signed inputs x, carried by powers |x| [W].

    Returns:
        Powers on the positive and on the negative detectors [W].
    """
    up, down = split_signs(values)
    plus = multiply(positive, up) + multiply(negative, down)
    return plus, multiply(negative, up) + multiply(positive, down)
