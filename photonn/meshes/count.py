"""What a mesh has, and how much of it light meets."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from jaxtyping import Int


@dataclass(frozen=True)
class Count:
    """The numbers of a mesh; `print` shows them as a table.

    Attributes:
        name: of the layout.
        modes: waveguides.
        cells: interferometers.
        phase_shifters: those of all cells, and one at each output.
        depth: columns.
        shortest_path: fewest cells on a route from an input to an output.
        mean_path: cells that light meets on average if every cell divides it in halves.
        worst_path: most cells on a route.
    """

    name: str
    modes: int
    cells: int
    phase_shifters: int
    depth: int
    shortest_path: int
    mean_path: float
    worst_path: int

    def __str__(self) -> str:
        paths = f"{self.shortest_path} to {self.worst_path}, mean {self.mean_path:.4g}"
        rows = {
            "modes": self.modes,
            "cells": self.cells,
            "phase shifters": self.phase_shifters,
            "depth": self.depth,
            "cells on a path": paths,
        }
        return "\n".join([self.name, *(f"  {key:<16}{value}" for key, value in rows.items())])


def paths(
    modes: int, columns: Iterable[np.ndarray], inputs: Int[np.ndarray, " inputs"]
) -> tuple[int, float, int]:
    """Fewest, mean and most cells on the routes from `inputs` to any output.

    For the mean all inputs carry the same power, and every cell divides what comes to it in
    halves.

    Args:
        modes: number of waveguides.
        columns: pairs of each column, shapes `(cells, 2)`.
        inputs: the modes that light enters.
    """
    least, most = np.full(modes, np.inf), np.full(modes, -np.inf)
    power, met = np.zeros(modes), 0.0
    least[inputs] = most[inputs] = 0
    power[inputs] = 1 / np.size(inputs)
    for pairs in columns:
        least[pairs] = least[pairs].min(axis=1, keepdims=True) + 1
        most[pairs] = most[pairs].max(axis=1, keepdims=True) + 1
        met += power[pairs].sum()
        power[pairs] = power[pairs].mean(axis=1, keepdims=True)
    return int(least.min()), float(met), int(most.max())
