"""The compact rectangle: symmetric cells, whose outer phase shifters have gone to the edge.

The wiring is that of `clements`. Each cell has a phase shifter in both arms and none
outside; what is left over stands at the inputs, at the outputs and beside the idle edge
modes, where it adds no length. One column is one layer of phase shifters, not two.

References:
    Bell, Walmsley, "Further compactifying linear optical unitaries",
    APL Photonics 6, 070804 (2021).
"""

from dataclasses import dataclass, field
from functools import lru_cache

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, ArrayLike, Complex, Float, Num

from photonn.devices import mzi, phase_shifter
from photonn.errors import check_integer
from photonn.meshes import clements, propagation
from photonn.meshes.givens import wrap
from photonn.meshes.layout import Layout
from photonn.meshes.phases import Phases


@lru_cache(maxsize=64, typed=True)
def layout(modes: int) -> Layout:
    """The rectangle, for symmetric cells: `modes (modes - 1) / 2` cells, depth `modes`."""
    check_integer("modes", modes, 2)
    return Layout(modes, clements.columns(modes, modes), "compact")


def count_phase_layers(modes: int) -> int:
    """Phase shifters in a row that light meets: one a column, inputs and outputs.

    `modes + 2` (3 for two modes), where the rectangle of asymmetric cells has
    `2 modes + 1`.
    """
    return layout(modes).depth + 2


def count_phase_shifters(modes: int) -> int:
    """Phase shifters that `decompose` sets: two a cell, and those at the inputs, edges, outputs.

    `modes^2` for an odd number, as many as a unitary has parameters; `modes / 2` more for
    an even one (but none more for two modes).
    """
    mesh = layout(modes)
    first, last = np.diff(mesh.starts)[[0, -1]]
    alone = mesh.partner[:-1, [0, -1]] == [0, modes - 1]
    edges = alone.all(axis=1).sum()  # both outer modes pass by; one of them is the reference
    return int(2 * mesh.size + first + edges + modes - last)


@jax.tree_util.register_dataclass
@dataclass(frozen=True)
class CompactPhases:
    """Every phase of a compact rectangle.

    Attributes:
        upper: phase on the upper arm of each cell, shape `(*batch, layout.size)` [rad].
        lower: phase on the lower arm of each cell, shape `(*batch, layout.size)` [rad].
        inputs: phase at each input, shape `(*batch, layout.modes)` [rad].
        edge: phase on the first mode beside each column that passes it by, shape
            `(*batch, layout.depth)` [rad]; without effect beside the other columns.
        gamma: phase at each output, shape `(*batch, layout.modes)` [rad].
        layout: the wiring (static).
    """

    upper: Float[Array, "*batch cells"]
    lower: Float[Array, "*batch cells"]
    inputs: Float[Array, "*batch modes"]
    edge: Float[Array, "*batch depth"]
    gamma: Float[Array, "*batch modes"]
    layout: Layout = field(metadata={"static": True})


def decompose(unitary: Num[ArrayLike, "*batch modes modes"]) -> CompactPhases:
    """Phases of the compact rectangle that realises `unitary`.

    The rectangle of `clements` is decomposed; then each outer phase goes back, column by
    column, into the common phases of the cells in front of it.

    Args:
        unitary: unitary matrices, `out = unitary @ in`.

    Returns:
        Phases in [0, 2 pi). Zero are: `inputs` but at the upper ports of the first column,
        `gamma` at the lower ports of the last one, `edge` for an odd number of modes.

    Raises:
        InputError: if a matrix is not square, not finite or not unitary.
    """
    return from_rectangle(clements.decompose(unitary))


def from_rectangle(phases: Phases) -> CompactPhases:
    """The compact rectangle that equals a rectangle (`clements.layout`) of ordinary cells."""
    return _from_rectangle(phases)


@jax.jit
def _from_rectangle(phases: Phases) -> CompactPhases:
    mesh = layout(phases.layout.modes)
    batch = phases.theta.shape[:-1]
    flat = (x.reshape(-1, x.shape[-1]) for x in (phases.theta, phases.phi, phases.gamma))
    moved = jax.vmap(lambda *x: _move_out(mesh, *x))(*flat)
    upper, lower, inputs, edge, outputs = (wrap(x).reshape(*batch, x.shape[-1]) for x in moved)
    return CompactPhases(upper, lower, inputs, edge, outputs, mesh)


def _move_out(mesh: Layout, theta: Array, phi: Array, gamma: Array) -> tuple[Array, ...]:
    """Upper, lower, inputs, edge and gamma of one mesh.

    `pending` is the phase that light on each mode should have had by now and has not: the
    same on all modes of a cell's output, and in front of a cell different by its phi.
    """
    cell, port = mesh.ports
    zero = jnp.zeros(1, theta.dtype)
    halves = jnp.concatenate([theta / 2, zero])[cell]
    phis = jnp.where(jnp.asarray(port == 0), jnp.concatenate([phi, zero])[cell], 0)
    lower = np.maximum(mesh.partner, np.arange(mesh.modes))
    passed = mesh.partner == np.arange(mesh.modes)

    def column(pending: Array, now: tuple[Array, ...]):
        half, lower, next_phi, bottom = now
        owed = pending[lower] + half
        # Upper ports of the next column may owe phi less than lower ones. A mode at the
        # bottom that passes by has no phase shifter: it is the reference.
        steps = jnp.cumsum(next_phi) - next_phi
        left = wrap(steps + jnp.where(bottom, owed[-1] - steps[-1], owed[0]))
        return left, owed - left

    columns = halves[:-1], jnp.asarray(lower[:-1]), phis[1:], jnp.asarray(passed[:-1, -1])
    pending, given = jax.lax.scan(column, -phis[0], columns)
    # Behind the last column the screen takes what is left, at the upper ports alone.
    owed = pending[lower[-1]] + halves[-1]
    left = jnp.where(jnp.asarray(passed[-1]), owed, -gamma[lower[-1]])
    given = jnp.concatenate([given, (owed - left)[None]])
    common = given[jnp.asarray(mesh.column), jnp.asarray(mesh.pairs[:, 1])]
    edge = jnp.where(jnp.asarray(passed[:, 0]), given[:, 0], 0)
    return common + theta / 2, common - theta / 2, phis[0], edge, gamma + left


def unitary(phases: CompactPhases) -> Complex[Array, "*batch modes modes"]:
    """The unitary of a compact rectangle of ideal cells, `out = unitary @ in`."""
    return _unitary(phases)


@jax.jit
def _unitary(phases: CompactPhases) -> Array:
    mesh = phases.layout
    no_phi = jnp.zeros_like(phases.upper)
    cells = mzi.transfer_matrix(phases.upper - phases.lower, no_phi)
    cells = phase_shifter.transmission(phases.lower)[..., None, None] * cells
    # A phase at the edge stands in front of the first cell of the next column.
    edge = jnp.where(jnp.asarray(mesh.partner[:, 0] == 0), phases.edge, 0)
    first = np.flatnonzero((mesh.pairs[:, 0] == 0) & (mesh.column > 0))
    port = no_phi.at[..., first].set(edge[..., mesh.column[first] - 1])
    port = phase_shifter.transmission(jnp.stack([port, no_phi], axis=-1))
    cells = cells * port[..., None, :]
    gamma = phases.gamma.at[..., 0].add(edge[..., -1])
    inputs, outputs = phase_shifter.transmission(phases.inputs), phase_shifter.transmission(gamma)
    return outputs[..., :, None] * propagation.matrix(cells, mesh) * inputs[..., None, :]
