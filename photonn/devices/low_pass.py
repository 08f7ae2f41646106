"""A finite bandwidth: a signal that follows its cause with one time constant.

A resistance and a capacitance make tau dy/dt = x - y with tau = 1 / (2 pi B), where B is the
frequency at which half of the power is left (-3 dB). White noise comes through as it would
through a sharp filter of the width pi B / 2.
"""

import math

import jax.numpy as jnp
from jax import Array, lax
from jaxtyping import ArrayLike, Float

from photonn.errors import check_positive, mistake
from photonn.precision import real_array


def respond(
    signal: Float[ArrayLike, "..."], *, bandwidth: float, interval: float
) -> Float[Array, "..."]:
    """The signal behind a one-pole low-pass, at the end of each sample.

    With a = exp(-2 pi B dt), y[k] = a y[k-1] + (1 - a) x[k]: exact where the cause is constant
    during each sample, as light from a modulator is. It starts from zero.

    Args:
        signal: samples in time order on the last axis, in any unit.
        bandwidth: at -3 dB [Hz].
        interval: between samples [s].
    """
    signal = real_array(signal, "signal")
    if signal.ndim == 0:
        raise mistake("signal", "have an axis of time", "is a number")
    check_positive("bandwidth", bandwidth, "Hz")
    check_positive("interval", interval, "s")
    rate = 2 * math.pi * bandwidth * interval
    kept, new = jnp.exp(-rate), -jnp.expm1(-rate)
    kept, new = (jnp.asarray(share, signal.dtype) for share in (kept, new))

    def step(before: Array, cause: Array) -> tuple[Array, Array]:
        now = kept * before + new * cause
        return now, now

    start = jnp.zeros_like(signal[..., 0])
    return jnp.moveaxis(lax.scan(step, start, jnp.moveaxis(signal, -1, 0))[1], 0, -1)
