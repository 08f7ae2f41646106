"""Reliefs: a height at every pixel that delays and absorbs light.

The relief is thin: light goes straight through, and is not reflected at its surfaces
(`photonn.free_space.slab` has the reflections of a flat one).
"""

import jax.core
import jax.numpy as jnp
import numpy as np
from jax import Array, lax
from jaxtyping import ArrayLike, Complex, Float, Num

from photonn.errors import check_wavelength, mistake
from photonn.free_space import masks
from photonn.precision import common_shape, complex_array, real_array


def transmission(
    height: Float[ArrayLike, "y x"],
    *,
    wavelength: Float[ArrayLike, "*colours"],
    index: Num[ArrayLike, "*colours"],
    ambient: Float[ArrayLike, ""] = 1.0,
) -> Complex[Array, "*colours y x"]:
    """Factor exp(i 2 pi (index - ambient) height / wavelength) of every pixel.

    Args:
        height: of the relief [m].
        wavelength: in vacuum [m], one or several.
        index: of the material, n + i kappa, one for each wavelength or one for all; see
            `photonn.free_space.materials`. Absorption then follows height: the power falls
            to 1/e over wavelength / (4 pi kappa).
        ambient: index of what surrounds the relief.
    """
    check_wavelength("wavelength", wavelength)
    common_shape(wavelength=np.shape(wavelength), index=np.shape(index))
    height = real_array(height)
    length, ambient = (jnp.asarray(v, height.dtype) for v in (wavelength, ambient))
    index = complex_array(index)
    real, kappa = (v.astype(height.dtype) for v in (index.real, index.imag))
    # Subtracted before it is multiplied: the common path through the ambient never enters.
    delay, loss = (
        (2 * jnp.pi * part / length)[..., None, None]
        * height[(None,) * max(length.ndim, part.ndim)]
        for part in (real - ambient, kappa)
    )
    amplitude = jnp.exp(-loss)
    return lax.complex(amplitude * jnp.cos(delay), amplitude * jnp.sin(delay))


def modulate(
    field: Num[ArrayLike, "*batch y x"],
    height: Float[ArrayLike, "y x"],
    *,
    wavelength: Float[ArrayLike, "*colours"],
    index: Num[ArrayLike, "*colours"],
    ambient: Float[ArrayLike, ""] = 1.0,
) -> Complex[Array, "*both y x"]:
    """Field behind a relief; see `transmission`."""
    factor = transmission(height, wavelength=wavelength, index=index, ambient=ambient)
    return masks.modulate(field, factor)


def full_turn(
    *,
    wavelength: Float[ArrayLike, "*batch"],
    index: Num[ArrayLike, "*batch"],
    ambient: Float[ArrayLike, ""] = 1.0,
) -> Float[Array, "*batch"]:
    """Height that delays light by one wavelength, 2 pi [m].

    Args:
        wavelength: in vacuum [m].
        index: of the material; its real part counts.
        ambient: index of what surrounds the relief.
    """
    check_wavelength("wavelength", wavelength)
    common_shape(wavelength=np.shape(wavelength), index=np.shape(index))
    real = complex_array(index).real
    length, around = (jnp.asarray(v, real.dtype) for v in (wavelength, ambient))
    contrast = real - around
    if not isinstance(contrast, jax.core.Tracer) and not np.all(contrast):
        hint = "Choose a material whose index is not that of the space."
        raise mistake("index", "differ from that of the ambient", f"is {ambient} too", hint)
    return length / contrast


def from_phase(
    phase: Float[ArrayLike, "*batch"],
    *,
    wavelength: Float[ArrayLike, ""],
    index: Num[ArrayLike, ""],
    ambient: Float[ArrayLike, ""] = 1.0,
) -> Float[Array, "*batch"]:
    """Lowest height, within one turn, that gives a phase [m].

    Args:
        phase: wanted at every pixel [rad]; whole turns are taken off.
        wavelength: in vacuum [m].
        index: of the material; its real part counts.
        ambient: index of what surrounds the relief.
    """
    turns = real_array(phase) / (2 * jnp.pi)
    turn = full_turn(wavelength=wavelength, index=index, ambient=ambient)
    return (turns - jnp.floor(turns)) * turn.astype(turns.dtype)
