"""Heaters on one chip warm each other: thermal crosstalk, and drives that allow for it."""

import jax.numpy as jnp
from jax import Array
from jaxtyping import ArrayLike, Float

from photonn.errors import check_finite, check_last_axis, check_positive, mistake
from photonn.precision import real_array


def share(distance: Float[ArrayLike, "..."], decay: float) -> Float[Array, "..."]:
    """Heat at a distance over that at its source, exp(-distance / decay): an empirical law.

    Heat in a real chip falls off a little differently in every process.

    Args:
        distance: from the heater [m].
        decay: length over which heat falls to 1/e [m].
    """
    return jnp.exp(-jnp.asarray(distance) / decay)


def crosstalk(
    positions: Float[ArrayLike, " heaters"], *, decay: float
) -> Float[Array, "heaters heaters"]:
    """Phase at place i over the phase that heater j gives its own, by the law of `share`.

    Args:
        positions: of the heaters along a line [m].
        decay: length over which heat falls to 1/e [m].
    """
    check_positive("decay", decay, "m")
    positions = real_array(positions, "positions")
    if positions.ndim != 1:
        must, hint = "be a row of places [m]", "Three, 30 um apart: jnp.arange(3) * 30e-6."
        raise mistake("positions", must, f"has shape {positions.shape}", hint)
    return share(jnp.abs(positions[:, None] - positions[None, :]), decay)


def calibrate(
    phases: Float[ArrayLike, "*batch heaters"], crosstalk: Float[ArrayLike, "heaters heaters"]
) -> Float[Array, "*batch heaters"]:
    """Drives, in phase of the own heater, that give `phases` in spite of crosstalk [rad].

    A drive below zero asks for less heat than the neighbours give: add a turn to its phase.

    Args:
        phases: wanted at every place [rad].
        crosstalk: X; phases = X drives.
    """
    phases = real_array(phases, "phases")
    crosstalk = jnp.asarray(crosstalk, phases.dtype)
    check_last_axis("phases", phases.shape, crosstalk.shape[-1], "heaters")
    check_finite("phases", phases, "rad")
    columns = phases.reshape(-1, phases.shape[-1]).T
    drives = jnp.linalg.solve(crosstalk, columns).T.reshape(phases.shape)
    hint = "Heaters that warm two places alike cannot set them apart."
    check_finite("drives for this `crosstalk`", drives, "rad", hint)
    return drives
