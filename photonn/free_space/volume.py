"""Thick media by slices: light spreads in the mean index, then takes a slice's phase.

Split-step: of second order in the thickness of a slice. It approximates: light goes
forward only, nothing is reflected, and a slice acts on steep waves as on straight ones, so
the index may differ little from the background.
"""

import jax
import jax.numpy as jnp
from jax import Array, lax
from jaxtyping import ArrayLike, Complex, Float, Num

from photonn.devices import phase_shifter
from photonn.errors import check_positive, mistake
from photonn.free_space import angular_spectrum, request, sampling
from photonn.free_space.convolution import convolve, frequencies
from photonn.free_space.grid import Grid
from photonn.precision import scale


def propagate(
    field: Num[ArrayLike, "*batch y x"],
    grid: Grid,
    index: Num[ArrayLike, "slices rows columns"],
    *,
    thickness: Float[ArrayLike, ""],
    wavelength: Float[ArrayLike, ""],
    background: Float[ArrayLike, ""] = 1.0,
) -> Complex[Array, "*batch y x"]:
    """Field behind a stack of slices, without exp(i k thickness slices) of the background.

    Every step is padded as in `angular_spectrum.propagate`: light that leaves the window
    is lost, but for a few hundredths that the hard edge throws back if it meets it at a
    small angle. An index whose imaginary part grows towards the edge absorbs them.
    Backward, slices are computed anew and not kept: memory grows by one field for a slice.

    Args:
        field: field in front of the first slice.
        grid: its sampling, and that of the slices.
        index: refractive index in the middle of every slice; a positive imaginary part
            absorbs.
        thickness: of one slice [m].
        wavelength: in vacuum [m].
        background: refractive index that light spreads in, near the mean of `index`.

    References:
        Feit and Fleck, Appl. Opt. 17, 3990 (1978).
    """
    index = jnp.asarray(index)
    if index.ndim != 3 or index.shape[1:] != grid.shape:
        must = f"have shape (slices, {grid.shape[0]}, {grid.shape[1]})"
        raise mistake("index", must, f"has shape {index.shape}", "One slice is index[None].")
    check_positive("thickness", thickness, "m")
    asked = request.read(field, grid, (thickness, wavelength, background))
    shape = sampling.padded_shape(grid, grid, asked.light, instead="thinner slices")
    fy, fx = asked.axes(*map(frequencies, shape, asked.pitch))
    half, full = (
        angular_spectrum.turned(fy, fx, share * asked.distance, asked.wavelength)
        for share in (0.5, 1.0)
    )
    masks = _transmission(index, thickness, wavelength, background, asked.dtype)

    @jax.checkpoint
    def step(light: Array, mask: Array) -> tuple[Array, None]:
        return convolve(light * _in_rank(mask, light), full, grid.shape), None

    light = convolve(asked.field, half, grid.shape)
    light, _ = lax.scan(step, light, masks[:-1])
    return convolve(light * _in_rank(masks[-1], light), half, grid.shape)


def _in_rank(mask: Array, light: Array) -> Array:
    return mask[(None,) * (light.ndim - 2)]


def _transmission(
    index: Num[Array, "slices y x"],
    thickness: Float[ArrayLike, ""],
    wavelength: Float[ArrayLike, ""],
    background: Float[ArrayLike, ""],
    dtype: jnp.dtype,
) -> Complex[Array, "slices y x"]:
    """The factor exp(i k thickness (index - background)) of every slice."""
    thickness, wavelength, background = (
        jnp.asarray(v, dtype) for v in (thickness, wavelength, background)
    )
    strength = 2 * jnp.pi * thickness / wavelength
    real = jnp.asarray(index.real, dtype) - background
    factor = phase_shifter.transmission(strength * real)
    if not jnp.iscomplexobj(index):
        return factor
    return scale(factor, jnp.exp(-strength * jnp.asarray(index.imag, dtype)))
