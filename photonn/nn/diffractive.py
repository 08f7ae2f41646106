"""Diffractive layers with parameters."""

from collections.abc import Callable
from typing import Any, Literal

import jax.numpy as jnp
import numpy as np
from flax import nnx
from jax import Array
from jaxtyping import ArrayLike, Complex, Float, Num

from photonn.errors import (
    check_choice,
    check_finite,
    check_integer,
    check_positive,
    check_shape,
    check_wavelength,
    mistake,
)
from photonn.free_space import Grid, bounds, heights, layer, levels, propagation
from photonn.free_space.perturbation import Perturbation
from photonn.nn.streams import parameters
from photonn.nn.variables import Amplitude, Height, LayerError, Phase

HINT = "Put images onto the layer's grid with photonn.nn.Image."


class Diffractive(nnx.Module):
    """A mask and the space behind it.

    Example:
        >>> layer = Diffractive(Grid(32, 8e-6), distance=5e-3, wavelength=532e-9)
        >>> layer(jnp.ones((32, 32))).shape
        (32, 32)

    `photonn.hardware.LayerErrors` draws shifts, tilts and other errors into a copy of the
    model: for a tolerance curve measure such copies (`hardware.monte_carlo`), for a robust
    network train through a new one at every step (`hardware.Vaccinated`).

    Attributes:
        grid: sampling of the mask and of the plane behind it.
        distance: from the mask to the next plane [m].
        wavelength: in vacuum [m]; several are a tuple, and an axis of the field in front of
            its plane.
        index: refractive index of the space.
        mode: what is trained: `phase`, `complex` (phase and amplitude), or `height`.
        phase: of the mask at every pixel [rad], trainable; not for heights.
        amplitude: of a complex mask, as an angle [rad], trainable.
        height: of a relief, as an angle [rad], trainable.
        maximum: greatest height of a relief [m].
        temperature: of the smooth rounding, a variable, or `None` for steps.
        error: what is wrong with this layer; nothing, until it is drawn.
    """

    def __init__(
        self,
        grid: Grid,
        *,
        distance: float,
        wavelength: float | tuple[float, ...],
        index: float = 1.0,
        mode: Literal["phase", "complex", "height"] = "phase",
        material: complex | tuple[complex, ...] = 1.5,
        maximum: float | None = None,
        steps: int | None = None,
        temperature: float | None = None,
        method: str | Callable[..., Any] = "auto",
        rngs: nnx.Rngs | None = None,
    ):
        """Start with a flat mask, or a random one.

        Args:
            grid: sampling of the planes.
            distance: to the next plane [m].
            wavelength: in vacuum [m], one or a tuple of several; `method` must take them.
            index: refractive index of the space.
            mode: what is trained. A phase is the same for all wavelengths, a height is not.
            material: index n + i kappa of a relief, one or a tuple, one for each wavelength.
            maximum: greatest height of a relief [m]; by default that of one turn, for the
                wavelength that needs most.
            steps: number of phases or heights that can be made, `None` for any.
            temperature: of the staircase that stands for the rounding, see
                `photonn.free_space.levels`; lower `layer.temperature[...]` from step to step.
                `None` rounds, and the gradient goes straight through.
            method: how light propagates: a name that `free_space.propagate` knows, or a
                function that is called as it is.
            rngs: if given, the mask starts with random phases or heights.
        """
        check_finite("distance", distance, "m")
        check_wavelength("wavelength", wavelength)
        check_positive("index", index, "1")
        check_choice("mode", mode, ("phase", "complex", "height"))
        if steps is not None:
            check_integer("steps", steps, 2, "2 bits are 4 levels.")
        for name, value in (("maximum", maximum), ("temperature", temperature)):
            check_positive(name, value, "m" if name == "maximum" else "1")
        self.grid, self.distance, self.wavelength, self.index = grid, distance, wavelength, index
        self.mode, self.material, self.steps = mode, material, steps
        self.method = propagation.by_name(method)
        if mode == "height" and maximum is None:
            light = {"wavelength": np.asarray(wavelength), "index": np.asarray(material)}
            maximum = float(np.max(np.abs(heights.full_turn(ambient=index, **light))))
        self.maximum = 0.0 if maximum is None else maximum
        start = jnp.zeros(grid.shape)
        if rngs is not None:
            start = parameters(rngs).uniform(grid.shape, maxval=2 * jnp.pi)
        if mode == "height":
            self.height = Height(start)
        else:
            self.phase = Phase(start)
        if mode == "complex":
            self.amplitude = Amplitude(jnp.full(grid.shape, jnp.pi / 4, float))
        cooled = None if temperature is None else nnx.Variable(jnp.asarray(temperature, float))
        self.temperature = cooled
        self.error = LayerError(Perturbation(), plane=grid.shape)

    def relief(self) -> Float[Array, "y x"]:
        """Heights of the mask as designed [m]; only for `mode='height'`."""
        if self.mode != "height":
            hint = "A phase mask has `layer.phase`."
            raise mistake("mode", "be 'height' for a relief", f"is {self.mode!r}", hint)
        height = bounds.enclose(self.height[...], 0.0, self.maximum)
        if self.steps is None:
            return height
        return levels.round_height(
            height, self.steps, maximum=self.maximum, temperature=self._temperature()
        )

    def mask(self) -> Complex[Array, "*colours y x"]:
        """Transmission of the mask, as made."""
        error = self.error.get_value()
        if self.mode == "height":
            return layer.relief(
                self.relief(),
                self.grid,
                wavelength=colours(self.wavelength),
                index=colours(self.material),
                ambient=self.index,
                error=error,
            )
        phase = self.phase[...]
        if self.steps is not None:
            phase = levels.round_phase(phase, self.steps, temperature=self._temperature())
        amplitude = None
        if self.mode == "complex":
            amplitude = bounds.enclose(self.amplitude[...], 0.0, 1.0)
        return layer.phase_mask(phase, self.grid, amplitude=amplitude, error=error)

    def _temperature(self) -> Array | None:
        return None if self.temperature is None else self.temperature[...]

    def __call__(self, field: Num[ArrayLike, "*batch y x"]) -> Complex[Array, "*both y x"]:
        """Field in the next plane for a field in front of the mask."""
        check_shape("field", jnp.shape(field), self.grid.shape, HINT)
        return layer.propagate(
            field,
            self.mask(),
            self.grid,
            distance=self.distance,
            wavelength=colours(self.wavelength),
            index=self.index,
            error=self.error.get_value(),
            method=self.method,
        )


def colours(values: Any) -> Any:
    """One number as it is, several as an array; a module holds them as a tuple."""
    return np.asarray(values) if isinstance(values, tuple) else values
