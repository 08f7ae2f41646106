"""Read-outs: light into the numbers that a loss sees."""

from typing import Literal

import jax.numpy as jnp
from flax import nnx
from jax import Array
from jaxtyping import ArrayLike, Complex, Float, Num

from photonn.devices import photodetector
from photonn.devices.receiver import Receiver
from photonn.errors import check_choice, check_shape
from photonn.free_space import Grid, masks
from photonn.nn.balanced import first_modes
from photonn.nn.receive import Receive
from photonn.nn.variables import Gain


class Intensity(nnx.Module):
    """Photodetectors on the first `classes` modes, with one electronic gain.

    Attributes:
        classes: number of detectors.
        gain: signal per power [1/W], or per current [1/A] of a receiver, trainable: it sets
            the temperature of a softmax.
        receive: photodiodes and their noise.
    """

    def __init__(
        self,
        classes: int,
        *,
        gain: float = 1.0,
        receiver: Receiver | None = None,
        rngs: nnx.Rngs | None = None,
    ):
        self.classes = classes
        self.gain = Gain(jnp.asarray(gain, float))
        self.receive = Receive(receiver, rngs=rngs)

    def __call__(self, field: Complex[ArrayLike, "*batch modes"]) -> Float[Array, "*batch classes"]:
        """Signals for amplitudes [sqrt(W)]."""
        powers = photodetector.detect(first_modes(field, self.classes))
        return self.gain[...] * self.receive(powers)


class Regions(nnx.Module):
    """Detectors laid over a plane, one for each class, or two for differential reading.

    Attributes:
        grid: sampling of the plane.
        regions: where the detectors lie, `(detectors, y, x)`, not trainable.
        mode: `fraction` gives the share of the light of each detector, `differential`
            the normalised difference of a pair.
        gain: factor on the signals, trainable: it sets the temperature of a softmax.
        receive: photodiodes and their noise; a current below zero counts as zero.
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
        receiver: Receiver | None = None,
        rngs: nnx.Rngs | None = None,
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
            receiver: photodiodes and electronics; `None` for no noise.
            rngs: with a stream `noise`, for a receiver.
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
        self.receive = Receive(receiver, rngs=rngs)

    def __call__(self, field: Complex[ArrayLike, "*batch y x"]) -> Float[Array, "*batch classes"]:
        """Signals for a field on the grid."""
        powers = photodetector.detect_regions(
            field, self.regions[...], pixel_area=self.grid.pixel_area
        )
        if self.receive.receiver is not None:
            # Shares of noise below zero would have no meaning, nor a bound.
            powers = jnp.maximum(self.receive(powers), 0)
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
