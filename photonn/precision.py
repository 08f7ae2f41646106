"""Types and shapes at the door: complex amplitudes and the real numbers that belong to them.

The tests run with strict promotion (complex64 times float64 is an error, not a silent
change of precision), so mixed products are written here once.
"""

import jax
import jax.core
import jax.numpy as jnp
import numpy as np
from jax import Array, lax
from jaxtyping import ArrayLike, Complex, Float, Num

from photonn.errors import InputError, mistake


def real_array(values: Num[ArrayLike, "..."], name: str = "values") -> Float[Array, "..."]:
    """The values as real floating numbers; integers in the standard float.

    Raises:
        InputError: if they are complex; it calls them `name`.
    """
    values = jnp.asarray(values)
    if jnp.iscomplexobj(values):
        way_out = "Take its angle or its real part."
        raise mistake(name, "be real", f"is of type {values.dtype}", way_out)
    return values if jnp.issubdtype(values.dtype, jnp.floating) else values.astype(float)


def complex_array(values: Num[ArrayLike, "..."]) -> Complex[Array, "..."]:
    """The values as complex numbers of their own precision."""
    values = jnp.asarray(values)
    if jnp.iscomplexobj(values):
        return values
    values = real_array(values)
    return lax.complex(values, jnp.zeros_like(values))


def unitary_array(
    matrix: Num[ArrayLike, "*batch n n"], name: str = "unitary", hint: str = ""
) -> Complex[Array, "*batch n n"]:
    """The matrix as a complex array, if it is square, finite and unitary.

    Args:
        matrix: one or many.
        name: what the message calls it.
        hint: the way out for a matrix that is not unitary.

    Raises:
        InputError: else; it says by how much. Under `jit` only the shape is checked.
    """
    array = complex_array(matrix)
    if array.ndim < 2 or array.shape[-1] != array.shape[-2] or array.shape[-1] == 0:
        raise InputError(f"`{name}` must be a square matrix, but has shape {array.shape}.")
    if isinstance(array, jax.core.Tracer):
        return array
    finite, error = map(np.asarray, _defect(array))
    if not finite:
        raise InputError(f"`{name}` must be finite, but holds NaN or infinity.")
    # Room for rounding in how the matrix was made, and no more.
    allowed = 200 * array.shape[-1] * float(jnp.finfo(array.dtype).eps)
    if error > allowed:
        raise InputError(
            f"`{name}` must satisfy U U^H = 1 within {allowed:.1e}, but the product is off "
            f"by {error:.1e}. {hint}".rstrip()
        )
    return array


def common_shape(**shapes: tuple[int, ...]) -> tuple[int, ...]:
    """The shape that all of these broadcast to.

    Raises:
        InputError: if there is none; it names them all.
    """
    try:
        return jnp.broadcast_shapes(*shapes.values())
    except ValueError:
        names = ", ".join(f"`{name}` {tuple(shape)}" for name, shape in shapes.items())
        raise InputError(f"Shapes must broadcast together, but are: {names}.") from None


def scale(field: Complex[Array, "..."], factor: Float[Array, "..."]) -> Complex[Array, "..."]:
    """Complex `field` times a real `factor` of the same precision and rank."""
    return lax.complex(field.real * factor, field.imag * factor)


def root(values: Float[Array, "..."]) -> Float[Array, "..."]:
    """Square root of numbers from zero up; its slope at zero, infinite, is given as zero."""
    positive = values > 0
    return jnp.where(positive, jnp.sqrt(jnp.where(positive, values, 1)), 0)


def spread(like: Float[Array, "..."], *values: Num[ArrayLike, "..."]) -> list[Float[Array, "..."]]:
    """Every one of the real `values` in the precision and shape of `like`."""
    return [jnp.broadcast_to(jnp.asarray(value, like.dtype), like.shape) for value in values]


@jax.jit
def _defect(unitary: Array) -> tuple[Array, Array]:
    """Whether all is finite, and the largest entry of U U^H - 1."""
    product = jnp.matmul(unitary, unitary.conj().mT, precision="highest")
    identity = jnp.eye(unitary.shape[-1], dtype=unitary.dtype)
    error = jnp.abs(product - jax.lax.broadcast_to_rank(identity, product.ndim))
    return jnp.isfinite(unitary).all(), error.max(initial=0)
