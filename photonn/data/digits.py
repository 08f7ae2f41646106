"""Handwritten digits, 8 x 8 pixels, 1797 of them; comes with scikit-learn.

Alpaydin and Kaynak, "Optical recognition of handwritten digits", UCI repository (1998).
"""

import numpy as np

from photonn.data.dataset import Split, split
from photonn.data.source import Source

SOURCE = Source(
    name="digits", licence="CC BY 4.0", citation="Alpaydin and Kaynak, UCI repository (1998)"
)


def load(*, seed: int = 0, validation: float = 0.15, test: float = 0.15) -> Split:
    """Images in [0, 1], shape `(n, 8, 8)`, float32, and labels 0 to 9, divided by `seed`."""
    from sklearn.datasets import load_digits

    pixels, labels = load_digits(return_X_y=True)
    images = (np.asarray(pixels) / 16).astype(np.float32).reshape(-1, 8, 8)
    labels = np.asarray(labels).astype(np.int32)
    return split(images, labels, validation=validation, test=test, seed=seed)
