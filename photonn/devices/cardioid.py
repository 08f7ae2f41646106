"""Cardioid activation: what is out of phase is weakened."""

import jax.numpy as jnp
from jax import Array, lax
from jaxtyping import ArrayLike, Complex

from photonn.precision import complex_array, scale


def activate(field: Complex[ArrayLike, "..."]) -> Complex[Array, "..."]:
    """The cardioid of every mode: (1 + cos(phase of z)) z / 2.

    An abstract activation (no device has exactly this curve): the ReLU on real numbers. At
    zero it has another slope in every direction; the mean of them, 1/2, is given.

    Args:
        field: amplitudes [sqrt(W)].

    References:
        Virtue, Yu, Lustig, "Better than real: complex-valued neural nets for MRI
        fingerprinting", IEEE ICIP 2017.
    """
    field = complex_array(field)
    # By the larger part first: squares of weak amplitudes would vanish in float32. The size
    # cancels, and with it its slope, whose square of a weak amplitude would overflow.
    peak = lax.stop_gradient(jnp.maximum(jnp.abs(field.real), jnp.abs(field.imag)))
    lit = peak > 0
    safe = jnp.where(lit, peak, 1.0)
    x, y = jnp.where(lit, field.real, 1.0) / safe, jnp.where(lit, field.imag, 0.0) / safe
    cosine = jnp.where(lit, x / jnp.sqrt(x**2 + y**2), 0.0)
    return scale(field, (1 + cosine) / 2)
