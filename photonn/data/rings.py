"""Two rings of points in a plane, one around the other; made by scikit-learn."""

import numpy as np

from photonn.data.dataset import Split, split


def load(
    *,
    seed: int = 0,
    points: int = 600,
    noise: float = 0.08,
    validation: float = 0.2,
    test: float = 0.3,
) -> Split:
    """Points, shape `(n, 2)`, float32, and labels: 0 the outer ring, 1 the inner of half its size.

    Args:
        seed: of the points and their division.
        points: in all.
        noise: standard deviation of both coordinates; the outer radius is 1.
        validation: fraction to choose by.
        test: fraction to report on.
    """
    from sklearn.datasets import make_circles

    made, labels = make_circles(points, noise=noise, factor=0.5, random_state=seed)
    inputs, labels = np.asarray(made, np.float32), np.asarray(labels, np.int32)
    return split(inputs, labels, validation=validation, test=test, seed=seed)
