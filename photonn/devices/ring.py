"""A ring resonator beside one waveguide (all-pass) or between two (add-drop).

A coupler passes `t` of the amplitude straight on and i kappa across, kappa^2 = 1 - t^2.
Once around, light keeps `a` of its amplitude and gathers `phase`. A ring resonates where
`phase` is a whole number of turns.

References:
    Bogaerts et al., "Silicon microring resonators", Laser & Photonics Reviews 6, 47 (2012).
"""

import math

import jax.numpy as jnp
from jax import Array, lax
from jaxtyping import ArrayLike, Complex, Float

from photonn.devices import phase_shifter
from photonn.devices.waveguide import Dispersion
from photonn.errors import check_fraction, check_positive, check_wavelength
from photonn.precision import common_shape, real_array, root, scale

PASSIVE = "Couplers and rings are passive: neither amplifies."


def add_drop(
    phase: Float[ArrayLike, "..."],
    t1: Float[ArrayLike, "..."],
    t2: Float[ArrayLike, "..."],
    a: Float[ArrayLike, "..."],
) -> tuple[Complex[Array, "*batch"], Complex[Array, "*batch"]]:
    """Amplitudes behind a ring between two waveguides, for one of 1 at its input.

        through = (t1 - t2 a exp(i phase)) / (1 - t1 t2 a exp(i phase))
        drop = -kappa1 kappa2 sqrt(a) exp(i phase / 2) / (1 - t1 t2 a exp(i phase))

    Args:
        phase: of one round trip [rad]; all four broadcast together to `*batch`.
        t1: amplitude that the coupler to the input waveguide passes straight on, 0 to 1.
        t2: the same of the coupler to the drop waveguide, 0 to 1; 1 is no coupler.
        a: amplitude that is left after a round trip, 0 to 1; 1 is no loss.

    Returns:
        Amplitudes at the through port and at the drop port, half a round trip further.

    Raises:
        InputError: if a coupler or the ring amplifies.
    """
    for name, value in {"t1": t1, "t2": t2, "a": a}.items():
        check_fraction(name, value, PASSIVE)
    shape = common_shape(phase=jnp.shape(phase), t1=jnp.shape(t1), t2=jnp.shape(t2), a=jnp.shape(a))
    phase = real_array(phase, "phase")
    phase, t1, t2, a = (
        jnp.broadcast_to(jnp.asarray(x, phase.dtype), shape) for x in (phase, t1, t2, a)
    )
    half = phase_shifter.transmission(phase / 2)
    # Near a resonance 1 - r exp(i phase) cancels: (1 - r) + r (1 - exp(i phase)) does not.
    away = scale(half, -2 * half.imag)
    away = lax.complex(-away.imag, away.real)  # 1 - exp(i phase) = -2i sin(phase/2) exp(i phase/2)
    below = _plus(1 - t1 * t2 * a, scale(away, t1 * t2 * a))
    uncoupled = (below.real == 0) & (below.imag == 0)  # ideal ring, no couplers: light passes
    below = jnp.where(uncoupled, 1, below)
    through = _plus(t1 - t2 * a, scale(away, t2 * a)) / below
    drop = scale(half, -_kappa(t1) * _kappa(t2) * root(a)) / below
    return jnp.where(uncoupled, 1, through), drop


def all_pass(
    phase: Float[ArrayLike, "..."], t: Float[ArrayLike, "..."], a: Float[ArrayLike, "..."]
) -> Complex[Array, "*batch"]:
    """Amplitude behind a ring beside one waveguide: (t - a e^(i phase)) / (1 - t a e^(i phase)).

    With `t = a` (critical coupling) no light of the resonance is left.

    Args:
        phase: of one round trip [rad]; all three broadcast together to `*batch`.
        t: amplitude that the coupler passes straight on, 0 to 1.
        a: amplitude that is left after a round trip, 0 to 1.
    """
    check_fraction("t", t, PASSIVE)
    return add_drop(phase, t, 1.0, a)[0]


def phase(
    wavelength: Float[ArrayLike, "*batch"], circumference: float, dispersion: Dispersion
) -> Float[Array, "*batch"]:
    """Phase of a round trip, without the whole turns at the design wavelength.

        2 pi index L / wavelength0 + 2 pi group_index L (1 / wavelength - 1 / wavelength0)

    This is 2 pi effective_index(wavelength) L / wavelength, written so that float32 holds it.

    Args:
        wavelength: in vacuum [m].
        circumference: L of the ring [m].
        dispersion: of its waveguide.
    """
    check_positive("circumference", circumference, "m")
    check_wavelength("wavelength", wavelength)
    wavelength = real_array(wavelength, "wavelength")
    turns = math.remainder(dispersion.index * circumference / dispersion.wavelength0, 1)
    shift = (dispersion.wavelength0 - wavelength) / wavelength
    more = shift * (dispersion.group_index * circumference / dispersion.wavelength0)
    return 2 * jnp.pi * (turns + more)


def free_spectral_range(
    wavelength: Float[ArrayLike, "..."],
    circumference: Float[ArrayLike, "..."],
    group_index: Float[ArrayLike, "..."],
) -> Float[Array, "*batch"]:
    """Distance of neighbouring resonances: wavelength^2 / (group_index L) [m].

    Exact where `wavelength` is the geometric mean of the two.

    Args:
        wavelength: in vacuum [m].
        circumference: L of the ring [m].
        group_index: of its waveguide.
    """
    check_wavelength("wavelength", wavelength)
    check_positive("circumference", circumference, "m")
    check_positive("group_index", group_index, "1")
    wavelength, length, index = jnp.broadcast_arrays(wavelength, circumference, group_index)
    # A square of 1e-6 m is small for float32: divide first.
    return wavelength * (wavelength / length) / index


def finesse(
    t1: Float[ArrayLike, "..."], t2: Float[ArrayLike, "..."], a: Float[ArrayLike, "..."]
) -> Float[Array, "*batch"]:
    """Free spectral range over linewidth: pi sqrt(r) / (1 - r), r = t1 t2 a.

    The linewidth is that of the Lorentz curve, to first order in 1 - r.

    Args:
        t1, t2: amplitudes that the couplers pass straight on, 0 to 1; `t2 = 1` is all-pass.
        a: amplitude that is left after a round trip, 0 to 1.
    """
    for name, value in {"t1": t1, "t2": t2, "a": a}.items():
        check_fraction(name, value, PASSIVE)
    t1, t2, a = jnp.broadcast_arrays(*(real_array(x) for x in (t1, t2, a)))
    kept = t1 * t2 * a
    return jnp.pi * root(kept) / (1 - kept)


def linewidth(
    free_spectral_range: Float[ArrayLike, "..."], finesse: Float[ArrayLike, "..."]
) -> Float[Array, "*batch"]:
    """Full width of a resonance at half its depth: free spectral range over finesse [m].

    Args:
        free_spectral_range: distance of the resonances [m].
        finesse: of the ring.
    """
    return jnp.divide(*jnp.broadcast_arrays(free_spectral_range, finesse))


def quality(
    wavelength: Float[ArrayLike, "..."], linewidth: Float[ArrayLike, "..."]
) -> Float[Array, "*batch"]:
    """Quality factor: wavelength over linewidth.

    Args:
        wavelength: of the resonance, in vacuum [m].
        linewidth: its full width at half depth [m].
    """
    return jnp.divide(*jnp.broadcast_arrays(wavelength, linewidth))


def _plus(number: Array, field: Array) -> Array:
    return lax.complex(number + field.real, field.imag)


def _kappa(t: Array) -> Array:
    return root((1 - t) * (1 + t))
