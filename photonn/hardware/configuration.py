"""Self-configuration: set the phases of a chip by nulling, without knowledge of its errors.

Light is sent in that a cell, once set, sends to one of its outputs alone; the phases of
the cell are turned until the other output is dark. The light is computed from the design.
Phases that imperfect cells leave over are in the light that the next cells see, so they
are taken up without being known, and the chip ends where local correction would bring it.

Of the chip nothing is used but what a laboratory can measure: powers, for the phases
that are set and the light that is sent in, and the phase of one amplitude at each output.
What a phase does to a power is a cosine, so nine readings of a cell give its minimum.

References:
    Miller, "Self-configuring universal linear optical component",
    Photonics Research 1, 1 (2013).
    Pai et al., "Parallel programming of an arbitrary feedforward photonic network",
    IEEE J. Sel. Top. Quantum Electron. 26, 6100813 (2020).
"""

from collections.abc import Callable
from functools import partial
from typing import TypeVar

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx
from jax import Array

from photonn import meshes
from photonn.devices import cell, coupler, phase_shifter
from photonn.devices.cell import Cell
from photonn.errors import mistake
from photonn.hardware.correction import designed_cells, set_meshes
from photonn.meshes import Phases, correction, reck
from photonn.nn import MZIMesh
from photonn.precision import scale

Model = TypeVar("Model", bound=nnx.Module)

STEPS, ROUNDS = 8, 8  # theta is sought on both sides in so many steps, each time finer


def configure(model: Model, chip: Model) -> Model:
    """A copy of the chip with every mesh set column by column, all cells of one at a time.

    Parallel nullification, for any wiring: behind every cell one output has a detector that
    takes no light. It needs nine readings for each column, and one at each output.
    Errors of setting that were drawn into the old phases are gone, as in `correct`.

    Args:
        model: the network as designed.
        chip: the same network as made, for example by `fabricate`; it is not changed.
    """
    return set_meshes(model, chip, _by_columns)


def configure_triangle(model: Model, chip: Model) -> Model:
    """A copy of the chip with every triangle set cell by cell, by detectors at its outputs.

    Progressive: a diagonal of the triangle ends at an output that no later one reaches, so
    the power there is largest where the cell leaves nothing to the others.

    Args:
        model: the network as designed; its meshes have the layout `meshes.reck`.
        chip: the same network as made, for example by `fabricate`; it is not changed.

    Raises:
        InputError: if a mesh has another layout.
    """
    return set_meshes(model, chip, _triangle)


def _by_columns(design: MZIMesh, chip: MZIMesh) -> Phases:
    kind = correction.check_kind(chip.cell)
    layout, wanted, respond = chip.layout, designed_cells(design), _cells_of(chip)
    order, pairs, inside = correction.by_column(layout)

    def step(matrices: tuple[Array, Array], column: tuple[Array, ...]):
        """Set one column; in front of it: the matrix of the chip, and what it should be."""
        cells, pairs = column
        passed, known = matrices
        target = wanted[cells]
        light = (
            jnp.zeros(layout.modes, wanted.dtype).at[pairs].set(target[:, 0].conj(), mode="drop")
        )
        arriving = passed @ (known.conj().T @ light)
        arriving = arriving.at[pairs].get(mode="fill", fill_value=0)

        def dark(theta: Array, phi: Array) -> Array:
            return _power(jnp.einsum("cj,cj->c", respond(cells, theta, phi)[:, 1], arriving))

        phases = _minimise(dark, jnp.zeros(len(cells), wanted.real.dtype))
        passed = _through(respond(cells, *phases), pairs, passed)
        known = _through(_as_seen(target, dark(*phases), kind), pairs, known)
        return (passed, known), phases

    identity = jnp.eye(layout.modes, dtype=wanted.dtype)
    columns = jnp.asarray(order), jnp.asarray(pairs)
    (passed, _), phases = jax.lax.scan(step, (identity, identity), columns)
    theta, phi = (x.reshape(-1)[np.flatnonzero(inside)] for x in phases)
    screen = _screen(design, chip, meshes.matrix(wanted, layout), passed)
    return Phases(theta, phi, screen, layout)


def _through(cells: Array, pairs: Array, matrix: Array) -> Array:
    """A matrix, with one more column of cells behind it."""
    rows = matrix.at[pairs].get(mode="fill", fill_value=0)
    rows = jnp.einsum("cij,cjm->cim", cells, rows, precision="highest")
    return matrix.at[pairs].set(rows, mode="drop")


def _as_seen(target: Array, dark: Array, kind: Cell) -> Array:
    """What a cell that was set does, by the light that was left in its dark output.

    It stays dark if the cell is what it should be, but for phases. If not, its splitting is
    out of reach, near the cross or the bar state, and the power says by how much. Without
    this the cells behind it would be set for light that is not what it should be.
    """
    front = jnp.eye(2, dtype=target.dtype)
    if kind == cell.THREE_SPLITTER:  # its interferometer stands behind a third splitter
        front = coupler.transfer_matrix(jnp.asarray(np.pi / 4, target.real.dtype))
    inner = target @ front.conj().T
    size = jnp.abs(inner)
    angle = jnp.arctan2(size[:, 0, 0], size[:, 0, 1])
    off = jnp.arcsin(jnp.sqrt(jnp.clip(dark, 0, 1)))
    angle = angle + jnp.where(angle < jnp.pi / 4, off, -off)
    bar, cross = jnp.sin(angle), jnp.cos(angle)
    sizes = jnp.stack([jnp.stack([bar, cross], -1), jnp.stack([cross, bar], -1)], -2)
    return scale(phase_shifter.transmission(jnp.angle(inner)), sizes) @ front


def _triangle(design: MZIMesh, chip: MZIMesh) -> Phases:
    correction.check_kind(chip.cell)
    layout, wanted = chip.layout, designed_cells(design)
    if layout != reck.layout(layout.modes):
        hint = "Take photonn.hardware.configure, which does with any."
        raise mistake("layout", "be a triangle, meshes.reck", f"is {layout}", hint)
    respond, every = _cells_of(chip), jnp.arange(layout.size)
    identity = jnp.eye(layout.modes, dtype=wanted.dtype)
    before = meshes.columns.trace(identity, wanted, layout)
    upper = layout.pairs[:, 0]
    diagonal = (layout.column - upper) // 2
    order = np.lexsort((layout.column, diagonal))

    def step(phases: tuple[Array, Array], place: tuple[Array, ...]):
        """Set one cell."""
        number, column, pair, output = place
        light = jnp.zeros(layout.modes, wanted.dtype).at[pair].set(wanted[number, 1].conj())
        light = before[column].conj().T @ light

        def lost(theta: Array, phi: Array) -> Array:
            """What does not come out where it should; one cell's phases are changed."""
            changed = phases[0].at[number].set(theta), phases[1].at[number].set(phi)
            cells = respond(every, *changed)
            return -_power(meshes.propagate(light, cells, layout, method="columns")[output])

        best = _minimise(lost, jnp.zeros((), wanted.real.dtype))
        return (phases[0].at[number].set(best[0]), phases[1].at[number].set(best[1])), None

    # All others are in the cross state, about: light runs down the diagonals.
    start = jnp.zeros_like(design.theta[...]), jnp.zeros_like(design.phi[...])
    output = layout.modes - 1 - diagonal
    places = (np.arange(layout.size), layout.column, layout.pairs, output)
    phases, _ = jax.lax.scan(step, start, tuple(jnp.asarray(x[order]) for x in places))
    passed = meshes.matrix(respond(every, *phases), layout)
    return Phases(*phases, _screen(design, chip, before[-1], passed), layout)


def _cells_of(chip: MZIMesh) -> Callable[[Array, Array, Array], Array]:
    """Transfer matrices of some cells of the chip for the phases that are set."""
    ideal = jnp.asarray(chip.cell.ideal_split, chip.split.dtype)[:, None]

    def respond(cells: Array, theta: Array, phi: Array) -> Array:
        return chip.cell.transfer_matrix(
            theta + chip.theta_offset[cells],
            phi + chip.phi_offset[cells],
            split=(ideal + chip.split[...])[:, cells],
            split_loss_db=chip.split_loss[...][:, cells],
            arm_loss_db=chip.arm_loss[...][..., cells],
        )

    return respond


def _minimise(power: Callable[[Array, Array], Array], like: Array) -> tuple[Array, Array]:
    """Theta and phi where a power that is a cosine of each is least, from nine readings.

    Three by three readings are the whole function: what follows needs no light.
    """
    turns = jnp.asarray(2 * np.pi / 3 * np.arange(3), like.dtype)
    spread = partial(jnp.broadcast_to, shape=like.shape)
    readings = jax.vmap(lambda x: jax.vmap(lambda y: power(spread(x), spread(y)))(turns))(turns)

    def weights(phase: Array) -> Array:
        """Of the three readings, for the value at any phase."""
        each = turns.reshape(3, *(1,) * phase.ndim)
        return (1 + 2 * jnp.cos(phase[None] - each)) / 3

    def harmonic(three: Array) -> Array:
        """First harmonic of what was read at three phases, cosine and sine."""
        return jnp.tensordot(jnp.stack([jnp.cos(turns), jnp.sin(turns)]), three, axes=1)

    def phi_for(theta: Array) -> tuple[Array, Array]:
        three = jnp.sum(weights(theta)[:, None] * readings, axis=0)
        cos, sin = harmonic(three)
        return jnp.arctan2(-sin, -cos), three.mean(0) - jnp.hypot(cos, sin) * (2 / 3)

    def closer(_, found: tuple[Array, Array]) -> tuple[Array, Array]:
        """The best of some theta around the best one, a step apart; then smaller steps."""
        theta, step = found
        around = jnp.arange(-STEPS, STEPS + 1).astype(like.dtype)
        tried = theta[None] + step * around.reshape(-1, *(1,) * like.ndim)
        least = jnp.argmin(jax.vmap(lambda x: phi_for(x)[1])(tried), axis=0)
        return jnp.take_along_axis(tried, least[None], axis=0)[0], step / STEPS

    # Both at once: near the cross state phi follows theta, and turns in turn get stuck.
    theta, _ = jax.lax.fori_loop(
        0, ROUNDS, closer, (like, jnp.full((), jnp.pi / STEPS, like.dtype))
    )
    phi, _ = phi_for(theta)
    cos, sin = harmonic(jnp.sum(weights(phi)[None] * readings, axis=1))
    theta = jnp.arctan2(-sin, -cos)  # to rounding: a cosine is flat where it is least
    return theta, phi_for(theta)[0]


def _screen(design: MZIMesh, chip: MZIMesh, wanted: Array, passed: Array) -> Array:
    """Gamma from the phase at each output of light that should leave there alone."""
    alone = jnp.einsum("ji,ji->j", passed, wanted.conj(), precision="highest")
    gamma = design.gamma[...] + design.gamma_offset[...] - jnp.angle(alone)
    return jnp.mod(gamma - chip.gamma_offset[...], 2 * jnp.pi)


def _power(amplitude: Array) -> Array:
    return amplitude.real**2 + amplitude.imag**2
