"""Semiconductor optical amplifier: gain that strong light uses up."""

import jax.numpy as jnp
from jax import Array
from jaxtyping import ArrayLike, Complex, Float

from photonn.devices import phase_shifter, photodetector, saturation
from photonn.errors import check_between, check_finite, check_positive
from photonn.precision import complex_array, scale, spread


def activate(
    field: Complex[ArrayLike, "..."],
    *,
    gain: Float[ArrayLike, "..."],
    saturation_power: Float[ArrayLike, "..."],
    linewidth_factor: Float[ArrayLike, "..."] = 0.0,
) -> Complex[Array, "..."]:
    """Steady state of an amplifier in every mode.

        f(z) = exp((1 - i alpha) h / 2) z,    h = gain - (|z|^2 / P_sat) (exp(h) - 1)

    Strong light uses the gain up, and the amplifier becomes transparent. Light slower than
    the carrier lifetime; no spontaneous emission, no loss of the waveguide.

    Args:
        field: amplitudes [sqrt(W)].
        gain: g_0 L, the logarithm of the power gain of weak light, below 80 [1]; ln(1000) is
            30 dB. Negative without enough current: then the device absorbs.
        saturation_power: P_sat, the saturation energy over the carrier lifetime [W].
        linewidth_factor: alpha, phase for a change of gain [1]; about 5. All three broadcast
            against the modes.

    References:
        Agrawal, Olsson, "Self-phase modulation and spectral broadening of optical pulses in
        semiconductor laser amplifiers", IEEE J. Quantum Electronics 25, 2297 (1989).
    """
    check_between("gain", gain, -jnp.inf, 80, "1", "It is a logarithm: ln(1000) is 30 dB.")
    check_positive("saturation_power", saturation_power, "W")
    check_finite("linewidth_factor", linewidth_factor, "1")
    field = complex_array(field)
    power = photodetector.detect(field)
    gain, saturation_power, factor = spread(power, gain, saturation_power, linewidth_factor)
    half = saturation.log_transmission(power / saturation_power, gain) / 2
    return scale(field, jnp.exp(half)) * phase_shifter.transmission(-factor * half)
