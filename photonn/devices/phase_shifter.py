"""A phase shifter: multiplies the amplitude by exp(+i phase)."""

import jax.numpy as jnp
from jax import Array, lax
from jaxtyping import ArrayLike, Complex, Float


def transmission(phase: Float[ArrayLike, "*batch"]) -> Complex[Array, "*batch"]:
    """The factor exp(i phase) in the complex type that belongs to the phase.

    Built from cosine and sine: `exp` of a complex number spends time on a real part
    that is zero.

    Args:
        phase: shift [rad], shape `*batch`.
    """
    phase = jnp.asarray(phase)
    return lax.complex(jnp.cos(phase), jnp.sin(phase))


def modulate(
    field: Complex[ArrayLike, "*batch"], phase: Float[ArrayLike, "..."]
) -> Complex[Array, "*batch"]:
    """Amplitudes [sqrt(W)] behind phase shifters.

    Args:
        field: amplitudes in front of the shifters [sqrt(W)].
        phase: shifts [rad]; broadcasts with `field` over leading axes.
    """
    field = jnp.asarray(field)
    factor = transmission(phase)
    leading = (None,) * (field.ndim - factor.ndim)
    return field * factor[leading]
