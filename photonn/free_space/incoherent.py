"""Light without any coherence: a system acts on intensities, and does so linearly.

Each point of the object is imaged for itself, and the intensities are added. Whatever the
masks in between, the output is a matrix of numbers that are not negative times the input:
no more than a linear classifier can do. Something nonlinear has to come before or after.
"""

from collections.abc import Callable

import jax.numpy as jnp
from jax import Array, lax
from jaxtyping import ArrayLike, Complex, Float, Num

from photonn.devices import photodetector
from photonn.errors import check_integer, check_last_axis
from photonn.free_space.grid import Grid
from photonn.precision import real_array

System = Callable[[Complex[Array, "batch y x"]], Complex[Array, "batch v u"]]


def response(
    system: System, grid: Grid, *, chunk: int = 64, dtype: type = complex
) -> Float[Array, "outputs samples"]:
    """Matrix from the intensities of the object's samples to those of the image.

    Args:
        system: takes fields `[batch, y, x]` on the grid; it must be linear in the field.
        grid: sampling of the object.
        chunk: object points at a time; it bounds the memory and changes no result.
        dtype: of the fields.
    """
    check_integer("chunk", chunk, 1)
    count = grid.shape[0] * grid.shape[1]

    def lit(number: Array) -> Array:
        point = jnp.zeros(count, dtype).at[number].set(1).reshape(1, *grid.shape)
        return photodetector.detect(system(point)[0]).reshape(-1)

    return lax.map(lit, jnp.arange(count), batch_size=min(chunk, count)).T


def propagate(
    irradiance: Float[ArrayLike, "*batch y x"], matrix: Float[ArrayLike, "outputs samples"]
) -> Float[Array, "*batch outputs"]:
    """Irradiance of the image, flat, for an object without coherence.

    Args:
        irradiance: of the object [W/m^2].
        matrix: what `response` gave for the system.
    """
    irradiance = real_array(irradiance)
    flat = irradiance.reshape(*irradiance.shape[:-2], -1)
    matrix = jnp.asarray(matrix, flat.dtype)
    hint = "It belongs to the grid that `response` was given."
    check_last_axis("matrix", matrix.shape, flat.shape[-1], "samples", hint)
    return jnp.einsum("...i,oi->...o", flat, matrix, precision=lax.Precision.HIGHEST)


def image(
    irradiance: Float[ArrayLike, "*batch y x"], spread: Num[ArrayLike, "v u"]
) -> Float[Array, "*batch y x"]:
    """Irradiance behind a system that treats all points alike: a convolution with |spread|^2.

    Args:
        irradiance: of the object [W/m^2].
        spread: field that the system makes of a point in the middle of its grid, with an
            odd number of samples a side; at most as large as the object.
    """
    irradiance = real_array(irradiance)
    kernel = photodetector.detect(spread).astype(irradiance.dtype)
    shape = tuple(n + k - 1 for n, k in zip(irradiance.shape[-2:], kernel.shape, strict=True))
    spectrum = jnp.fft.rfft2(kernel, s=shape)[(None,) * (irradiance.ndim - 2)]
    full = jnp.fft.irfft2(jnp.fft.rfft2(irradiance, s=shape) * spectrum, s=shape)
    top, left = (k // 2 for k in kernel.shape)
    ny, nx = irradiance.shape[-2:]
    return full[..., top : top + ny, left : left + nx]
