"""Pulses: their shapes, spectra and FROG traces.

Envelopes are in sqrt(W), and a part of frequency offset Omega goes as exp(-i Omega t).
"""

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jaxtyping import ArrayLike, Complex, Float, Num

from photonn.devices.fibre import Fibre
from photonn.errors import check_integer, check_not_negative, check_positive, mistake
from photonn.precision import complex_array


def times(samples: int, interval: float) -> Float[np.ndarray, "time"]:
    """Times of the samples [s], (j - (samples - 1) / 2) interval: zero is in the middle."""
    check_integer("samples", samples, 2)
    check_positive("interval", interval, "s")
    return (np.arange(samples) - (samples - 1) / 2) * interval


def sech(
    times: Float[ArrayLike, "*shape"], *, duration: ArrayLike, power: ArrayLike
) -> Complex[Array, "*shape"]:
    """Hyperbolic secant, sqrt(power) / cosh(t / duration); 1.763 duration wide at half power.

    Args:
        times: [s].
        duration: [s].
        power: at its peak [W].
    """
    check_positive("duration", duration, "s")
    check_not_negative("power", power, "W")
    decay = jnp.exp(-jnp.abs(jnp.asarray(times, float) / duration))  # no overflow far out
    return complex_array(jnp.sqrt(power) * 2 * decay / (1 + decay**2))


def gaussian(
    times: Float[ArrayLike, "*shape"],
    *,
    duration: ArrayLike,
    power: ArrayLike,
    chirp: ArrayLike = 0.0,
) -> Complex[Array, "*shape"]:
    """Gaussian, sqrt(power) exp(-(1 + i chirp) t^2 / (2 duration^2)).

    Args:
        times: [s].
        duration: half width at 1/e of the power [s].
        power: at its peak [W].
        chirp: positive where the frequency rises with time.
    """
    check_positive("duration", duration, "s")
    check_not_negative("power", power, "W")
    spread = (jnp.asarray(times, float) / duration) ** 2 / 2
    amplitude, phase = jnp.sqrt(power) * jnp.exp(-spread), -spread * chirp
    return jax.lax.complex(amplitude * jnp.cos(phase), amplitude * jnp.sin(phase))


def soliton(
    times: Float[ArrayLike, "*shape"], fibre: Fibre, *, duration: float, order: float = 1.0
) -> Complex[Array, "*shape"]:
    """The sech pulse of peak power order^2 |beta_2| / (gamma duration^2).

    Args:
        times: [s].
        fibre: with a negative beta_2 and a positive gamma.
        duration: [s].
        order: 1 keeps its shape; a whole number returns after each `soliton_period`.
    """
    gamma = float(np.asarray(fibre.gamma))
    if not fibre.beta or fibre.beta[0] >= 0 or gamma <= 0:
        must = "have a negative beta_2 and a positive gamma"
        raise mistake("fibre", must, f"has beta {fibre.beta} and gamma {fibre.gamma}")
    power = order**2 * abs(fibre.beta[0]) / (gamma * duration**2)
    return sech(times, duration=duration, power=float(power))


def soliton_period(fibre: Fibre, *, duration: float) -> float:
    """Length after which solitons of every whole order have their first shape again [m].

    It is pi/2 duration^2 / |beta_2|.
    """
    check_positive("duration", duration, "s")
    return float(np.pi / 2 * duration**2 / abs(fibre.beta[0]))


def spectrum(
    field: Num[ArrayLike, "*batch time"], interval: float
) -> Complex[Array, "*batch frequency"]:
    """Spectral amplitude, integral of A(t) exp(+i Omega t) dt, in FFT order.

    Args:
        field: envelope [sqrt(W)].
        interval: between samples [s].

    Returns:
        Amplitudes [sqrt(J/Hz)]: their squares times the spacing 1 / (samples interval) add up
        to the energy. The phase counts from the first sample.
    """
    field = complex_array(field)
    return jnp.fft.ifft(field) * (field.shape[-1] * interval)


def frog(field: Num[ArrayLike, "*batch time"]) -> Float[Array, "*batch delay frequency"]:
    """Second-harmonic FROG trace: |FT_t E(t) E(t - tau)|^2, power spectra over delays.

    The delays tau are 0, 1, ..., -2, -1 sample intervals, and the frequencies offsets from
    twice the carrier, both in FFT order. Time is periodic.

    Args:
        field: envelope [sqrt(W)].

    Returns:
        Sums over samples, not integrals: multiply by the interval squared for [J^2]. The trace
        of A(t) is also that of the pulse run backwards, the conjugate of A(-t).

    References:
        Trebino, "Frequency-Resolved Optical Gating", Springer (2000).
    """
    field = complex_array(field)
    samples = field.shape[-1]
    index = np.arange(samples)
    late = field[..., (index[None, :] - index[:, None]) % samples]
    product = jnp.fft.ifft(field[..., None, :] * late) * samples
    return product.real**2 + product.imag**2
