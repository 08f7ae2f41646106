"""Diffractive layers that are not made or placed exactly."""

from dataclasses import dataclass, fields, replace

import jax
from flax import nnx
from jax import Array

from photonn.free_space import perturbation
from photonn.free_space.perturbation import Tolerances
from photonn.hardware.draws import own_key
from photonn.nn import LayerError


@jax.tree_util.register_dataclass
@dataclass(frozen=True)
class LayerErrors:
    """Shifts, tilts, distances, heights, ... of every diffractive layer, drawn for each.

    The wavelength is that of the light, and so the same in all layers.

    Attributes:
        tolerances: how large the errors are; kinds that are `None` are absent.
    """

    tolerances: Tolerances

    def __call__(self, state: nnx.State, key: Array) -> nnx.State:
        """The variables of a network with these errors."""
        light = perturbation.draw(Tolerances(wavelength=self.tolerances.wavelength), key, (0, 0))

        def draw(path: tuple, variable: nnx.Variable) -> nnx.Variable:
            if not isinstance(variable, LayerError):
                return variable
            own = own_key(key, path)
            shape = variable.get_metadata()["plane"]
            drawn = perturbation.draw(replace(self.tolerances, wavelength=None), own, shape)
            drawn = replace(drawn, wavelength=light.wavelength)
            values = {field.name: getattr(drawn, field.name) for field in fields(drawn)}
            present = {name: value for name, value in values.items() if value is not None}
            return variable.replace(replace(variable.get_value(), **present))

        return nnx.map_state(draw, state)
