"""Where the phase shifters and splitters of a mesh lie on the chip."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from photonn.meshes.layout import Layout


@dataclass(frozen=True)
class Placement:
    """Places of one kind of part of a mesh, one for each cell or output.

    Light meets, along the chip: `phi` of a column, its `theta`, `phi` of the next column, ...
    and `gamma` at the end. Parts stand at the upper mode of their cell.

    Attributes:
        layout: the wiring.
        part: which of them.
    """

    layout: Layout
    part: Literal["phi", "theta", "gamma"]

    @property
    def positions(self) -> np.ndarray:
        """Half a column along the chip, and mode, of every part: integers `(parts, 2)`."""
        if self.part == "gamma":
            modes = np.arange(self.layout.modes)
            return np.stack([np.full_like(modes, 2 * self.layout.depth), modes], axis=1)
        along = 2 * self.layout.column + (self.part == "theta")
        return np.stack([along, self.layout.pairs.min(axis=1)], axis=1)
