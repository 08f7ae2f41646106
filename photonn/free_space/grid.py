"""The grid on which a plane is sampled."""

from dataclasses import dataclass
from typing import Any

import jax.core
import jax.numpy as jnp
import numpy as np
from jax import Array
from jaxtyping import ArrayLike, Float

from photonn.errors import check_integer, check_positive, mistake


@dataclass(frozen=True)
class Grid:
    """Shape and pitch of a sampled plane; static and hashable when the pitch is a number.

    The pitch may also be a JAX array, known or traced: then it can be trained, and `y`
    and `x` are JAX arrays. What a propagator can check or choose by the pitch alone (how
    far to pad, whether a kernel is sampled finely enough) needs a number.

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
    pitch: tuple[float | Array, float | Array]

    def __init__(
        self,
        shape: int | tuple[int, int],
        pitch: ArrayLike | tuple[ArrayLike, ArrayLike],
    ):
        object.__setattr__(self, "shape", tuple(map(_count, _pair("shape", shape))))
        object.__setattr__(self, "pitch", tuple(map(_pitch, _pair("pitch", pitch))))

    @property
    def y(self) -> Float[np.ndarray, " ny"] | Float[Array, " ny"]:
        """Heights of the sample centres [m]."""
        return _centres(self.shape[0], self.pitch[0])

    @property
    def x(self) -> Float[np.ndarray, " nx"] | Float[Array, " nx"]:
        """Horizontal positions of the sample centres [m]."""
        return _centres(self.shape[1], self.pitch[1])

    @property
    def extent(self) -> tuple[Any, Any]:
        """Height and width of the plane; numbers, or arrays if the pitch is one [m]."""
        return self.shape[0] * self.pitch[0], self.shape[1] * self.pitch[1]

    @property
    def pixel_area(self) -> Any:
        """Area of a pixel, dy dx; a number, or an array if the pitch is one [m^2]."""
        return self.pitch[0] * self.pitch[1]


def same_pitch(grid: Grid, output: Grid) -> bool:
    """Whether two grids have one pitch: equal numbers, or the very same traced ones."""
    return all(
        one is other or (isinstance(one, float) and isinstance(other, float) and one == other)
        for one, other in zip(grid.pitch, output.pitch, strict=True)
    )


def _centres(count: int, pitch: float | Array) -> np.ndarray | Array:
    steps = np.arange(count) - (count - 1) / 2
    return jnp.asarray(steps, pitch.dtype) * pitch if isinstance(pitch, Array) else steps * pitch


def _pair(name: str, value: object) -> tuple:
    several = isinstance(value, (tuple, list)) or np.ndim(value) > 0  # type: ignore
    pair = tuple(value) if several else (value, value)  # type: ignore
    if len(pair) != 2:
        raise mistake(name, "be one number or a pair (y, x)", f"is {value!r}")
    return pair


def _count(number: object) -> int:
    check_integer("shape", number, 1)
    return int(number)  # type: ignore


def _pitch(number: object) -> float | Array:
    if isinstance(number, jax.core.Tracer):
        return number
    if not isinstance(number, (int, float, np.number, np.ndarray, Array)):
        raise mistake("pitch", "be a number or a pair of numbers [m]", f"is {number!r}")
    check_positive("pitch", float(number), "m", "SI units: 8 um is 8e-6.")
    return number if isinstance(number, Array) else float(number)
