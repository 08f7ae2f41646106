"""Light through a mesh column by column, by one `lax.scan`, with a gradient by reversal.

A column is reversible: the field in front of it is its inverse cells times the field
behind it. The backward pass therefore needs only the output: it undoes one column after
another and keeps O(modes * batch) numbers, whatever the depth. Undoing errs by about
1e-6 in float32 (64 to 1024 modes) without loss.

Loss that all modes share is undone without harm; loss that differs between modes makes
rounding errors of strong modes grow in weak ones. Where that could be more than 40 dB in
all columns together (`_spread_db`), the backward pass does not undo: it goes through
the mesh again from the input, `SEGMENT` columns at a time. That is exact for any cells
and keeps as little, but its time grows with the square of the depth.
"""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jaxtyping import Complex

from photonn.meshes.layout import Layout

# Rounding errors grow at most a hundredfold when columns are undone.
MOST_SPREAD_DB = 40.0
SEGMENT = 32


def propagate(
    field: Complex[Array, "modes batch"], cells: Complex[Array, "cells 2 2"], layout: Layout
) -> Complex[Array, "modes batch"]:
    """Amplitudes behind the mesh for amplitudes in front of it [sqrt(W)].

    Args:
        field: amplitudes, modes first: neighbours in memory are samples of one mode.
        cells: transfer matrix of each cell.
        layout: the wiring.
    """
    stay, cross = _coefficients(cells, layout)
    return _run(layout, stay, cross, field)


def propagate_plain(
    field: Complex[Array, "modes batch"], cells: Complex[Array, "cells 2 2"], layout: Layout
) -> Complex[Array, "modes batch"]:
    """The same as `propagate` with an ordinary gradient, which keeps the light of every column.

    Quicker for a single sample, and with derivatives of every kind.
    """
    return _scan(layout, *_coefficients(cells, layout), field)


def trace(
    field: Complex[Array, "modes batch"], cells: Complex[Array, "cells 2 2"], layout: Layout
) -> Complex[Array, "planes modes batch"]:
    """Amplitudes in front of every column, and behind the last one [sqrt(W)]."""

    def step(field: Array, column: tuple[Array, Array, Array]):
        return _apply(field, *column), field

    columns = (*_coefficients(cells, layout), jnp.asarray(layout.partner))
    last, before = jax.lax.scan(step, field, columns)
    return jnp.concatenate([before, last[None]])


def _coefficients(cells: Array, layout: Layout) -> tuple[Array, Array]:
    """What each mode keeps of itself and takes from its partner, `(depth, modes)` each.

    A mode that passes a column by keeps all of itself.
    """
    idle = jnp.eye(2, dtype=cells.dtype)[None]
    cells = jnp.concatenate([cells, idle])
    cell, port = layout.ports
    return cells[cell, port, port], cells[cell, port, 1 - port]


def _apply(field: Array, stay: Array, cross: Array, partner: Array) -> Array:
    return stay[:, None] * field + cross[:, None] * field[partner]


def _invert(stay: Array, cross: Array, partner: Array) -> tuple[Array, Array]:
    determinant = stay * stay[partner] - cross * cross[partner]
    return stay[partner] / determinant, -cross / determinant


def _spread_db(stay: Array, cross: Array, layout: Layout) -> Array:
    """How much more one input of the mesh may lose than another, at most [dB].

    The ratio of the largest and the smallest singular value of each column, all columns added
    up. A mode that passes a column by has 1: beside lossy cells, that counts as a spread.
    """
    partner = jnp.asarray(layout.partner)
    power = stay.real**2 + stay.imag**2 + cross.real**2 + cross.imag**2

    def of_partner(x: Array) -> Array:
        return jnp.take_along_axis(x, partner, axis=-1)

    # Eigenvalues of T T^H, whose rows belong to a mode and its partner, without cancellation.
    half, off = (power + of_partner(power)) / 2, (power - of_partner(power)) / 2
    rows = stay * of_partner(cross).conj() + cross * of_partner(stay).conj()
    largest = half + jnp.sqrt(off**2 + rows.real**2 + rows.imag**2)
    determinant = stay * of_partner(stay) - cross * of_partner(cross)
    smallest = (determinant.real**2 + determinant.imag**2) / largest
    return 10 * jnp.sum(jnp.log10(largest.max(axis=-1) / smallest.min(axis=-1)))


@jax.custom_batching.custom_vmap
def _all(condition: Array) -> Array:
    """True if it holds for every mesh of a batch: one way back for all, or `cond` goes both."""
    return condition


@_all.def_vmap
def _all_of_batch(size: int, batched: list[bool], condition: Array) -> tuple[Array, bool]:
    return _all(jnp.all(condition, axis=0) if batched[0] else condition), False


def _scan(layout: Layout, stay: Array, cross: Array, field: Array) -> Array:
    return _cross(jnp.asarray(layout.partner), stay, cross, field)


def _cross(partner: Array, stay: Array, cross: Array, field: Array) -> Array:
    def step(field: Array, column: tuple[Array, Array, Array]):
        return _apply(field, *column), None

    return jax.lax.scan(step, field, (stay, cross, partner))[0]


_run = jax.custom_vjp(_scan, nondiff_argnums=(0,))


def _forward(layout: Layout, stay: Array, cross: Array, field: Array):
    out = _run(layout, stay, cross, field)
    return out, (stay, cross, field, out)


def _backward(layout: Layout, saved: tuple[Array, Array, Array, Array], cotangent: Array):
    stay, cross, field, out = saved
    moderate = _all(_spread_db(stay, cross, layout) < MOST_SPREAD_DB)
    ways = partial(_undo, layout), partial(_repeat, layout)
    return jax.lax.cond(moderate, *ways, stay, cross, field, out, cotangent)


def _undo(layout: Layout, stay: Array, cross: Array, _, out: Array, cotangent: Array):
    def step(carry: tuple[Array, Array], column: tuple[Array, Array, Array]):
        field, cotangent = carry
        stay, cross, partner = column
        field = _apply(field, *_invert(stay, cross, partner), partner)
        grad_stay = jnp.sum(cotangent * field, axis=-1)
        grad_cross = jnp.sum(cotangent * field[partner], axis=-1)
        # The transpose: what a mode gave its partner comes back from there.
        cotangent = stay[:, None] * cotangent + (cross[:, None] * cotangent)[partner]
        return (field, cotangent), (grad_stay, grad_cross)

    columns = (stay, cross, jnp.asarray(layout.partner))
    (_, cotangent), (grad_stay, grad_cross) = jax.lax.scan(
        step, (out, cotangent), columns, reverse=True
    )
    return grad_stay, grad_cross, cotangent


def _repeat(layout: Layout, stay: Array, cross: Array, field: Array, _, cotangent: Array):
    """The gradient by segments from the last one, each reached again from the input."""
    length = min(SEGMENT, max(layout.depth, 1))
    segments = max(1, -(-layout.depth // length))
    idle = [(0, segments * length - layout.depth), (0, 0)]
    partner = np.concatenate([layout.partner, np.tile(np.arange(layout.modes), (idle[0][1], 1))])
    columns = jnp.pad(stay, idle, constant_values=1), jnp.pad(cross, idle), jnp.asarray(partner)

    def segment(cotangent: Array, number: Array):
        def advance(column: Array, field: Array) -> Array:
            return _apply(field, *(x[column] for x in columns))

        before = jax.lax.fori_loop(0, number * length, advance, field)
        stay, cross, partner = (
            jax.lax.dynamic_slice_in_dim(x, number * length, length) for x in columns
        )
        _, pull_back = jax.vjp(partial(_cross, partner), stay, cross, before)
        *gradients, cotangent = pull_back(cotangent)
        return cotangent, gradients

    numbers = jnp.arange(segments)
    cotangent, gradients = jax.lax.scan(segment, cotangent, numbers, reverse=True)
    grad_stay, grad_cross = (x.reshape(-1, layout.modes)[: layout.depth] for x in gradients)
    return grad_stay, grad_cross, cotangent


_run.defvjp(_forward, _backward)
