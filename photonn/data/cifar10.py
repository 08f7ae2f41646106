"""Small colour photographs of ten classes, CIFAR-10: 50000 to train with and 10000 to test.

Read from the binary version, so that nothing is unpickled: records of a label and 3072 pixels,
red, green and blue after each other.

Krizhevsky, "Learning multiple layers of features from tiny images", report, University of
Toronto (2009).
"""

import os

import numpy as np

from photonn.data import fetch
from photonn.data.dataset import Dataset, Split, hold_out
from photonn.data.source import File, Source
from photonn.errors import mistake

CLASSES = (
    "airplane",
    "automobile",
    "bird",
    "cat",
    "deer",
    "dog",
    "frog",
    "horse",
    "ship",
    "truck",
)
SHAPE = (3, 32, 32)
RECORD = 1 + 3 * 32 * 32  # [bytes]
HASHES = {
    "data_batch_1.bin": "cee916563c9f80d84e3cc88e17fdc0941787f1244f00a67874d45b261883ada5",
    "data_batch_2.bin": "a591ca11fa1708a91ee40f54b3da4784ccd871ecf2137de63f51ada8b3fa57ed",
    "data_batch_3.bin": "bbe8596564c0f86427f876058170b84dac6670ddf06d79402899d93ceea26f67",
    "data_batch_4.bin": "014e562d6e23c72197cc727519169a60359f5eccd8945ad5a09d710285ff4e48",
    "data_batch_5.bin": "755304fc0b379caeae8c14f0dac912fbc7d6cd469eb67a1029a08a39453a9add",
    "test_batch.bin": "8e2eb146ae340b09e24670f29cabc6326dba54da8789dab6768acf480273f65b",
}

SOURCE = Source(
    name="cifar10",
    licence="none stated; cite the report",
    citation="Krizhevsky, report, University of Toronto (2009)",
    files=tuple(File(name, 10_000 * RECORD, sha256) for name, sha256 in HASHES.items()),
    folders=("cifar-10-batches-bin", "cifar-10"),
    archives=("cifar-10-binary.tar*", "cifar-10-binary.tgz"),
    mirrors=(("https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz",),),
)


def load(
    *,
    root: str | os.PathLike | None = None,
    seed: int = 0,
    validation: float = 0.1,
    download: bool = False,
) -> Split:
    """Images in [0, 1], shape `(n, 3, 32, 32)`, float32, and labels, int32: numbers of `CLASSES`.

    The test part is the official one in its order. The validation part is taken from the
    official training part.

    Args:
        root: folder to look into first.
        seed: of the shuffle that divides the training part.
        validation: fraction of the training part to choose by.
        download: whether to fetch the archive if it is not there.

    Raises:
        RunError: if it is not there; the message says how to get it.
    """
    contents = fetch.contents(SOURCE, root, download=download)
    *batches, test = (parse(contents[file.name], file.name) for file in SOURCE.files)
    train = Dataset(*(np.concatenate(parts) for parts in zip(*batches, strict=True)))
    parts = (*hold_out(train, validation=validation, seed=seed), test)
    return Split(*(part.fractions() for part in parts))


def parse(content: bytes, name: str = "content") -> Dataset:
    """Images of 8 bits, `(n, 3, 32, 32)`, and labels of one file of the binary version.

    Args:
        content: the whole file.
        name: of the file, for the message.

    Raises:
        InputError: if it is not made of whole records with labels 0 to 9.
    """
    if not content or len(content) % RECORD:
        must = f"consist of records of {RECORD} bytes"
        raise mistake(name, must, f"has {len(content)}", "It is damaged: get it anew.")
    records = np.frombuffer(content, np.uint8).reshape(-1, RECORD)
    labels = records[:, 0].astype(np.int32)
    if labels.max() > 9:
        must = "have labels 0 to 9 (the binary version of CIFAR-10)"
        raise mistake(name, must, f"has {labels.max()}", "It is damaged, or of another set.")
    return Dataset(records[:, 1:].reshape(-1, *SHAPE), labels)
