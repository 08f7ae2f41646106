"""Electro-optic activation: tapped light drives an interferometer that the rest passes."""

import jax.numpy as jnp
from jax import Array
from jaxtyping import ArrayLike, Complex, Float

from photonn.devices import phase_shifter, photodetector
from photonn.errors import check_not_negative, check_positive, mistake
from photonn.precision import complex_array, scale, spread


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
        gain: phase per power of the untapped signal [rad/W]; `phase_per_power` gives it
            for a detector, an amplifier and a modulator.
        bias: phase without light [rad]; broadcasts with `gain` against the modes.
        tap: fraction of the power that is detected, from 0 up to 1.

    Returns:
        Amplitudes [sqrt(W)], the shape of `field`.

    References:
        Williamson et al., "Reprogrammable electro-optic nonlinear activation
        functions for optical neural networks", IEEE JSTQE 26, 7700412 (2020).
    """
    _check_tap(tap)
    field = complex_array(field)
    power = photodetector.detect(field)
    gain, bias = spread(power, gain, bias)
    half = (gain * power + bias) / 2
    through = jnp.sqrt(1 - tap) * jnp.cos(half)
    # i exp(-i half) = exp(i (pi/2 - half))
    return scale(field, through) * phase_shifter.transmission(jnp.pi / 2 - half)


def phase_per_power(
    *,
    tap: float,
    responsivity: Float[ArrayLike, "..."],
    transimpedance: Float[ArrayLike, "..."],
    v_pi: Float[ArrayLike, "..."],
) -> Float[Array, "..."]:
    """The `gain` of `activate`: pi tap responsivity transimpedance / V_pi [rad/W].

    The current of the detector becomes a voltage, the voltage a phase.

    Args:
        tap: fraction of the power that is detected, from 0 up to 1.
        responsivity: current per power of the detector [A/W].
        transimpedance: voltage per current of the amplifier [V/A].
        v_pi: voltage that shifts the phase of the modulator by pi [V].

    References:
        Williamson et al., IEEE JSTQE 26, 7700412 (2020).
    """
    _check_tap(tap)
    check_not_negative("responsivity", responsivity, "A/W")
    check_positive("v_pi", v_pi, "V")
    volts_per_watt = tap * jnp.asarray(responsivity, float) * jnp.asarray(transimpedance, float)
    return jnp.pi * volts_per_watt / jnp.asarray(v_pi, float)


def _check_tap(tap: float) -> None:
    if not 0 <= tap < 1:
        raise mistake("tap", "be at least 0 and below 1 (a fraction of the power)", f"is {tap}")
