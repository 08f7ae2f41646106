"""Light pulses in a fibre: dispersion, self-phase modulation, loss and gain.

An envelope A(t) [sqrt(W)] moves with the group velocity. With the time factor of the house,
exp(-i omega t), a part of frequency offset Omega goes as exp(-i Omega t), and

    dA/dz = i sum_m beta_m / m! (i d/dt)^m A + (gain - loss) A / 2
            + i gamma (1 + i shock d/dt) (A [(1 - raman) |A|^2 + raman h * |A|^2])

In the spectrum, `pulse.spectrum`, i d/dt is a product with Omega: beta_m turns it by
beta_m Omega^m z / m!. So with a positive beta_2 red light comes first.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jaxtyping import ArrayLike, Complex, Float, Num

from photonn.devices import fibre_steps
from photonn.errors import check_integer, check_loss, check_positive, check_real, mistake
from photonn.precision import complex_array, scale

# Damped oscillation of glass: 1 / frequency and decay time [s] (Blow and Wood).
RAMAN_PERIOD, RAMAN_DECAY = 12.2e-15, 32e-15


@jax.tree_util.register_dataclass
@dataclass(frozen=True)
class Fibre:
    """What a fibre does to a pulse, at one carrier frequency.

    A pytree: gradients go to every number but `raman`. float32 cannot hold a beta_3 of
    1e-40 s^3/m, so orders above 2 are plain numbers there, and `beta_scale` is what is trained.

    Attributes:
        beta: beta_2, beta_3, ... [s^2/m, s^3/m, ...]; empty without dispersion.
        gamma: Kerr phase per power and length [1/(W m)].
        loss_db: loss of power [dB/m].
        gain_db: gain of power at the carrier [dB/m]; it does not saturate.
        gain_bandwidth: full width at half maximum of the gain, a Lorentzian [Hz].
        shock: self-steepening time, 1 / (carrier angular frequency) [s].
        raman: share of the Kerr effect that is late, about 0.18 in glass.
        beta_scale: factor on beta, one number or one for each order.
    """

    beta: tuple = ()
    gamma: ArrayLike = 0.0
    loss_db: ArrayLike = 0.0
    gain_db: ArrayLike = 0.0
    gain_bandwidth: ArrayLike = float("inf")
    shock: ArrayLike = 0.0
    raman: float = field(default=0.0, metadata={"static": True})
    beta_scale: ArrayLike = 1.0


# Corning SMF-28, product information: at most 18 ps/(nm km) and 0.2 dB/km at 1550 nm; here
# 17 ps/(nm km), a slope of 58 fs/(nm^2 km), and a gamma usual for its mode-field diameter.
SMF28 = Fibre(beta=(-21.7e-27, 0.13e-39), gamma=1.3e-3, loss_db=0.2e-3)

# Round numbers of a highly nonlinear fibre near its dispersion zero; no product in particular.
HNLF = Fibre(beta=(-0.5e-27, 0.03e-39), gamma=10.5e-3, loss_db=0.9e-3)


def propagate(
    field: Num[ArrayLike, "*batch time"],
    fibre: Fibre,
    *,
    length: ArrayLike,
    interval: float,
    steps: int | None = None,
) -> Complex[Array, "*batch time"]:
    """A pulse at the end of a fibre.

    Fourth-order Runge-Kutta in the interaction picture: without Kerr effect it is exact in
    one step, with it the error falls with the fourth power of the step. Time is periodic:
    light that leaves the window comes back on the other side, with a warning.

    Args:
        field: envelope [sqrt(W)] at times `interval` apart, the last axis.
        fibre: its numbers; `jax.vmap` goes over many fibres.
        length: of the fibre [m].
        interval: between samples [s], a plain number.
        steps: along the fibre. By default what `count_steps` says, which must see the
            values: under `jit` it has to be given. Too few are refused.

    Returns:
        The envelope at `length` [sqrt(W)], in the frame that moves with the pulse.

    References:
        Hult, "A fourth-order Runge-Kutta in the interaction picture method for simulating
        supercontinuum generation in optical fibers", J. Lightwave Technol. 25, 3770 (2007).
        Blow, Wood, "Theoretical description of transient stimulated Raman scattering in
        optical fibers", IEEE J. Quantum Electron. 25, 2665 (1989).
    """
    return evolve(field, fibre, length=length, interval=interval, planes=1, steps=steps)[-1]


def evolve(
    field: Num[ArrayLike, "*batch time"],
    fibre: Fibre,
    *,
    length: ArrayLike,
    interval: float,
    planes: int,
    steps: int | None = None,
) -> Complex[Array, "planes_and_start *batch time"]:
    """A pulse at the start of a fibre and behind each of `planes` equal parts of it.

    Args:
        field: envelope [sqrt(W)], as for `propagate`.
        fibre: its numbers.
        length: of the fibre [m].
        interval: between samples [s].
        planes: number of parts.
        steps: along the whole fibre, at least; each part gets the same whole number of them.
    """
    field = complex_array(field)
    _check(field, fibre, length, interval)
    check_integer("planes", planes, 1)
    samples, real = field.shape[-1], field.real.dtype
    linear = _linear(fibre, samples, interval, real)
    if steps is None:
        steps = fibre_steps.count(field, linear, fibre.gamma, length)
    check_integer("steps", steps, 1)
    each = -(-steps // planes)
    fibre_steps.check(field, fibre.gamma, length, each * planes)

    step_length = jnp.asarray(length, real) / (each * planes)
    half = _exp(linear, step_length / 2)[None]
    strength = _kerr(fibre, samples, interval, real) * step_length
    late = _late(fibre.raman, samples, interval, real)
    start = jnp.fft.ifft(field.reshape(-1, samples))
    spectra = _march(start, half, strength, late, share=fibre.raman, planes=planes, each=each)
    fields = jnp.fft.fft(spectra).reshape(planes, *field.shape)
    fibre_steps.warn_at_edges(field, fields[-1])
    return jnp.concatenate([field[None], fields])


def count_steps(
    field: Num[ArrayLike, "*batch time"], fibre: Fibre, *, length: ArrayLike, interval: float
) -> int:
    """Steps that `propagate` takes by itself, for an error of about 1e-5 of the peak.

    From the nonlinear length 1 / (gamma peak power) and the dispersion length, and from how
    much stronger a pulse gets on its way. Arguments as for `propagate`; values must be known.
    """
    field = complex_array(field)
    _check(field, fibre, length, interval)
    linear = _linear(fibre, field.shape[-1], interval, field.real.dtype)
    return fibre_steps.count(field, linear, fibre.gamma, length)


def frequencies(samples: int, interval: float) -> Float[np.ndarray, "frequency"]:
    """Offsets from the carrier, Omega / 2 pi [Hz], in FFT order (zero first)."""
    return np.fft.fftfreq(samples, interval)


@partial(jax.jit, static_argnames=("share", "planes", "each"))
def _march(
    spectrum: Array,
    half: Array,
    strength: Array,
    late: Array | None,
    *,
    share: float,
    planes: int,
    each: int,
) -> Array:
    """Spectra behind each of the `planes`, `each` steps apart."""
    kick = partial(_kick, strength=strength, late=late, share=share)
    # The way back repeats each step from the light in front of it: nothing else is kept.
    step = jax.checkpoint(lambda spectrum, _: (_step(spectrum, half, kick), None))

    def part(spectrum, _):
        spectrum, _ = jax.lax.scan(step, spectrum, length=each)
        return spectrum, spectrum

    return jax.lax.scan(part, spectrum, length=planes)[1]


def _step(spectrum: Array, half: Array, kick: Callable[[Array], Array]) -> Array:
    """One step: `half` goes half of it without Kerr effect, `kick` is that effect alone."""
    middle = half * spectrum
    first = half * kick(spectrum)
    second = kick(middle + first / 2)
    third = kick(middle + second / 2)
    fourth = kick(half * (middle + third))
    return half * (middle + first / 6 + second / 3 + third / 3) + fourth / 6


def _kick(spectrum: Array, strength: Array, late: Array | None, share: float) -> Array:
    field = jnp.fft.fft(spectrum)
    power = field.real**2 + field.imag**2
    if late is not None:
        delayed = jnp.fft.fft(jnp.fft.ifft(power) * late[None]).real
        power = (1 - share) * power + share * delayed
    turned = jnp.fft.ifft(scale(field, power))
    strength = jnp.broadcast_to(strength, turned.shape)
    return jax.lax.complex(-turned.imag * strength, turned.real * strength)  # times i


def _linear(fibre: Fibre, samples: int, interval: float, real) -> tuple[Array, Array]:
    """Growth of the amplitude and phase of every frequency, [1/m] and [rad/m]."""
    theta = 2 * np.pi * np.fft.fftfreq(samples)  # Omega times the interval
    scales = jnp.broadcast_to(jnp.asarray(fibre.beta_scale, real), (len(fibre.beta),))
    phase = jnp.zeros(samples, real)
    for order, beta in enumerate(fibre.beta, start=2):
        power = jnp.asarray(theta**order / math.factorial(order), real)
        phase = phase + _per_sample(beta, order, interval, real) * scales[order - 2] * power
    bandwidth = jnp.asarray(fibre.gain_bandwidth, real)
    detuning = 2 * jnp.asarray(theta / (2 * np.pi * interval), real) / bandwidth
    gain = jnp.asarray(fibre.gain_db, real) / (1 + detuning**2)
    growth = (gain - jnp.asarray(fibre.loss_db, real)) * (math.log(10) / 20)
    return growth, phase


def _per_sample(beta: ArrayLike, order: int, interval: float, real) -> Array:
    """The quotient beta / interval^order [1/m], by ways that neither under- nor overflow."""
    if isinstance(beta, (int, float)):
        return jnp.asarray(beta / interval**order, real)
    beta = jnp.asarray(beta)
    if beta.dtype != jnp.float64 and order > 2:
        hint = "Train `beta_scale`, and close over the fibre instead of passing it to `jit`."
        must = f"have a plain number as beta_{order}: float32 cannot hold 1e-40"
        raise mistake("beta", must, f"has one of type {beta.dtype}", hint)
    for _ in range(order):
        beta = beta / interval
    return beta.astype(real)


def _kerr(fibre: Fibre, samples: int, interval: float, real) -> Array:
    """Kerr coefficient gamma (1 + shock Omega), shape `(1, samples)` [1/(W m)]."""
    omega = jnp.asarray(2 * np.pi * frequencies(samples, interval), real)
    strength = jnp.asarray(fibre.gamma, real) * (1 + jnp.asarray(fibre.shock, real) * omega)
    return strength[None]


def _late(share: float, samples: int, interval: float, real) -> Array | None:
    """Spectrum of the Raman response, 1 at zero; none without it."""
    if not share:
        return None
    rate = 1 / RAMAN_DECAY - 2j * np.pi * frequencies(samples, interval)
    response = (RAMAN_DECAY**-2 + RAMAN_PERIOD**-2) / (rate**2 + RAMAN_PERIOD**-2)
    return jax.lax.complex(jnp.asarray(response.real, real), jnp.asarray(response.imag, real))


def _exp(linear: tuple[Array, Array], length: Array) -> Array:
    growth, phase = (part * length for part in linear)
    amplitude = jnp.exp(growth)
    return jax.lax.complex(amplitude * jnp.cos(phase), amplitude * jnp.sin(phase))


def _check(field: Array, fibre: Fibre, length: ArrayLike, interval: float) -> None:
    if field.ndim == 0 or field.shape[-1] < 2:
        must = "have a last axis of two or more times"
        raise mistake("field", must, f"has shape {field.shape}")
    check_positive("interval", interval, "s", "For 10 fs: 10e-15.")
    check_positive("length", length, "m")
    for name in ("gamma", "gain_db", "shock", "beta_scale"):
        check_real(name, getattr(fibre, name), "1")
    check_loss("loss_db", fibre.loss_db)
    width = fibre.gain_bandwidth
    if isinstance(width, (int, float)) and not width > 0:
        raise mistake("gain_bandwidth", "be positive [Hz], infinity for a flat gain", f"is {width}")
    if not 0 <= fibre.raman <= 1:
        raise mistake("raman", "be a share between 0 and 1", f"is {fibre.raman}")
