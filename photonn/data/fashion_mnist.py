"""Pictures of clothes, Fashion-MNIST: 60000 to train with and 10000 to test, 28 x 28 pixels.

Xiao, Rasul and Vollgraf, "Fashion-MNIST: a novel image dataset for benchmarking machine
learning algorithms", arXiv:1708.07747 (2017).
"""

import os

from photonn.data import fetch
from photonn.data.dataset import Split, hold_out
from photonn.data.mnist import NAMES, images_of
from photonn.data.source import File, Source

CLASSES = (
    "T-shirt",
    "trouser",
    "pullover",
    "dress",
    "coat",
    "sandal",
    "shirt",
    "sneaker",
    "bag",
    "ankle boot",
)
MIRROR = "https://fashion-mnist.s3.eu-central-1.amazonaws.com"

SOURCE = Source(
    name="fashion_mnist",
    licence="MIT",
    citation="Xiao et al., arXiv:1708.07747 (2017)",
    files=(
        File(
            NAMES[0][0],
            47040016,
            "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
        ),
        File(
            NAMES[0][1],
            60008,
            "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
        ),
        File(
            NAMES[1][0],
            7840016,
            "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
        ),
        File(
            NAMES[1][1],
            10008,
            "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
        ),
    ),
    folders=("fashion-mnist", "FashionMNIST/raw", "FashionMNIST"),
    archives=("dataset-fashion-mnist_*.deb",),
    mirrors=(tuple(f"{MIRROR}/{name}.gz" for part in NAMES for name in part),),
    commands=(("apt-get", "download", "dataset-fashion-mnist"),),
)


def load(
    *,
    root: str | os.PathLike | None = None,
    seed: int = 0,
    validation: float = 0.1,
    download: bool = False,
) -> Split:
    """Images in [0, 1], shape `(n, 28, 28)`, float32, and labels, int32: numbers of `CLASSES`.

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
