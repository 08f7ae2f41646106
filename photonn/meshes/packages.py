"""Meshes that other packages hand out, as `Phases` of ours.

Each function takes what the package gives, as it gives it. They are tested with meshes
made by neurophox 0.1.0a4, Strawberry Fields 0.23.0 and Perceval 1.3.1.
"""

from collections.abc import Sequence
from typing import Literal

import numpy as np
from jaxtyping import ArrayLike, Num

from photonn.devices import cell, mzi
from photonn.errors import check_choice, check_integer, mistake
from photonn.meshes import clements, conventions
from photonn.meshes.layout import Layout
from photonn.meshes.phases import Phases


def from_neurophox(
    theta: Num[ArrayLike, "layers pairs"],
    phi: Num[ArrayLike, "layers pairs"],
    gamma: Num[ArrayLike, "..."],
    *,
    basis: Literal["bloch", "sm"] = "bloch",
) -> Phases:
    """A rectangular mesh of neurophox (`RM`, `RMNumpy`).

    neurophox writes `outputs = inputs @ layer.matrix`: its matrix is the transpose of
    ours, and light meets the phases of a cell in the opposite order.

    Args:
        theta: `layer.theta`, or `layer.phases.theta.param` in NumPy [rad].
        phi: `layer.phi`, or `layer.phases.phi.param` in NumPy [rad].
        gamma: `layer.gamma` [rad].
        basis: `layer.basis`; `bloch` drives both arms of a cell, `sm` the upper one.
    """
    check_choice("basis", basis, ("bloch", "sm"))
    theta, phi, gamma = (np.asarray(x, float) for x in (theta, phi, gamma))
    modes, depth = gamma.size, theta.shape[0] if theta.ndim else 0
    if theta.shape != (depth, modes // 2) or phi.shape != theta.shape:
        must = f"have shape (layers, {modes // 2}), as phi, for {modes} modes"
        raise mistake("theta", must, f"has shape {theta.shape}", "Take a rectangular mesh.")
    layout = clements.layout(modes)
    if depth != modes:
        layout = Layout(modes, clements.columns(modes, depth), "rectangle")
    column, upper = layout.column, layout.pairs[:, 0]
    kind = cell.DIFFERENTIAL if basis == "bloch" else cell.MZI
    matrices = kind.transfer_matrix(theta[column, upper // 2], phi[column, upper // 2])
    cells, common = np.asarray(matrices).mT, 0.0
    if basis == "bloch" and modes % 2 == 0:
        # The two modes that pass an odd layer by meet a cell with theta = phi = pi: -i.
        # Where the whole layer has this phase, its other cells have +i.
        cells = cells * np.where(column % 2, 1j, 1)[:, None, None]
        common = -np.pi / 2 * (depth // 2)
    return conventions.from_cells(cells, layout, inputs=gamma.reshape(-1), gamma=common)


def from_strawberry_fields(
    decomposition: tuple,
    name: Literal["rectangular", "rectangular_phase_end", "rectangular_symmetric", "triangular"],
) -> Phases:
    """A mesh of Strawberry Fields, as `strawberryfields.decompositions` gives it.

    Args:
        decomposition: what the function returns: a list of rotations
            `[m, n, theta, phi, modes]`, a diagonal, and a second list or `None`.
        name: the function. The triangle is that of `reck` upside down.
    """
    names = ("rectangular", "rectangular_phase_end", "rectangular_symmetric", "triangular")
    check_choice("name", name, names)
    first, diagonal, second = decomposition
    diagonal = np.asarray(diagonal, complex)
    _check_rotations([*first, *(second or [])], diagonal.size)
    matrix = mzi.transfer_matrix if name == "rectangular_symmetric" else conventions.clements_matrix
    forward = [(row[0], row[1], np.asarray(matrix(*map(float, row[2:4])))) for row in first]
    backward = [
        (row[0], row[1], np.asarray(conventions.clements_matrix(*map(float, row[2:4]))).conj().T)
        for row in reversed(second or [])
    ]
    if name == "triangular":  # behind the diagonal, and the inverse of what is listed
        forward = [(m, n, matrix.conj().T) for m, n, matrix in forward]
        return _from_rotations(diagonal, [], forward)
    return _from_rotations(diagonal, forward, backward)


def from_perceval(
    parameters: Sequence[float],
    modes: int,
    name: Literal["mzi phase first", "mzi phase last", "symmetric mzi"] = "mzi phase first",
    *,
    phase_at_output: bool = False,
) -> Phases:
    """A rectangular `GenericInterferometer` of Perceval, with or without its phase layer.

    Args:
        parameters: `[float(p) for p in circuit.get_parameters()]`: two of each cell in
            the order of the columns, and one of each mode if there is a phase layer [rad].
        modes: `circuit.m`.
        name: the cell, as it is called in Perceval's catalog.
        phase_at_output: as the circuit was made.
    """
    check_choice("name", name, ("mzi phase first", "mzi phase last", "symmetric mzi"))
    check_integer("modes", modes, 2)
    layout, values = clements.layout(modes), np.asarray(parameters, float)
    layer = values.size - 2 * layout.size
    if values.ndim != 1 or layer not in (0, modes):
        must = f"hold {2 * layout.size} numbers, or {modes} more for a phase layer"
        raise mistake("parameters", must, f"holds {values.size}", f"The mesh is {layout}.")
    if phase_at_output or not layer:
        settings, screen = values[: 2 * layout.size], {"gamma": values[2 * layout.size :]}
    else:
        settings, screen = values[modes:], {"inputs": values[:modes]}
    first, second = settings.reshape(-1, 2).T
    if name == "mzi phase first":
        cells = cell.MZI.transfer_matrix(second, first)
    elif name == "symmetric mzi":
        cells = cell.SYMMETRIC.transfer_matrix(first, second)
    else:  # both phases on the lower arms: ours upside down
        cells = cell.OUTPUT_PHASE.transfer_matrix(first, second)[..., ::-1, ::-1]
    return conventions.from_cells(cells, layout, **(screen if layer else {}))


def _check_rotations(rows: list, modes: int) -> None:
    if not rows:
        hint = "A diagonal alone is no mesh."
        raise mistake("decomposition", "hold at least one rotation", "holds none", hint)
    known = set(range(modes))
    for row in rows:
        if np.size(row) < 4 or len({row[0], row[1]} & known) < 2:
            must = f"hold rotations [m, n, theta, phi, ...] of modes 0 to {modes - 1}"
            raise mistake("decomposition", must, f"holds {row}")


_Rotation = tuple[int, int, np.ndarray]


def _from_rotations(
    diagonal: np.ndarray, before: list[_Rotation], behind: list[_Rotation]
) -> Phases:
    """The mesh of rotations before and behind a diagonal, in the order light meets them."""
    modes = diagonal.size
    waiting = np.ones(modes, complex)  # phases on their way to the next cell
    depth = np.zeros(modes, int)
    columns: list[dict[tuple[int, int], np.ndarray]] = []
    for number, (upper, lower, matrix) in enumerate([*before, *behind]):
        if number == len(before):
            waiting = waiting * diagonal
        pair = [int(upper), int(lower)]
        at = depth[pair].max()
        depth[pair] = at + 1
        if at == len(columns):
            columns.append({})
        columns[at][tuple(pair)] = matrix * waiting[pair]
        waiting[pair] = 1
    if not behind:
        waiting = waiting * diagonal
    columns = [dict(sorted(column.items())) for column in columns]
    layout = Layout(modes, [list(column) for column in columns])
    known = clements.layout(modes)
    if np.array_equal(known.pairs, layout.pairs) and known.depth == layout.depth:
        layout = known
    cells = np.stack([matrix for column in columns for matrix in column.values()])
    return conventions.from_cells(cells, layout, gamma=np.angle(waiting))
