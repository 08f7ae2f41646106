"""Electro-optic activation: tapped light drives an interferometer that the rest passes."""

import jax.numpy as jnp
from jax import Array
from jaxtyping import ArrayLike, Complex, Float

from photonn.devices import phase_shifter, photodetector
from photonn.errors import mistake
from photonn.precision import complex_array, scale


def activate(
    field: Complex[ArrayLike, "..."],
    *,
    gain: Float[ArrayLike, "..."],
    bias: Float[ArrayLike, "..."],
    tap: float = 0.1,
) -> Complex[Array, "..."]:
    """Electro-optic activation of every mode.

    A fraction `tap` of the power is detected, amplified, and sets the phase of a
    Mach-Zehnder modulator that the remaining light passes:

        f(z) = i sqrt(1 - tap) exp(-i p / 2) cos(p / 2) z,    p = gain |z|^2 + bias

    With `bias = pi` weak light is blocked; with `bias = 0` it passes.

    Args:
        field: amplitudes [sqrt(W)].
        gain: phase per power of the untapped signal [rad/W]:
            pi tap responsivity amplification / V_pi.
        bias: phase without light [rad]; broadcasts with `gain` against the modes.
        tap: fraction of the power that is detected, from 0 up to 1.

    Returns:
        Amplitudes [sqrt(W)], the shape of `field`.

    References:
        Williamson et al., "Reprogrammable electro-optic nonlinear activation
        functions for optical neural networks", IEEE JSTQE 26, 7700412 (2020).
    """
    if not 0 <= tap < 1:
        raise mistake("tap", "be at least 0 and below 1 (a fraction of the power)", f"is {tap}")
    field = complex_array(field)
    power = photodetector.detect(field)
    gain, bias = (jnp.broadcast_to(jnp.asarray(x, power.dtype), power.shape) for x in (gain, bias))
    half = (gain * power + bias) / 2
    through = jnp.sqrt(1 - tap) * jnp.cos(half)
    # i exp(-i half) = exp(i (pi/2 - half))
    return scale(field, through) * phase_shifter.transmission(jnp.pi / 2 - half)
