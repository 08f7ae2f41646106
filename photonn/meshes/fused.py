"""Light through a whole mesh of neighbours in one kernel: an experiment for small meshes.

NEVER RUN ON A GPU. It was checked on a CPU, where Pallas interprets it (that is slow and
proves the numbers alone), and it lowers for CUDA. So it stands apart: nothing in photonn
calls it, and `meshes.propagate` does not choose it. Before it could become a default, a
GPU must show, for 8 to 64 modes and batches of 1 to 65 536, against every method of
`meshes.propagate`: the time of light alone and with gradients; that light stays in
registers (at 64 modes the way back holds 256 numbers a thread, as many as there are);
what the sums over a block cost; and the errors of values and gradients in float32.

One program carries a block of samples from the first column to the last, as a list of
vectors, one for the real and one for the imaginary part of each mode: light never returns
to memory between columns, and there is no roll, slice, gather or complex number. The way
back undoes the columns by the inverse of each cell, which is right for lossy cells too.
"""

from functools import lru_cache

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array, lax
from jax.experimental import pallas as pl
from jaxtyping import Complex, Float

from photonn.errors import mistake
from photonn.meshes import brickwork
from photonn.meshes.layout import Layout

MOST_MODES = 64
# Samples of a program: one for each thread of a warpgroup.
_BLOCK = 128


def propagate(
    field: Complex[Array, "modes batch"], cells: Complex[Array, "cells 2 2"], layout: Layout
) -> Complex[Array, "modes batch"]:
    """Amplitudes behind the mesh for amplitudes in front of it [sqrt(W)].

    Never run on a GPU: see the module. No forward-mode derivative.

    Args:
        field: amplitudes, modes first, of the precision of `cells`.
        cells: transfer matrix of each cell; none may be singular if gradients are wanted.
        layout: the wiring: neighbours only, at most `MOST_MODES` modes.

    Raises:
        InputError: if the mesh is too large or couples other modes than neighbours.
    """
    if layout.modes > MOST_MODES:
        must, got = f"have at most {MOST_MODES} modes", f"has {layout.modes}"
        raise mistake("layout", must, got, "Light would not fit into registers.")
    if not brickwork.fits(layout):
        raise mistake("layout", "couple neighbours only", f"is {layout}", "Use meshes.propagate.")
    batch = field.shape[1]
    light = jnp.pad(jnp.stack([field.real, field.imag]), [(0, 0), (0, 0), (0, -batch % _BLOCK)])
    idle = jnp.eye(2, dtype=cells.dtype)[None]
    gates = jnp.concatenate([cells, idle])[_schedule(layout)]
    out = _run(jnp.stack([gates.real, gates.imag], axis=-1), light)[:, :, :batch]
    return lax.complex(out[0], out[1])


@lru_cache(maxsize=64)
def _schedule(layout: Layout) -> np.ndarray:
    """Cell at each place, `size` where there is none: `(steps, modes - 1)`.

    A step is an even column and the odd one behind it, as `_uppers` has them.
    """
    cell = brickwork.lattice(layout, 2).cell
    cell = np.take_along_axis(cell, brickwork.order(*cell.shape), axis=1)
    cell = np.pad(cell, [(0, len(cell) % 2), (0, 0)], constant_values=layout.size)
    even, odd = layout.modes // 2, (layout.modes - 1) // 2
    return np.concatenate([cell[0::2, :even], cell[1::2, :odd]], axis=1)


def _uppers(modes: int) -> list[int]:
    return [*range(0, modes - 1, 2), *range(1, modes - 1, 2)]


@jax.custom_vjp
def _run(gates: Float[Array, "steps places 2 2 2"], light: Float[Array, "2 modes batch"]) -> Array:
    shapes = (jax.ShapeDtypeStruct(light.shape, light.dtype),)
    return _launch(_forward_kernel, shapes, gates, light)[0]


def _forward(gates: Array, light: Array):
    out = _run(gates, light)
    return out, (gates, out)


def _backward(saved: tuple[Array, Array], slope: Array):
    gates, out = saved
    blocks = out.shape[2] // _BLOCK
    shapes = (
        jax.ShapeDtypeStruct(slope.shape, slope.dtype),
        jax.ShapeDtypeStruct((blocks, *gates.shape), gates.dtype),
    )
    before, sums = _launch(_backward_kernel, shapes, gates, _inverse(gates), out, slope)
    return sums.sum(axis=0), before


_run.defvjp(_forward, _backward)


def _launch(kernel, out_type: tuple[jax.ShapeDtypeStruct, ...], *arrays: Array):
    """Run a kernel on every block of samples; interpreted wherever there is no GPU."""
    grid = (arrays[-1].shape[2] // _BLOCK,)

    def on_gpu(*arrays: Array):
        # Slow to import, and changing from release to release.
        from jax.experimental.pallas import mosaic_gpu as plgpu

        def body(*refs):
            kernel(lax.axis_index("block"), *refs)

        return plgpu.kernel(body, out_type=out_type, grid=grid, grid_names=("block",))(*arrays)

    def interpreted(*arrays: Array):
        def body(*refs):
            kernel(pl.program_id(0), *refs)

        return pl.pallas_call(body, out_type, grid=grid, interpret=True)(*arrays)

    return lax.platform_dependent(*arrays, cuda=on_gpu, default=interpreted)


def _inverse(gates: Array) -> Array:
    cells = lax.complex(gates[..., 0], gates[..., 1])
    a, b, c, d = (cells[..., i, j] for i in (0, 1) for j in (0, 1))
    adjugate = jnp.stack([jnp.stack([d, -b], -1), jnp.stack([-c, a], -1)], -2)
    inverse = adjugate / (a * d - b * c)[..., None, None]
    return jnp.stack([inverse.real, inverse.imag], axis=-1)


def _forward_kernel(block, gates, light, out):
    def step(t, field):
        field = list(field)
        for place, m in enumerate(_uppers(len(field))):
            field[m : m + 2] = _apply(_cell(gates, t, place), field[m : m + 2])
        return field

    _write(out, block, lax.fori_loop(0, gates.shape[0], step, _read(light, block)))


def _backward_kernel(block, gates, inverses, light, slope, before, sums):
    steps = gates.shape[0]

    def step(number, carry):
        t = steps - 1 - number
        field, slope = map(list, carry)
        for place, m in reversed([*enumerate(_uppers(len(field)))]):
            field[m : m + 2] = _apply(_cell(inverses, t, place), field[m : m + 2])
            for i in (0, 1):
                for j in (0, 1):
                    # A real function's slope along a cell: slope behind times conj(light).
                    (x, y), (u, v) = slope[m + i], field[m + j]
                    sums[block, t, place, i, j, 0] = jnp.sum(x * u + y * v)
                    sums[block, t, place, i, j, 1] = jnp.sum(y * u - x * v)
            slope[m : m + 2] = _apply(_adjoint(_cell(gates, t, place)), slope[m : m + 2])
        return field, slope

    start = _read(light, block), _read(slope, block)
    _write(before, block, lax.fori_loop(0, steps, step, start)[1])


def _read(light, block):
    samples = pl.ds(block * _BLOCK, _BLOCK)
    return [(light[0, m, samples], light[1, m, samples]) for m in range(light.shape[1])]


def _write(out, block, field):
    samples = pl.ds(block * _BLOCK, _BLOCK)
    for m, (real, imag) in enumerate(field):
        out[0, m, samples], out[1, m, samples] = real, imag


def _cell(gates, t, place):
    return [[(gates[t, place, i, j, 0], gates[t, place, i, j, 1]) for j in (0, 1)] for i in (0, 1)]


def _adjoint(cell):
    return [[(cell[j][i][0], -cell[j][i][1]) for j in (0, 1)] for i in (0, 1)]


def _apply(cell, pair):
    """A 2 x 2 matrix times two complex vectors, real and imaginary parts apart."""
    (a, b), (c, d) = pair
    return [
        (p * a - q * b + r * c - s * d, p * b + q * a + r * d + s * c) for (p, q), (r, s) in cell
    ]
