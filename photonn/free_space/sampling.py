"""When a sampled plane can represent what a propagator does with it.

A transfer function turns fast at high frequencies when the distance is long, a sampled
kernel turns fast at the edge of the window when it is short. Where a wave of frequency f
moves sideways by `distance * tan(angle)`, both conditions say the same thing, from the two
sides: the steepest wave on the grid crosses the window at the *critical distance*. Below
it transfer functions are sampled well, above it kernels are.

Everything here is plain NumPy on known numbers. For a traced length nothing can be known,
and `known` says so.

References:
    Goodman, "Introduction to Fourier Optics"; Voelz, "Computational Fourier
    Optics".
"""

import math
import warnings
from dataclasses import dataclass, replace
from typing import Any

import jax.core
import numpy as np

from photonn.free_space.convolution import fast_length
from photonn.free_space.grid import Grid, same_pitch

MOST_WINDOWS = 8
FINEST_TAIL = math.log(100)


@dataclass(frozen=True)
class Known:
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

    def extent(self, grid: Grid) -> tuple[float, float]:
        """Height and width of the first plane [m]."""
        return grid.shape[0] * self.pitch[0], grid.shape[1] * self.pitch[1]


def known(
    grid: Grid,
    output: Grid | None,
    *,
    distance: Any,
    wavelength: Any,
    index: Any = 1.0,
    shift: Any = (0.0, 0.0),
) -> Known | None:
    """The numbers of a request, or `None` if one of them is traced."""
    values = (distance, wavelength, index, *grid.pitch, *shift)
    pitch = output.pitch if output else ()
    if any(isinstance(value, jax.core.Tracer) for value in (*values, *pitch)):
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
    with np.errstate(invalid="ignore"):  # no distance at an infinite slope
        return float(np.max(np.where(light.distance > 0, light.distance * slope, 0)))


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
        n, m = grid.shape[axis], samples_out(grid, output, axis)
        least, most = n + m - 1, MOST_WINDOWS * max(n, m)
        if light is not None:
            needed = needed_length(grid, output, light, axis, paraxial=paraxial)
            if needed > most:
                spread = reach(light, axis, paraxial=paraxial) / light.pitch[axis]
                room = most - needed_length(
                    grid, output, replace(light, distance=np.zeros(())), axis
                )
                _warn_of_spread(spread, room, instead)
            least = max(least, math.ceil(min(needed, most)))
        shape.append(fast_length(least))
    return shape[0], shape[1]


def samples_out(grid: Grid, output: Grid, axis: int) -> int:
    """Samples that cover the output on the pitch of the field, if both are numbers."""
    fine, wide = grid.pitch[axis], output.pitch[axis]
    if fine is wide or not (isinstance(fine, float) and isinstance(wide, float)):
        return output.shape[axis]
    return math.ceil((output.shape[axis] - 1) * wide / fine - 1e-9) + 1


def needed_length(
    grid: Grid, output: Grid, light: Known, axis: int, *, paraxial: bool = False
) -> float:
    """Samples of a period in which light from the window does not come back into the output.

    Half a window is kept between: the kernel of a band that ends sharply, as that of every
    grid does, has tails beyond the steepest wave that fall off slowly.
    """
    way = farthest(grid, output, light, axis) + reach(light, axis, paraxial=paraxial)
    return way / light.pitch[axis] + 1 + max(grid.shape[axis], samples_out(grid, output, axis)) / 2


def fits(grid: Grid, output: Grid, light: Known) -> bool:
    """Whether padding to at most eight windows holds all light."""
    return all(
        needed_length(grid, output, light, axis)
        <= MOST_WINDOWS * max(grid.shape[axis], samples_out(grid, output, axis))
        for axis in (0, 1)
    )


def doubled(grid: Grid, output: Grid, light: Known, axis: int) -> float:
    """Length of a linear convolution [m]."""
    return (grid.shape[axis] + output.shape[axis] - 1) * light.pitch[axis]


def _warn_of_spread(spread: float, room: float, instead: str) -> None:
    warnings.warn(
        f"Light spreads over {spread:.3g} samples, more than the {room:.3g} that are "
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
    wide = light.distance >= (0 if paraxial else tail(light, axis))
    return bool(np.all(turns & wide))


def tail(light: Known, axis: int) -> np.ndarray:
    """How far the finest wave on the grid reaches if it is evanescent, else zero [m]."""
    pitch = light.pitch[axis]
    decay = np.sqrt(np.maximum((1 / (2 * pitch)) ** 2 - 1 / light.wavelength**2, 0))
    evanescent = 2 * pitch < light.wavelength
    return np.where(evanescent, FINEST_TAIL / (2 * np.pi * np.where(decay > 0, decay, 1)), 0)


def check_kernel(
    grid: Grid, output: Grid, light: Known | None, *, instead: str, paraxial: bool = False
) -> None:
    """Warn if a sampled kernel is too coarse."""
    if light is None:
        return
    if all(kernel_is_sampled(grid, output, light, a, paraxial=paraxial) for a in (0, 1)):
        return
    way = [farthest(grid, output, light, axis) for axis in (0, 1)]
    far = [critical_distance(light, a, way[a], paraxial=paraxial) for a in (0, 1)]
    if not paraxial:
        far += [float(np.max(tail(light, axis))) for axis in (0, 1)]
    warnings.warn(
        f"The kernel is too coarsely sampled over {light.distance.min():.3g} m with a pitch of "
        f"{light.pitch} m: what comes out is aliased. Use the method {instead}, a finer pitch, "
        f"a smaller window, or a distance of {max(far):.3g} m or more.",
        stacklevel=3,
    )


def chirp_edges(grid: Grid, light: Known, axis: int) -> tuple[float, float]:
    """Half the window, and how far out the pitch sends light: one must hold the other [m]."""
    half = float(np.min(light.wavelength * light.distance)) / (2 * light.pitch[axis])
    return grid.shape[axis] * light.pitch[axis] / 2, half * (1 + 1e-9)


def output_edge(output: Grid, light: Known, axis: int) -> float:
    """The sample out that is farthest from the axis of the field [m]."""
    return (output.shape[axis] - 1) / 2 * float(output.pitch[axis]) + abs(light.shift[axis])


def chirp_fits(grid: Grid, output: Grid, light: Known) -> bool:
    """Whether a quadratic phase over the field is sampled, and the output within its reach."""
    return all(
        max(window, output_edge(output, light, axis)) <= half
        for axis in (0, 1)
        for window, half in [chirp_edges(grid, light, axis)]
    )


def check_chirp(grid: Grid, output: Grid | None, light: Known | None) -> None:
    """Warn if the quadratic phase over the field is too coarse, or copies are in the output."""
    if light is None:
        return
    for axis in (0, 1):
        window, half = chirp_edges(grid, light, axis)
        if window > half:
            near = light.distance.min()
            warnings.warn(
                f"The quadratic phase over the field is too coarsely sampled at {near:.3g} m. "
                "Use the method `angular_spectrum`, `fresnel` or `dense_fresnel`, a finer "
                f"pitch, or a distance of {window / half * near:.3g} m or more.",
                stacklevel=3,
            )
        if output is not None and output_edge(output, light, axis) > half:
            warnings.warn(
                f"The output reaches {output_edge(output, light, axis):.3g} m from the axis, but "
                f"a pitch of {light.pitch[axis]:.3g} m sends nothing beyond {half:.3g} m: what "
                "is farther out is a copy. Use a smaller output or a finer pitch.",
                stacklevel=3,
            )


def choose(grid: Grid, output: Grid, light: Known | None) -> tuple[str, str]:
    """The method for a request, and why.

    Exact methods wherever the output has the pitch of the field: an approximation is for
    the caller to choose. For another pitch there is the Fresnel approximation only.
    """
    if not same_pitch(grid, output):
        if light is None:
            return "chirp_z", "the output has another pitch, and a length is traced"
        if chirp_fits(grid, output, light):
            return "chirp_z", "the output has another pitch, and the quadratic phase is sampled"
        return "dense_fresnel", "the output has another pitch, and the distance is short"
    if light is None:
        return "band_limited", "a length is traced: nothing wraps around at any distance"
    near = all(2 * reach(light, a) <= doubled(grid, output, light, a) for a in (0, 1))
    if near and fits(grid, output, light):
        return "angular_spectrum", "the steepest wave stays within twice the window"
    if all(kernel_is_sampled(grid, output, light, a) for a in (0, 1)):
        return "rayleigh_sommerfeld", "beyond the critical distance the kernel is sampled"
    if fits(grid, output, light):
        return "angular_spectrum", f"padding to at most {MOST_WINDOWS} windows holds all light"
    return "band_limited", "waves that miss the window are too steep to be padded for"
