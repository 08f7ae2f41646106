"""Polarised light: fields with a Jones axis, `complex[..., 2, y, x]`, x before y.

Angles run from +x towards +y, as seen by whom the light comes to (z towards them). With
exp(-i omega t), (1, i) / sqrt2 turns from x to y, counter-clockwise for that observer.
"""

import jax.numpy as jnp
from jax import Array, lax
from jaxtyping import ArrayLike, Complex, Float, Num

from photonn.errors import check_not_negative, mistake
from photonn.precision import complex_array, real_array


def polarizer(
    angle: Float[ArrayLike, "*batch"], *, extinction: Float[ArrayLike, ""] = 0.0
) -> Complex[Array, "*batch 2 2"]:
    """Jones matrix of a polariser.

    Args:
        angle: of the axis that it passes [rad].
        extinction: share of the power of the other axis that leaks through.
    """
    check_not_negative("extinction", extinction, "1")
    angle = real_array(angle)
    leak = jnp.sqrt(jnp.asarray(extinction, angle.dtype))
    return _along(angle, jnp.ones_like(angle), jnp.full_like(angle, leak))


def wave_plate(
    retardance: Float[ArrayLike, "*batch"], angle: Float[ArrayLike, "*batch"]
) -> Complex[Array, "*batch 2 2"]:
    """Jones matrix of a plate that delays its slow axis; unitary, with determinant 1.

    Args:
        retardance: of the slow axis behind the fast one [rad]; pi is a half-wave plate.
        angle: of the fast axis [rad].
    """
    half, angle = jnp.broadcast_arrays(real_array(retardance) / 2, real_array(angle))
    cos, sin = jnp.cos(half), jnp.sin(half)
    return _along(angle, lax.complex(cos, -sin), lax.complex(cos, sin))


def rotator(angle: Float[ArrayLike, "*batch"]) -> Complex[Array, "*batch 2 2"]:
    """Jones matrix that turns any polarisation by `angle` [rad], from x towards y."""
    angle = real_array(angle)
    cos, sin = jnp.cos(angle), jnp.sin(angle)
    rows = (jnp.stack([cos, -sin], -1), jnp.stack([sin, cos], -1))
    return complex_array(jnp.stack(rows, -2))


def transform(
    field: Num[ArrayLike, "*batch polarization y x"], jones: Num[ArrayLike, "*plane 2 2"]
) -> Complex[Array, "*batch 2 y x"]:
    """Field behind an element.

    Args:
        field: with the Jones axis in front of the plane.
        jones: one matrix `(2, 2)`, or one for every sample `(y, x, 2, 2)`.
    """
    field = complex_array(field)
    if field.ndim < 3 or field.shape[-3] != 2:
        raise mistake("field", "have shape (..., 2, y, x)", f"has shape {field.shape}")
    jones = jnp.asarray(jones).astype(field.dtype)
    if jones.shape not in ((2, 2), (*field.shape[-2:], 2, 2)):
        must = f"have shape (2, 2), or {(*field.shape[-2:], 2, 2)} with one for every sample"
        raise mistake("jones", must, f"has shape {jones.shape}")
    wiring = "ij,...jyx->...iyx" if jones.ndim == 2 else "yxij,...jyx->...iyx"
    return jnp.einsum(wiring, jones, field, precision=lax.Precision.HIGHEST)


def stokes(field: Num[ArrayLike, "*batch polarization y x"]) -> Float[Array, "*batch 4 y x"]:
    """Stokes parameters S0 to S3: total, x less y, +45 less -45 degrees, (1, i) less (1, -i)."""
    field = complex_array(field)
    x, y = field[..., 0, :, :], field[..., 1, :, :]
    cross = jnp.conj(x) * y
    across, along = jnp.abs(x) ** 2, jnp.abs(y) ** 2
    return jnp.stack([across + along, across - along, 2 * cross.real, 2 * cross.imag], axis=-3)


def _along(angle: Array, first: Array, second: Array) -> Array:
    """Matrix with one eigenvalue along `angle` and another across it."""
    turn = rotator(angle)
    values = jnp.stack([first, second], axis=-1).astype(turn.dtype)
    return jnp.einsum("...ik,...k,...jk->...ij", turn, values, turn)
