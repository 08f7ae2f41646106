"""The grid on which a plane is sampled."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from photonn.errors import check_integer, check_positive, mistake


@dataclass(frozen=True)
class Grid:
    """Shape and pitch of a sampled plane; static and hashable.

    Sample centres lie at `(j - (n - 1) / 2) * pitch`: the plane is centred on the axis
    for even and odd `n` alike.

    Example:
        >>> Grid((64, 64), 8e-6).extent
        (0.000512, 0.000512)

    Attributes:
        shape: samples `(ny, nx)`; one number stands for both.
        pitch: distance between samples `(dy, dx)` [m]; one number stands for both.
    """

    shape: tuple[int, int]
    pitch: tuple[float, float]

    def __init__(self, shape: int | tuple[int, int], pitch: float | tuple[float, float]):
        for name, value, check in (("shape", shape, _check_count), ("pitch", pitch, _check_pitch)):
            pair = tuple(value) if isinstance(value, (tuple, list)) else (value, value)
            if len(pair) != 2:
                raise mistake(name, "be one number or a pair (y, x)", f"is {value!r}")
            for number in pair:
                check(number)
            object.__setattr__(self, name, pair)

    @property
    def y(self) -> Float[np.ndarray, " ny"]:
        """Heights of the sample centres [m]."""
        return _centres(self.shape[0], self.pitch[0])

    @property
    def x(self) -> Float[np.ndarray, " nx"]:
        """Horizontal positions of the sample centres [m]."""
        return _centres(self.shape[1], self.pitch[1])

    @property
    def extent(self) -> tuple[float, float]:
        """Height and width of the plane [m]."""
        return self.shape[0] * self.pitch[0], self.shape[1] * self.pitch[1]

    @property
    def pixel_area(self) -> float:
        """Area of a pixel, dy dx [m^2]."""
        return self.pitch[0] * self.pitch[1]


def _centres(count: int, pitch: float) -> np.ndarray:
    return (np.arange(count) - (count - 1) / 2) * pitch


def _check_count(number: object) -> None:
    check_integer("shape", number, 1)


def _check_pitch(number: object) -> None:
    if not isinstance(number, (int, float, np.number)):
        raise mistake("pitch", "be a number or a pair of numbers [m]", f"is {number!r}")
    check_positive("pitch", number, "m", "SI units: 8 um is 8e-6.")
