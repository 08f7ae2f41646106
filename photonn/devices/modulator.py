"""Modulators: numbers into light."""

import jax
import jax.numpy as jnp
from jax import Array, lax
from jaxtyping import ArrayLike, Complex, Float, Int

from photonn.devices import phase_shifter
from photonn.errors import check_index, check_integer, check_not_negative, mistake
from photonn.precision import complex_array, real_array, scale


def modulate_amplitude(values: Float[ArrayLike, "*batch"]) -> Complex[Array, "*batch"]:
    """Each number becomes the amplitude [sqrt(W)] of one mode; signs are phases 0 and pi."""
    return complex_array(values)


def modulate_phase(values: Float[ArrayLike, "*batch"]) -> Complex[Array, "*batch"]:
    """Each number becomes the phase [rad] of one mode of 1 W."""
    return phase_shifter.transmission(values)


def modulate_pairs(values: Float[ArrayLike, "*batch features"]) -> Complex[Array, "*batch modes"]:
    """Two numbers to a mode: features 2m and 2m+1 are the real and imaginary part of mode m.

    Raises:
        InputError: if the number of features is odd.
    """
    values = real_array(values)
    if values.ndim == 0 or values.shape[-1] % 2:
        raise mistake(
            "values", "have an even last axis", f"has shape {values.shape}", "Pad it with a zero."
        )
    return lax.complex(values[..., 0::2], values[..., 1::2])


def modulate_intensity(
    values: Float[ArrayLike, "*batch"], *, extinction_ratio_db: float, power: float = 1.0
) -> Complex[Array, "*batch"]:
    """Each number, 0 to 1, becomes the power of one mode; a modulator is never quite dark.

    P = power (d + (1 - d) value), with the dark level d = 10^(-extinction_ratio_db / 10)

    Args:
        values: 0 is dark, 1 is bright; beyond, the modulator stays at its end.
        extinction_ratio_db: power of the bright over that of the dark state [dB]. The slope of
            the amplitude grows with it, and an infinite ratio has an infinite one at zero.
        power: of the bright state [W].

    Returns:
        Amplitudes [sqrt(W)], real and not negative.
    """
    hint = "It is a ratio of powers: 30 dB is a thousand. For a perfect one, square roots."
    check_not_negative("extinction_ratio_db", extinction_ratio_db, "dB", hint)
    check_not_negative("power", power, "W")
    dark = 10 ** (-extinction_ratio_db / 10)
    values = _keep_between(real_array(values), 0.0, 1.0)
    return complex_array(jnp.sqrt(power * (dark + (1 - dark) * values)))


def modulate_time_bins(
    values: Int[ArrayLike, "*batch"], bins: int
) -> Complex[Array, "*batch bins"]:
    """Each whole number becomes a pulse of 1 W in the time bin of that number.

    Args:
        values: 0 to `bins - 1`.
        bins: number of time bins.

    Raises:
        InputError: if a value that is known has no bin.
    """
    check_integer("bins", bins, 1)
    check_index("values", values, bins, "bins")
    return complex_array(jax.nn.one_hot(jnp.asarray(values), bins, dtype=float))


def modulate_fourier(
    images: Float[ArrayLike, "*batch y x"], radius: int
) -> Complex[Array, "*batch modes"]:
    """The low spatial frequencies of an image, one to a mode, row by row.

    A window of 2 radius x 2 radius coefficients of the orthonormal Fourier transform, from
    minus `radius` up to `radius - 1` cycles a side.

    Args:
        images: amplitudes.
        radius: half the side of the window; the modes are 4 radius^2.

    References:
        Williamson et al., IEEE JSTQE 26, 7700412 (2020), reduce handwritten digits so.
    """
    check_integer("radius", radius, 1)
    images = real_array(images, "images")
    if images.ndim < 2 or min(images.shape[-2:]) < 2 * radius:
        must = f"have at least {2 * radius} x {2 * radius} pixels"
        raise mistake("images", must, f"has shape {images.shape}", "Take a smaller radius.")
    spectrum = jnp.fft.fft2(images, norm="ortho")
    kept = jnp.arange(-radius, radius)
    window = spectrum[..., kept[:, None], kept[None, :]]  # negative frequencies count from the end
    return window.reshape(*images.shape[:-2], 4 * radius**2)


def normalize_power(
    field: Complex[ArrayLike, "*batch modes"], power: float = 1.0
) -> Complex[Array, "*batch modes"]:
    """Scale the amplitudes so that every sample carries the same total power.

    Args:
        field: amplitudes [sqrt(W)]. A dark sample stays dark.
        power: total power of a sample [W].
    """
    check_not_negative("power", power, "W")
    field = complex_array(field)
    # First by the strongest mode: squares of weak amplitudes would vanish in float32.
    peak = lax.stop_gradient(jnp.max(jnp.abs(field), axis=-1, keepdims=True, initial=0.0))
    field = scale(field, jnp.broadcast_to(1 / jnp.where(peak == 0, 1.0, peak), field.shape))
    total = jnp.sum(field.real**2 + field.imag**2, axis=-1, keepdims=True)
    factor = jnp.sqrt(power / jnp.where(total == 0, 1.0, total))
    return scale(field, jnp.broadcast_to(factor, field.shape))


def _keep_between(values: Array, low: float, high: float) -> Array:
    # Not `clip`: its slope at the ends is one half, and black pixels are at an end.
    return jnp.where(values < low, low, jnp.where(values > high, high, values))
