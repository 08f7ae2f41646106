"""Photodetectors: light into numbers.

A photodiode sees a power and no phase. Beside a local oscillator of the same laser it sees
both: a splitter 50:50 sends |s + l|^2 / 2 onto one and |s - l|^2 / 2 onto another photodiode,
and their difference is 2 Re(s l*), one quadrature (homodyne). A 90-degree hybrid divides the
light into two such pairs, the second with l turned by 90 degrees, and gives both quadratures
with half the signal each. Behind an oscillator much stronger than the signal, shots are all
the noise there is, and N photons in a sample leave the signal-to-noise ratio 4 eta N of one
quadrature (homodyne), 2 eta N of each of both, eta N of the power alone.
`photonn.devices.receiver` has the currents and their noise.
"""

import jax.numpy as jnp
from jax import Array, lax
from jaxtyping import ArrayLike, Complex, Float, Num

from photonn.errors import check_shape, mistake
from photonn.precision import common_shape, complex_array, real_array


def detect(field: Num[ArrayLike, "..."]) -> Float[Array, "..."]:
    """Power [W] of an amplitude [sqrt(W)], or irradiance of a free-space field: |a|^2."""
    field = jnp.asarray(field)
    return field.real**2 + field.imag**2


def detect_regions(
    field: Complex[ArrayLike, "*batch y x"],
    regions: Num[ArrayLike, "regions y x"],
    *,
    pixel_area: float = 1.0,
) -> Float[Array, "*batch regions"]:
    """Power [W] that falls on each of several detectors in a plane.

    Args:
        field: field in the detector plane [sqrt(W)/m].
        regions: sensitivity of every detector at every pixel, 0 to 1.
        pixel_area: area of a pixel, dy dx [m^2].
    """
    irradiance = detect(field)
    regions = jnp.asarray(regions, irradiance.dtype)
    check_shape("field", irradiance.shape, regions.shape[1:], "It must match the regions' grid.")
    # Powers are sums of many pixels: full precision, as everywhere in the physics.
    sums = jnp.einsum("...yx,ryx->...r", irradiance, regions, precision=lax.Precision.HIGHEST)
    return sums * pixel_area


def detect_differential(
    powers: Float[ArrayLike, "*batch two_signals"],
) -> Float[Array, "*batch signals"]:
    """Normalised difference of detector pairs, (I+ - I-) / (I+ + I-), between -1 and 1.

    Args:
        powers: the positive detectors, then as many negative ones [W].
            A pair without light gives zero.

    References:
        Li et al., "Class-specific differential detection in diffractive optical neural
        networks improves inference accuracy", Advanced Photonics 1, 046001 (2019).
    """
    powers = real_array(powers)
    if powers.ndim == 0 or powers.shape[-1] % 2:
        raise mistake("powers", "hold pairs on its last axis", f"has shape {powers.shape}")
    plus, minus = jnp.split(powers, 2, axis=-1)
    # First by the stronger one: the gradient of a quotient squares what it divides by.
    peak = lax.stop_gradient(jnp.maximum(plus, minus))
    plus, minus = (p / jnp.where(peak == 0, 1.0, peak) for p in (plus, minus))
    total = plus + minus
    return (plus - minus) / jnp.where(total == 0, 1.0, total)


def beat(
    field: Num[ArrayLike, "..."], local: Num[ArrayLike, "..."]
) -> tuple[Float[Array, "..."], Float[Array, "..."]]:
    """Difference and sum of the powers on a balanced pair, 2 Re(s l*) and |s|^2 + |l|^2 [W].

    Homodyne detection; `receiver.receive_balanced` takes both.

    Args:
        field: amplitude s of the signal [sqrt(W)].
        local: amplitude l of the local oscillator [sqrt(W)]; turn it by i for Im(s l*).
    """
    field, local = _pair(field, local)
    return 2 * (field * local.conj()).real, detect(field) + detect(local)


def beat_quadratures(
    field: Num[ArrayLike, "..."], local: Num[ArrayLike, "..."]
) -> tuple[Float[Array, "... 2"], Float[Array, "... 2"]]:
    """Difference and sum of the powers on both pairs behind a 90-degree hybrid [W].

    The differences are Re(s l*) and Im(s l*), the sums (|s|^2 + |l|^2) / 2, on a new last axis.

    Args:
        field: amplitude s of the signal [sqrt(W)].
        local: amplitude l of the local oscillator [sqrt(W)].
    """
    field, local = _pair(field, local)
    product = field * local.conj()
    total = (detect(field) + detect(local)) / 2
    return jnp.stack([product.real, product.imag], -1), jnp.stack([total, total], -1)


def normalize(powers: Float[ArrayLike, "*batch signals"]) -> Float[Array, "*batch signals"]:
    """Share of each detector in the light that all of them catch; zero without light."""
    powers = real_array(powers)
    peak = lax.stop_gradient(jnp.max(powers, axis=-1, keepdims=True))
    powers = powers / jnp.where(peak == 0, 1.0, peak)
    total = jnp.sum(powers, axis=-1, keepdims=True)
    return powers / jnp.where(total == 0, 1.0, total)


def _pair(field: ArrayLike, local: ArrayLike) -> tuple[Array, Array]:
    """Signal and local oscillator in the precision of the signal and one shape."""
    field = complex_array(field)
    local = jnp.asarray(local, field.dtype)
    shape = common_shape(field=field.shape, local=local.shape)
    return jnp.broadcast_to(field, shape), jnp.broadcast_to(local, shape)
