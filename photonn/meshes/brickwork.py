"""Meshes of neighbours as brickwork: cells at the places (row, position) of a lattice.

In row t of the lattice cells join modes (m, m + 1) with m + t even, modes counted around
a circle. Every mesh that couples neighbours only can be laid on it (the rectangle and the
triangle without a gap more); a place without a cell holds the identity, as does the one
that would join the last mode to the first.

Positions are counted against the modes and start one further down in every other row:
position b of row t joins the modes from t - 2 (b + 1) on. So the four neighbours that make
up a larger brick lie at positions 2b and 2b + 1 of three rows, wherever it is.
"""

from functools import lru_cache
from typing import NamedTuple

import jax.numpy as jnp
import numpy as np
from jax import Array
from jaxtyping import Complex

from photonn.meshes.layout import Layout


class Lattice(NamedTuple):
    """Where the cells of a layout lie.

    Attributes:
        modes: modes of the layout, filled up to a multiple of the brick width.
        place: index `row * positions + position` of each cell, shape `(size,)`.
        cell: cell at each place, `size` where there is none, shape `(rows, positions)`.
    """

    modes: int
    place: np.ndarray
    cell: np.ndarray


def fits(layout: Layout) -> bool:
    """Whether every cell joins a mode to the next one."""
    return bool(np.all(layout.pairs[:, 1] == layout.pairs[:, 0] + 1))


@lru_cache(maxsize=64)
def lattice(layout: Layout, width: int) -> Lattice:
    """Lay out a mesh of neighbours for bricks of `width` modes (a power of two).

    Every cell takes the first row of its parity behind the cells in front of it.
    """
    modes = -(-layout.modes // width) * width
    free = np.zeros(layout.modes, int)
    rows = np.zeros(layout.size, int)
    for column in range(layout.depth):
        cells = slice(layout.starts[column], layout.starts[column + 1])
        upper = layout.pairs[cells, 0]
        row = np.maximum(free[upper], free[upper + 1])
        row += (row + upper) % 2
        rows[cells] = row
        free[upper] = free[upper + 1] = row + 1
    positions = modes // 2
    place = rows * positions + ((rows - layout.pairs[:, 0]) // 2 - 1) % positions
    cell = np.full((rows.max(initial=0) + 1) * positions, layout.size)
    cell[place] = np.arange(layout.size)
    return Lattice(modes, place, cell.reshape(-1, positions))


def lay(
    cells: Complex[Array, "cells 2 2"], lattice: Lattice
) -> Complex[Array, "rows positions 2 2"]:
    """Put the cells on their places, and the identity everywhere else."""
    idle = jnp.asarray((lattice.cell == len(lattice.place))[..., None, None] * np.eye(2))
    # Every cell is taken once: with that promise the gradient is a plain copy back.
    laid = cells.at[lattice.cell].get(mode="fill", fill_value=0, unique_indices=True)
    return laid + idle.astype(cells.dtype)


def order(rows: int, positions: int) -> np.ndarray:
    """For each row the positions from the first modes to the last, shape `(rows, positions)`.

    Bricks of an odd row start half a brick further down.
    """
    row = np.arange(rows)[:, None]
    return (row // 2 - 1 - np.arange(positions)[None, :]) % positions
