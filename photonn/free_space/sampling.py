"""When a sampled plane can represent what a propagator does with it.

A transfer function turns fast at high frequencies when the distance is long, a sampled
kernel turns fast at the edge of the window when it is short. Where a wave of frequency f
moves sideways by `distance * tan(angle)`, both conditions say the same thing, from the two
sides: the steepest wave on the grid crosses the window at the *critical distance*. Below
it transfer functions are sampled well, above it kernels are.

Everything here is plain NumPy on known numbers. For a traced length nothing can be known,
and `known` says so.

References:
    Goodman, "Introduction to Fourier Optics", chapter 5; Voelz, "Computational Fourier
    Optics", chapter 5.
"""

import math
import warnings
from typing import Any, NamedTuple

import jax.core
import numpy as np

from photonn.free_space.convolution import fast_length
from photonn.free_space.grid import Grid

MOST_WINDOWS = 8
FINEST_TAIL = math.log(100)


class Known(NamedTuple):
    """The numbers of a request; lengths in the medium and both arrays of one shape.

    Attributes:
        distance: without its sign [m].
        wavelength: in the medium [m].
        pitch, shift: (y, x) [m].
    """

    distance: np.ndarray
    wavelength: np.ndarray
    pitch: tuple[float, float]
    shift: tuple[float, float]


def known(
    grid: Grid, distance: Any, wavelength: Any, index: Any = 1.0, shift: Any = (0.0, 0.0)
) -> Known | None:
    """The numbers of a request, or `None` if one of them is traced."""
    values = (distance, wavelength, index, *grid.pitch, *shift)
    if any(isinstance(value, jax.core.Tracer) for value in values):
        return None
    z, wavelength, n, dy, dx, sy, sx = (np.asarray(value, float) for value in values)
    z, wavelength = np.broadcast_arrays(np.abs(z), wavelength / n)
    return Known(z, wavelength, (float(dy), float(dx)), (float(sy), float(sx)))


def tangent(wavelength: np.ndarray, pitch: float, *, paraxial: bool = False) -> np.ndarray:
    """Slope of the steepest wave on a grid; infinite where the pitch is below half a wave."""
    sine = wavelength / (2 * pitch)
    with np.errstate(divide="ignore"):
        slope = sine if paraxial else sine / np.sqrt(np.maximum(1 - sine**2, 0))
    return np.asarray(slope)


def reach(light: Known, axis: int, *, paraxial: bool = False) -> float:
    """How far the steepest wave moves sideways [m]."""
    slope = tangent(light.wavelength, light.pitch[axis], paraxial=paraxial)
    return float(np.max(np.where(light.distance > 0, light.distance, 0) * np.minimum(slope, 1e300)))


def critical_distance(light: Known, axis: int, width: float, *, paraxial: bool = False) -> float:
    """Where the steepest wave moves by `width`: zero if it grazes the plane [m]."""
    return float(np.min(width / tangent(light.wavelength, light.pitch[axis], paraxial=paraxial)))


def fresnel_number(grid: Grid, light: Known, axis: int) -> np.ndarray:
    """Half the window squared over wavelength times distance: near field above 1."""
    half = grid.shape[axis] * light.pitch[axis] / 2
    with np.errstate(divide="ignore"):
        return np.asarray(half**2 / (light.wavelength * light.distance))


def farthest(grid: Grid, output: Grid, light: Known, axis: int) -> float:
    """The longest way sideways from a sample in to a sample out [m]."""
    steps = (grid.shape[axis] - 1) * light.pitch[axis]
    steps += (output.shape[axis] - 1) * float(output.pitch[axis])
    return steps / 2 + abs(light.shift[axis])


def padded_shape(
    grid: Grid, output: Grid, light: Known | None, *, instead: str, paraxial: bool = False
) -> tuple[int, int]:
    """Least fast shape in which light from the window does not come back into the output.

    At least n_in + n_out - 1, which a linear convolution needs also for the tails of the
    kernel; that is all where a length is traced. At most eight windows, with a warning.

    Args:
        grid: sampling of the field.
        output: sampling of the result.
        light: lengths, if they are known.
        instead: methods to name in the warning.
        paraxial: waves move as in the Fresnel approximation.
    """
    shape = []
    for axis in (0, 1):
        n, m = grid.shape[axis], output.shape[axis]
        step = 1.0
        least, most = n + m - 1, MOST_WINDOWS * max(n, m)
        if light is not None:
            step = float(output.pitch[axis]) / light.pitch[axis]
            half = (n - 1) / 2 + (m - 1) / 2 * step + abs(light.shift[axis]) / light.pitch[axis]
            spread = reach(light, axis, paraxial=paraxial) / light.pitch[axis]
            if half + spread + 1 > most:
                _warn_of_spread(spread, half, most, instead)
            least = max(least, math.ceil(min(half + spread + 1, most)))
        shape.append(fast_length(least))
    return shape[0], shape[1]


def _warn_of_spread(spread: float, half: float, most: int, instead: str) -> None:
    warnings.warn(
        f"Light spreads over {spread:.3g} samples, more than the {most - half - 1:.0f} that are "
        "padded: some of it comes back into the window. Use a larger grid, a coarser pitch "
        f"or a shorter distance, or the method {instead}.",
        stacklevel=4,
    )


def kernel_is_sampled(
    grid: Grid, output: Grid, light: Known, axis: int, *, paraxial: bool = False
) -> bool:
    """Whether a kernel turns by less than half a turn from sample to sample everywhere.

    The exact kernel must also be wider than a sample: that is, of the waves that the grid
    holds and the air does not, the last has decayed to a hundredth.
    """
    way, pitch = farthest(grid, output, light, axis), light.pitch[axis]
    along = light.distance if paraxial else np.hypot(light.distance, way)
    turns = 2 * pitch * way <= light.wavelength * along * (1 + 1e-9)
    if paraxial:
        return bool(np.all(turns))
    decay = np.sqrt(np.maximum((1 / (2 * pitch)) ** 2 - 1 / light.wavelength**2, 0))
    evanescent = 2 * pitch < light.wavelength
    wide = 2 * np.pi * light.distance * decay >= FINEST_TAIL
    return bool(np.all(turns & (wide | ~evanescent)))


def check_kernel(
    grid: Grid, output: Grid, light: Known | None, *, instead: str, paraxial: bool = False
) -> None:
    """Warn if a sampled kernel is too coarse."""
    if light is None:
        return
    if all(kernel_is_sampled(grid, output, light, a, paraxial=paraxial) for a in (0, 1)):
        return
    way = [farthest(grid, output, light, axis) for axis in (0, 1)]
    far = max(critical_distance(light, a, way[a], paraxial=paraxial) for a in (0, 1))
    warnings.warn(
        f"The kernel is too coarsely sampled over {light.distance.min():.3g} m with a pitch of "
        f"{light.pitch} m: what comes out is aliased. Use the method {instead}, a finer pitch, "
        f"a smaller window, or a distance of {far:.3g} m or more.",
        stacklevel=3,
    )


def check_chirp(grid: Grid, output: Grid | None, light: Known | None) -> None:
    """Warn if the quadratic phase over the field is too coarse, or copies are in the output."""
    if light is None:
        return
    for axis in (0, 1):
        half = float(np.min(light.wavelength * light.distance)) / (2 * light.pitch[axis])
        window = grid.shape[axis] * light.pitch[axis] / 2
        if window > half * (1 + 1e-9):
            warnings.warn(
                f"The quadratic phase over the field is too coarsely sampled at "
                f"{light.distance.min():.3g} m. Use the method `angular_spectrum` or "
                f"`fresnel`, a finer pitch, or a distance of "
                f"{window / half * light.distance.min():.3g} m or more.",
                stacklevel=3,
            )
        if output is None:
            continue
        edge = (output.shape[axis] - 1) / 2 * float(output.pitch[axis]) + abs(light.shift[axis])
        if edge > half * (1 + 1e-9):
            warnings.warn(
                f"The output reaches {edge:.3g} m from the axis, but a pitch of "
                f"{light.pitch[axis]:.3g} m sends nothing beyond {half:.3g} m: what is farther "
                "out is a copy. Use a smaller output or a finer pitch.",
                stacklevel=3,
            )
