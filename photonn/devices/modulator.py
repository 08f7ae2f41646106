"""Modulators: numbers into light."""

import jax.numpy as jnp
from jax import Array, lax
from jaxtyping import ArrayLike, Complex, Float

from photonn.devices import phase_shifter
from photonn.errors import check_not_negative, mistake
from photonn.precision import complex_array, real_array, scale


def modulate_amplitude(values: Float[ArrayLike, "*batch"]) -> Complex[Array, "*batch"]:
    """Each number becomes the amplitude [sqrt(W)] of one mode; signs are phases 0 and pi."""
    return complex_array(values)


def modulate_phase(values: Float[ArrayLike, "*batch"]) -> Complex[Array, "*batch"]:
    """Each number becomes the phase [rad] of one mode of 1 W."""
    return phase_shifter.transmission(values)


def modulate_pairs(values: Float[ArrayLike, "*batch features"]) -> Complex[Array, "*batch modes"]:
    """Two numbers to a mode: features 2m and 2m+1 are the real and imaginary part of mode m.

    Raises:
        InputError: if the number of features is odd.
    """
    values = real_array(values)
    if values.ndim == 0 or values.shape[-1] % 2:
        raise mistake(
            "values", "have an even last axis", f"has shape {values.shape}", "Pad it with a zero."
        )
    return lax.complex(values[..., 0::2], values[..., 1::2])


def normalize_power(
    field: Complex[ArrayLike, "*batch modes"], power: float = 1.0
) -> Complex[Array, "*batch modes"]:
    """Scale the amplitudes so that every sample carries the same total power.

    Args:
        field: amplitudes [sqrt(W)]. A dark sample stays dark.
        power: total power of a sample [W].
    """
    check_not_negative("power", power, "W")
    field = complex_array(field)
    # First by the strongest mode: squares of weak amplitudes would vanish in float32.
    peak = lax.stop_gradient(jnp.max(jnp.abs(field), axis=-1, keepdims=True, initial=0.0))
    field = scale(field, jnp.broadcast_to(1 / jnp.where(peak == 0, 1.0, peak), field.shape))
    total = jnp.sum(field.real**2 + field.imag**2, axis=-1, keepdims=True)
    factor = jnp.sqrt(power / jnp.where(total == 0, 1.0, total))
    return scale(field, jnp.broadcast_to(factor, field.shape))
