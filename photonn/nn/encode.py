"""Encoders: numbers into light."""

from typing import Literal

import jax.numpy as jnp
from flax import nnx
from jax import Array
from jaxtyping import ArrayLike, Complex, Float

from photonn.devices import modulator
from photonn.errors import check_choice, mistake

METHODS = {
    "amplitude": modulator.modulate_amplitude,
    "phase": modulator.modulate_phase,
    "pairs": modulator.modulate_pairs,
}


class Encode(nnx.Module):
    """Features into modes: modulators, then a laser that gives every sample one power.

    Modes without a feature stay dark.

    Attributes:
        modes: number of modes of the light.
        method: `amplitude`, `phase`, or `pairs` (two features to a mode).
        power: total power of a sample [W]; `None` leaves the power as it comes.
    """

    def __init__(
        self,
        modes: int,
        *,
        method: Literal["amplitude", "phase", "pairs"] = "amplitude",
        power: float | None = 1.0,
    ):
        check_choice("method", method, METHODS)
        self.modes = modes
        self.method = method
        self.power = power

    def __call__(
        self, values: Float[ArrayLike, "*batch features"]
    ) -> Complex[Array, "*batch modes"]:
        """Amplitudes [sqrt(W)] for features (amplitudes, phases [rad] or pairs)."""
        field = METHODS[self.method](values)
        dark = self.modes - field.shape[-1]
        if dark < 0:
            must = f"fill at most {self.modes} modes"
            raise mistake("values", must, f"fills {field.shape[-1]}", "Use more modes.")
        field = jnp.pad(field, [(0, 0)] * (field.ndim - 1) + [(0, dark)])
        return field if self.power is None else modulator.normalize_power(field, self.power)
