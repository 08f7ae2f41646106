"""Modulators: numbers into light."""

import jax.numpy as jnp
from jax import Array, lax
from jaxtyping import ArrayLike, Complex, Float

from photonn.devices import phase_shifter
from photonn.errors import mistake
from photonn.precision import complex_array, scale


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
    values = jnp.asarray(values)
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
    field = jnp.asarray(field)
    total = jnp.sum(field.real**2 + field.imag**2, axis=-1, keepdims=True)
    factor = jnp.sqrt(power / jnp.where(total > 0, total, 1.0))
    return scale(field, factor)
