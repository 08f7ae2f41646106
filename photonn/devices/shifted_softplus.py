"""Shifted softplus: weak light is held back, strong light passes less a constant."""

import jax
import jax.numpy as jnp
from jax import Array
from jaxtyping import ArrayLike, Complex, Float

from photonn.errors import check_between
from photonn.precision import complex_array, scale, spread


def activate(
    field: Complex[ArrayLike, "..."], *, transmission: Float[ArrayLike, "..."]
) -> Complex[Array, "..."]:
    """A softplus of the amplitude of every mode that keeps the phase.

        f(z) = (softplus(2 (|z| - u)) - softplus(-2 u)) / 2  z / |z|,    u = ln(1 / T - 1) / 2

    An idealised saturable absorber: dark goes to dark, weak light is passed with the
    amplitude transmission T, strong light with one.

    Args:
        field: amplitudes [sqrt(W)].
        transmission: T of weak light, between 0 and 1 [1]; broadcasts against the modes.

    References:
        Fang et al., "Design of optical neural networks with component imprecisions",
        Opt. Express 27, 14009 (2019); the constants are those of the authors' code.
    """
    check_between("transmission", transmission, 0, 1, "1", "It is that of weak light.")
    field = complex_array(field)
    power = field.real**2 + field.imag**2
    # Below, the third power of 1 / |z| in the gradient overflows; the slope is T already.
    lit = power > jnp.finfo(power.dtype).tiny ** (2 / 3)
    amplitude = jnp.sqrt(jnp.where(lit, power, 1.0))  # the inner where keeps the gradient finite
    (weak,) = spread(amplitude, transmission)
    threshold = jnp.log(1 / weak - 1) / 2
    passed = jax.nn.softplus(2 * (amplitude - threshold)) - jax.nn.softplus(-2 * threshold)
    # In the dark the slope is T; the quotient would be 0 / 0.
    return scale(field, jnp.where(lit, passed / (2 * amplitude), weak))
