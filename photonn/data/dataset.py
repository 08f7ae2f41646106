"""Examples with labels, and their division into training, validation and test."""

from typing import NamedTuple

import numpy as np

from photonn.errors import mistake


class Dataset(NamedTuple):
    """Inputs and labels with one first axis.

    Attributes:
        inputs: examples, shape `(samples, ...)`.
        labels: class of each, shape `(samples,)`; of a time series, the number that belongs to
            each step.
    """

    inputs: np.ndarray
    labels: np.ndarray

    def flatten(self) -> "Dataset":
        """The same examples with each input as one vector."""
        return Dataset(self.inputs.reshape(len(self.inputs), -1), self.labels)

    def fractions(self) -> "Dataset":
        """The same examples with pixels of 8 bits as shares of 255, float32."""
        return Dataset(self.inputs / np.float32(255), self.labels)


class Split(NamedTuple):
    """Three disjoint parts of a data set.

    Attributes:
        train: to fit.
        validation: to choose by.
        test: to report, once.
    """

    train: Dataset
    validation: Dataset
    test: Dataset

    def flatten(self) -> "Split":
        """The same examples with each input as one vector."""
        return Split(*(part.flatten() for part in self))


def split(
    inputs: np.ndarray,
    labels: np.ndarray,
    *,
    validation: float,
    test: float,
    seed: int,
) -> Split:
    """Shuffle and divide, with every class in the same proportion in each part.

    Args:
        inputs: examples, first axis.
        labels: class of each example.
        validation: fraction held out to choose by.
        test: fraction held out to report.
        seed: of the shuffle.
    """
    for name, fraction in (("validation", validation), ("test", test)):
        if not 0 < fraction < 1 or validation + test >= 1:
            must = "be a fraction above 0 that leaves examples to train on"
            raise mistake(name, must, f"is {fraction} (validation {validation}, test {test})")
    rng = np.random.default_rng(seed)
    parts: list[list[np.ndarray]] = [[], [], []]
    for label in np.unique(labels):
        members = rng.permutation(np.flatnonzero(labels == label))
        cuts = np.round(np.cumsum([test, validation]) * len(members)).astype(int)
        for part, chosen in zip(parts, np.split(members, cuts), strict=True):
            part.append(chosen)
    order = [rng.permutation(np.concatenate(part)) for part in parts]
    held, chosen, rest = (Dataset(inputs[index], labels[index]) for index in order)
    return Split(train=rest, validation=chosen, test=held)


def hold_out(part: Dataset, *, validation: float, seed: int) -> tuple[Dataset, Dataset]:
    """Divide a training part that is given into one to train with and one to choose by.

    Args:
        part: examples with classes.
        validation: fraction held out, of every class.
        seed: of the shuffle.
    """
    if not 0 < validation < 1:
        must = "be a fraction above 0 that leaves examples to train on"
        raise mistake("validation", must, f"is {validation}")
    rng = np.random.default_rng(seed)
    place = np.empty(len(part.labels))  # of each example in its shuffled class, from 0 to 1
    for label in np.unique(part.labels):
        members = rng.permutation(np.flatnonzero(part.labels == label))
        place[members] = (np.arange(len(members)) + 0.5) / len(members)
    order = np.argsort(place, kind="stable")
    count = round(validation * len(order))
    held, rest = (
        Dataset(part.inputs[index], part.labels[index])
        for index in map(rng.permutation, (order[:count], order[count:]))
    )
    return rest, held
