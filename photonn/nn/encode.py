"""Encoders: numbers into light."""

from typing import Literal

import jax.numpy as jnp
from flax import nnx
from jax import Array
from jaxtyping import ArrayLike, Complex, Float, Int

from photonn.devices import converter, modulator
from photonn.errors import check_choice, check_integer, check_not_negative, mistake

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
        check_integer("modes", modes, 1)
        check_not_negative("power", power, "W")  # `None` passes
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


class EncodeIntensity(nnx.Module):
    """Intensity modulators; see `photonn.devices.modulator.modulate_intensity`.

    Attributes:
        extinction_ratio_db: power of the bright over that of the dark state [dB].
        power: of a bright mode [W].
    """

    def __init__(self, *, extinction_ratio_db: float = 30.0, power: float = 1.0):
        check_not_negative("extinction_ratio_db", extinction_ratio_db, "dB")
        check_not_negative("power", power, "W")
        self.extinction_ratio_db = extinction_ratio_db
        self.power = power

    def __call__(self, values: Float[ArrayLike, "*batch modes"]) -> Complex[Array, "*batch modes"]:
        """Amplitudes [sqrt(W)] for features between 0 and 1."""
        return modulator.modulate_intensity(
            values, extinction_ratio_db=self.extinction_ratio_db, power=self.power
        )


class EncodeFourier(nnx.Module):
    """Low spatial frequencies of images; see `photonn.devices.modulator.modulate_fourier`.

    Attributes:
        radius: half the side of the window of frequencies: 4 radius^2 modes.
        power: total power of a sample [W]; `None` leaves the power as it comes.
    """

    def __init__(self, radius: int, *, power: float | None = 1.0):
        check_integer("radius", radius, 1)
        check_not_negative("power", power, "W")  # `None` passes
        self.radius = radius
        self.power = power

    def __call__(self, images: Float[ArrayLike, "*batch y x"]) -> Complex[Array, "*batch modes"]:
        """Amplitudes [sqrt(W)] for images."""
        field = modulator.modulate_fourier(images, self.radius)
        return field if self.power is None else modulator.normalize_power(field, self.power)


class EncodeTimeBins(nnx.Module):
    """One pulse for a whole number; see `photonn.devices.modulator.modulate_time_bins`.

    Attributes:
        bins: number of time bins.
    """

    def __init__(self, bins: int):
        check_integer("bins", bins, 1)
        self.bins = bins

    def __call__(self, values: Int[ArrayLike, "*batch"]) -> Complex[Array, "*batch bins"]:
        """Amplitudes [sqrt(W)] for numbers from 0 to `bins - 1`."""
        return modulator.modulate_time_bins(values, self.bins)


class DAC(nnx.Module):
    """Digital-to-analogue converters before an encoder; see `photonn.devices.converter`.

    Attributes:
        levels: of each converter, 2 or more.
        low, high: the lowest and the highest level.
    """

    def __init__(self, levels: int = 256, *, low: float = 0.0, high: float = 1.0):
        check_integer("levels", levels, 2, "A converter of 8 bits has 256.")
        if not low < high:
            raise mistake("low", f"be below `high`, {high}", f"is {low}")
        self.levels = levels
        self.low = low
        self.high = high

    def __call__(self, values: Float[ArrayLike, "*batch"]) -> Float[Array, "*batch"]:
        """The nearest levels; gradients pass straight through."""
        return converter.quantize(values, self.levels, low=self.low, high=self.high)
