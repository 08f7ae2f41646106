"""What every propagator is asked: checked, and brought to one type and one rank."""

import warnings
from dataclasses import dataclass

import jax.core
import jax.numpy as jnp
import numpy as np
from jax import Array
from jaxtyping import ArrayLike, Complex, Float, Num

from photonn.errors import (
    check_finite,
    check_positive,
    check_real,
    check_shape,
    check_wavelength,
    mistake,
)
from photonn.free_space import sampling
from photonn.free_space.convolution import displace, displacements, fast_length
from photonn.free_space.grid import Grid, same_pitch
from photonn.precision import complex_array

Lengths = tuple[Float[ArrayLike, "..."], Float[ArrayLike, "..."], Float[ArrayLike, "..."]]
Shift = tuple[Float[ArrayLike, ""], Float[ArrayLike, ""]]


@dataclass(frozen=True)
class Request:
    """Arguments of a propagator as arrays of the real type of the field.

    Attributes:
        field: samples in the first plane, with as many axes as the lengths.
        output: grid of the last plane.
        distance: from plane to plane, shape `(..., 1, 1)` [m].
        wavelength: in the medium, shape `(..., 1, 1)` [m].
        pitch: of the first plane, (y, x) [m].
        shift: of the centre of the last plane, (y, x) [m].
        centred: whether the shift is known to be none.
        light: the lengths as plain numbers, or `None` if one is traced.
    """

    field: Complex[Array, "... y x"]
    output: Grid
    distance: Float[Array, "... 1 1"]
    wavelength: Float[Array, "... 1 1"]
    pitch: tuple[Float[Array, ""], Float[Array, ""]]
    shift: tuple[Float[Array, ""], Float[Array, ""]]
    centred: bool
    light: sampling.Known | None

    @property
    def dtype(self) -> jnp.dtype:
        """Real type of the computation."""
        return self.distance.dtype

    def along(self, axis: int, vector: Num[Array, " samples"]) -> Num[Array, "..."]:
        """A vector along y (0) or x (1), in the rank of the field."""
        leading = (1,) * (self.field.ndim - 2)
        return vector.reshape(*leading, *((-1, 1) if axis == 0 else (1, -1)))

    def axes(self, y: Num[Array, " y"], x: Num[Array, " x"]) -> tuple[Array, Array]:
        """A vector along y and one along x, in the rank of the field."""
        return self.along(0, y), self.along(1, x)

    def sideways(self, grid: Grid) -> tuple[Float[Array, "... y 1"], Float[Array, "... 1 x"]]:
        """From every sample of `grid` to every one of the output: where a kernel is sampled [m]."""
        sizes = zip(grid.shape, self.output.shape, strict=True)
        lengths = ((pair, fast_length(sum(pair) - 1)) for pair in sizes)
        ways = zip(lengths, self.pitch, self.shift, strict=True)
        return self.axes(*(displacements(*pair, pitch, centre) for pair, pitch, centre in ways))

    def displaced(
        self, spectrum: Complex[Array, "... rows columns"], grid: Grid
    ) -> Complex[Array, "... rows columns"]:
        """A transfer function for an output plane of another size or centre than `grid`."""
        if self.centred and self.output.shape == grid.shape:
            return spectrum
        sizes = zip(grid.shape, self.output.shape, strict=True)
        y, x = self.axes(*map(displace, sizes, spectrum.shape[-2:], self.pitch, self.shift))
        return spectrum * y * x


def read(
    field: Num[ArrayLike, "*batch y x"],
    grid: Grid,
    lengths: Lengths,
    output: Grid | None = None,
    shift: Shift = (0.0, 0.0),
) -> Request:
    """Check the arguments that all propagators share.

    Args:
        field: samples in the first plane.
        grid: its sampling.
        lengths: distance [m], wavelength in vacuum [m] and refractive index.
        output: grid of the last plane; by default `grid`.
        shift: of the centre of the last plane, (y, x) [m].

    Raises:
        InputError: if the field is not on the grid, a length is not positive or not
            finite, or wavelengths do not go with the leading axes of the field.
    """
    distance, wavelength, index = lengths
    check_grids(grid, output)
    field = complex_array(field)
    check_shape("field", field.shape, grid.shape, f"The last two axes must match {grid}.")
    check_lengths(distance, wavelength, index, shift)
    batch = field.shape[:-2]
    for name, value in (("wavelength", wavelength), ("distance", distance), ("index", index)):
        batch = _joined(name, np.shape(value), batch)
    in_medium = lengths_in_medium(distance, wavelength, index, field.real.dtype, len(batch))
    cast = [tuple(jnp.asarray(v, field.real.dtype) for v in pair) for pair in (grid.pitch, shift)]
    field = field.reshape((1,) * (len(batch) + 2 - field.ndim) + field.shape)
    centred = all(isinstance(value, float | int) and value == 0 for value in shift)
    output = output or grid
    light = sampling.known(
        grid, output, distance=distance, wavelength=wavelength, index=index, shift=shift
    )
    if light is not None:
        _check_scale(grid, light)
    return Request(field, output, *in_medium, *cast, centred, light)  # type: ignore


def check_grids(grid: Grid, output: Grid | None = None) -> None:
    """Raise unless the planes are given by grids."""
    for name, plane in (("grid", grid), ("output", output or grid)):
        if not isinstance(plane, Grid):
            raise mistake(name, "be a Grid", f"is {plane!r}", "Write Grid((ny, nx), pitch).")


def check_lengths(
    distance: Float[ArrayLike, "..."],
    wavelength: Float[ArrayLike, "..."],
    index: Float[ArrayLike, "..."] = 1.0,
    shift: Shift = (0.0, 0.0),
) -> None:
    """Raise if a length that is known is not finite, or is not positive and has to be."""
    check_wavelength("wavelength", wavelength)
    for number in _numbers("index", index, "1"):
        check_positive("index", number, "1")
    if not (isinstance(shift, tuple | list) or np.ndim(shift)) or len(shift) != 2:
        raise mistake("shift", "be a pair (y, x) [m]", f"is {shift!r}", "Write (0.0, x).")
    for name, values in (("distance", (distance,)), ("shift", shift)):
        for number in (number for value in values for number in _numbers(name, value, "m")):
            check_finite(name, number, "m")


def check_single(**lengths: Float[ArrayLike, "..."]) -> None:
    """Raise unless each of these is one number, where there is no axis for several."""
    for name, value in lengths.items():
        if np.ndim(value):
            hint = "Call it for each (jax.vmap)."
            raise mistake(name, "be one number", f"has shape {np.shape(value)}", hint)


def _check_scale(grid: Grid, light: sampling.Known) -> None:
    """Warn of a wave that is longer than the plane: nanometres that were taken for metres."""
    longest, width = float(np.max(light.wavelength)), max(light.extent(grid))
    if longest > width:
        warnings.warn(
            f"A wavelength of {longest:.3g} m in the medium is more than the width of the plane, "
            f"{width:.3g} m: no wave of it fits. SI units: 532 nm is 532e-9.",
            stacklevel=4,
        )


def lengths_in_medium(
    distance: Float[ArrayLike, "..."],
    wavelength: Float[ArrayLike, "..."],
    index: Float[ArrayLike, "..."],
    dtype: jnp.dtype,
    rank: int,
) -> tuple[Float[Array, "... 1 1"], Float[Array, "... 1 1"]]:
    """Distance and wavelength in the medium, of type `dtype` with `rank` + 2 axes [m]."""
    distance, wavelength, index = (jnp.asarray(v, dtype) for v in (distance, wavelength, index))
    distance, wavelength, index = (
        v.reshape((1,) * (rank - v.ndim) + v.shape + (1, 1)) for v in (distance, wavelength, index)
    )
    return distance, wavelength / index


def check_same_pitch(grid: Grid, output: Grid | None, method: str) -> None:
    """Raise unless the output has the pitch of the input."""
    check_grids(grid, output)
    if output is not None and not same_pitch(grid, output):
        must = f"have the pitch of the grid, {grid.pitch} m, for {method}"
        hint = "`chirp_z` and `dense_fresnel` give a field of any pitch."
        raise mistake("output", must, f"has {output.pitch} m", hint)


def check_fits(grid: Grid, output: Grid) -> None:
    """Raise unless the output lies in the periodic window of an unpadded transform."""
    if any(m > n for m, n in zip(output.shape, grid.shape, strict=True)):
        got = f"has shape {output.shape}"
        raise mistake("output", f"lie in the periodic window {grid.shape}", got, "Use `pad=True`.")


def check_travel(distance: Float[ArrayLike, "..."], method: str, instead: str) -> None:
    """Raise if a method that divides by the distance is asked for none."""
    if any(number == 0 for number in _numbers("distance", distance, "m")):
        raise mistake("distance", f"not be zero for {method}", "is 0.0", f"Use `{instead}`.")


def _numbers(name: str, value: object, unit: str) -> list[float]:
    """The numbers in a value, none where it is traced."""
    check_real(name, value, unit)
    if isinstance(value, jax.core.Tracer):
        return []
    return np.asarray(value, float).ravel().tolist()  # type: ignore


def _joined(name: str, shape: tuple[int, ...], batch: tuple[int, ...]) -> tuple[int, ...]:
    try:
        return jnp.broadcast_shapes(shape, batch)
    except ValueError:
        hint = "One value for all, or one for each field of the last batch axis."
        must = f"broadcast against the leading axes {batch} of the field"
        raise mistake(name, must, f"has shape {shape}", hint) from None
