"""Four images from microscopes, of cells and tissue, which scikit-image brings along.

    cell                  quantitative phase of a cell in saline; 0.107 um pixels
    microaneurysms        lesions of a retina
    immunohistochemistry  glands of a colon, stained
    retina                a whole retina

The scale of the phase of `cell` is not given with it: its values are relative.

Mueller et al., "Accurate evaluation of size and refractive index for spherical objects in
quantitative phase imaging", Opt. Express 26, 10729 (2018): `cell`.
"""

import io
import os

import numpy as np

from photonn.data import fetch
from photonn.data.source import File, Source
from photonn.errors import check_choice

FILES = {
    "cell": File(
        "cell.png", 74183, "8d23a7fb81f7cc877cd09f330357fc7f595651306e84e17252f6e0a1b3f61515"
    ),
    "microaneurysms": File(
        "microaneurysms.png",
        4950,
        "a1e1be59aa447f8ce082f7fa809997ab369a2b137cb6c4202abc647c7ccf6456",
    ),
    "immunohistochemistry": File(
        "ihc.png", 477916, "f8dd1aa387ddd1f49d8ad13b50921b237df8e9b262606d258770687b0ef93cef"
    ),
    "retina": File(
        "retina.jpg", 269564, "38a07f36f27f095e818aea7b96d34202c05176d30253c66733f2e00379e9e0e6"
    ),
}
SOURCE = Source(
    name="microscopy",
    licence="CC0; immunohistochemistry: no known restrictions",
    citation="Mueller et al., Opt. Express 26, 10729 (2018); scikit-image",
    files=tuple(FILES.values()),
    installed=("skimage/data",),
    archives=("scikit_image-*.whl",),
    commands=(("pip", "download", "--no-deps", "scikit-image==0.26.0"),),
)


def load(
    name: str = "cell", *, root: str | os.PathLike | None = None, download: bool = False
) -> np.ndarray:
    """An image in [0, 1], float32: shape `(y, x)`, or `(3, y, x)` in red, green and blue.

    Args:
        name: `cell`, `microaneurysms`, `immunohistochemistry` or `retina`.
        root: folder to look into first.
        download: whether to fetch the files if they are not there.

    Raises:
        InputError: if there is no such image.
        RunError: if the files are not there; the message says how to get them.
    """
    from PIL import Image  # Matplotlib depends on it

    check_choice("name", name, FILES)
    content = fetch.contents(SOURCE, root, download=download)[FILES[name].name]
    pixels = np.asarray(Image.open(io.BytesIO(content)), np.float32) / np.float32(255)
    return pixels if pixels.ndim == 2 else np.moveaxis(pixels, -1, 0).copy()
