"""What the same data gives without optics: numbers to put beside an optical one.

Trained as the optical networks are, the epoch chosen by validation as theirs is.
"""

from typing import Any

import numpy as np
from flax import nnx

from photonn.data import Split
from photonn.train.fit import fit
from photonn.train.losses import accuracy
from photonn.train.optimizers import adam, steps


def linear(
    split: Split,
    *,
    epochs: int = 100,
    batch: int = 64,
    learning_rate: float = 3e-3,
    seed: int = 0,
) -> float:
    """Test accuracy of a linear classifier on the raw inputs."""
    inputs, classes = _sizes(split)
    model = nnx.Linear(inputs, classes, rngs=nnx.Rngs(seed))
    return _test_accuracy(model, split, epochs, batch, learning_rate, seed)


def mlp(
    split: Split,
    *,
    parameters: int,
    epochs: int = 100,
    batch: int = 64,
    learning_rate: float = 3e-3,
    seed: int = 0,
) -> float:
    """Test accuracy of a perceptron with one hidden layer of about `parameters` numbers.

    The hidden width is what comes nearest to that count.
    """
    inputs, classes = _sizes(split)
    width = max(1, round((parameters - classes) / (inputs + classes + 1)))
    rngs = nnx.Rngs(seed)
    model = nnx.Sequential(
        nnx.Linear(inputs, width, rngs=rngs), nnx.relu, nnx.Linear(width, classes, rngs=rngs)
    )
    return _test_accuracy(model, split, epochs, batch, learning_rate, seed)


def _sizes(split: Split) -> tuple[int, int]:
    inputs = int(np.prod(split.train.inputs.shape[1:]))
    return inputs, len(np.unique(split.train.labels))


def _test_accuracy(
    model: Any, split: Split, epochs: int, batch: int, learning_rate: float, seed: int
) -> float:
    split = split.flatten()
    optimizer = adam(learning_rate, steps=steps(split.train, epochs=epochs, batch=batch))
    fit(model, split.train, split.validation, optimizer, epochs=epochs, batch=batch, seed=seed)
    return float(accuracy(model, split.test))
