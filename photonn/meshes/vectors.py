"""One vector into a mesh, one vector out of it: phases of trees and chains, by formula.

It works on wiring in which light that enters at one port meets each cell at its upper port,
with a dark lower one: `tree` and `cascade`. Cells from the last to the first then know how
much light must come out of them, and no inverse is needed.
"""

from functools import lru_cache

import jax
import jax.core
import jax.numpy as jnp
from jaxtyping import Array, ArrayLike, Num

from photonn.errors import check_last_axis, mistake
from photonn.meshes.givens import wrap
from photonn.meshes.layout import Layout
from photonn.meshes.phases import Phases
from photonn.precision import complex_array

PORT = 0


def prepare(vector: Num[ArrayLike, "*batch modes"], layout: Layout) -> Phases:
    """Phases that turn light at port 0 into `vector`.

    Args:
        vector: amplitudes wanted [sqrt(W)].
        layout: a tree or a chain, as `tree.layout` or `cascade.layout`, or another wiring
            of that kind.

    Returns:
        Phases that turn the amplitude `norm(vector)` at port 0 into `vector`: theta in
        [0, pi], phi zero, gamma in [0, 2 pi).
    """
    vector = check(vector)
    check_last_axis("vector", vector.shape, layout.modes, "modes")
    if not _spreads(layout):
        hint = "Take tree.layout(modes) or cascade.layout(modes)."
        raise mistake("layout", "take light of port 0 to every mode once", f"is {layout}", hint)
    pairs = jnp.asarray(layout.pairs)

    def gather(size: Array, pair: Array):
        total, theta = _join(size[..., pair[0]], size[..., pair[1]])
        return size.at[..., pair[0]].set(total), theta

    def spread(phase: Array, cell: tuple[Array, Array]):
        pair, theta = cell
        # Both outputs of a cell follow its upper port with i exp(i theta / 2).
        both = phase[..., pair[0]] + (jnp.pi + theta) / 2
        return phase.at[..., pair].set(both[..., None]), None

    size, angle = _polar(vector)
    _, theta = jax.lax.scan(gather, size, pairs, reverse=True)
    phase, _ = jax.lax.scan(spread, jnp.zeros_like(size), (pairs, theta))
    theta = jnp.moveaxis(theta, 0, -1)
    return Phases(theta, jnp.zeros_like(theta), wrap(angle - phase), layout)


def combine(vector: Num[ArrayLike, "*batch modes"], layout: Layout) -> Phases:
    """Phases that bring `vector` together at port 0.

    Args:
        vector: amplitudes in front of the mesh [sqrt(W)].
        layout: a mirrored tree or chain, as `tree.layout(modes).mirrored()`.

    Returns:
        Phases that turn `vector` into the amplitude `norm(vector)` at port 0 and nothing
        elsewhere; theta in [0, pi], phi and gamma in [0, 2 pi). Of any other light port 0
        gets the inner product with `vector`, `vdot(vector, light) / norm(vector)`.
    """
    vector = check(vector)
    check_last_axis("vector", vector.shape, layout.modes, "modes")
    if not _spreads(layout.mirrored()):
        hint = "Take tree.layout(modes).mirrored() or cascade.layout(modes).mirrored()."
        raise mistake("layout", "bring every mode to port 0 once", f"is {layout}", hint)

    def meet(light: tuple[Array, Array], pair: Array):
        size, phase = light
        total, theta = _join(size[..., pair[0]], size[..., pair[1]])
        phi = phase[..., pair[1]] - phase[..., pair[0]]
        after = phase[..., pair[1]] + (jnp.pi + theta) / 2
        size = size.at[..., pair[0]].set(total)
        return (size, phase.at[..., pair[0]].set(after)), (theta, phi)

    (_, phase), cells = jax.lax.scan(meet, _polar(vector), jnp.asarray(layout.pairs))
    theta, phi = (jnp.moveaxis(x, 0, -1) for x in cells)
    gamma = jnp.zeros_like(phase).at[..., PORT].set(-phase[..., PORT])
    return Phases(theta, wrap(phi), wrap(gamma), layout)


def check(vector: Num[ArrayLike, "*batch modes"]) -> Array:
    """The vector as complex numbers, or a message.

    Raises:
        InputError: if it is shorter than 2, not finite, or zero everywhere.
    """
    array = complex_array(vector)
    if array.ndim == 0 or array.shape[-1] < 2:
        raise mistake("vector", "have two entries or more", f"has shape {array.shape}")
    if isinstance(array, jax.core.Tracer):
        return array
    if not bool(jnp.isfinite(array).all()):
        raise mistake("vector", "be finite", "holds NaN or infinity")
    if not bool((array != 0).any(axis=-1).all()):
        raise mistake("vector", "not be zero everywhere", "is", "No light needs no mesh.")
    return array


@lru_cache(maxsize=64)
def _spreads(layout: Layout) -> bool:
    """Whether light of port 0 reaches all modes, at each cell from above beside a dark port."""
    lit = {PORT}
    for upper, lower in layout.pairs.tolist():
        if upper not in lit or lower in lit:
            return False
        lit.add(lower)
    return len(lit) == layout.modes


# Where there is no light, phases mean nothing: they are zero, and so is their gradient.


def _polar(vector: Array) -> tuple[Array, Array]:
    dark = vector == 0
    lit = jnp.where(dark, 1, vector)
    return jnp.where(dark, 0, jnp.abs(lit)), jnp.angle(lit)


def _join(upper: Array, lower: Array) -> tuple[Array, Array]:
    """What two amplitudes come to, and the theta that divides it into them."""
    dark = (upper == 0) & (lower == 0)
    lit = jnp.where(dark, 1, lower)
    return jnp.where(dark, 0, jnp.hypot(upper, lit)), 2 * jnp.arctan2(upper, lit)
