"""Angular spectrum: exact scalar propagation between parallel planes.

Every plane wave in the field is turned by its own phase, and evanescent waves decay.
The common factor exp(i k distance) is left out: in float32 it would cost every digit at
centimetres, and no detector sees it.
"""

from typing import cast

import jax.numpy as jnp
from jax import Array, lax
from jaxtyping import ArrayLike, Complex, Float, Num
from scipy.fft import next_fast_len

from photonn.errors import check_positive, check_shape
from photonn.free_space.grid import Grid
from photonn.precision import complex_array


def propagate(
    field: Num[ArrayLike, "*batch y x"],
    grid: Grid,
    *,
    distance: Float[ArrayLike, ""],
    wavelength: Float[ArrayLike, ""],
    index: Float[ArrayLike, ""] = 1.0,
    pad: bool = True,
) -> Complex[Array, "*batch y x"]:
    """Field in a parallel plane, without the common factor exp(i k distance).

    Args:
        field: field in the first plane.
        grid: its sampling, and that of the result.
        distance: from plane to plane [m]; negative goes back. May be traced.
        wavelength: in vacuum [m].
        index: refractive index between the planes.
        pad: surround the field with dark pixels, to at least 2n - 1 samples, so that light
            that leaves the window is lost. Without it the window is periodic: light that
            leaves on one side comes back on the other.

    Raises:
        InputError: if the field is not on the grid, or a length is not positive.

    References:
        Goodman, "Introduction to Fourier Optics", section 3.10.
    """
    field = complex_array(field)
    check_shape("field", field.shape, grid.shape, f"The last two axes must match {grid}.")
    check_positive("wavelength", wavelength, "m", "SI units: 532 nm is 532e-9.")
    check_positive("index", index, "1")
    ny, nx = grid.shape
    shape = (_padded(ny), _padded(nx)) if pad else grid.shape
    transfer = transfer_function(
        Grid(shape, grid.pitch),
        distance=distance,
        wavelength=wavelength,
        index=index,
        dtype=field.real.dtype,
    )
    spectrum = jnp.fft.fft2(field, s=shape)
    transfer = transfer[(None,) * (field.ndim - 2)]
    return jnp.fft.ifft2(spectrum * transfer)[..., :ny, :nx]


def _padded(samples: int) -> int:
    """Least fast length for a linear convolution, which needs n_in + n_out - 1 samples."""
    return cast(int, next_fast_len(2 * samples - 1))


def transfer_function(
    grid: Grid,
    *,
    distance: Float[ArrayLike, ""],
    wavelength: Float[ArrayLike, ""],
    index: Float[ArrayLike, ""] = 1.0,
    dtype: jnp.dtype | None = None,
) -> Complex[Array, "y x"]:
    """Transfer function for the frequencies of the grid in FFT order, carrier removed.

    With s = (wavelength f / index)^2, a propagating wave (s <= 1) is turned by

        k distance (sqrt(1 - s) - 1) = -k distance s / (1 + sqrt(1 - s)),

    which has no cancellation; an evanescent one (s > 1) decays as
    exp(-k |distance| sqrt(s - 1)).

    Args:
        grid: sampling of the plane.
        distance: from plane to plane [m].
        wavelength: in vacuum [m].
        index: refractive index between the planes.
        dtype: real type of the computation; by default the standard float.
    """
    dtype = jnp.result_type(float if dtype is None else dtype)
    distance, wavelength, index = (jnp.asarray(v, dtype) for v in (distance, wavelength, index))
    fy, fx = (
        jnp.asarray(jnp.fft.fftfreq(n, d), dtype)
        for n, d in zip(grid.shape, grid.pitch, strict=True)
    )
    s = ((wavelength / index * fy) ** 2)[:, None] + ((wavelength / index * fx) ** 2)[None, :]
    travels = s < 1
    # Inner wheres: each root sees its own side alone, and its slope stays finite at s = 1.
    root = jnp.where(travels, jnp.sqrt(jnp.where(travels, 1 - s, 1.0)), 0.0)
    decay = jnp.where(s > 1, jnp.sqrt(jnp.where(s > 1, s - 1, 1.0)), 0.0)
    wavenumber = 2 * jnp.pi * index / wavelength
    phase = -wavenumber * distance * jnp.where(travels, s / (1 + root), 1.0)
    amplitude = jnp.exp(-wavenumber * jnp.abs(distance) * decay)
    return lax.complex(amplitude * jnp.cos(phase), amplitude * jnp.sin(phase))
