"""Wiring as data: which pairs of modes meet in which column."""

import hashlib
from collections.abc import Iterable, Sequence
from functools import cached_property

import numpy as np

from photonn.errors import InputError, check_integer


class Layout:
    """The wiring of a mesh: columns of disjoint pairs of modes, in the order light meets them.

    Static and hashable (by a digest made once), so that it can be a static argument of
    `jax.jit` and a plain attribute of a module. Numbers that belong to cells (phases,
    splitter angles) are flat arrays in the order of `pairs`.

    Example:
        >>> Layout(3, [[(0, 1)], [(1, 2)], [(0, 1)]])
        Layout('netlist', modes=3, cells=3, depth=3)

    Attributes:
        modes: number of waveguides.
        pairs: modes (upper port, lower port) of each cell, shape `(size, 2)`.
        starts: index of the first cell of each column, and `size` at the end,
            shape `(depth + 1,)`.
        name: what to call it.
    """

    def __init__(
        self, modes: int, columns: Iterable[Sequence[tuple[int, int]]], name: str = "netlist"
    ):
        check_integer("modes", modes, 2)
        arrays = [_pairs(column, number) for number, column in enumerate(columns)]
        arrays = [column for column in arrays if len(column)]
        for number, column in enumerate(arrays):
            _check_column(column, number, modes)
        self.modes = int(modes)
        self.name = name
        self.pairs = np.concatenate([*arrays, np.zeros((0, 2), np.int32)])
        self.starts = np.cumsum([0, *map(len, arrays)])
        self.pairs.flags.writeable = self.starts.flags.writeable = False
        content = (self.modes, self.name, self.pairs.tobytes(), self.starts.tobytes())
        self.digest = hashlib.sha256(repr(content).encode()).hexdigest()

    @property
    def size(self) -> int:
        """Number of cells."""
        return len(self.pairs)

    @property
    def depth(self) -> int:
        """Number of columns."""
        return len(self.starts) - 1

    @cached_property
    def column(self) -> np.ndarray:
        """Column of each cell, shape `(size,)`."""
        return np.repeat(np.arange(self.depth), np.diff(self.starts))

    @cached_property
    def partner(self) -> np.ndarray:
        """The mode that each mode meets in each column (itself: none), `(depth, modes)`."""
        partner = np.tile(np.arange(self.modes), (self.depth, 1))
        upper, lower = self.pairs.T
        partner[self.column, upper] = lower
        partner[self.column, lower] = upper
        return partner

    @cached_property
    def ports(self) -> tuple[np.ndarray, np.ndarray]:
        """Cell and port (0 upper, 1 lower) at which each mode enters each column.

        Both have shape `(depth, modes)`; a mode that passes a column by has cell `size`.
        """
        cell = np.full((self.depth, self.modes), self.size)
        port = np.zeros((self.depth, self.modes), int)
        for side in (0, 1):
            cell[self.column, self.pairs[:, side]] = np.arange(self.size)
            port[self.column, self.pairs[:, side]] = side
        return cell, port

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Layout) and self.digest == other.digest

    def __hash__(self) -> int:
        return hash(self.digest)

    def __repr__(self) -> str:
        return f"Layout({self.name!r}, modes={self.modes}, cells={self.size}, depth={self.depth})"


def _pairs(column: Sequence[tuple[int, int]], number: int) -> np.ndarray:
    pairs = np.asarray(column)
    if pairs.size == 0:
        return np.zeros((0, 2), np.int32)
    if pairs.ndim != 2 or pairs.shape[1] != 2 or not np.issubdtype(pairs.dtype, np.integer):
        raise InputError(f"Column {number} must hold pairs of mode numbers, but is {column!r}.")
    return pairs.astype(np.int32)


def _check_column(column: np.ndarray, number: int, modes: int) -> None:
    if column.min() < 0 or column.max() >= modes:
        raise InputError(
            f"Column {number} must join modes 0 to {modes - 1}, but joins {column.tolist()}."
        )
    used = np.bincount(column.ravel(), minlength=modes)
    if used.max() > 1:
        raise InputError(
            f"Column {number} must use a mode at most once, but uses mode {used.argmax()} "
            f"{used.max()} times. Put pairs that share a mode into different columns."
        )
