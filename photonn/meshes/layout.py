"""Wiring as data: which pairs of modes meet in which column."""

import hashlib
from collections.abc import Iterable, Sequence
from functools import cached_property

import numpy as np

from photonn.errors import InputError, check_integer, mistake
from photonn.meshes.count import Count, paths

Pairs = Sequence[Sequence[int]] | np.ndarray  # (upper port, lower port) of each cell


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

    def __init__(self, modes: int, columns: Iterable[Pairs], name: str = "netlist"):
        check_integer("modes", modes, 2)
        arrays = []
        for number, column in enumerate(columns):
            pairs = _pairs(column, f"Column {number}")
            if len(pairs):
                _check_column(pairs, f"Column {number}", modes)
                arrays.append(pairs.astype(np.int32))
        self.modes = int(modes)
        self.name = name
        self.pairs = np.concatenate([*arrays, np.zeros((0, 2), np.int32)])
        self.starts = np.cumsum([0, *map(len, arrays)])
        self.pairs.flags.writeable = self.starts.flags.writeable = False
        content = (self.modes, self.name, self.pairs.tobytes(), self.starts.tobytes())
        self.digest = hashlib.sha256(repr(content).encode()).hexdigest()

    @classmethod
    def from_pairs(cls, modes: int, pairs: Pairs, name: str = "netlist") -> "Layout":
        """The wiring of cells that are given one after another, as light meets them.

        Each cell takes the earliest column in which both of its modes are free, so cells
        change places where that makes no difference: `np.argsort(earliest(modes, pairs),
        kind="stable")` sorts numbers given pair by pair into the order of the cells.

        Args:
            modes: number of waveguides.
            pairs: modes (upper port, lower port) of each cell.
            name: what to call it.
        """
        column = earliest(modes, pairs)
        ends = np.cumsum(np.bincount(column))[:-1]
        ordered = np.asarray(pairs).reshape(-1, 2)[np.argsort(column, kind="stable")]
        return cls(modes, np.split(ordered, ends) if len(column) else [], name)

    def mirrored(self) -> "Layout":
        """The same wiring, met by light that comes from the other side."""
        return Layout(self.modes, self.columns()[::-1], self.name)

    def columns(self) -> list[np.ndarray]:
        """The pairs of each column, shapes `(cells, 2)`."""
        return np.split(self.pairs, self.starts[1:-1]) if self.depth else []

    def count(
        self, phase_shifters: int = 2, *, inputs: Sequence[int] | np.ndarray | None = None
    ) -> Count:
        """Cells, phase shifters, and cells that light meets.

        Example:
            >>> print(photonn.meshes.clements.layout(8).count())
            clements
              modes           8
              cells           28
              phase shifters  64
              depth           8
              cells on a path 4 to 8, mean 7

        Args:
            phase_shifters: of one cell; one at each output is added.
            inputs: modes that light enters, by default all; `[0]` for a tree.
        """
        check_integer("phase_shifters", phase_shifters, 0)
        ports = np.arange(self.modes) if inputs is None else np.asarray(inputs)
        known = (
            np.issubdtype(ports.dtype, np.integer) and np.isin(ports, np.arange(self.modes)).all()
        )
        if ports.ndim != 1 or not ports.size or not known:
            raise mistake("inputs", f"be numbers of modes, 0 to {self.modes - 1}", f"is {inputs}")
        shortest, mean, worst = paths(self.modes, self.columns(), np.unique(ports))
        total = phase_shifters * self.size + self.modes
        return Count(self.name, self.modes, self.size, total, self.depth, shortest, mean, worst)

    @property
    def shortest_path(self) -> int:
        """Fewest cells on a route from an input to an output."""
        return self.count().shortest_path

    @property
    def mean_path(self) -> float:
        """Cells that light meets on average, entering anywhere and halved by every cell."""
        return self.count().mean_path

    @property
    def worst_path(self) -> int:
        """Most cells on a route from an input to an output."""
        return self.count().worst_path

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

    def _repr_svg_(self) -> str | None:
        """A picture for notebooks; very large meshes stay a line of text."""
        from photonn.meshes import drawing  # which draws layouts, and imports this file

        return drawing.svg(self) if self.size <= drawing.MANY else None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Layout) and self.digest == other.digest

    def __hash__(self) -> int:
        return hash(self.digest)

    def __repr__(self) -> str:
        return f"Layout({self.name!r}, modes={self.modes}, cells={self.size}, depth={self.depth})"


def earliest(modes: int, pairs: Pairs) -> np.ndarray:
    """The earliest column for each cell of a netlist, shape `(cells,)`."""
    check_integer("modes", modes, 2)
    array = _pairs(pairs, "`pairs`")
    bad = ((array < 0) | (array >= modes)).any(axis=1) | (array[:, 0] == array[:, 1])
    if bad.any():
        number = int(bad.argmax())
        must = f"join two different modes of 0 to {modes - 1}"
        raise mistake(f"pairs[{number}]", must, f"is {tuple(array[number].tolist())}")
    free = [0] * modes
    column = np.zeros(len(array), int)
    for number, (upper, lower) in enumerate(array.tolist()):
        column[number] = now = max(free[upper], free[lower])
        free[upper] = free[lower] = now + 1
    return column


def _pairs(column: Pairs, where: str) -> np.ndarray:
    try:
        pairs = np.asarray(column)
    except ValueError:  # rows of different lengths
        pairs = np.array(None)
    if pairs.size == 0:
        return np.zeros((0, 2), np.int32)
    if pairs.ndim != 2 or pairs.shape[1] != 2 or not np.issubdtype(pairs.dtype, np.integer):
        raise InputError(f"{where} must hold pairs of mode numbers, but is {column!r}.")
    return pairs


def _check_column(column: np.ndarray, where: str, modes: int) -> None:
    if column.min() < 0 or column.max() >= modes:
        raise InputError(f"{where} must join modes 0 to {modes - 1}, but joins {column.tolist()}.")
    used = np.bincount(column.ravel(), minlength=modes)
    if used.max() > 1:
        raise InputError(
            f"{where} must use a mode at most once, but uses mode {used.argmax()} "
            f"{used.max()} times. Put pairs that share a mode into different columns."
        )
