"""Photorefractive crystal: light shifts its own phase, up to a limit."""

import jax.numpy as jnp
from jax import Array
from jaxtyping import ArrayLike, Complex, Float

from photonn.devices import phase_shifter, photodetector
from photonn.errors import check_positive
from photonn.precision import complex_array, spread


def activate(
    field: Complex[ArrayLike, "..."],
    *,
    depth: Float[ArrayLike, "..."],
    saturation: Float[ArrayLike, "..."],
) -> Complex[Array, "..."]:
    """Phase that light gives itself in a biased crystal such as strontium barium niobate.

        f(z) = exp(i depth I / (1 + I)) z,    I = |z|^2 / saturation

    Nothing is absorbed. The crystal is thin (no diffraction in it), and its screening field
    is local.

    Args:
        field: amplitudes [sqrt(W)], or a field in a plane [sqrt(W)/m].
        depth: phase under strong light [rad]; `phase_depth` gives it.
        saturation: power [W] or irradiance [W/m^2] of the background illumination, where half
            of the phase is reached. Both broadcast against the modes or pixels.

    References:
        Yan et al., "Fourier-space diffractive deep neural network", Physical Review Letters
        123, 023901 (2019).
    """
    check_positive("saturation", saturation, "W")
    field = complex_array(field)
    power = photodetector.detect(field)
    depth, saturation = spread(power, depth, saturation)
    return field * phase_shifter.transmission(depth * power / (saturation + power))


def phase_depth(
    electric_field: Float[ArrayLike, ""],
    *,
    length: float,
    wavelength: float,
    index: float,
    coefficient: float,
) -> Float[Array, ""]:
    """Phase [rad] that full screening of the bias field gives: pi n^3 r E L / wavelength.

    Args:
        electric_field: applied along the axis of the crystal [V/m].
        length: of the crystal [m].
        wavelength: in vacuum [m].
        index: refractive index for the light's polarisation [1].
        coefficient: electro-optic coefficient r for it [m/V].
    """
    for name, value, unit in (
        ("length", length, "m"),
        ("wavelength", wavelength, "m"),
        ("index", index, "1"),
    ):
        check_positive(name, value, unit)
    return jnp.pi * index**3 * coefficient * length / wavelength * jnp.asarray(electric_field)
