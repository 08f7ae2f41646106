"""What sampling means for one way of light: a small report, and the method that fits."""

import math
from dataclasses import dataclass

import numpy as np
from jaxtyping import ArrayLike, Float

from photonn.errors import mistake
from photonn.free_space import sampling
from photonn.free_space.grid import Grid
from photonn.free_space.request import Shift, check_grids, check_lengths, check_single

Pair = tuple[float, float]


@dataclass(frozen=True)
class SamplingReport:
    """How a grid samples light over a distance; pairs are (y, x). Print it for a table.

    Attributes:
        grid: sampling of the first plane.
        distance: from plane to plane [m].
        wavelength: in the medium [m].
        diffraction_angle: of the steepest wave on the grid [rad]; pi / 2 where the pitch is
            half a wave or less.
        critical_distance: below it a transfer function is sampled well, above it a kernel,
            both for a linear convolution [m].
        fresnel_number: half the window squared over wavelength times distance.
        connectivity: share of the next window that a pixel at the edge of this one reaches.
        padding: shape that a transfer function needs so that no light comes back; infinite
            where waves graze the plane.
        wrap_around: share of the power of light that fills the window and all its
            frequencies that comes back into a window without padding.
        paraxial_error: of the phase of the steepest wave that lands in the window, in the
            Fresnel approximation [rad].
        method: what `propagate(..., method="auto")` takes.
        reason: why.
    """

    grid: Grid
    distance: float
    wavelength: float
    diffraction_angle: Pair
    critical_distance: Pair
    fresnel_number: Pair
    connectivity: Pair
    padding: Pair
    wrap_around: float
    paraxial_error: float
    method: str
    reason: str

    def __str__(self) -> str:
        """A table, one quantity a line."""
        rows = [
            ("pitch [m]", self.grid.pitch),
            ("greatest angle [deg]", tuple(math.degrees(a) for a in self.diffraction_angle)),
            ("critical distance [m]", self.critical_distance),
            ("Fresnel number", self.fresnel_number),
            ("connectivity", self.connectivity),
            ("padded samples", self.padding),
        ]
        head = f"{self.distance:.4g} m at {self.wavelength:.4g} m in the medium, {self.grid.shape}"
        lines = [head, f"{'':24}{'y':>12}{'x':>12}"]
        lines += [f"{name:24}{y:12.4g}{x:12.4g}" for name, (y, x) in rows]
        lines += [
            f"{'comes back without padding':36}{self.wrap_around:12.4g}",
            f"{'paraxial phase error [rad]':36}{self.paraxial_error:12.4g}",
            f"method: {self.method}, because {self.reason}",
        ]
        return "\n".join(lines)


def sampling_report(
    grid: Grid,
    *,
    distance: Float[ArrayLike, ""],
    wavelength: Float[ArrayLike, ""],
    index: Float[ArrayLike, ""] = 1.0,
    output: Grid | None = None,
    shift: Shift = (0.0, 0.0),
) -> SamplingReport:
    """How `grid` samples light over `distance`, and which method fits.

    Example:
        >>> report = sampling_report(Grid(200, 0.4e-3), distance=0.03, wavelength=0.75e-3)
        >>> report.method
        'rayleigh_sommerfeld'

    Args:
        grid: sampling of the first plane.
        distance: from plane to plane [m].
        wavelength: in vacuum [m].
        index: refractive index between the planes.
        output: grid of the last plane; by default the same.
        shift: of the centre of the last plane, (y, x) [m].

    Raises:
        InputError: if a length is traced, or not positive and finite.
    """
    check_grids(grid, output)
    check_lengths(distance, wavelength, index, shift)
    check_single(distance=distance, wavelength=wavelength, index=index)
    output = output or grid
    light = sampling.known(
        grid, output, distance=distance, wavelength=wavelength, index=index, shift=shift
    )
    if light is None:
        raise mistake("distance", "be known, with all lengths", "is traced", "Report outside jit.")
    method, reason = sampling.choose(grid, output, light)
    travel, medium = float(light.distance), float(light.wavelength)
    reaches = [sampling.reach(light, axis) for axis in (0, 1)]
    extent = light.extent(grid)
    angles = [math.asin(min(medium / (2 * pitch), 1)) for pitch in light.pitch]
    return SamplingReport(
        grid=grid,
        distance=travel,
        wavelength=medium,
        diffraction_angle=_pair(angles),
        critical_distance=_pair(
            sampling.critical_distance(light, a, sampling.doubled(grid, output, light, a) / 2)
            for a in (0, 1)
        ),
        fresnel_number=_pair(sampling.fresnel_number(grid, light, a) for a in (0, 1)),
        connectivity=_pair(min(1, r / width) for r, width in zip(reaches, extent, strict=True)),
        padding=_pair(sampling.needed_length(grid, output, light, a) for a in (0, 1)),
        wrap_around=_wrap_around(grid, light),
        paraxial_error=_paraxial_error(light, extent),
        method=method,
        reason=reason,
    )


def _pair(values) -> Pair:
    y, x = values
    return float(y), float(x)


def _wrap_around(grid: Grid, light: sampling.Known) -> float:
    """A wave that moves by d over a window of length L takes d / L of its light out of it."""
    sines = [
        np.fft.fftfreq(n) / pitch * float(light.wavelength)
        for n, pitch in zip(grid.shape, light.pitch, strict=True)
    ]
    s = sines[0][:, None] ** 2 + sines[1][None, :] ** 2
    cosine = np.sqrt(np.maximum(1 - s, 1e-300))
    stays, travels = np.ones_like(s), s < 1
    for sine, axis in ((sines[0][:, None], 0), (sines[1][None, :], 1)):
        window = grid.shape[axis] * light.pitch[axis]
        stays = stays * (1 - np.minimum(1, float(light.distance) * abs(sine) / cosine / window))
    return float(1 - np.mean(stays[travels])) if travels.any() else 0.0


def _paraxial_error(light: sampling.Known, extent: Pair) -> float:
    """Phase k distance (1 - s / 2 - sqrt(1 - s)) without cancellation, for s of both axes."""
    travel, medium = float(light.distance), float(light.wavelength)
    s = 0.0
    for pitch, width in zip(light.pitch, extent, strict=True):
        s += min(medium / (2 * pitch), width / math.hypot(width, travel)) ** 2
    s = min(s, 1.0)
    root = math.sqrt(1 - s)
    return 2 * math.pi * travel / medium * s**2 / (2 * (1 + root) ** 2)
