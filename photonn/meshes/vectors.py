"""One vector into a mesh, one vector out of it: phases of trees and chains, by formula.

It works on wiring in which light that enters at one port meets each cell at its upper port,
with a dark lower one: `tree` and `cascade`. Cells from the last to the first then know how
much light must come out of them, and no inverse is needed.
"""

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
        layout: a tree or a chain, as `tree.layout` or `cascade.layout`.

    Returns:
        Phases that turn the amplitude `norm(vector)` at port 0 into `vector`: theta in
        [0, pi], phi zero, gamma in [0, 2 pi).
    """
    vector = check(vector)
    check_last_axis("vector", vector.shape, layout.modes, "modes")
    pairs = jnp.asarray(layout.pairs)

    def gather(size: Array, pair: Array):
        upper, lower = size[..., pair[0]], size[..., pair[1]]
        theta = 2 * jnp.arctan2(upper, lower)
        return size.at[..., pair[0]].set(jnp.hypot(upper, lower)), theta

    def spread(phase: Array, cell: tuple[Array, Array]):
        pair, theta = cell
        # Both outputs of a cell follow its upper port with i exp(i theta / 2).
        both = phase[..., pair[0]] + (jnp.pi + theta) / 2
        return phase.at[..., pair].set(both[..., None]), None

    _, theta = jax.lax.scan(gather, jnp.abs(vector), pairs, reverse=True)
    phase, _ = jax.lax.scan(spread, jnp.zeros_like(vector.real), (pairs, theta))
    theta = jnp.moveaxis(theta, 0, -1)
    return Phases(theta, jnp.zeros_like(theta), wrap(jnp.angle(vector) - phase), layout)


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

    def join(light: tuple[Array, Array], pair: Array):
        size, phase = light
        upper, lower = size[..., pair[0]], size[..., pair[1]]
        theta = 2 * jnp.arctan2(upper, lower)
        phi = phase[..., pair[1]] - phase[..., pair[0]]
        after = phase[..., pair[1]] + (jnp.pi + theta) / 2
        size = size.at[..., pair[0]].set(jnp.hypot(upper, lower))
        return (size, phase.at[..., pair[0]].set(after)), (theta, phi)

    light = jnp.abs(vector), jnp.angle(vector)
    (_, phase), cells = jax.lax.scan(join, light, jnp.asarray(layout.pairs))
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
