"""How many steps a pulse needs along a fibre, and whether its window is wide enough."""

import math
import warnings

import numpy as np
from jax import Array
from jax.core import Tracer
from jaxtyping import ArrayLike

from photonn.errors import InputError, mistake

KERR_PHASE = 0.06  # [rad] of a step where the pulse is strongest: an error of about 1e-5 in all
DISPERSIVE_PHASE = 0.05  # [rad] of a step, root mean square over the spectrum
COARSE = 0.5  # [rad] of Kerr phase of the pulse as it comes in: refused
COMPRESSION = 16.0  # a soliton of high order is at most about so much stronger in between
EDGE = 0.025  # share of a window at each of its ends
DARK = 1e-4  # share of the energy there that counts as nothing


def count(field: Array, linear: tuple[Array, Array], gamma: ArrayLike, length: ArrayLike) -> int:
    """Steps for an error of about 1e-5, from nonlinear and dispersion length.

    With anomalous dispersion a pulse gets stronger on its way, N^2-fold or 16-fold at most,
    with N^2 the ratio of the two lengths.

    Args:
        field: envelope at the start [sqrt(W)].
        linear: growth [1/m] and phase [rad/m] of every frequency.
        gamma: Kerr coefficient [1/(W m)].
        length: of the fibre [m].
    """
    if not _known(field, *linear, gamma, length):
        must = "be given where values are not known, as under `jit`"
        raise mistake("steps", must, "is None", "Call `propagate` outside of it, or choose.")
    if not np.isfinite(np.asarray(field)).all():
        raise mistake("field", "be finite [sqrt(W)]", "holds NaN or infinity")
    growth, phase = (np.asarray(part, np.float64) for part in linear)
    pulses, gamma, length = np.asarray(field), float(np.asarray(gamma)), float(np.asarray(length))
    spectrum = np.abs(np.fft.ifft(pulses.reshape(-1, pulses.shape[-1]))) ** 2
    weights = spectrum.sum(axis=0) / max(spectrum.sum(), np.finfo(float).tiny)
    kerr = abs(gamma) * np.max(np.abs(pulses)) ** 2 * math.exp(2 * max(0, growth.max()) * length)
    dispersive = math.sqrt(float(weights @ phase**2))
    if gamma * float(weights @ phase) < 0:  # anomalous; the lengths' ratio for a sech pulse
        kerr *= min(COMPRESSION, max(1.0, kerr / (3 * dispersive)))
    if kerr * length < 1e-9:
        return 1  # exact
    return math.ceil(length * max(kerr / KERR_PHASE, dispersive / DISPERSIVE_PHASE))


def check(field: Array, gamma: ArrayLike, length: ArrayLike, steps: int) -> None:
    """Refuse steps in which the Kerr effect turns the pulse by more than half a radian."""
    if not _known(field, gamma, length):
        return
    phase = float(np.max(np.abs(np.asarray(gamma)))) * float(np.max(np.abs(np.asarray(field)))) ** 2
    least = math.ceil(phase * float(np.asarray(length)) / COARSE)
    if steps < least:
        hint = "Leave it out, and it is chosen."
        must = f"be at least {least}: the Kerr phase of a step stays below {COARSE} rad"
        raise mistake("steps", must, f"is {steps}", hint)


def warn_at_edges(before: Array, after: Array) -> None:
    """Warn if a pulse has come to the edge of its window in time or in frequency."""
    if not _known(before, after):
        return
    fields = np.asarray(before), np.asarray(after)
    if not np.isfinite(fields[1]).all():
        raise InputError("`steps` must be more: the light is not finite at the end of the fibre.")
    ways_out = {"time": "Use more samples.", "frequency": "Use a shorter `interval`."}
    for axis, way_out in ways_out.items():
        shares = [_edge_share(field, axis) for field in fields]
        if shares[0] < DARK < shares[1]:
            warnings.warn(
                f"{shares[1]:.1e} of the energy has come to the edges of the window in {axis}: "
                f"light that leaves comes back on the other side. {way_out}",
                stacklevel=4,
            )


def _edge_share(field: np.ndarray, axis: str) -> float:
    power = np.abs(field) ** 2
    if axis == "frequency":
        power = np.abs(np.fft.fftshift(np.fft.ifft(field), axes=-1)) ** 2
    edge = max(1, round(EDGE * field.shape[-1]))
    total = max(power.sum(), np.finfo(float).tiny)
    return float((power[..., :edge].sum() + power[..., -edge:].sum()) / total)


def _known(*values: ArrayLike) -> bool:
    return not any(isinstance(value, Tracer) for value in values)
