"""A diffractive layer: a mask, made and placed with errors, and the space behind it.

Light meets, in order: a tilt, the mask, the space. With `Perturbation()` all three are
perfect.
"""

from collections.abc import Callable
from typing import Any

import jax.numpy as jnp
from jax import Array, lax
from jaxtyping import ArrayLike, Complex, Float, Num

from photonn.devices import phase_shifter
from photonn.errors import mistake
from photonn.free_space import heights, masks, perturbation, propagation
from photonn.free_space.grid import Grid
from photonn.free_space.perturbation import Perturbation
from photonn.precision import real_array

PERFECT = Perturbation()


def phase_mask(
    phase: Float[ArrayLike, "y x"],
    grid: Grid,
    *,
    amplitude: Float[ArrayLike, "y x"] | None = None,
    error: Perturbation = PERFECT,
) -> Complex[Array, "y x"]:
    """Transmission of a mask that is given by its phase, as it is made and where it lies.

    The printing spot acts on the phase within one turn. At another wavelength the phase of
    a relief falls as 1 / wavelength.

    Args:
        phase: as designed [rad].
        grid: sampling of the mask.
        amplitude: factor on the amplitude of every pixel; 1 if it is not given.
        error: of the layer. A height has no meaning here and is refused.
    """
    if error.height is not None:
        hint = "Use a relief (`mode='height'`), or an error of the phase."
        raise mistake("height", "be absent for a phase mask", "is given", hint)
    phase = real_array(phase)
    if error.blur is not None:
        phase = phase - 2 * jnp.pi * jnp.floor(phase / (2 * jnp.pi))
    phase = perturbation.perturb_map(phase, grid, error.phase, error.blur)
    if error.wavelength is not None:
        phase = phase / (1 + jnp.asarray(error.wavelength, phase.dtype))
    return perturbation.move(masks.transmission(phase, amplitude), grid, error.shift)


def relief(
    height: Float[ArrayLike, "y x"],
    grid: Grid,
    *,
    wavelength: Float[ArrayLike, "*colours"],
    index: Num[ArrayLike, "*colours"],
    ambient: Float[ArrayLike, ""] = 1.0,
    error: Perturbation = PERFECT,
) -> Complex[Array, "*colours y x"]:
    """Transmission of a relief, as it is made and where it lies; see `heights.transmission`.

    Args:
        height: as designed [m].
        grid: sampling of the mask.
        wavelength: in vacuum [m].
        index: of the material, n + i kappa; it does not follow an error of the wavelength.
        ambient: index of the space around.
        error: of the layer.
    """
    height = perturbation.perturb_map(height, grid, error.height, error.blur)
    length = perturbed(wavelength, error)
    factor = heights.transmission(height, wavelength=length, index=index, ambient=ambient)
    if error.phase is not None:
        factor = masks.modulate(factor, phase_shifter.transmission(error.phase))
    return perturbation.move(factor, grid, error.shift)


def propagate(
    field: Num[ArrayLike, "*batch y x"],
    mask: Num[ArrayLike, "*colours y x"],
    grid: Grid,
    *,
    distance: Float[ArrayLike, ""],
    wavelength: Float[ArrayLike, "*colours"],
    index: Float[ArrayLike, ""] = 1.0,
    error: Perturbation = PERFECT,
    method: Callable[..., Any] = propagation.propagate,
) -> Complex[Array, "*both y x"]:
    """Field in the next plane for a field in front of the mask.

    Args:
        field: in front of the mask.
        mask: its transmission, from `phase_mask` or `relief`.
        grid: sampling of both planes.
        distance: to the next plane [m].
        wavelength: in vacuum [m].
        index: refractive index of the space.
        error: of the layer.
        method: how light propagates, called as `free_space.propagate` is.
    """
    length = perturbed(wavelength, error)
    field = perturbation.tilt(field, grid, error.tilt, wavelength=length, index=index)
    # Made once: XLA would draw the mask's sines into the product with every field.
    behind = masks.modulate(field, lax.optimization_barrier(jnp.asarray(mask)))
    if error.axial is not None:
        distance = distance + jnp.asarray(error.axial)
    return method(behind, grid, distance=distance, wavelength=length, index=index)


def perturbed(wavelength: ArrayLike, error: Perturbation) -> ArrayLike:
    """Wavelength with its error [m]; the same number if there is none."""
    if error.wavelength is None:
        return wavelength
    return jnp.asarray(wavelength) * (1 + jnp.asarray(error.wavelength))
