"""Unitary matrices to phases: null one element after another with the cells of a mesh.

A rotation at the inputs multiplies the matrix from the right by the inverse of a cell
that joins modes `column, column + 1`; one at the outputs multiplies from the left by a
cell that joins modes `row - 1, row`. What remains is a diagonal of phases; moving it
past the cells at the outputs turns it into the phase screen at the output.

Rotations that do not touch each other are done in one step, each step is a few
operations on whole matrices: O(N) steps of O(N^2) work.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Literal, NamedTuple

import jax
import jax.core
import jax.numpy as jnp
import numpy as np
from jax import Array
from jaxtyping import ArrayLike, Complex, Num

from photonn.devices import mzi
from photonn.errors import InputError
from photonn.meshes.layout import Layout
from photonn.meshes.phases import Phases
from photonn.precision import complex_array


class Rotation(NamedTuple):
    """Null the element `(row, column)` with one cell at the inputs or at the outputs."""

    side: Literal["input", "output"]
    row: int
    column: int

    @property
    def upper(self) -> int:
        """Upper one of the two modes that the cell joins."""
        return self.column if self.side == "input" else self.row - 1


def check_unitary(matrix: Num[ArrayLike, "*batch n n"]) -> Complex[Array, "*batch n n"]:
    """The matrix as a complex array, if it is square, finite and unitary.

    Raises:
        InputError: else; it says by how much. Under `jit` only the shape is checked.
    """
    array = jnp.asarray(matrix)
    if array.ndim < 2 or array.shape[-1] != array.shape[-2] or array.shape[-1] < 2:
        raise InputError(
            f"`unitary` must be a square matrix of at least 2 x 2, but has shape {array.shape}."
        )
    array = complex_array(array)
    if isinstance(array, jax.core.Tracer):
        return array
    if not bool(jnp.isfinite(array).all()):
        raise InputError("`unitary` must be finite, but holds NaN or infinity.")
    product = jnp.matmul(array, array.conj().mT, precision="highest")
    identity = jnp.broadcast_to(jnp.eye(array.shape[-1], dtype=array.dtype), array.shape)
    error = float(jnp.abs(product - identity).max())
    # Room for rounding in how the matrix was made, and no more.
    allowed = 200 * array.shape[-1] * float(jnp.finfo(array.dtype).eps)
    if error > allowed:
        raise InputError(
            f"`unitary` must satisfy U U^H = 1 within {allowed:.1e}, but the product is off "
            f"by {error:.1e}. A matrix of any other kind needs a singular value "
            "decomposition first: photonn.nn.SVDMesh holds the three factors."
        )
    return array


def decompose(
    unitary: Complex[Array, "*batch n n"], layout: Layout, rotations: Sequence[Rotation]
) -> Phases:
    """Phases of the mesh `layout` from the order in which elements are nulled.

    Args:
        unitary: unitary matrices.
        layout: mesh whose cells, met by light in order, are the rotations at the inputs
            in their order, then those at the outputs in reverse.
        rotations: what to null, in order.
    """
    plan = _plan(tuple(rotations), layout)
    flat = unitary.reshape(-1, *unitary.shape[-2:])
    theta, phi, gamma = _null_many(plan, flat)
    batch = unitary.shape[:-2]
    theta, phi, gamma = (x.reshape(*batch, x.shape[-1]) for x in (theta, phi, gamma))
    return Phases(theta, phi, gamma, layout)


@dataclass(frozen=True, eq=False)  # hashed by identity: plans come from a cache
class _Plan:
    """Steps as arrays `(steps, modes - 1)`: the element that each pair nulls, or -1."""

    row: np.ndarray  # row to null by the input cell on modes (m, m + 1)
    column: np.ndarray  # column to null by the output cell on modes (m, m + 1)
    where: np.ndarray  # (step, upper mode, at the outputs) of every cell, shape (size, 3)


@lru_cache(maxsize=16)
def _plan(rotations: tuple[Rotation, ...], layout: Layout) -> _Plan:
    """Give every rotation the earliest step that keeps the order where it matters.

    A cell at the inputs reads one row and rewrites two columns, one at the outputs reads
    one column and rewrites two rows. Reads come after earlier writes (next step or
    later), writes not before earlier reads (same step or later: a step reads first).
    """
    modes = layout.modes
    # First step at which a line may be read (inputs write columns, outputs write rows), and
    # at which it may be written (inputs read rows, outputs read columns).
    written = {side: [0] * modes for side in ("input", "output")}
    read = {side: [0] * modes for side in ("input", "output")}
    steps = []
    for side, row, column in rotations:
        other = "output" if side == "input" else "input"
        m, line = (column, row) if side == "input" else (row - 1, column)
        step = max(*written[side][m : m + 2], written[other][line], *read[other][m : m + 2])
        written[side][m : m + 2] = step + 1, step + 1
        read[side][line] = max(read[side][line], step)
        steps.append(step)
    depth = max(steps) + 1
    row_of = np.full((depth, modes - 1), -1)
    column_of = np.full((depth, modes - 1), -1)
    for step, rotation in zip(steps, rotations, strict=True):
        target = row_of if rotation.side == "input" else column_of
        target[step, rotation.upper] = rotation.row if rotation.side == "input" else rotation.column
    return _Plan(row_of, column_of, _cells(rotations, steps, layout))


def _cells(rotations: Sequence[Rotation], steps: Sequence[int], layout: Layout) -> np.ndarray:
    """For every cell of the layout, the step and upper mode of its rotation."""
    order = [i for i, r in enumerate(rotations) if r.side == "input"]
    order += [i for i, r in reversed(list(enumerate(rotations))) if r.side == "output"]
    # The k-th cell that light meets on a pair is the k-th rotation on that pair.
    queues: dict[int, list[int]] = {}
    for cell, (upper, _) in enumerate(layout.pairs.tolist()):
        queues.setdefault(upper, []).append(cell)
    taken = dict.fromkeys(queues, 0)
    where = np.zeros((layout.size, 3), int)
    for i in order:
        upper = rotations[i].upper
        cell = queues[upper][taken[upper]]
        taken[upper] += 1
        where[cell] = steps[i], upper, rotations[i].side == "output"
    return where


@partial(jax.jit, static_argnums=0)
def _null_many(plan: _Plan, unitaries: Array) -> tuple[Array, Array, Array]:
    return jax.vmap(partial(_null, plan))(unitaries)


def _null(plan: _Plan, unitary: Array) -> tuple[Array, Array, Array]:
    """Theta and phi of the cells, gamma of the outputs, of one unitary."""
    upper = jnp.arange(unitary.shape[-1] - 1)

    def step(matrix: Array, targets: tuple[Array, Array]):
        row, column = targets
        # Inputs: [a, b] = matrix[row, m], matrix[row, m + 1]; the new first one is zero.
        a, b = matrix[row, upper], matrix[row, upper + 1]
        theta_in = 2 * jnp.arctan2(jnp.abs(b), jnp.abs(a))
        phi_in = jnp.where(row < 0, 0.0, jnp.angle(a) - jnp.angle(b) + jnp.pi)
        cells_in = _identity_where(row < 0, mzi.transfer_matrix(theta_in, phi_in))
        # Outputs: [a, b] = matrix[m, column], matrix[m + 1, column]; the new second is zero.
        a, b = matrix[upper, column], matrix[upper + 1, column]
        theta_out = 2 * jnp.arctan2(jnp.abs(a), jnp.abs(b))
        phi_out = jnp.where(column < 0, 0.0, jnp.angle(b) - jnp.angle(a))
        cells_out = _identity_where(column < 0, mzi.transfer_matrix(theta_out, phi_out))
        matrix = _mix_rows(cells_in.conj(), matrix.T).T  # matrix @ T^H
        matrix = _mix_rows(cells_out, matrix)
        return matrix, (theta_in, phi_in, theta_out, phi_out)

    targets = jnp.asarray(plan.row), jnp.asarray(plan.column)
    matrix, (theta_in, phi_in, theta_out, phi_out) = jax.lax.scan(step, unitary, targets)
    screen = jnp.angle(jnp.diagonal(matrix))
    screen, phi_out = _push_screen(screen, theta_out, phi_out, targets[1] >= 0)
    steps, modes, outputs = jnp.asarray(plan.where).T
    theta = jnp.where(outputs == 1, theta_out[steps, modes], theta_in[steps, modes])
    phi = jnp.where(outputs == 1, phi_out[steps, modes], phi_in[steps, modes])
    return theta, _wrap(phi), _wrap(screen)


def _push_screen(screen: Array, theta: Array, phi: Array, active: Array) -> tuple[Array, Array]:
    """Move a phase screen past the inverse cells at the outputs, innermost first.

    T(theta, phi)^H diag(d1, d2) = diag(d1', d2') T(theta, phi') with
    phi' = d1 - d2, d1' = d2 - theta - phi + pi, d2' = d2 - theta + pi (as angles).
    """

    def step(screen: Array, cells: tuple[Array, Array, Array]):
        theta, phi, active = cells
        d1, d2 = screen[:-1], screen[1:]
        lower = d2 - theta + jnp.pi
        move_upper = jnp.where(active, lower - phi - d1, 0.0)
        move_lower = jnp.where(active, lower - d2, 0.0)
        screen = screen.at[:-1].add(move_upper).at[1:].add(move_lower)
        return _wrap(screen), d1 - d2

    return jax.lax.scan(step, screen, (theta, phi, active), reverse=True)


def _identity_where(idle: Array, cells: Array) -> Array:
    return jnp.where(idle[:, None, None], jnp.eye(2, dtype=cells.dtype)[None], cells)


def _mix_rows(cells: Array, matrix: Array) -> Array:
    """Apply cells on rows (m, m + 1); those that are not the identity are disjoint."""
    stay = jnp.ones(matrix.shape[0], matrix.dtype)
    stay = stay.at[:-1].multiply(cells[:, 0, 0]).at[1:].multiply(cells[:, 1, 1])
    below, above = cells[:, 0, 1], cells[:, 1, 0]
    mixed = stay[:, None] * matrix
    mixed = mixed.at[:-1].add(below[:, None] * matrix[1:])
    return mixed.at[1:].add(above[:, None] * matrix[:-1])


def _wrap(phase: Array) -> Array:
    """Into [0, 2 pi); a tiny negative phase would round to 2 pi itself."""
    wrapped = jnp.mod(phase, 2 * jnp.pi)
    return jnp.where(wrapped >= 2 * jnp.pi, 0.0, wrapped)
