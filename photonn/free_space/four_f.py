"""A 4f system: two lenses, a filter between them where the light is a Fourier transform.

The image is upside down, u(-y, -x), and convolved with the transform of the filter. The
constant -1 of two transforms through lenses is left out, as the carrier is.
The lenses are ideal and as wide as they need to be: the two transforms are exact.
"""

import jax.numpy as jnp
from jax import Array
from jaxtyping import ArrayLike, Complex, Float, Num

from photonn.errors import check_positive, check_wavelength, mistake
from photonn.free_space.grid import Grid
from photonn.precision import complex_array


def image(
    field: Num[ArrayLike, "*batch y x"], filter: Num[ArrayLike, "*filters u v"] | None = None
) -> Complex[Array, "*both y x"]:
    """Field in the image plane of a 4f system of two equal lenses.

    Args:
        field: in the object plane.
        filter: factor on the amplitude in the plane between the lenses, at the frequencies
            `fftfreq` of its own shape (zero first; `plane` says where they lie). If it is
            larger than the field, the object is surrounded with dark samples: with twice
            the shape no light that the filter moves comes back on the other side. Leading
            axes broadcast with those of the field. `None` lets all light through.

    Returns:
        The image on the same grid, turned upside down and left to right.
    """
    field = complex_array(field)
    if filter is not None:
        filter = jnp.asarray(filter).astype(field.dtype)
        ny, nx = field.shape[-2:]
        if filter.shape[-2] < ny or filter.shape[-1] < nx:
            must = f"have at least the field's {ny} x {nx} samples"
            raise mistake("filter", must, f"has shape {filter.shape}", "Pad it with zeros.")
        spectrum = jnp.fft.fft2(field, s=filter.shape[-2:])
        rank = max(field.ndim, filter.ndim)
        spectrum, filter = (a[(None,) * (rank - a.ndim)] for a in (spectrum, filter))
        field = jnp.fft.ifft2(spectrum * filter)[..., :ny, :nx]
    return field[..., ::-1, ::-1]


def plane(
    grid: Grid,
    *,
    focal_length: Float[ArrayLike, ""],
    wavelength: Float[ArrayLike, ""],
    index: Float[ArrayLike, ""] = 1.0,
) -> tuple[Float[Array, " y"], Float[Array, " x"]]:
    """Where the samples of a filter lie between the lenses, wavelength f frequency [m].

    Args:
        grid: sampling of the filter's shape and of the object's pitch.
        focal_length: of the first lens [m].
        wavelength: in vacuum [m].
        index: refractive index between the lenses.
    """
    check_positive("focal_length", focal_length, "m")
    check_wavelength("wavelength", wavelength)
    check_positive("index", index, "1")
    scale = jnp.asarray(focal_length, float) * wavelength / index
    y, x = (
        scale * jnp.fft.fftfreq(count) / pitch
        for count, pitch in zip(grid.shape, grid.pitch, strict=True)
    )
    return y, x
