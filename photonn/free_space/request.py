"""What every propagator is asked: checked, and brought to one type and one rank."""

from dataclasses import dataclass

import jax.core
import jax.numpy as jnp
import numpy as np
from jax import Array
from jaxtyping import ArrayLike, Complex, Float, Num

from photonn.errors import check_finite, check_positive, check_shape, mistake
from photonn.free_space import sampling
from photonn.free_space.convolution import displace
from photonn.free_space.grid import Grid, same_pitch
from photonn.precision import complex_array

SI = "SI units: 532 nm is 532e-9."
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
    *,
    distance: Float[ArrayLike, "..."],
    wavelength: Float[ArrayLike, "..."],
    index: Float[ArrayLike, "..."],
    output: Grid | None,
    shift: Shift,
) -> Request:
    """Check the arguments that all propagators share.

    Raises:
        InputError: if the field is not on the grid, a length is not positive or not
            finite, or wavelengths do not go with the leading axes of the field.
    """
    field = complex_array(field)
    check_shape("field", field.shape, grid.shape, f"The last two axes must match {grid}.")
    check_lengths(distance, wavelength, index, shift)
    batch = field.shape[:-2]
    for name, value in (("wavelength", wavelength), ("distance", distance), ("index", index)):
        batch = _joined(name, np.shape(value), batch)
    lengths = lengths_in_medium(distance, wavelength, index, field.real.dtype, len(batch))
    cast = [tuple(jnp.asarray(v, field.real.dtype) for v in pair) for pair in (grid.pitch, shift)]
    field = field.reshape((1,) * (len(batch) + 2 - field.ndim) + field.shape)
    centred = all(isinstance(value, float | int) and value == 0 for value in shift)
    output = output or grid
    light = sampling.known(
        grid, output, distance=distance, wavelength=wavelength, index=index, shift=shift
    )
    return Request(field, output, *lengths, *cast, centred, light)  # type: ignore


def check_lengths(
    distance: Float[ArrayLike, "..."],
    wavelength: Float[ArrayLike, "..."],
    index: Float[ArrayLike, "..."],
    shift: Shift,
) -> None:
    """Raise if a length that is known is not finite, or is not positive and has to be."""
    for name, value, unit, hint in (("wavelength", wavelength, "m", SI), ("index", index, "1", "")):
        for number in _numbers(value):
            check_positive(name, number, unit, hint)
    for name, values in (("distance", (distance,)), ("shift", shift)):
        for number in (number for value in values for number in _numbers(value)):
            check_finite(name, number, "m")


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
    if any(number == 0 for number in _numbers(distance)):
        raise mistake("distance", f"not be zero for {method}", "is 0.0", f"Use `{instead}`.")


def _numbers(value: object) -> list[float]:
    """The numbers in a value, none where it is traced."""
    if isinstance(value, jax.core.Tracer):
        return []
    return np.asarray(value, float).ravel().tolist()  # type: ignore


def _joined(name: str, shape: tuple[int, ...], batch: tuple[int, ...]) -> tuple[int, ...]:
    try:
        return np.broadcast_shapes(shape, batch)
    except ValueError:
        hint = "One value for all, or one for each field of the last batch axis."
        must = f"broadcast against the leading axes {batch} of the field"
        raise mistake(name, must, f"has shape {shape}", hint) from None
