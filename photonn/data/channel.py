"""Channel equalisation: which of four symbols was sent over a radio channel with memory.

Symbols d in {-3, -1, 1, 3} meet a linear channel over ten of them, a weak nonlinearity
q + 0.036 q^2 - 0.011 q^3, and noise; the task is d(n - 2) from what has arrived up to n.

Jaeger and Haas, "Harnessing nonlinearity", Science 304, 78 (2004).
"""

import numpy as np

from photonn.data.dataset import Dataset, Split
from photonn.errors import check_finite, check_integer

# Weights of d(n + 2), d(n + 1), ..., d(n - 7).
TAPS = np.array([0.08, -0.12, 1.0, 0.18, -0.1, 0.091, -0.05, 0.04, 0.03, 0.01])


def load(
    *,
    seed: int = 0,
    snr_db: float = 24.0,
    train: int = 3000,
    validation: int = 3000,
    test: int = 6000,
) -> Split:
    """Signals received, and as labels the symbols -3, -1, 1, 3 two steps before them.

    Args:
        seed: of symbols and noise.
        snr_db: power of the signal over that of the noise [dB].
        train: length of the training series.
        validation: length of the series to choose by.
        test: length of the series to report on.
    """
    check_finite("snr_db", snr_db, "dB")
    rng = np.random.default_rng(seed)
    for name, length in (("train", train), ("validation", validation), ("test", test)):
        check_integer(name, length, 1)
    return Split(*(_draw(rng, length, snr_db) for length in (train, validation, test)))


def distort(symbols: np.ndarray) -> np.ndarray:
    """What the channel makes of symbols, without noise; nine values fewer."""
    linear = np.convolve(symbols, TAPS, mode="valid")
    return linear + 0.036 * linear**2 - 0.011 * linear**3


def _draw(rng: np.random.Generator, length: int, snr_db: float) -> Dataset:
    symbols = rng.choice([-3.0, -1.0, 1.0, 3.0], length + 9)
    clean = distort(symbols)
    noise = np.sqrt(np.var(clean) * 10 ** (-snr_db / 10)) * rng.normal(size=length)
    # A value of the channel has ten symbols in it, d(n - 7) to d(n + 2); d(n - 2) is number 5.
    return Dataset((clean + noise).astype(np.float32), symbols[5 : 5 + length].astype(np.float32))
