"""What the same data gives without optics: numbers to put beside an optical one."""

import numpy as np

from photonn.data import Split


def linear(split: Split, *, seed: int = 0) -> float:
    """Test accuracy of multinomial logistic regression on the raw inputs."""
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(max_iter=2000, random_state=seed)
    return _test_accuracy(model, split)


def mlp(split: Split, *, parameters: int, seed: int = 0) -> float:
    """Test accuracy of a one-layer perceptron of about `parameters` numbers.

    Its hidden width is what comes nearest to that count.
    """
    from sklearn.neural_network import MLPClassifier

    inputs = int(np.prod(split.train.inputs.shape[1:]))
    classes = len(np.unique(split.train.labels))
    width = max(1, round((parameters - classes) / (inputs + classes + 1)))
    model = MLPClassifier((width,), max_iter=500, random_state=seed)
    return _test_accuracy(model, split)


def _test_accuracy(model, split: Split) -> float:
    train, test = split.train, split.test
    model.fit(train.inputs.reshape(len(train.inputs), -1), train.labels)
    return float(model.score(test.inputs.reshape(len(test.inputs), -1), test.labels))
