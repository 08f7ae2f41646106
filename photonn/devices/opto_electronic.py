"""Opto-electronic ReLU: a detector drives a modulator of fresh light."""

import jax.numpy as jnp
from jax import Array
from jaxtyping import ArrayLike, Complex, Float

from photonn.devices import photodetector
from photonn.errors import check_not_negative, check_positive
from photonn.precision import complex_array, spread


def activate(
    field: Complex[ArrayLike, "..."],
    *,
    threshold: Float[ArrayLike, "..."],
    transimpedance: Float[ArrayLike, "..."],
    responsivity: float = 1.0,
    v_pi: float = 1.0,
    supply: float = 1.0,
) -> Complex[Array, "..."]:
    """ReLU of the power of every mode, as the amplitude of fresh light.

    A detector takes all of the light. What its current exceeds a threshold by is amplified,
    and drives a push-pull Mach-Zehnder modulator that stands at its null:

        f(z) = sqrt(supply) sin(pi V / (2 V_pi))
        V = transimpedance responsivity max(|z|^2 - threshold, 0), at most V_pi

    The light that leaves is real and non-negative, and never stronger than the supply. The
    phase of the light that comes in is lost.

    Args:
        field: amplitudes [sqrt(W)].
        threshold: power that is needed [W]; a current over the responsivity.
        transimpedance: voltage per current [V/A]. Both broadcast against the modes.
        responsivity: current per power of the detector [A/W].
        v_pi: voltage that opens the modulator [V].
        supply: power of the fresh light in every mode [W].

    References:
        Ashtiani, Geers, Aflatouni, "An on-chip photonic deep neural network for image
        classification", Nature 606, 501 (2022), for the principle (with a ring modulator).
    """
    check_not_negative("responsivity", responsivity, "A/W")
    check_positive("v_pi", v_pi, "V")
    check_not_negative("supply", supply, "W")
    field = complex_array(field)
    power = photodetector.detect(field)
    threshold, transimpedance = spread(power, threshold, transimpedance)
    opening = transimpedance * (responsivity / v_pi) * jnp.maximum(power - threshold, 0)
    return complex_array(supply**0.5 * jnp.sin(jnp.pi / 2 * jnp.clip(opening, 0, 1)))
