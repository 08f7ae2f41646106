"""One mesh in other words: phases between conventions of its cells.

Ours is M(theta, phi), the matrix of `photonn.devices.mzi`, with a phase screen gamma at
the outputs of the mesh. Any unitary cell is M but for a phase at each output, so any
mesh becomes one of ours: go with the light, and push what is left over into the next
cells.

    from_cells                          any unitary cells, phases at inputs and outputs
    from_kind, to_kind, like            another kind of cell, gamma at the outputs
    from_output_phase, to_output_phase  phi at the output of each cell, a screen at the inputs
    from_symmetric                      two phases in each cell (`compact` goes back)
    from_clements, to_clements          T(t, phi) of Clements' paper

All are for ideal splitters, and not to be differentiated: phases jump where a cell is in
its bar or cross state.
"""

import math
from collections.abc import Callable
from functools import cache, partial
from typing import Any

import jax
import jax.numpy as jnp
from jax import Array
from jaxtyping import ArrayLike, Complex, Float, Num

from photonn.devices import cell, mzi, phase_shifter
from photonn.devices.cell import Cell
from photonn.errors import check_last_axis, check_shape, mistake
from photonn.meshes.givens import wrap
from photonn.meshes.layout import Layout
from photonn.meshes.nulling import check_unitary
from photonn.meshes.phases import Phases
from photonn.precision import complex_array, real_array


def clements_to_mzi(t: Float[ArrayLike, "..."], phi: Float[ArrayLike, "..."]) -> tuple[Any, Any]:
    """The theta and phi with T(t, phi) = exp(i t) M(theta, phi): pi - 2 t, phi + pi [rad]."""
    return jnp.pi - 2 * real_array(t), real_array(phi) + jnp.pi


def mzi_to_clements(
    theta: Float[ArrayLike, "..."], phi: Float[ArrayLike, "..."]
) -> tuple[Any, Any]:
    """The t and phi with M(theta, phi) = exp(-i t) T(t, phi): (pi - theta)/2, phi - pi [rad]."""
    return (jnp.pi - real_array(theta)) / 2, real_array(phi) - jnp.pi


def clements_matrix(
    t: Float[ArrayLike, "..."], phi: Float[ArrayLike, "..."]
) -> Complex[Array, "*batch 2 2"]:
    """T of Clements' paper: [[exp(i phi) cos t, -sin t], [exp(i phi) sin t, cos t]].

    Args:
        t: angle of the beam splitter [rad].
        phi: phase at the upper input [rad].

    References:
        Clements et al., "Optimal design for universal multiport interferometers",
        Optica 3, 1460 (2016).
    """
    matrix = mzi.transfer_matrix(*clements_to_mzi(t, phi))
    common = phase_shifter.transmission(real_array(t))[..., None, None]
    return common.astype(matrix.dtype) * matrix


def settings(matrix: Complex[ArrayLike, "*batch 2 2"], kind: Cell) -> tuple[Any, Any]:
    """Phases theta, phi [rad] with which a cell splits light as a unitary 2 x 2 matrix does.

    With ideal splitters the cell equals the matrix but for a phase at each output; an
    `OUTPUT_PHASE` cell, at each input; a `SYMMETRIC` cell, at both.

    Args:
        matrix: unitary matrices, upper port first.
        kind: of the cell, one of `photonn.devices.cell.KINDS` by its stages.
    """
    kind = _known(kind)
    matrix = complex_array(matrix)
    first, second = matrix[..., 0, 0], matrix[..., 0, 1]
    if kind == cell.OUTPUT_PHASE:
        second = matrix[..., 1, 0]
    elif kind == cell.CROSSING:  # its outputs change places
        first, second = matrix[..., 1, 0], matrix[..., 1, 1]
    elif kind == cell.THREE_SPLITTER:  # undo the splitter in front
        i = jnp.asarray(1j, matrix.dtype)
        first, second = first - i * second, second - i * first
    theta = 2 * jnp.arctan2(jnp.abs(first), jnp.abs(second))
    phi = jnp.angle(first * second.conj())
    if kind == cell.COUPLER:  # theta = 0 is its bar state
        return jnp.pi - theta, phi + jnp.pi / 2
    if kind == cell.SYMMETRIC:  # theta and phi are the phases of its two arms
        return phi + theta / 2, phi - theta / 2
    return theta, phi


def from_cells(
    cells: Num[ArrayLike, "*batch cells 2 2"],
    layout: Layout,
    *,
    inputs: Float[ArrayLike, "..."] = 0.0,
    gamma: Float[ArrayLike, "..."] = 0.0,
) -> Phases:
    """The mesh of ideal interferometers that equals a mesh of any unitary cells.

    Args:
        cells: unitary matrix of each cell.
        layout: the wiring.
        inputs: phase at each input, `(*batch, modes)` or one number [rad].
        gamma: phase at each output, `(*batch, modes)` or one number [rad].

    Returns:
        Phases with theta in [0, pi], phi and gamma in [0, 2 pi).

    Raises:
        InputError: if a cell is not finite or not unitary; under `jit` none is checked.
    """
    theta, phi, left = _push(cells, layout, inputs, _as_kind(cell.MZI))
    return Phases(theta, wrap(phi), wrap(_screen("gamma", gamma, left, layout) + left), layout)


def from_kind(phases: Phases, kind: Cell) -> Phases:
    """Our phases for those of a mesh of another kind of cell, with gamma at its outputs."""
    cells = kind.transfer_matrix(phases.theta, phases.phi)
    return from_cells(cells, phases.layout, gamma=phases.gamma)


def to_kind(phases: Phases, kind: Cell) -> Phases:
    """Phases of the mesh of another kind of cell that equals ours, with gamma at its outputs.

    Args:
        phases: ours.
        kind: any but `OUTPUT_PHASE` and `SYMMETRIC`, which leave phases at their inputs.
    """
    if _known(kind) in (cell.OUTPUT_PHASE, cell.SYMMETRIC):
        hint = "Take to_output_phase, or photonn.meshes.compact.from_rectangle."
        raise mistake("kind", "need no phase at its inputs", f"is {kind.name}", hint)
    return _to(phases, _as_kind(kind))


def like(phases: Phases, kind: Cell) -> Phases:
    """Phases of a mesh of another kind of cell that splits light as ours does everywhere.

    It equals ours, but for phases that it has no shifters for: at its inputs
    (`OUTPUT_PHASE`), between its cells (`SYMMETRIC`). A kind that is none of
    `photonn.devices.cell.KINDS` takes our phases as they are.
    """
    kind = _KNOWN.get(kind.stages, cell.MZI)
    if kind == cell.MZI:
        return phases
    if kind == cell.OUTPUT_PHASE:
        theta, phi, _ = to_output_phase(phases)
        return Phases(theta, phi, jnp.zeros_like(phases.gamma), phases.layout)
    if kind == cell.SYMMETRIC:
        upper, lower = settings(mzi.transfer_matrix(phases.theta, phases.phi), kind)
        return Phases(upper, lower, phases.gamma, phases.layout)
    return to_kind(phases, kind)


def from_clements(
    t: Float[ArrayLike, "*batch cells"],
    phi: Float[ArrayLike, "*batch cells"],
    gamma: Float[ArrayLike, "*batch modes"],
    layout: Layout,
) -> Phases:
    """Our phases for a mesh of T(t, phi) with phases gamma at its outputs [rad]."""
    return from_cells(clements_matrix(t, phi), layout, gamma=gamma)


def to_clements(phases: Phases) -> tuple[Array, Array, Array]:
    """Settings t, phi and gamma [rad] of the equal mesh of T(t, phi) with gamma at its outputs."""
    equal = _to(phases, _as_clements)
    return equal.theta, equal.phi, equal.gamma


def from_output_phase(
    theta: Float[ArrayLike, "*batch cells"],
    phi: Float[ArrayLike, "*batch cells"],
    inputs: Float[ArrayLike, "*batch modes"],
    layout: Layout,
) -> Phases:
    """Our phases for a mesh with phi at the upper output of each cell.

    Args:
        theta: internal phase of each cell [rad].
        phi: phase at its upper output [rad].
        inputs: phase at each input of the mesh [rad].
        layout: the wiring.
    """
    return from_cells(cell.OUTPUT_PHASE.transfer_matrix(theta, phi), layout, inputs=inputs)


def to_output_phase(phases: Phases) -> tuple[Array, Array, Array]:
    """Phases theta, phi and inputs [rad] of the equal mesh that `from_output_phase` reads."""
    # Against the light this is a mesh of ours: transposed cells in reverse order.
    cells = mzi.transfer_matrix(phases.theta, phases.phi).mT
    solve = _as_kind(cell.MZI)
    theta, phi, inputs = _push(cells, phases.layout, phases.gamma, solve, reverse=True)
    return theta, wrap(phi), wrap(inputs)


def from_symmetric(
    upper: Float[ArrayLike, "*batch cells"],
    lower: Float[ArrayLike, "*batch cells"],
    gamma: Float[ArrayLike, "..."],
    layout: Layout,
    *,
    inputs: Float[ArrayLike, "..."] = 0.0,
) -> Phases:
    """Our phases for a mesh of symmetric cells; `compact.from_rectangle` goes back.

    Args:
        upper: phase on the upper arm of each cell [rad].
        lower: phase on its lower arm [rad].
        gamma: phase at each output, or one number [rad].
        layout: the wiring.
        inputs: phase at each input, or one number [rad].
    """
    cells = cell.SYMMETRIC.transfer_matrix(upper, lower)
    return from_cells(cells, layout, inputs=inputs, gamma=gamma)


_KNOWN = {kind.stages: kind for kind in cell.KINDS}


def _known(kind: Cell) -> Cell:
    """The kind of the same stages that this file knows by name."""
    if kind.stages not in _KNOWN:
        must = "have the stages of one of photonn.devices.cell.KINDS"
        hint = "For others no formula is known: photonn.meshes.fit finds phases by descent."
        raise mistake("kind", must, f"is {kind.name!r} of {kind.stages}", hint)
    return _KNOWN[kind.stages]


# From a matrix to two settings and the cell that they make.
_Solve = Callable[[Array], tuple[Array, Array, Array]]


@cache  # one function for each kind: `_pushed` is compiled anew for another one
def _as_kind(kind: Cell) -> _Solve:
    def solve(matrix: Array) -> tuple[Array, Array, Array]:
        theta, phi = settings(matrix, kind)
        return theta, phi, kind.transfer_matrix(theta, phi)

    return solve


def _as_clements(matrix: Array) -> tuple[Array, Array, Array]:
    t, phi = mzi_to_clements(*settings(matrix, cell.MZI))
    return t, phi, clements_matrix(t, phi)


def _to(phases: Phases, solve: _Solve) -> Phases:
    cells = mzi.transfer_matrix(phases.theta, phases.phi)
    theta, phi, left = _push(cells, phases.layout, 0.0, solve)
    return Phases(theta, wrap(phi), wrap(left + phases.gamma), phases.layout)


def _push(
    cells: ArrayLike, layout: Layout, inputs: ArrayLike, solve: _Solve, *, reverse: bool = False
) -> tuple[Array, Array, Array]:
    """Both settings of every cell, and the phases that are left over behind the mesh."""
    cells = complex_array(cells)
    check_shape("cells", cells.shape, (layout.size, 2, 2), f"One matrix per cell of {layout}.")
    check_unitary(cells, "cells", "Cells with loss have no equal among ideal ones.")
    batch = cells.shape[:-3]
    screen = jnp.zeros((*batch, layout.modes), cells.real.dtype)
    screen = screen + _screen("inputs", inputs, screen, layout)

    return _pushed(cells, screen, layout, solve, reverse)


@partial(jax.jit, static_argnums=(2, 3, 4))
def _pushed(
    cells: Array, screen: Array, layout: Layout, solve: _Solve, reverse: bool
) -> tuple[Array, Array, Array]:
    def step(screen: Array, cell: tuple[Array, Array]):
        matrix, pair = cell
        matrix = matrix * phase_shifter.transmission(screen[pair])[None, :]
        first, second, made = solve(matrix)
        left = jnp.angle(jnp.sum(matrix * made.conj(), axis=-1))
        return screen.at[pair].set(left), (first, second)

    def mesh(cells: Array, screen: Array) -> tuple[Array, Array, Array]:
        pairs = jnp.asarray(layout.pairs)
        left, (first, second) = jax.lax.scan(step, screen, (cells, pairs), reverse=reverse)
        return first, second, left

    batch = cells.shape[:-3]
    count = math.prod(batch)
    flat = cells.reshape(count, *cells.shape[-3:]), screen.reshape(count, layout.modes)
    first, second, left = (x.reshape(*batch, x.shape[-1]) for x in jax.vmap(mesh)(*flat))
    return first, second, left


def _screen(name: str, phases: ArrayLike, like: Array, layout: Layout) -> Array:
    phases = real_array(phases, name).astype(like.dtype)
    if phases.ndim:
        check_last_axis(name, phases.shape, layout.modes, "modes", "Or give one number.")
    return jnp.broadcast_to(phases, like.shape)
