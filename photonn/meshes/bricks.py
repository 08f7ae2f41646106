"""A mesh as a mesh of dense blocks: the diamond tree.

Brickwork of 2 x 2 cells is brickwork of larger bricks, whose cells are dense unitaries.
Four neighbouring bricks of width 2k - left and right side by side, one on top (in front)
and one at the bottom (behind), both on the 2k modes in the middle - fuse exactly into one
brick of width 4k:

    bottom . (left + right) . top

Level by level this turns N^2 / 2 small products into a few large ones: matrix units and
caches like them, plain differentiation works in both directions, and lossy cells are
cells like any other. The whole matrix costs about 2 N^3 complex multiply-adds, light
through bricks of any width 2 N^2 a sample.
"""

import jax.numpy as jnp
from jax import Array, lax
from jaxtyping import Complex

from photonn.meshes import brickwork
from photonn.meshes.layout import Layout

# Below: broadcast and sum, which fuses; above: three real products for one complex one.
_FUSED_WIDTH, _THREE_PRODUCTS_WIDTH = 8, 64


def fused(
    cells: Complex[Array, "cells 2 2"], layout: Layout, width: int
) -> Complex[Array, "rows positions width width"]:
    """The mesh as bricks of `width` modes, a power of two; see `brickwork`."""
    laid = brickwork.lay(cells, brickwork.lattice(layout, width))
    while laid.shape[-1] < width:
        laid = _fuse(laid)
    return laid


def propagate(
    field: Complex[Array, "modes batch"],
    cells: Complex[Array, "cells 2 2"],
    layout: Layout,
    width: int,
) -> Complex[Array, "modes batch"]:
    """Amplitudes behind the mesh, by bricks of `width` modes.

    Args:
        field: amplitudes in front of the mesh [sqrt(W)].
        cells: transfer matrix of each cell.
        layout: a mesh of neighbours.
        width: of the bricks, a power of two; modes are filled up to a multiple of it.
    """
    wide = fused(cells, layout, width)
    rows, positions = wide.shape[:2]
    wide = wide[jnp.arange(rows)[:, None], brickwork.order(rows, positions)]
    filled = jnp.pad(field, [(0, positions * width - layout.modes), (0, 0)])
    out = _cross(wide[0], filled)
    if rows % 2 == 0:
        idle = jnp.broadcast_to(jnp.eye(width, dtype=wide.dtype)[None, None], wide[:1].shape)
        wide = jnp.concatenate([wide, idle])

    def two_rows(field: Array, pair: Array):
        field = jnp.roll(_cross(pair[0], jnp.roll(field, -width // 2, 0)), width // 2, 0)
        return _cross(pair[1], field), None

    out, _ = lax.scan(two_rows, out, wide[1:].reshape(-1, 2, *wide.shape[1:]))
    return out[: layout.modes]


def matrix(cells: Complex[Array, "cells 2 2"], layout: Layout) -> Complex[Array, "modes modes"]:
    """The matrix of the mesh, `out = matrix @ in`."""
    modes = layout.modes
    half = 2 ** ((modes - 1).bit_length() - 1)
    if modes == 2 * half and modes >= 8 and len(brickwork.lattice(layout, half).cell) == modes:
        return _close(fused(cells, layout, half))
    # Any other size: as few bricks as waste at most a quarter of the modes.
    width = max(2, half // 4)
    return propagate(jnp.eye(modes, dtype=cells.dtype), cells, layout, width)


def product(a: Array, b: Array) -> Array:
    """Complex `a @ b` in full precision, the way that is fastest for the width."""
    width = a.shape[-1]
    if width <= _FUSED_WIDTH:
        return jnp.sum(a[..., :, :, None] * b[..., None, :, :], axis=-2)
    if width < _THREE_PRODUCTS_WIDTH:
        return jnp.matmul(a, b, precision=lax.Precision.HIGHEST)

    def real(x: Array, y: Array) -> Array:
        return jnp.matmul(x, y, precision=lax.Precision.HIGHEST)

    rr, ii = real(a.real, b.real), real(a.imag, b.imag)
    both = real(a.real + a.imag, b.real + b.imag)
    return lax.complex(rr - ii, both - rr - ii)


def _fuse(laid: Array) -> Array:
    """One level of the tree: bricks of twice the width, half the rows and one.

    Even rows hold what lies left and right in the larger bricks, odd rows what lies on top
    of one and at the bottom of another.
    """
    _, positions, width, _ = laid.shape
    sides = laid[0::2].reshape(-1, positions // 2, 2, width, width)
    ends = laid[1::2].reshape(-1, positions // 2, 2, width, width)
    count = max(len(sides), len(ends) + 1)
    eye = jnp.broadcast_to(
        jnp.eye(width, dtype=laid.dtype)[None, None], (count, *sides.shape[1:2], width, width)
    )
    top = jnp.concatenate([eye[:1], ends[:, :, 0], eye[: count - 1 - len(ends)]])
    bottom = jnp.concatenate([ends[:, :, 1], eye[: count - len(ends)]])
    missing = jnp.stack([eye, eye], axis=2)[: count - len(sides)]
    sides = jnp.concatenate([sides, missing])
    return diamond(sides[:, :, 1], sides[:, :, 0], top, bottom)


def diamond(left: Array, right: Array, top: Array, bottom: Array) -> Array:
    """The product `bottom . (left + right) . top`, without its zeros in front.

    Args:
        left: on the first w modes, `(..., w, w)`.
        right: on the last w modes.
        top: in front of them, on the w modes in the middle.
        bottom: behind them, on the w modes in the middle.
    """
    half = left.shape[-1] // 2
    upper = [left[..., :half], product(left[..., half:], top[..., :half, :])]
    lower = [product(right[..., :half], top[..., half:, :]), right[..., half:]]
    dark = jnp.zeros((*left.shape[:-1], half), left.dtype)
    upper, lower = jnp.concatenate([*upper, dark], -1), jnp.concatenate([dark, *lower], -1)
    inner = jnp.concatenate([upper[..., half:, :], lower[..., :half, :]], -2)
    return jnp.concatenate([upper[..., :half, :], product(bottom, inner), lower[..., half:, :]], -2)


def _close(laid: Array) -> Array:
    """The matrix of a rectangle from five rows of two bricks, each half of the modes wide.

    Rows 1 to 3 hold one whole diamond in the middle. Across the edge lies no light, so the
    other brick of rows 1 and 3 falls into two corners.
    """
    width = laid.shape[-1]
    laid = laid[jnp.arange(5)[:, None], brickwork.order(5, 2)]
    centre = diamond(laid[2, 0], laid[2, 1], laid[1, 0], laid[3, 0])
    front = _with_corners(laid[0, 0], laid[0, 1], laid[1, 1])
    # Behind the diamond the same, seen from the other side.
    back = [m.T for m in _with_corners(laid[4, 0].T, laid[4, 1].T, laid[3, 1].T)]
    inner = jnp.concatenate(
        [product(centre[:, :width], front[0]), product(centre[:, width:], front[1])], axis=1
    )
    return jnp.concatenate([product(back[0], inner[:width]), product(back[1], inner[width:])])


def _with_corners(first: Array, second: Array, across: Array) -> tuple[Array, Array]:
    """Two bricks with the corners that lie behind their outer halves."""
    half = first.shape[-1] // 2
    first = jnp.concatenate([product(across[half:, half:], first[:half]), first[half:]])
    second = jnp.concatenate([second[:half], product(across[:half, :half], second[half:])])
    return first, second


def _cross(row: Array, field: Array) -> Array:
    """Light through one row of bricks."""
    positions, width, _ = row.shape
    return product(row, field.reshape(positions, width, -1)).reshape(field.shape)
