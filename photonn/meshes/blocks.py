"""The block mesh: a rectangle whose cells are themselves rectangles.

Blocks of `block` modes stand like the bricks of the rectangle, each shifted by half a
block against the next column. Universal, as the rectangle is: a block can do all that a
cell on pairs of half blocks must do.
"""

from functools import lru_cache, partial

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array, lax
from jaxtyping import ArrayLike, Num

from photonn.devices import phase_shifter
from photonn.errors import check_integer, mistake
from photonn.meshes import clements, nulling
from photonn.meshes.layout import Layout
from photonn.meshes.phases import Phases


@lru_cache(maxsize=64, typed=True)
def layout(modes: int, block: int = 4) -> Layout:
    """Mesh of `M (M - 1) / 2` rectangles of `block` modes, with `M = 2 modes / block`.

    Args:
        modes: number of waveguides, a multiple of `block / 2` and at least `block`.
        block: modes of each block, even; 2 gives `clements.layout`.
    """
    check_integer("modes", modes, 2)
    check_integer("block", block, 2)
    half = block // 2
    if block % 2:
        raise mistake("block", "be even", f"is {block}", "Blocks overlap by half of their modes.")
    if modes % half or modes < block:
        must = f"be a multiple of {half} and at least {block}, for blocks of {block} modes"
        raise mistake("modes", must, f"is {modes}", "Take another `block`; 2 fits any mesh.")
    inside = clements.columns(block, 1 if block == 2 else block)
    columns = [
        [(half * top + upper, half * top + lower) for top, _ in bricks for upper, lower in pairs]
        for bricks in clements.columns(modes // half, modes // half)
        for pairs in inside
    ]
    return Layout(modes, columns, "blocks")


def decompose(unitary: Num[ArrayLike, "*batch modes modes"], block: int = 4) -> Phases:
    """Phases of the block mesh that realises `unitary`, exactly.

    The order of `clements`, with half blocks for modes: a QR factorisation gives the
    block that nulls half a block of the matrix, and the rectangle inside each block is
    then decomposed by itself; its output phases belong to the next block.

    Args:
        unitary: unitary matrices, `out = unitary @ in`.
        block: modes of each block, as in `layout`.

    Raises:
        InputError: if a matrix is not square, not finite or not unitary, or if its size
            does not fit the block.
    """
    unitary = nulling.check_unitary(unitary)
    mesh = layout(unitary.shape[-1], block)
    flat = unitary.reshape(-1, *unitary.shape[-2:])
    phases = _decompose_many(block, flat)
    batch = unitary.shape[:-2]
    theta, phi, gamma = (x.reshape(*batch, x.shape[-1]) for x in phases)
    return Phases(theta, phi, gamma, mesh)


@partial(jax.jit, static_argnums=0)
def _decompose_many(block: int, unitaries: Array) -> tuple[Array, Array, Array]:
    modes = unitaries.shape[-1]
    return jax.vmap(lambda u: _settle(block, _null(block // 2, u), modes))(unitaries)


def _null(half: int, unitary: Array) -> Array:
    """The unitary of each block, in the order of `clements.layout(modes / half)`."""
    count = len(unitary) // half
    order = clements.rotations(count)

    def inputs(matrix: Array, upper: Array, row: Array):
        at = (0 * upper, upper)
        pair = lax.dynamic_slice(matrix, at, (len(matrix), 2 * half))
        element = lax.dynamic_slice(pair, (row, 0 * row), (half, 2 * half))
        gate = jnp.roll(jnp.linalg.qr(element.conj().T, mode="complete")[0].conj().T, half, axis=0)
        return lax.dynamic_update_slice(matrix, _dot(pair, gate.conj().T), at), gate

    def outputs(matrix: Array, upper: Array, column: Array):
        at = (upper, 0 * upper)
        pair = lax.dynamic_slice(matrix, at, (2 * half, len(matrix)))
        element = lax.dynamic_slice(pair, (0 * column, column), (2 * half, half))
        gate = jnp.linalg.qr(element, mode="complete")[0].conj().T
        return lax.dynamic_update_slice(matrix, _dot(gate, pair), at), gate

    def step(matrix: Array, rotation: tuple[Array, Array, Array]):
        return lax.cond(rotation[0], outputs, inputs, matrix, *rotation[1:])

    line = np.where(order.output, order.column, order.row)
    steps = order.output, half * order.upper, half * line
    rest, gates = lax.scan(step, unitary, jax.tree.map(jnp.asarray, steps))
    rest = rest.reshape(count, half, count, half)[np.arange(count), :, np.arange(count)]
    gates = _absorb(gates, rest, order)
    return jnp.zeros_like(gates).at[nulling.cells(order, clements.layout(count))].set(gates)


def _absorb(gates: Array, rest: Array, order: nulling.Rotations) -> Array:
    """Invert the gates at the outputs and multiply the blocks left over into gates."""
    half = rest.shape[-1]
    identity = jnp.broadcast_to(jnp.eye(half, dtype=rest.dtype), (2, half, half))

    def step(rest: Array, gate: tuple[Array, Array]):
        matrix, upper = gate[0].conj().T, gate[1]
        at = (upper, 0 * upper, 0 * upper)
        pair = lax.dynamic_slice(rest, at, identity.shape)
        sides = _dot(matrix[:, :half], pair[0]), _dot(matrix[:, half:], pair[1])
        return lax.dynamic_update_slice(rest, identity, at), jnp.concatenate(sides, axis=1)

    outputs = np.flatnonzero(order.output)[::-1]
    rest, turned = lax.scan(step, rest, (gates[outputs], jnp.asarray(order.upper[outputs])))
    # What no gate at the outputs takes belongs to the last one at the inputs, on top.
    last = np.flatnonzero(~order.output)[-1]
    sides = _dot(rest[0], gates[last, :half]), _dot(rest[1], gates[last, half:])
    return gates.at[outputs].set(turned).at[last].set(jnp.concatenate(sides))


def _settle(block: int, gates: Array, modes: int) -> tuple[Array, Array, Array]:
    """Theta, phi and gamma of the mesh, given the unitary of each block."""
    inside, order = clements.layout(block), clements.rotations(block)
    number, ports, cells = _bricks(modes, block)
    padded = jnp.concatenate([gates, jnp.eye(block, dtype=gates.dtype)[None]])

    def column(screen: Array, now: tuple[Array, Array]):
        number, ports = now
        # The output phases of one column of blocks enter the next.
        gates = padded[number] * phase_shifter.transmission(screen)[ports][:, None, :]
        phases = nulling.decompose(gates, inside, order)
        return screen.at[ports].set(phases.gamma), (phases.theta, phases.phi)

    # Blocks that fill up a column stand beside the mesh.
    screen = jnp.zeros(modes + block, gates.real.dtype)
    columns = jnp.asarray(number), jnp.asarray(ports)
    screen, (theta, phi) = lax.scan(column, screen, columns)
    return theta.reshape(-1)[cells], phi.reshape(-1)[cells], screen[:modes]


@lru_cache(maxsize=16)
def _bricks(modes: int, block: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Number and modes of the blocks of each column; where each cell of the layout is."""
    half = block // 2
    coarse, inside = clements.layout(modes // half), clements.layout(block)
    place = np.arange(coarse.size) - coarse.starts[coarse.column]
    width = np.diff(coarse.starts).max()
    number = np.full((coarse.depth, width), coarse.size)
    number[coarse.column, place] = np.arange(coarse.size)
    first = np.full((coarse.depth, width), modes)
    first[coarse.column, place] = half * coarse.pairs[:, 0]
    cell = ((coarse.column * width + place) * inside.size)[:, None] + np.arange(inside.size)
    keys = np.broadcast_arrays(np.arange(inside.size), place[:, None], inside.column,
                               coarse.column[:, None])  # fmt: skip
    order = np.lexsort([key.ravel() for key in keys])
    return number, first[:, :, None] + np.arange(block), cell.ravel()[order]


def _dot(a: Array, b: Array) -> Array:
    return jnp.matmul(a, b, precision="highest")
