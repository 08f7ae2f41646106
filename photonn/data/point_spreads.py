"""Images of a point through an aberrated lens.

With them come the coefficients of the Zernike polynomials that made them.

Noll, "Zernike polynomials and atmospheric turbulence", J. Opt. Soc. Am. 66, 207 (1976): order
and normalisation.
"""

from math import comb

import numpy as np

from photonn.data.dataset import Dataset, Split
from photonn.errors import check_integer, check_not_negative


def load(
    *,
    seed: int = 0,
    train: int = 1000,
    validation: int = 200,
    test: int = 200,
    samples: int = 32,
    modes: int = 12,
    rms: float = 0.5,
) -> Split:
    """Point-spread functions, `(n, samples, samples)`, and as labels their coefficients [rad].

    Both are float32. The power of an image is 1, and a pixel wavelength / 2 times the focal
    ratio. Labels have the shape `(n, modes)`: Zernike polynomials 4 (defocus), 5, 6, ... of
    Noll's order. With defocus of both signs an image does not tell the sign of even orders.

    Args:
        seed: of the draws.
        train: images to fit.
        validation: images to choose by.
        test: images to report on.
        samples: pixels of a side.
        modes: polynomials, from number 4 on.
        rms: expected root mean square of the phase in the pupil [rad].
    """
    lengths = {"train": train, "validation": validation, "test": test, "modes": modes}
    for name, value in lengths.items():
        check_integer(name, value, 1)
    check_integer("samples", samples, 8)
    check_not_negative("rms", rms, "rad")
    rng = np.random.default_rng(seed)
    parts = []
    for length in (train, validation, test):
        coefficients = rms / np.sqrt(modes) * rng.normal(size=(length, modes))
        images = np.stack([image(row, samples) for row in coefficients])
        parts.append(Dataset(images.astype(np.float32), coefficients.astype(np.float32)))
    return Split(*parts)


def image(coefficients: np.ndarray, samples: int) -> np.ndarray:
    """The image of a point, `(samples, samples)`, power 1, its middle at `samples // 2`.

    Args:
        coefficients: of Zernike polynomials 4, 5, ... [rad].
        samples: pixels of a side; the pupil is half as many wide.
    """
    axis = 4 * (np.arange(samples) - samples // 2) / samples
    radius, angle = np.hypot(axis[:, None], axis), np.arctan2(axis[:, None], axis)
    numbers = range(4, 4 + len(coefficients))
    terms = zip(coefficients, numbers, strict=True)
    phase = sum((c * zernike(number, radius, angle) for c, number in terms), np.zeros_like(radius))
    pupil = np.where(radius <= 1, np.exp(1j * phase), 0)
    power = np.abs(np.fft.fftshift(np.fft.fft2(np.fft.ifftshift(pupil)))) ** 2
    return power / power.sum()


def zernike(number: int, radius: np.ndarray, angle: np.ndarray) -> np.ndarray:
    """Zernike polynomial of Noll's `number`, from 1; mean square 1 over the unit disc.

    Args:
        number: 1 piston, 2 and 3 tilts, 4 defocus, ...
        radius: distance from the middle; 1 at the rim.
        angle: from x towards y [rad].
    """
    check_integer("number", number, 1)
    n = 0
    while (n + 1) * (n + 2) // 2 < number:
        n += 1
    place = number - n * (n + 1) // 2  # 1 for the first of the degree n
    m = 2 * (place // 2) if n % 2 == 0 else 2 * ((place + 1) // 2) - 1
    half, radial = (n - m) // 2, np.zeros_like(radius)
    for k in range(half + 1):
        weight = (-1) ** k * comb(n - k, k) * comb(n - 2 * k, half - k)
        radial = radial + weight * radius ** (n - 2 * k)
    if m == 0:
        return np.sqrt(n + 1) * radial
    wave = np.cos(m * angle) if number % 2 == 0 else np.sin(m * angle)
    return np.sqrt(2 * (n + 1)) * radial * wave
