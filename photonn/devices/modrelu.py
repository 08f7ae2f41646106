"""modReLU: passes what is stronger than a threshold, keeps the phase."""

import jax.numpy as jnp
from jax import Array
from jaxtyping import ArrayLike, Complex, Float

from photonn.precision import complex_array, scale


def activate(
    field: Complex[ArrayLike, "..."], *, bias: Float[ArrayLike, "..."]
) -> Complex[Array, "..."]:
    """The modReLU of every mode: max(|z| + bias, 0) z / |z|.

    An abstract activation (no device has exactly this curve) for comparison with
    physical ones. Its value and gradient at zero field are zero.

    Args:
        field: amplitudes [sqrt(W)].
        bias: minus the threshold on the amplitude [sqrt(W)]; broadcasts against the modes.

    References:
        Arjovsky, Shah, Bengio, "Unitary Evolution Recurrent Neural Networks",
        ICML 2016.
    """
    field = complex_array(field)
    power = field.real**2 + field.imag**2
    lit = power > 0
    amplitude = jnp.sqrt(jnp.where(lit, power, 1.0))  # the inner where keeps the gradient finite
    bias = jnp.broadcast_to(jnp.asarray(bias, amplitude.dtype), amplitude.shape)
    factor = jnp.where(lit, jnp.maximum(amplitude + bias, 0.0) / amplitude, 0.0)
    return scale(field, factor)
