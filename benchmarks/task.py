"""What every worker computes: the same numbers to start from, and how to tell that it is right.

Plain NumPy, for every Python from 3.10 on: this file is imported in every environment.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np


class Task(NamedTuple):
    """One piece of work, set up.

    Attributes:
        run: does it once, to the end (nothing left to a queue), and returns the result.
        error: how far such a result is from the truth, relative.
        notes: what the worker knows of itself, such as memory that its compiler reports.
    """

    run: Callable[[], Any]
    error: Callable[[Any], float]
    notes: Mapping = MappingProxyType({})


def draw(*shape: int) -> np.ndarray:
    """Standard normal numbers, the same in every worker."""
    return np.random.default_rng(shape).normal(size=shape)


def field(modes: int, batch: int) -> np.ndarray:
    """Light of unit power in each sample, `(batch, modes)`."""
    real, imag = draw(2, batch, modes)
    light = real + 1j * imag
    return (light / np.linalg.norm(light, axis=1, keepdims=True)).astype(np.complex64)


def target(modes: int, batch: int) -> np.ndarray:
    """The light that is wanted: loss = sum(|out - target|^2) / batch."""
    return np.roll(field(modes, batch), 1, axis=1)


def pairs(modes: int, depth: int) -> list:
    """Columns of the rectangle: first mode of each cell, even and odd in turn."""
    return [np.arange(column % 2, modes - 1, 2) for column in range(depth)]


def phases(modes: int, depth: int) -> tuple:
    """Theta and phi of every cell, column by column, and gamma at every output [rad]."""
    size = sum(map(len, pairs(modes, depth)))
    angles = np.pi * (1 + np.tanh(draw(2 * size + modes)))
    return angles[:size] / 2, angles[size : 2 * size], angles[2 * size :]


def unitary(modes: int) -> np.ndarray:
    """A Haar-random unitary matrix."""
    real, imag = draw(2, modes, modes)
    q, r = np.linalg.qr(real + 1j * imag)
    return q * (np.diag(r) / np.abs(np.diag(r)))


def distance(matrix: Any, wanted: np.ndarray) -> float:
    """||U' - U|| / sqrt(N)."""
    return float(np.linalg.norm(np.asarray(matrix) - wanted) / np.sqrt(len(wanted)))


def rectangle(modes: int) -> np.ndarray:
    """Reference: the matrix of the rectangle with the phases above."""
    return _Mesh(modes, modes, phases(modes, modes)).forward(np.eye(modes, dtype=complex))


@lru_cache(maxsize=1)
def gradient(modes: int, batch: int, depth: int) -> np.ndarray:
    """Reference for `mesh_step`: slopes of theta, phi and gamma, one after another.

    The adjoint method in double precision: light goes forward, then light and error go
    back, column by column.
    """
    mesh = _Mesh(modes, depth, phases(modes, depth))
    out = mesh.forward(field(modes, batch).T.astype(complex))
    return mesh.backward(out, 2 * (out - target(modes, batch).T) / batch)


class _Mesh:
    """The rectangle in NumPy. With the phase of its input arm apart, a cell is.

    T = [[bar, cross], [cross, -bar]],  dT/dtheta = (i/2) exp(i theta) [1, i]^T [1, i].
    """

    def __init__(self, modes, depth, angles):
        theta, phi, gamma = angles
        self.arm, self.port, self.screen = (np.exp(1j * x)[:, None] for x in (theta, phi, gamma))
        self.bar, self.cross = (self.arm - 1) / 2, 1j * (self.arm + 1) / 2
        columns = pairs(modes, depth)
        ends = np.cumsum([0, *map(len, columns)])
        self.columns = [
            (m, slice(a, b)) for m, a, b in zip(columns, ends[:-1], ends[1:], strict=True)
        ]

    def forward(self, light):
        for m, cell in self.columns:
            light[m] *= self.port[cell]
            _cross(light, m, self.bar[cell], self.cross[cell])
        return light * self.screen

    def backward(self, light, error):
        slopes = [np.empty(len(self.arm)), np.empty(len(self.port)), _slope(error, light)]
        light, error = light * self.screen.conj(), error * self.screen.conj()
        for m, cell in reversed(self.columns):
            behind = error[m] - 1j * error[m + 1]
            for x in (light, error):
                _cross(x, m, self.bar[cell].conj(), self.cross[cell].conj())
            inside = self.arm[cell] * (light[m] + 1j * light[m + 1]) / 2
            slopes[0][cell], slopes[1][cell] = _slope(behind, inside), _slope(error[m], light[m])
            for x in (light, error):
                x[m] *= self.port[cell].conj()
        return np.concatenate(slopes)


def _cross(light, m, bar, cross):
    upper, lower = light[m], light[m + 1]
    light[m], light[m + 1] = bar * upper + cross * lower, cross * upper - bar * lower


def _slope(error, light):
    """Change of the loss when `light` is turned by a phase."""
    return np.sum((error.conj() * 1j * light).real, axis=-1)


def gradient_error(slopes: Any, modes: int, batch: int, depth: int) -> float:
    """Relative distance of a gradient from the reference."""
    wanted = gradient(modes, batch, depth)
    found = np.concatenate([np.ravel(np.asarray(s)) for s in slopes])
    return float(np.linalg.norm(found - wanted) / np.linalg.norm(wanted))


def slope_error(move: Callable[[list], float], phases: list, slopes: Any) -> float:
    """The same for a mesh with phases of its own: against the change of the loss itself.

    Args:
        move: sets the phases and gives the loss.
        phases: where the gradient was taken [rad].
        slopes: the gradient.
    """
    slopes = [np.asarray(s) for s in slopes]
    norm = np.sqrt(sum(np.sum(s**2) for s in slopes))
    way = 0.05 / norm  # [rad]: long enough for single precision
    there, back = (
        move([p + sign * way * s for p, s in zip(phases, slopes, strict=True)]) for sign in (1, -1)
    )
    move(phases)
    return float(abs((there - back) / (2 * 0.05) / norm - 1))
