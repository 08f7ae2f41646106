"""Panels of pixels that are driven: phase modulators (SLM) and mirrors that tilt (DMD).

A pixel may be several samples wide, and only its middle is active. On the rest, the dead
space, light goes on with one fixed factor.
"""

import math

import jax
import jax.numpy as jnp
from jax import Array, lax
from jaxtyping import ArrayLike, Complex, Float, Num

from photonn.devices import phase_shifter
from photonn.errors import check_integer, check_positive, mistake
from photonn.free_space import aperture, levels
from photonn.free_space.grid import Grid
from photonn.precision import complex_array, real_array


def respond(
    drive: Float[ArrayLike, "*batch"],
    *,
    steps: int | None = 256,
    stroke: Float[ArrayLike, ""] = 2 * math.pi,
    gamma: Float[ArrayLike, ""] = 1.0,
) -> Float[Array, "*batch"]:
    """Phase of a pixel for its drive, stroke drive^gamma, with a finite number of drives [rad].

    The gradient goes straight through the rounding.

    Args:
        drive: of every pixel, 0 to 1; beyond, it is taken to the end.
        steps: how many drives there are, 8 bits by default; `None` for any.
        stroke: phase at full drive [rad].
        gamma: exponent of the panel's response; 1 is linear.
    """
    check_positive("gamma", gamma, "1")
    drive = jnp.clip(real_array(drive), 0, 1)
    if steps is not None:
        drive = levels.round_height(drive, steps, maximum=1.0)
    lit = drive > 0
    # Inner where: the slope of 0^gamma is infinite for gamma below 1.
    return jnp.asarray(stroke, drive.dtype) * jnp.where(
        lit, jnp.where(lit, drive, 1.0) ** gamma, 0.0
    )


def pixelate(
    pixels: Num[ArrayLike, "*batch rows columns"],
    *,
    samples: int = 1,
    fill: float = 1.0,
    dead: complex = 0.0,
) -> Complex[Array, "*batch y x"]:
    """Transmission of a panel whose pixels are `samples` wide and only partly active.

    With one sample to a pixel the two parts are averaged: that is the amplitude in the
    panel's central order, and what goes to the others is missing.

    Args:
        pixels: factor of the active part of every pixel.
        samples: of the field along a pixel.
        fill: active share of the area of a pixel.
        dead: factor of the rest.
    """
    check_integer("samples", samples, 1)
    if not 0 < fill <= 1:
        raise mistake("fill", "be above 0 and at most 1", f"is {fill}")
    side = math.sqrt(fill)
    active = aperture.rectangle(Grid(samples, 1 / samples), size=(side, side))
    pixels = complex_array(pixels)
    active = active.astype(pixels.dtype)
    rows, columns = pixels.shape[-2:]
    tiled = pixels[..., :, None, :, None] - dead
    tiled = tiled * active[(None,) * (pixels.ndim - 1) + (slice(None), None)] + dead
    return tiled.reshape(*pixels.shape[:-2], rows * samples, columns * samples)


def phase_panel(
    phase: Float[ArrayLike, "*batch rows columns"],
    *,
    samples: int = 1,
    fill: float = 1.0,
    dead: complex = 1.0,
) -> Complex[Array, "*batch y x"]:
    """Transmission of an SLM for the phases of its pixels [rad]; see `pixelate`.

    The dead space is not driven: light there goes on as it is.
    """
    shifted = phase_shifter.transmission(real_array(phase))
    return pixelate(shifted, samples=samples, fill=fill, dead=dead)


def switch(
    drive: Float[ArrayLike, "*batch"], *, threshold: float = 0.5, width: float = 1.0
) -> Float[Array, "*batch"]:
    """Mirrors that are on, 1, or off, 0: a DMD.

    Args:
        drive: of every mirror; above the threshold it is on.
        threshold: between off and on.
        width: of the sigmoid whose slope stands for that of the step in training.
    """
    check_positive("width", width, "1", "A narrow one is a steep slope, in few pixels.")
    drive = real_array(drive)
    smooth = jax.nn.sigmoid((drive - threshold) / width)
    return (drive > threshold).astype(drive.dtype) + (smooth - lax.stop_gradient(smooth))
