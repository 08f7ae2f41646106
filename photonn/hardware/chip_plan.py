"""Where parts lie on the chip: what crosstalk and wafer variation depend on."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from flax import nnx
from jax import Array

from photonn.errors import check_positive


@dataclass(frozen=True)
class ChipPlan:
    """Distances on the chip.

    Attributes:
        column: length of a column of a mesh [m].
        mode: distance of two waveguides [m].
    """

    column: float = 300e-6
    mode: float = 100e-6

    def __post_init__(self):
        check_positive("column", self.column, "m")
        check_positive("mode", self.mode, "m")

    @property
    def step(self) -> tuple[float, float]:
        """Spacing of the places: half a column along the light, one mode across [m]."""
        return self.column / 2, self.mode


def change_in_place(
    state: nnx.State,
    kind: type[nnx.Variable],
    change: Callable[[tuple, list[Array], list[np.ndarray]], list[Array]],
) -> nnx.State:
    """Change the variables of one type, those of one module together.

    Args:
        state: all variables of a model.
        kind: type of the variables to change; its subclasses too.
        change: gives the new values from the path of the module, the values and their places:
            for each an integer array `(*shape, 2)` of half columns and modes.
    """
    modules: dict[tuple, list] = {}
    for path, variable in nnx.to_flat_state(state):
        if isinstance(variable, kind):
            modules.setdefault(path[:-1], []).append((path, variable))
    values = {}
    for module, parts in modules.items():
        old = [variable[...] for _, variable in parts]
        places = [_places(variable) for _, variable in parts]
        new = change(module, old, places)
        values |= {path: value for (path, _), value in zip(parts, new, strict=True)}
    return nnx.map_state(lambda path, v: v.replace(values[path]) if path in values else v, state)


def _places(variable: nnx.Variable) -> np.ndarray:
    """Places of every number: by the metadata `place`, else the grid of the array itself."""
    shape = variable.shape
    place = variable.get_metadata().get("place")
    if place is not None:
        return np.broadcast_to(place.positions, (*shape, 2))
    axes = np.moveaxis(np.indices(shape), 0, -1)
    along = 2 * axes[..., -2] if len(shape) > 1 else np.zeros(shape, int)
    across = axes[..., -1] if len(shape) else np.zeros(shape, int)
    return np.stack([along, across], axis=-1)
