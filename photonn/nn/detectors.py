"""Read-outs: light into the numbers that a loss sees."""

from typing import Literal

import jax.numpy as jnp
from flax import nnx
from jax import Array
from jaxtyping import ArrayLike, Complex, Float, Num

from photonn.devices import photodetector
from photonn.errors import check_choice, check_shape, mistake
from photonn.free_space import Grid, masks
from photonn.nn.variables import Gain


class Intensity(nnx.Module):
    """Photodetectors on the first `classes` modes, with one electronic gain.

    Attributes:
        classes: number of detectors.
        gain: signal per power [1/W], trainable: it sets the temperature of a softmax.
    """

    def __init__(self, classes: int, *, gain: float = 1.0):
        self.classes = classes
        self.gain = Gain(jnp.asarray(gain, float))

    def __call__(self, field: Complex[ArrayLike, "*batch modes"]) -> Float[Array, "*batch classes"]:
        """Signals for amplitudes [sqrt(W)]."""
        modes = jnp.shape(field)[-1]
        if modes < self.classes:
            must = f"have at least {self.classes} modes, one for each class"
            raise mistake("field", must, f"has {modes}", "Use a mesh with more modes.")
        return self.gain[...] * photodetector.detect(jnp.asarray(field)[..., : self.classes])


class Regions(nnx.Module):
    """Detectors laid over a plane, one for each class, or two for differential reading.

    Attributes:
        grid: sampling of the plane.
        regions: where the detectors lie, `(detectors, y, x)`, not trainable.
        mode: `fraction` gives the share of the light of each detector, `differential`
            the normalised difference of a pair.
        gain: factor on the signals, trainable: it sets the temperature of a softmax.
    """

    def __init__(
        self,
        grid: Grid,
        classes: int,
        *,
        mode: Literal["fraction", "differential"] = "fraction",
        fill: float = 0.6,
        gain: float = 10.0,
        regions: Num[ArrayLike, "detectors y x"] | None = None,
    ):
        """Lay the detectors in rows, or where `regions` says.

        Args:
            grid: sampling of the plane.
            classes: number of signals.
            mode: how the powers are read.
            fill: side of a detector over the distance between detectors.
            gain: at the start.
            regions: sensitivity of every detector at every pixel, 0 to 1; for differential
                reading all positive detectors come first.
        """
        check_choice("mode", mode, ("fraction", "differential"))
        detectors = 2 * classes if mode == "differential" else classes
        if regions is None:
            regions = masks.detector_regions(grid, detectors, fill=fill)
        check_shape("regions", jnp.shape(regions), (detectors, *grid.shape), "One for each.")
        self.grid = grid
        self.mode = mode
        self.regions = nnx.Variable(jnp.asarray(regions, float))
        self.gain = Gain(jnp.asarray(gain, float))

    def __call__(self, field: Complex[ArrayLike, "*batch y x"]) -> Float[Array, "*batch classes"]:
        """Signals for a field on the grid."""
        powers = photodetector.detect_regions(
            field, self.regions[...], pixel_area=self.grid.pixel_area
        )
        if self.mode == "differential":
            return self.gain[...] * photodetector.detect_differential(powers)
        return self.gain[...] * photodetector.normalize(powers)


class ClassSpecific(nnx.Module):
    """A network for each class, each with detectors of its own behind it.

    Attributes:
        grid: sampling of every plane.
        classes: number of networks.
        mode: `differential` reads two detectors behind each network, the normalised
            difference; `fraction` one, as its share of what all of them catch.
        regions: where the detectors lie, `(detectors, y, x)`, not trainable.
        gain: factor on the signals, trainable: it sets the temperature of a softmax.

    References:
        Li et al., "Class-specific differential detection in diffractive optical neural
        networks improves inference accuracy", Advanced Photonics 1, 046001 (2019).
    """

    def __init__(
        self,
        grid: Grid,
        classes: int,
        *,
        mode: Literal["fraction", "differential"] = "differential",
        fill: float = 0.6,
        gain: float = 10.0,
    ):
        check_choice("mode", mode, ("fraction", "differential"))
        self.grid, self.classes, self.mode = grid, classes, mode
        detectors = 2 if mode == "differential" else 1
        self.regions = nnx.Variable(
            jnp.asarray(masks.detector_regions(grid, detectors, fill=fill), float)
        )
        self.gain = Gain(jnp.asarray(gain, float))

    def __call__(
        self, field: Complex[ArrayLike, "*batch networks y x"]
    ) -> Float[Array, "*batch networks"]:
        """Signals for the fields behind all networks, one of them for each class."""
        hint = "One plane for each class, as `FourF(channels=...)` gives them."
        check_shape("field", jnp.shape(field), (self.classes, *self.grid.shape), hint)
        powers = photodetector.detect_regions(
            field, self.regions[...], pixel_area=self.grid.pixel_area
        )
        if self.mode == "differential":
            return self.gain[...] * photodetector.detect_differential(powers)[..., 0]
        return self.gain[...] * photodetector.normalize(powers[..., 0])
