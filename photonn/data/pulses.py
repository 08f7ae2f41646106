"""Ultrashort pulses with random chirps and satellites, for pulse retrieval.

A Gaussian spectrum with a random spectral phase to the third order, and sometimes a weaker
second pulse. `devices.pulse.frog` makes their traces.
"""

import numpy as np

from photonn.errors import check_integer, check_not_negative, check_positive


def load(
    *,
    seed: int = 0,
    count: int = 100,
    samples: int = 64,
    interval: float = 5e-15,
    duration: float = 20e-15,
    chirp: float = 2.0,
) -> np.ndarray:
    """Envelopes [sqrt(W)], shape `(count, samples)`, complex64; the highest power of each is 1 W.

    Their times are those of `devices.pulse.times(samples, interval)`, and they fit into them:
    at both ends the power is small. Independent parts come from different seeds.

    Args:
        seed: of the draws.
        count: pulses.
        samples: of each.
        interval: between samples [s].
        duration: half width at 1/e of the power, without chirp [s].
        chirp: largest second and third order of the spectral phase, in duration^2 and
            duration^3.
    """
    check_integer("count", count, 1)
    check_integer("samples", samples, 8)
    check_positive("interval", interval, "s")
    check_positive("duration", duration, "s")
    check_not_negative("chirp", chirp, "1")
    rng = np.random.default_rng(seed)
    times = (np.arange(samples) - (samples - 1) / 2) * interval
    offsets = 2 * np.pi * np.fft.fftfreq(samples, interval) * duration  # [rad] in a duration
    second, third = chirp * rng.uniform(-1, 1, (2, count, 1))
    delay = rng.uniform(2, 3.5, (count, 1)) * rng.choice([-1, 1], (count, 1))
    share = rng.uniform(0, 0.7, (count, 1)) * rng.choice([0, 1], (count, 1))
    share = share * np.exp(2j * np.pi * rng.uniform(size=(count, 1)))
    phase = second / 2 * offsets**2 + third / 6 * offsets**3
    spectrum = np.exp(-(offsets**2) / 2 + 1j * phase) * (1 + share * np.exp(1j * delay * offsets))
    # exp(-i Omega t) is the inverse of NumPy's ifft; the middle of the window is time 0.
    middle = np.exp(-1j * offsets / duration * times[0])
    fields = np.fft.fft(spectrum * middle, axis=-1)
    return (fields / np.abs(fields).max(axis=-1, keepdims=True)).astype(np.complex64)
