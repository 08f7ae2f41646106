"""Free space, lenses and 4f systems as modules."""

from collections.abc import Callable
from typing import Any, Literal

import jax.numpy as jnp
from flax import nnx
from jax import Array
from jaxtyping import ArrayLike, Complex, Num

from photonn.errors import (
    check_choice,
    check_finite,
    check_integer,
    check_positive,
    check_shape,
    check_wavelength,
)
from photonn.free_space import Grid, aperture, bounds, four_f, lens, masks, propagation
from photonn.nn.diffractive import colours
from photonn.nn.streams import parameters
from photonn.nn.variables import Amplitude, Phase, Stretch


class Propagate(nnx.Module):
    """Free space between two planes.

    Attributes:
        grid: sampling of both planes.
        distance: between them [m].
        wavelength: in vacuum [m].
        index: refractive index of the space.
        method: how light propagates: a name that `free_space.propagate` knows, or a function
            that is called as it is.
    """

    def __init__(
        self,
        grid: Grid,
        *,
        distance: float,
        wavelength: float | tuple[float, ...],
        index: float = 1.0,
        method: str | Callable[..., Any] = "auto",
    ):
        check_finite("distance", distance, "m")
        check_wavelength("wavelength", wavelength)
        check_positive("index", index, "1")
        self.grid, self.distance, self.wavelength, self.index = grid, distance, wavelength, index
        self.method = propagation.by_name(method)

    def __call__(self, field: Num[ArrayLike, "*batch y x"]) -> Complex[Array, "*batch y x"]:
        """Field in the second plane."""
        check_shape("field", jnp.shape(field), self.grid.shape)
        space = {"distance": self.distance, "index": self.index}
        return self.method(field, self.grid, wavelength=colours(self.wavelength), **space)


class Lens(nnx.Module):
    """A lens.

    Attributes:
        grid: sampling of its plane.
        focal_length: as designed [m]; negative for a diverging lens.
        stretch: logarithm of the focal length over that, a variable if it is trained: one
            learning rate serves every lens, and none turns inside out. Else `None`.
        wavelength: in vacuum [m]; several are a tuple, and an axis of the field in front of
            its plane.
        index: refractive index of the space around.
        shape: `exact` brings a plane wave to a point, `paraxial` does so for small angles.
        radius: of its edge [m]; `None` for a lens as large as the grid.
    """

    def __init__(
        self,
        grid: Grid,
        *,
        focal_length: float,
        wavelength: float | tuple[float, ...],
        index: float = 1.0,
        shape: Literal["exact", "paraxial"] = "exact",
        radius: float | None = None,
        trained: bool = False,
    ):
        check_choice("shape", shape, ("exact", "paraxial"))
        lens.check_focal_length(focal_length)
        check_wavelength("wavelength", wavelength)
        check_positive("index", index, "1")
        check_positive("radius", radius, "m")
        self.grid, self.focal_length, self.wavelength = grid, focal_length, wavelength
        self.index, self.shape, self.radius = index, shape, radius
        self.stretch = Stretch(jnp.zeros(())) if trained else None

    def __call__(self, field: Num[ArrayLike, "*batch y x"]) -> Complex[Array, "*batch y x"]:
        """Field behind the lens."""
        check_shape("field", jnp.shape(field), self.grid.shape)
        make = lens.exact_phase if self.shape == "exact" else lens.paraxial_phase
        focal_length = self.focal_length
        if self.stretch is not None:
            focal_length = focal_length * jnp.exp(self.stretch[...])
        phase = make(
            self.grid,
            focal_length=focal_length,
            wavelength=colours(self.wavelength),
            index=self.index,
        )
        field = masks.modulate(field, masks.transmission(phase))
        if self.radius is None:
            return field
        return masks.modulate(field, aperture.circle(self.grid, radius=self.radius))


class FourF(nnx.Module):
    """A convolution by light: a 4f system with a trainable filter between its lenses.

    Attributes:
        grid: sampling of object and image; the image is upside down.
        channels: number of filters, each with an image of its own; `None` for one without
            an axis for it.
        mode: what is trained, `phase` or `complex` (phase and amplitude).
        phase: of the filter at the frequencies of its shape [rad], trainable.
        amplitude: of a complex filter, as an angle [rad], trainable.
    """

    def __init__(
        self,
        grid: Grid,
        *,
        channels: int | None = None,
        mode: Literal["phase", "complex"] = "phase",
        pad: bool = True,
        rngs: nnx.Rngs | None = None,
    ):
        """Start with an open filter, or a random one.

        Args:
            grid: sampling of object and image.
            channels: number of filters.
            mode: what is trained.
            pad: give the filter twice the samples of the grid, so that no light that it moves
                comes back on the other side.
            rngs: if given, the filter starts with random phases.
        """
        check_choice("mode", mode, ("phase", "complex"))
        if channels is not None:
            check_integer("channels", channels, 1)
        self.grid, self.channels, self.mode = grid, channels, mode
        plane = tuple(n * (2 if pad else 1) for n in grid.shape)
        shape = plane if channels is None else (channels, *plane)
        start = jnp.zeros(shape)
        if rngs is not None:
            start = parameters(rngs).uniform(shape, maxval=2 * jnp.pi)
        self.phase = Phase(start)
        if mode == "complex":
            self.amplitude = Amplitude(jnp.full(shape, jnp.pi / 4))

    def __call__(self, field: Num[ArrayLike, "*batch y x"]) -> Complex[Array, "*images y x"]:
        """Images of a field, `(*batch, y, x)` or `(*batch, channels, y, x)`."""
        check_shape("field", jnp.shape(field), self.grid.shape)
        amplitude = None
        if self.mode == "complex":
            amplitude = bounds.enclose(self.amplitude[...], 0.0, 1.0)
        filter = masks.transmission(self.phase[...], amplitude)
        if self.channels is not None:
            field = jnp.asarray(field)[..., None, :, :]
        return four_f.image(field, filter)
