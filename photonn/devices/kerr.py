"""Kerr medium: light shifts its own phase."""

import jax.numpy as jnp
from jax import Array
from jaxtyping import ArrayLike, Complex, Float

from photonn.devices import phase_shifter, photodetector, waveguide
from photonn.errors import check_loss, check_not_negative
from photonn.precision import complex_array, real_array, scale, spread


def effective_length(
    length: Float[ArrayLike, "..."], loss_db: Float[ArrayLike, "..."] = 0.0
) -> Float[Array, "*batch"]:
    """Length without loss that would shift the phase as much: (1 - exp(-a L)) / a.

    Args:
        length: L [m].
        loss_db: loss per length, a in decibels of power [dB/m]; broadcasts with `length`.
    """
    check_not_negative("length", length, "m")
    check_loss("loss_db", loss_db)
    length = real_array(length, "length")
    length, loss_db = jnp.broadcast_arrays(length, jnp.asarray(loss_db, length.dtype))
    exponent = loss_db * length * (jnp.log(10.0) / 10).astype(length.dtype)
    lossy = exponent > 0
    safe = jnp.where(lossy, exponent, 1.0)
    # Without loss the slope in the loss is that of the series 1 - x/2.
    return length * jnp.where(lossy, -jnp.expm1(-safe) / safe, 1 - exponent / 2)


def activate(
    field: Complex[ArrayLike, "..."],
    *,
    nonlinearity: Float[ArrayLike, "..."],
    length: Float[ArrayLike, "..."],
    loss_db: Float[ArrayLike, "..."] = 0.0,
) -> Complex[Array, "..."]:
    """Self-phase modulation of every mode in a waveguide or fibre.

        f(z) = 10^(-loss L / 20) exp(i gamma L_eff |z|^2) z

    No dispersion, no two-photon absorption: long pulses and continuous light.

    Args:
        field: amplitudes [sqrt(W)].
        nonlinearity: gamma = 2 pi n_2 / (wavelength area) [rad/(W m)], about 1.3e-3 in
            standard fibre; negative for a defocusing medium.
        length: L [m].
        loss_db: loss of power per length [dB/m]. All three broadcast against the modes.

    References:
        Agrawal, "Nonlinear Fiber Optics", the chapter on self-phase modulation.
    """
    check_not_negative("length", length, "m")
    check_loss("loss_db", loss_db)
    field = complex_array(field)
    power = photodetector.detect(field)
    nonlinearity, length, loss_db = spread(power, nonlinearity, length, loss_db)
    phase = nonlinearity * effective_length(length, loss_db) * power
    return scale(field, waveguide.attenuate(loss_db * length)) * phase_shifter.transmission(phase)
