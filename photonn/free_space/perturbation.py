"""What can be wrong with a diffractive layer: one draw of every error, as one pytree.

`Tolerances` says how large the errors are, `draw` makes one `Perturbation` of them, and the
functions below apply it. An error that is `None` is absent: it costs nothing, and a length
that is not perturbed stays a plain number. `jax.vmap` over keys gives many draws; training
with a new key at each step (vaccination) and a tolerance curve use the same draws.

References:
    Mengu et al., "Misalignment resilient diffractive optical networks", Nanophotonics 9,
    4207 (2020).
"""

from dataclasses import dataclass, fields

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jaxtyping import ArrayLike, Complex, Float, Num

from photonn.devices import phase_shifter
from photonn.errors import check_not_negative, number
from photonn.free_space import masks
from photonn.free_space.grid import Grid
from photonn.precision import common_shape, complex_array, real_array

# How the errors are drawn: numbers for a layer, and maps with a number for every pixel.
PAIRS, NUMBERS, MAPS = ("shift", "tilt"), ("axial", "wavelength"), ("height", "phase")
UNITS = {"tilt": "rad", "phase": "rad", "wavelength": "1"}


@jax.tree_util.register_dataclass
@dataclass(frozen=True)
class Tolerances:
    """Standard deviations of Gaussian errors; `None` is no such error.

    Attributes:
        shift: of a mask in its plane, in y and in x [m].
        axial: of the distance behind a mask [m].
        tilt: of the light against the axis in front of a mask, in y and in x [rad].
        wavelength: of the light, as a share of itself [1].
        height: of every pixel of a relief [m].
        phase: of every pixel of a mask [rad].
        blur: width of the printing spot, the standard deviation of a Gaussian [m]. It is the
            same in all draws.
    """

    shift: ArrayLike | None = None
    axial: ArrayLike | None = None
    tilt: ArrayLike | None = None
    wavelength: ArrayLike | None = None
    height: ArrayLike | None = None
    phase: ArrayLike | None = None
    blur: ArrayLike | None = None

    def __post_init__(self):
        for field in fields(self):
            value = number(getattr(self, field.name))
            check_not_negative(field.name, value, UNITS.get(field.name, "m"))


@jax.tree_util.register_dataclass
@dataclass(frozen=True)
class Perturbation:
    """One draw: the errors of one layer. `Perturbation()` is a perfect one.

    Attributes:
        shift: of the mask in its plane, `(y, x)` [m].
        axial: added to the distance behind the mask [m].
        tilt: of the light in front of the mask, towards +y and +x, `(y, x)` [rad].
        wavelength: deviation as a share of the wavelength [1].
        height: added to the height of every pixel [m].
        phase: added to the phase of every pixel [rad].
        blur: width of the printing spot, a standard deviation [m].
    """

    shift: ArrayLike | None = None
    axial: ArrayLike | None = None
    tilt: ArrayLike | None = None
    wavelength: ArrayLike | None = None
    height: ArrayLike | None = None
    phase: ArrayLike | None = None
    blur: ArrayLike | None = None


def draw(tolerances: Tolerances, key: Array, shape: tuple[int, int]) -> Perturbation:
    """One draw of the errors of one layer.

    Args:
        tolerances: how large they are.
        key: random key; each kind of error has its own from it, so that adding one kind
            does not change the others.
        shape: samples of the mask `(ny, nx)`.
    """
    shapes = dict.fromkeys(PAIRS, (2,)) | dict.fromkeys(NUMBERS, ()) | dict.fromkeys(MAPS, shape)
    drawn = {
        name: jnp.asarray(sigma, float) * jax.random.normal(jax.random.fold_in(key, n), size, float)
        for n, (name, size) in enumerate(sorted(shapes.items()))
        if (sigma := getattr(tolerances, name)) is not None
    }
    return Perturbation(**drawn, blur=tolerances.blur)


def perturb_map(
    values: Float[ArrayLike, "y x"], grid: Grid, error: ArrayLike | None, blur: ArrayLike | None
) -> Float[Array, "y x"]:
    """A map of heights or phases as it is made: blurred by the printing spot, then off.

    Args:
        values: heights [m] or phases [rad] as designed. Phases should be within one turn:
            the spot blurs the step between two turns as it is made.
        grid: sampling of the mask. Outside of it the map goes on periodically.
        error: to add at every pixel, in the unit of the map.
        blur: standard deviation of the spot [m].
    """
    values = real_array(values)
    if blur is not None:
        for axis, (count, pitch) in enumerate(zip(grid.shape, grid.pitch, strict=True)):
            frequency = jnp.fft.rfftfreq(count).astype(values.dtype) / pitch
            width = jnp.asarray(blur, values.dtype)
            damping = jnp.exp(-2 * (jnp.pi * width * frequency) ** 2)
            spectrum = jnp.fft.rfft(values, axis=axis)
            damping = damping.astype(spectrum.dtype)
            damping = damping[:, None] if axis == 0 else damping[None, :]
            values = jnp.fft.irfft(spectrum * damping, n=count, axis=axis)
    if error is None:
        return values
    common_shape(values=values.shape, error=np.shape(error))
    return values + jnp.asarray(error, values.dtype)


def move(
    transmission: Num[ArrayLike, "*colours y x"], grid: Grid, shift: ArrayLike | None
) -> Num[Array, "*colours y x"]:
    """A mask moved in its plane by any part of a pixel; dark where it does not reach.

    Each sample gets the mean of the mask over its own area, for square pixels: bilinear
    interpolation of the transmission. No shift changes nothing at all.

    Args:
        transmission: of the mask.
        grid: its sampling.
        shift: `(y, x)` [m]; positive moves to +y and +x.
    """
    transmission = jnp.asarray(transmission)
    if shift is None:
        return transmission
    real = transmission.real.dtype
    shift = jnp.asarray(shift, real)
    for axis, pitch in ((-2, grid.pitch[0]), (-1, grid.pitch[1])):
        samples = shift[axis] / pitch
        whole = jnp.floor(samples)
        part = (samples - whole).astype(transmission.dtype)
        near, far = (_roll(transmission, whole.astype(int) + more, axis) for more in (0, 1))
        # The slope in the shift is that of the fraction; at whole pixels it is one-sided.
        transmission = near * (1 - part) + far * part
    return transmission


def tilt(
    field: Num[ArrayLike, "*batch y x"],
    grid: Grid,
    angles: ArrayLike | None,
    *,
    wavelength: Float[ArrayLike, "*colours"],
    index: Float[ArrayLike, ""] = 1.0,
) -> Complex[Array, "*both y x"]:
    """Field that comes in at an angle, or through a wedge, for small angles.

    Args:
        field: in the plane.
        grid: its sampling.
        angles: towards +y and +x [rad].
        wavelength: in vacuum, one or several [m].
        index: refractive index.
    """
    field = complex_array(field)
    if angles is None:
        return field
    angles = jnp.asarray(angles, float)
    y, x = jnp.asarray(grid.y, float), jnp.asarray(grid.x, float)
    path = angles[0] * y[:, None] + angles[1] * x[None, :]
    wavenumber = 2 * jnp.pi * jnp.asarray(index, float) / wavelength
    phase = wavenumber[..., None, None] * path[(None,) * wavenumber.ndim]
    return masks.modulate(field, phase_shifter.transmission(phase))


def _roll(values: Array, samples: Array, axis: int) -> Array:
    """The values moved along an axis by a traced whole number of samples; zero from outside."""
    count = values.shape[axis]
    source = jnp.arange(count) - samples
    inside = (source >= 0) & (source < count)
    taken = jnp.take(values, jnp.clip(source, 0, count - 1), axis=axis)
    inside = inside[:, None] if axis == -2 else inside[None, :]
    return jnp.where(inside[(None,) * (values.ndim - 2)], taken, 0)
