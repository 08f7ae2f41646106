"""Optimisers, ready to use; any other Optax optimiser does as well."""

import optax

from photonn.data import Dataset
from photonn.errors import check_integer, check_positive


def adam(learning_rate: float, *, steps: int, clip: float = 1.0) -> optax.GradientTransformation:
    """Adam with a rate that falls to zero along a cosine, and a clipped gradient.

    Args:
        learning_rate: at the start.
        steps: after so many the rate is zero.
        clip: largest norm of the gradient over all parameters.
    """
    check_integer("steps", steps, 1, "The batch must not be larger than the training set.")
    check_positive("learning_rate", learning_rate, "1")
    check_positive("clip", clip, "1")
    rate = optax.cosine_decay_schedule(learning_rate, steps)
    return optax.chain(optax.clip_by_global_norm(clip), optax.adam(rate))


def steps(train: Dataset, *, epochs: int, batch: int) -> int:
    """Steps that `train.fit` takes over so many epochs."""
    return epochs * (len(train.inputs) // batch)
