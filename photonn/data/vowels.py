"""Eleven vowels of British English by fifteen speakers, 990 utterances; comes with photonn.

Every speaker says each vowel six times. Speakers 0 to 7 are for training, 8 to 14 for the
test: 528 and 462 utterances.

Deterding, "Speaker normalisation for automatic speech recognition", thesis, University of
Cambridge (1989); UCI repository, "Connectionist Bench".
"""

from importlib import resources
from typing import NamedTuple

import numpy as np

from photonn.data.dataset import Dataset, Split
from photonn.data.source import Source
from photonn.errors import check_integer, mistake

WORDS = ("hid", "hId", "hEd", "hAd", "hYd", "had", "hOd", "hod", "hUd", "hud", "hed")
TRAIN_SPEAKERS = 8

SOURCE = Source(
    name="vowels",
    licence="CC BY 4.0",
    citation="Deterding, thesis, University of Cambridge (1989); UCI repository",
)


class Table(NamedTuple):
    """All utterances, in the order of the speakers.

    Attributes:
        inputs: ten log area ratios from linear prediction, `(990, 10)`, float32 [1].
        labels: numbers of `WORDS`, `(990,)`, int32.
        speakers: 0 to 14, `(990,)`, int32.
    """

    inputs: np.ndarray
    labels: np.ndarray
    speakers: np.ndarray


def load(*, seed: int = 0, validation: int = 2) -> Split:
    """The division by speakers: inputs `(n, 10)`, float32, and labels 0 to 10, int32.

    To divide otherwise, give `table()` to `data.split`.

    Args:
        seed: draws the speakers to choose by, and the order of the training part.
        validation: how many of the eight training speakers are to choose by.
    """
    check_integer("validation", validation, 1)
    if validation >= TRAIN_SPEAKERS:
        raise mistake("validation", "leave one of 8 speakers or more", f"is {validation}")
    inputs, labels, speakers = table()
    rng = np.random.default_rng(seed)
    held = rng.permutation(TRAIN_SPEAKERS)[:validation]
    of_test = speakers >= TRAIN_SPEAKERS
    chosen = np.isin(speakers, held)
    train = rng.permutation(np.flatnonzero(~of_test & ~chosen))
    indices = (train, np.flatnonzero(chosen), np.flatnonzero(of_test))
    return Split(*(Dataset(inputs[index], labels[index]) for index in indices))


def table() -> Table:
    """All 990 utterances with their speakers."""
    text = resources.files("photonn.data").joinpath("vowels.csv").read_text()
    rows = np.loadtxt(text.splitlines(), delimiter=",", skiprows=4, dtype=np.float64)
    speakers, labels = rows[:, :2].astype(np.int32).T
    return Table(rows[:, 2:].astype(np.float32), labels, speakers)
