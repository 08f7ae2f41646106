"""Unitary matrices to phases: null one element after another with the cells of a mesh.

A rotation at the inputs multiplies the matrix from the right by the inverse of a cell
that joins modes `column, column + 1`; one at the outputs multiplies from the left by a
cell that joins modes `row - 1, row`. What remains is a diagonal of phases, the screen at
the output. O(N^3) in all; `givens` is the loop, this file the order of its work.
"""

from dataclasses import dataclass
from functools import lru_cache, partial

import jax
import jax.core
import jax.numpy as jnp
import numpy as np
from jax import Array
from jaxtyping import ArrayLike, Complex, Float, Num

from photonn.errors import mistake
from photonn.meshes import givens
from photonn.meshes.layout import Layout
from photonn.meshes.phases import Phases
from photonn.precision import real_array, unitary_array


@dataclass(frozen=True, eq=False)  # hashed by identity: plans are cached
class Rotations:
    """What to null, in order: elements `(row, column)`, each with a cell of its own.

    Attributes:
        output: whether the cell stands at the outputs (and acts on rows) or at the inputs.
        row, column: the element.
    """

    output: np.ndarray
    row: np.ndarray
    column: np.ndarray

    @property
    def upper(self) -> np.ndarray:
        """Upper one of the two modes that each cell joins."""
        return np.where(self.output, self.row - 1, self.column)


_NOT_UNITARY = (
    "A matrix of any other kind needs a singular value decomposition first: "
    "photonn.meshes.svd.decompose, or photonn.nn.SVDMesh to train one."
)


def check_unitary(
    matrix: Num[ArrayLike, "*batch n n"], name: str = "unitary", hint: str = _NOT_UNITARY
) -> Complex[Array, "*batch n n"]:
    """The matrix as a complex array, if it is square, finite and unitary.

    Args:
        matrix: one or many.
        name: what the message calls it.
        hint: the way out for a matrix that is not unitary.

    Raises:
        InputError: else; it says by how much. Under `jit` only the shape is checked.
    """
    if jnp.shape(matrix)[-1:] == (1,):
        raise mistake(name, "be at least 2 x 2", f"has shape {jnp.shape(matrix)}")
    return unitary_array(matrix, name, hint)


def decompose(
    unitary: Complex[Array, "*batch n n"], layout: Layout, rotations: Rotations
) -> Phases:
    """Phases of a mesh of ideal cells.

    Args:
        unitary: unitary matrices.
        layout: mesh of neighbouring modes whose cells, met by light in order, are the
            rotations at the inputs in their order, then those at the outputs in reverse.
        rotations: what to null, in order.
    """
    return decompose_as_made(unitary, layout, rotations, np.pi / 4, np.pi / 4)[0]


def decompose_as_made(
    unitary: Complex[Array, "*batch n n"],
    layout: Layout,
    rotations: Rotations,
    split_in: Float[ArrayLike, "..."],
    split_out: Float[ArrayLike, "..."],
) -> tuple[Phases, Float[Array, "*chips"]]:
    """Phases of a mesh whose splitters are known, and the error that remains.

    Args:
        unitary: unitary matrices.
        layout: as in `decompose`.
        rotations: as in `decompose`.
        split_in: angle of the input splitter of each cell, or of all [rad]; pi/4 is 50:50.
        split_out: angle of the output splitter of each cell, or of all [rad]. Leading
            axes (chips) of both broadcast with those of `unitary`.

    Returns:
        The phases, and `norm(mesh - unitary) / sqrt(modes)` (Frobenius) of each matrix:
        rounding where every cell can null its element, more where one cannot.
    """
    dtype, modes = unitary.real.dtype, unitary.shape[-1]
    splits = _splitters(dtype, layout, split_in=split_in, split_out=split_out)
    chips = splits.shape[1:-1]
    try:
        batch = np.broadcast_shapes(unitary.shape[:-2], chips)
    except ValueError:
        must = f"have leading axes that broadcast with those of `unitary`, {unitary.shape[:-2]}"
        raise mistake("split_in", must, f"has {chips}", "Add axes of length 1.") from None
    flat = jnp.broadcast_to(unitary, (*batch, modes, modes)).reshape(-1, modes, modes)
    if chips:
        splits = jnp.broadcast_to(splits, (2, *batch, layout.size)).reshape(2, -1, layout.size)
    theta, phi, gamma, residual = _null_many(_plan(rotations, layout), flat, splits)
    theta, phi, gamma = (x.reshape(*batch, x.shape[-1]) for x in (theta, phi, gamma))
    return Phases(theta, phi, gamma, layout), residual.reshape(batch)


@jax.jit
def _null_many(plan: tuple[Array, ...], unitaries: Array, splits: Array):
    # Splitters without a batch axis belong to every matrix: keep them once.
    chips = None if splits.ndim == 2 else 1
    return jax.vmap(partial(givens.null, givens.Plan(*plan)), in_axes=(0, chips))(unitaries, splits)


def _splitters(dtype: jnp.dtype, layout: Layout, **angles: ArrayLike) -> Array:
    """Both angles of every cell, shape `(2, *chips, layout.size)`."""
    arrays = []
    for name, angle in angles.items():
        array = real_array(angle, name).astype(dtype)
        if array.ndim and array.shape[-1] not in (1, layout.size):
            must = f"have shape (..., cells={layout.size}) or be one number"
            raise mistake(name, must, f"has shape {array.shape}", f"The mesh is {layout}.")
        if not isinstance(array, jax.core.Tracer) and not bool(jnp.isfinite(array).all()):
            raise mistake(name, "be finite [rad]", "holds NaN or infinity")
        arrays.append(array)
    try:
        shape = np.broadcast_shapes(*(array.shape for array in arrays), (layout.size,))
    except ValueError:
        first, second = (array.shape for array in arrays)
        must = f"have leading axes that broadcast with those of `split_in`, {first[:-1]}"
        raise mistake("split_out", must, f"has {second[:-1]}") from None
    return jnp.stack([jnp.broadcast_to(array, shape) for array in arrays])


@lru_cache(maxsize=16)
def _plan(rotations: Rotations, layout: Layout) -> tuple[np.ndarray, ...]:
    """The fields of `givens.Plan`."""
    output, upper = rotations.output, rotations.upper
    size = len(output)
    edges = np.flatnonzero(np.diff(output)) + 1
    # Inputs, outputs, inputs, ...: each pair of runs is `start, middle, stop`.
    edges = [0] * bool(output[0]) + [0, *edges.tolist(), size]
    edges += [size] * (len(edges) % 2 == 0)
    runs = np.stack([edges[:-2:2], edges[1:-1:2], edges[2::2]], axis=-1)
    cell = cells(rotations, layout)
    line = np.where(output, rotations.column, rotations.row)
    plan = runs, upper, line, cell, np.argsort(cell), np.flatnonzero(output)[::-1]
    return tuple(x.astype(np.int32) for x in plan)


def cells(rotations: Rotations, layout: Layout) -> np.ndarray:
    """The cell of the layout that makes each rotation.

    The k-th cell that light meets on a pair of modes is the k-th rotation on that pair.
    """
    output, upper = rotations.output, rotations.upper
    order = np.concatenate([np.flatnonzero(~output), np.flatnonzero(output)[::-1]])
    cell = np.empty(len(output), int)
    cell[order[np.argsort(upper[order], kind="stable")]] = np.argsort(
        layout.pairs[:, 0], kind="stable"
    )
    return cell
