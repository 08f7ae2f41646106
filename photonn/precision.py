"""Types and shapes at the door: complex amplitudes and the real numbers that belong to them.

The tests run with strict promotion (complex64 times float64 is an error, not a silent
change of precision), so mixed products are written here once.
"""

import jax.numpy as jnp
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


def spread(like: Float[Array, "..."], *values: Num[ArrayLike, "..."]) -> list[Float[Array, "..."]]:
    """Every one of the real `values` in the precision and shape of `like`."""
    return [jnp.broadcast_to(jnp.asarray(value, like.dtype), like.shape) for value in values]
