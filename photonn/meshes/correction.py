"""Local correction: new phases for a mesh whose splitters are known, cell by cell.

Go with the light. Each cell takes the internal phase with which its imperfect splitters
divide light as wanted, or the nearest that they reach; the phases that are left over at
its outputs go into the cells behind it, and at last into the screen at the outputs of the
mesh. Nothing is solved for the whole: O(modes^2), one column at a time.

References:
    Bandyopadhyay, Hamerly, Englund, "Hardware error correction for programmable
    photonics", Optica 8, 1247 (2021).
"""

from functools import lru_cache, partial

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jaxtyping import ArrayLike, Complex, Float

from photonn.devices import cell, coupler, phase_shifter
from photonn.devices.cell import Cell
from photonn.errors import check_shape, mistake
from photonn.meshes.givens import wrap
from photonn.meshes.layout import Layout
from photonn.meshes.phases import Phases
from photonn.precision import complex_array, real_array

KINDS = (cell.MZI, cell.DIFFERENTIAL, cell.THREE_SPLITTER, cell.CROSSING, cell.COUPLER)


def correct(
    wanted: Complex[ArrayLike, "cells 2 2"],
    layout: Layout,
    *,
    split: Float[ArrayLike, "splitters cells"],
    kind: Cell = cell.MZI,
    gamma: Float[ArrayLike, " modes"] | float = 0.0,
) -> Phases:
    """Phases with which a mesh of imperfect cells does what one of `wanted` cells does.

    Exact (to rounding) if every cell reaches the splitting that it is asked for.
    Differentiable, except where a cell begins to be out of reach. For many chips: `jax.vmap`.

    Args:
        wanted: unitary matrix of each cell as designed, of any kind.
        layout: the wiring.
        split: angle of each splitter as made [rad]; pi/4 is 50:50.
        kind: of the cells on the chip; one with phases that can be set at its inputs.
        gamma: phase at each output as designed [rad].

    Returns:
        The phases to set: theta in [0, 2 pi), phi and gamma in [0, 2 pi).

    Raises:
        InputError: if shapes do not fit, or a kind cannot take up phases of its neighbours.
    """
    kind = check_kind(kind)
    wanted = complex_array(wanted)
    split = real_array(split, "split").astype(wanted.real.dtype)
    gamma = jnp.broadcast_to(real_array(gamma, "gamma").astype(split.dtype), (layout.modes,))
    check_shape("wanted", wanted.shape, (layout.size, 2, 2), f"One matrix per cell of {layout}.")
    check_shape("split", split.shape, (kind.splitters, layout.size), "One angle per splitter.")
    theta, phi, left = _correct(wanted, split, layout, kind)
    return Phases(theta, phi, wrap(gamma + left), layout)


def check_kind(kind: Cell) -> Cell:
    """The kind as this file knows it, by its stages.

    Raises:
        InputError: if its cells cannot take up the phases that their neighbours leave.
    """
    for known in KINDS:
        if known.stages == kind.stages:
            return known
    names = ", ".join(known.name for known in KINDS)
    hint = "Others leave phases where nothing shifts them: train the chip instead."
    raise mistake("kind", f"be one of {names}", f"is {kind.name}", hint)


@partial(jax.jit, static_argnums=(2, 3))
def _correct(wanted: Array, split: Array, layout: Layout, kind: Cell) -> tuple[Array, ...]:
    def step(screen: Array, column: tuple[Array, Array, Array]):
        matrix, split, pairs = column
        arriving = screen.at[pairs].get(mode="fill", fill_value=0)
        matrix = matrix * phase_shifter.transmission(arriving)[:, None, :]
        theta, phi = settings(matrix, split.T, kind)
        made = kind.transfer_matrix(theta, phi, split=split.T)
        left = _angle(jnp.sum(matrix * made.conj(), axis=-1))
        return screen.at[pairs].set(left, mode="drop"), (theta, phi)

    order, pairs, inside = _columns(layout)
    screen = jnp.zeros(layout.modes, split.dtype)
    columns = wanted[order], split.T[order], jnp.asarray(pairs)
    screen, phases = jax.lax.scan(step, screen, columns)
    theta, phi = (x.reshape(-1)[np.flatnonzero(inside)] for x in phases)
    return wrap(theta), wrap(phi), screen


def settings(
    matrix: Complex[Array, "*batch 2 2"], split: Float[Array, "splitters *batch"], kind: Cell
) -> tuple[Array, Array]:
    """Phases theta, phi [rad] with which an imperfect cell comes nearest to a matrix.

    But for a phase at each output, which the cell cannot set.

    Args:
        matrix: unitary matrices, upper port first.
        split: angle of each splitter as made [rad].
        kind: of the cell, one of `KINDS`.
    """
    if kind == cell.THREE_SPLITTER:  # what is wanted behind the splitter in front
        undo = coupler.transfer_matrix(-split[0])
        matrix = matrix @ undo
    row = 1 if kind == cell.CROSSING else 0  # its outputs change places
    bar, cross = (x.real**2 + x.imag**2 for x in (matrix[..., row, 0], matrix[..., row, 1]))
    if kind == cell.COUPLER:
        theta = 2 * (jnp.arctan2(_root(cross), _root(bar)) - split[0])
    else:
        theta = _internal(bar, cross, *split[-2:])
    made = kind.transfer_matrix(theta, jnp.zeros_like(theta), split=split)
    if kind == cell.THREE_SPLITTER:
        made = made @ undo
    turn = matrix[..., 0, 0] * (matrix[..., 0, 1] * made[..., 0, 0]).conj() * made[..., 0, 1]
    return theta, _angle(turn)


def _internal(bar: Array, cross: Array, first: Array, last: Array) -> Array:
    """Theta of an interferometer for powers straight on and across, or the nearest.

    Both powers are used: the small one of the two is the one that is exact.
    """
    least_bar, least_cross = jnp.cos(first + last) ** 2, jnp.sin(first - last) ** 2
    reach = 1 - least_bar - least_cross  # zero where a splitter does not split
    reach = jnp.where(jnp.abs(reach) > 1e-12, reach, 1e-12)
    sine = _root(jnp.clip((bar - least_bar) / reach, 0, 1))
    cosine = _root(jnp.clip((cross - least_cross) / reach, 0, 1))
    return 2 * jnp.arctan2(sine, cosine)


@lru_cache(maxsize=64)
def _columns(layout: Layout) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Cells by column: their numbers, their pairs, and which places hold one, `(depth, most)`.

    Places without a cell have modes beyond the last one, which nothing reads or writes.
    """
    counts = np.diff(layout.starts)
    inside = np.arange(counts.max(initial=0)) < counts[:, None]
    order = np.zeros(inside.shape, int)
    order[inside] = np.arange(layout.size)
    pairs = np.full((*inside.shape, 2), layout.modes)
    pairs[inside] = layout.pairs
    return order, pairs, inside


def _root(x: Array) -> Array:
    """Square root with derivative zero at zero."""
    return jnp.where(x > 0, jnp.sqrt(jnp.where(x > 0, x, 1)), 0)


def _angle(z: Array) -> Array:
    """Angle, zero with derivative zero where there is no light."""
    lit = z != 0
    return jnp.where(lit, jnp.angle(jnp.where(lit, z, 1)), 0)
