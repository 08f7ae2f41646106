"""Two half circles of points in a plane, each reaching into the other; made by scikit-learn."""

import numpy as np

from photonn.data.dataset import Split, split


def load(
    *,
    seed: int = 0,
    points: int = 600,
    noise: float = 0.1,
    validation: float = 0.2,
    test: float = 0.3,
) -> Split:
    """Points, shape `(n, 2)`, float32, and labels: 0 the upper moon, 1 the lower.

    Args:
        seed: of the points and their division.
        points: in all.
        noise: standard deviation of both coordinates; the radius is 1.
        validation: fraction to choose by.
        test: fraction to report on.
    """
    from sklearn.datasets import make_moons

    made, labels = make_moons(points, noise=noise, random_state=seed)
    inputs, labels = np.asarray(made, np.float32), np.asarray(labels, np.int32)
    return split(inputs, labels, validation=validation, test=test, seed=seed)
