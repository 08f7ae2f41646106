"""Types at the door: complex amplitudes and the real numbers that belong to them.

The tests run with strict promotion (complex64 times float64 is an error, not a silent
change of precision), so mixed products are written here once.
"""

import jax.numpy as jnp
from jax import Array, lax
from jaxtyping import ArrayLike, Complex, Float, Num


def complex_array(values: Num[ArrayLike, "..."]) -> Complex[Array, "..."]:
    """The values as complex numbers of their own precision."""
    values = jnp.asarray(values)
    if jnp.iscomplexobj(values):
        return values
    if not jnp.issubdtype(values.dtype, jnp.floating):
        values = values.astype(float)
    return lax.complex(values, jnp.zeros_like(values))


def scale(field: Complex[Array, "..."], factor: Float[Array, "..."]) -> Complex[Array, "..."]:
    """Complex `field` times a real `factor` of the same precision and rank."""
    return lax.complex(field.real * factor, field.imag * factor)
