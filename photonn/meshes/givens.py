"""The inner loop of a decomposition: rotate two lines of a matrix to null one element.

In the rectangle every rotation needs the one before it, so they run one by one, in place
and without trigonometry: phases are unit complex numbers until the end.

The splitters of a cell need not be 50:50. Write V for the cell with `phi = 0`: its bar
power |V11|^2 = low + (high - low) sin^2(theta / 2) is chosen to null the element, then
`phi` aligns the phases. Where the power wanted lies outside `low..high` the nearest one
is taken; what is left of the element is then the least that this cell can leave.
"""

from typing import NamedTuple

import jax
import jax.numpy as jnp
from jax import Array, lax
from jaxtyping import Complex, Float

from photonn.precision import complex_array


class Plan(NamedTuple):
    """Rotations in order, as integers."""

    runs: Array  # (start, middle, stop): at the inputs, then at the outputs
    upper: Array  # upper mode of each cell
    line: Array  # the row (inputs) or column (outputs) to null
    cell: Array  # number of each rotation's cell in the layout
    rotation: Array  # number of each cell's rotation
    outputs: Array  # rotations at the outputs, last first: as light meets them


def null(
    plan: Plan, unitary: Complex[Array, "n n"], splits: Float[Array, "2 cells"]
) -> tuple[Array, Array, Array, Array]:
    """Theta, phi, gamma and the remaining error of one unitary on one chip."""
    cells = _cells(splits[:, plan.cell])
    matrix, settings = _rotate(plan, unitary, cells)
    diagonal = _unit(jnp.diagonal(matrix))
    off = matrix - jnp.diag(diagonal)
    residual = jnp.sqrt(jnp.mean(jnp.sum(off.real**2 + off.imag**2, axis=-1)))
    theta = 2 * jnp.arctan2(settings[:, 0], settings[:, 1])
    phi = jnp.arctan2(settings[:, 3], settings[:, 2])
    gamma, phi = _push_screen(plan, jnp.angle(diagonal), theta, phi, cells)
    return theta[plan.rotation], wrap(phi[plan.rotation]), wrap(gamma), residual


class _Cells(NamedTuple):
    """Products of the splitters' amplitudes, and the reachable powers."""

    cc: Array  # straight, straight
    ss: Array  # across, across
    cs: Array  # across, then straight
    sc: Array  # straight, then across
    bar: Array  # least bar power
    cross: Array  # least cross power


def _cells(splits: Array) -> _Cells:
    cos, sin = jnp.cos(splits), jnp.sin(splits)
    cc, ss, cs, sc = map(
        complex_array, (cos[0] * cos[1], sin[0] * sin[1], sin[0] * cos[1], cos[0] * sin[1])
    )
    bar, cross = jnp.cos(splits[0] + splits[1]) ** 2, jnp.sin(splits[0] - splits[1]) ** 2
    return _Cells(cc, ss, cs, sc, bar, cross)


def _rotate(plan: Plan, matrix: Array, cells: _Cells) -> tuple[Array, Array]:
    """The matrix after all rotations, and for each sin, cos of theta / 2 and exp(i phi)."""

    def inputs(pair: Array, line: Array, cell: _Cells):
        a, b = lax.dynamic_index_in_dim(pair, line, keepdims=False)
        # Row [a, b] times T^H is to be [0, .]: a conj(T11) + b conj(T12) = 0.
        (v11, v12, v21, v22), half = _split(a, b, cell)
        phase = _unit(-a * b.conj() * v11.conj() * v12)
        t11, t12, t21, t22 = (t.conj() for t in (v11 * phase, v12, v21 * phase, v22))
        x, y = pair[:, 0], pair[:, 1]
        return jnp.stack([t11 * x + t12 * y, t21 * x + t22 * y], axis=1), (*half, phase)

    def outputs(pair: Array, line: Array, cell: _Cells):
        a, b = lax.dynamic_index_in_dim(pair, line, axis=1, keepdims=False)
        # T times column [a, b] is to be [., 0]: T21 a + T22 b = 0.
        (v11, v12, v21, v22), half = _split(b, a, cell)
        phase = _unit(-v22 * b * (v21 * a).conj())
        x, y = pair
        pair = jnp.stack([v11 * phase * x + v12 * y, v21 * phase * x + v22 * y])
        return pair, (*half, phase)

    def run(carry: tuple[Array, Array], edges: Array):
        carry = _sweep(plan, cells, inputs, 1, edges[0], edges[1], carry)
        return _sweep(plan, cells, outputs, 0, edges[1], edges[2], carry), None

    settings = jnp.zeros((len(plan.upper), 4), matrix.real.dtype)
    return lax.scan(run, (matrix, settings), plan.runs)[0]


def _sweep(plan: Plan, cells: _Cells, turn, axis: int, start, stop, carry):
    """Rotations `start` to `stop`, all of lines along one axis.

    A pair of lines is stored at the next rotation: XLA would copy the whole matrix at
    every rotation if it were read and written in one.
    """
    zero = jnp.int32(0)

    def lines(i: Array) -> tuple[Array, Array]:
        upper = plan.upper[i]
        return (upper, zero) if axis == 0 else (zero, upper)

    def step(i: Array, carry):
        matrix, settings, pair, at = carry
        matrix = lax.dynamic_update_slice(matrix, pair, at)
        at = lines(i)
        pair = lax.dynamic_slice(matrix, at, pair.shape)
        pair, (sin, cos, phase) = turn(pair, plan.line[i], jax.tree.map(lambda x: x[i], cells))
        setting = jnp.stack([sin, cos, phase.real, phase.imag])
        settings = lax.dynamic_update_slice(settings, setting[None], (i, zero))
        return matrix, settings, pair, at

    matrix, settings = carry
    shape = (2, matrix.shape[1]) if axis == 0 else (matrix.shape[0], 2)
    at = lines(start)
    first = matrix, settings, lax.dynamic_slice(matrix, at, shape), at
    matrix, settings, pair, at = lax.fori_loop(start, stop, step, first)
    return lax.dynamic_update_slice(matrix, pair, at), settings


def _split(a: Array, b: Array, cell: _Cells):
    """Entries of V with |V11| : |V12| = |b| : |a| or as near as it goes; sin, cos of theta / 2."""
    cc, ss, cs, sc, bar, cross = cell
    power_a, power_b = a.real**2 + a.imag**2, b.real**2 + b.imag**2
    total = power_a + power_b
    tiny = _tiny(total.dtype)
    # Nothing to null: the bar state, in which light stays where it is.
    scaled = 1 / jnp.where(total > tiny, total, 1)
    bar_power = jnp.where(total > tiny, power_b * scaled, 1)
    cross_power = jnp.where(total > tiny, power_a * scaled, 0)
    reach = 1 - bar - cross  # zero where a splitter does not split
    reach = jnp.where(jnp.abs(reach) > tiny, reach, tiny)
    sin2 = jnp.clip((bar_power - bar) / reach, 0, 1)
    cos2 = jnp.clip((cross_power - cross) / reach, 0, 1)
    norm = sin2 + cos2
    sin2, cos2 = jnp.where(norm > 0, sin2, 1), jnp.where(norm > 0, cos2, 0)
    scaled = lax.rsqrt(jnp.where(norm > 0, norm, 1))
    sin, cos = jnp.sqrt(sin2) * scaled, jnp.sqrt(cos2) * scaled
    arm = lax.complex((cos - sin) * (cos + sin), 2 * sin * cos)
    i = jnp.asarray(1j, arm.dtype)
    return (cc * arm - ss, i * (cs * arm + sc), i * (sc * arm + cs), cc - ss * arm), (sin, cos)


def _push_screen(plan: Plan, screen: Array, theta: Array, phi: Array, cells: _Cells):
    """Move a phase screen past the inverse cells at the outputs, innermost first.

    As angles, with w = pi + theta - 2 arg(V11), zero for ideal splitters:
    T(theta, phi)^H diag(d1, d2) = diag(d1', d2') T(theta, phi') with
    phi' = d1 - d2 + w, d1' = d2 - theta - phi + pi, d2' = d2 - theta + pi - w.
    """
    theta_out, phi_out, upper = theta[plan.outputs], phi[plan.outputs], plan.upper[plan.outputs]
    v11 = cells.cc * lax.complex(jnp.cos(theta), jnp.sin(theta)) - cells.ss
    skew = (jnp.pi + theta - 2 * jnp.angle(v11))[plan.outputs]

    def step(screen: Array, cell: tuple[Array, Array, Array, Array]):
        theta, phi, skew, upper = cell
        d1, d2 = lax.dynamic_slice(screen, (upper,), (2,))
        new = jnp.stack([d2 - theta - phi + jnp.pi, d2 - theta + jnp.pi - skew])
        return lax.dynamic_update_slice(screen, wrap(new), (upper,)), d1 - d2 + skew

    screen, moved = lax.scan(step, screen, (theta_out, phi_out, skew, upper))
    return screen, phi.at[plan.outputs].set(moved)


def _tiny(dtype: jnp.dtype) -> float:
    """A power below which square and quotient lose digits; far below rounding."""
    return float(jnp.finfo(dtype).tiny / jnp.finfo(dtype).eps)


def _unit(z: Array) -> Array:
    """Phase factor z / |z|; 1 where there is nothing to align."""
    power = z.real**2 + z.imag**2
    visible = power > _tiny(power.dtype)
    factor = lax.rsqrt(jnp.where(visible, power, 1))
    return lax.complex(
        jnp.where(visible, z.real * factor, 1), jnp.where(visible, z.imag * factor, 0)
    )


def wrap(phase: Array) -> Array:
    """Into [0, 2 pi); a tiny negative phase would round to 2 pi itself."""
    wrapped = jnp.mod(phase, 2 * jnp.pi)
    return jnp.where(wrapped >= 2 * jnp.pi, 0.0, wrapped)
