"""Eleven vowels of British English by fifteen speakers, 990 utterances; comes with photonn.

Every speaker says each vowel six times. Speakers 0 to 7 are for training, 8 to 14 for the
test: 528 and 462 utterances. The words of `WORDS`, as the data set spells them, are heed, hid,
head, had, hud, hard, hod, hoard, hood, who'd and heard.

Deterding, "Speaker normalisation for automatic speech recognition", thesis, University of
Cambridge (1989); UCI repository, "Connectionist Bench".
"""

from collections.abc import Sequence
from importlib import resources
from typing import NamedTuple

import numpy as np

from photonn.data.dataset import Dataset, Split, split
from photonn.data.source import Source
from photonn.errors import check_choice, check_integer, mistake

WORDS = ("hid", "hId", "hEd", "hAd", "hYd", "had", "hOd", "hod", "hUd", "hud", "hed")
TRAIN_SPEAKERS, FEATURES = 8, 10

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


def load(
    *, seed: int = 0, validation: int = 2, words: Sequence[str] = WORDS, features: int = 10
) -> Split:
    """The division by speakers: inputs `(n, features)`, float32, and labels, int32.

    Args:
        seed: draws the speakers to choose by, and the order of the training part.
        validation: how many of the eight training speakers are to choose by.
        words: the vowels, of `WORDS`; labels count them in this order.
        features: so many of the ten, the first ones.
    """
    check_integer("validation", validation, 1)
    if validation >= TRAIN_SPEAKERS:
        raise mistake("validation", "leave one of 8 speakers or more", f"is {validation}")
    inputs, labels, speakers = _chosen(words, features)
    rng = np.random.default_rng(seed)
    held = rng.permutation(TRAIN_SPEAKERS)[:validation]
    of_test = speakers >= TRAIN_SPEAKERS
    chosen = np.isin(speakers, held)
    train = rng.permutation(np.flatnonzero(~of_test & ~chosen))
    indices = (train, np.flatnonzero(chosen), np.flatnonzero(of_test))
    return Split(*(Dataset(inputs[index], labels[index]) for index in indices))


def load_mixed(
    *,
    seed: int = 0,
    validation: float = 0.1,
    test: float = 0.5,
    words: Sequence[str] = WORDS,
    features: int = 10,
) -> Split:
    """Utterances divided at random: every speaker is heard in every part, which is easier.

    Args:
        seed: of the division.
        validation, test: shares of the utterances of every vowel.
        words, features: as in `load`.
    """
    inputs, labels, _ = _chosen(words, features)
    return split(inputs, labels, validation=validation, test=test, seed=seed)


def table() -> Table:
    """All 990 utterances with their speakers."""
    text = resources.files("photonn.data").joinpath("vowels.csv").read_text()
    rows = np.loadtxt(text.splitlines(), delimiter=",", skiprows=4, dtype=np.float64)
    speakers, labels = rows[:, :2].astype(np.int32).T
    return Table(rows[:, 2:].astype(np.float32), labels, speakers)


def _chosen(words: Sequence[str], features: int) -> Table:
    """Some vowels, numbered anew, and the first features of them."""
    check_integer("features", features, 1)
    if features > FEATURES:
        raise mistake("features", f"be at most {FEATURES}", f"is {features}")
    for word in words:
        check_choice("words", word, WORDS)
    if len(set(words)) < max(2, len(words)):
        raise mistake("words", "be two vowels or more, each once", f"are {tuple(words)}")
    inputs, labels, speakers = table()
    numbers = np.full(len(WORDS), -1, np.int32)
    numbers[[WORDS.index(word) for word in words]] = np.arange(len(words))
    kept = numbers[labels] >= 0
    return Table(inputs[kept, :features], numbers[labels[kept]], speakers[kept])
