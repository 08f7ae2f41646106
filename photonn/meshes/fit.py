"""Phases by optimisation, where no formula gives them: butterfly, extra columns, masks.

Adam on the squared distance of two matrices, from several random starts at once. Nothing
is promised: a layout that is not universal cannot reach every matrix, and a start can end
in a local minimum. The distance that is left is returned with the phases.
"""

from collections.abc import Callable
from functools import lru_cache, partial
from typing import TypeVar, cast

import jax
import jax.numpy as jnp
import optax
from jaxtyping import Array, ArrayLike, Complex, Float, Num
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from photonn.errors import check_integer, check_positive, mistake
from photonn.meshes import haar, nulling, propagation
from photonn.meshes.givens import wrap
from photonn.meshes.layout import Layout
from photonn.meshes.phases import Phases
from photonn.precision import complex_array

P = TypeVar("P")  # any pytree of phases
CHUNKS = 50  # updates of a progress bar


def fit(
    unitary: Num[ArrayLike, "modes modes"],
    layout: Layout,
    *,
    key: Array,
    steps: int = 2000,
    restarts: int = 4,
    learning_rate: float = 0.05,
    label: str | None = None,
) -> tuple[Phases, Float[Array, ""]]:
    """Phases with which a mesh of ideal cells comes near `unitary`, and how near.

    Args:
        unitary: unitary matrix, `out = unitary @ in`.
        layout: any wiring of `unitary`'s modes.
        key: random key of the starts (`haar.phases`).
        steps: of the optimiser.
        restarts: how many starts; the best end is returned.
        learning_rate: the largest step of a phase [rad]; it falls to zero as a cosine.
        label: shows progress on the terminal, if given.

    Returns:
        The phases, in [0, 2 pi), and `norm(mesh - unitary) / sqrt(modes)` (Frobenius).

    Raises:
        InputError: if the matrix is not square, not finite, not unitary or not of
            `layout.modes` modes.
    """
    target = nulling.check_unitary(unitary)
    if target.shape != (layout.modes, layout.modes):
        must = f"have shape {(layout.modes, layout.modes)}, the modes of the layout"
        raise mistake("unitary", must, f"has shape {target.shape}", "Use jax.vmap for batches.")
    check_integer("restarts", restarts, 1)
    keys = jax.random.split(key, restarts)
    starts = jax.vmap(lambda key: haar.phases(key, layout, target.real.dtype))(keys)
    return minimise(target, _ideal, starts, steps=steps, learning_rate=learning_rate, label=label)


def minimise(
    target: Num[ArrayLike, "outputs inputs"],
    matrix: Callable[[P], Complex[Array, "outputs inputs"]],
    starts: P,
    *,
    steps: int = 2000,
    learning_rate: float = 0.05,
    label: str | None = None,
) -> tuple[P, Float[Array, ""]]:
    """Phases whose `matrix` comes near `target`, and how near.

    Args:
        target: matrix, `out = target @ in`.
        matrix: from phases to a matrix. Pass the same function again, and not a new
            lambda, to compile once.
        starts: pytree of phases [rad]; the first axis of each leaf counts the starts.
        steps: of the optimiser.
        learning_rate: the largest step of a phase [rad]; it falls to zero as a cosine.
        label: shows progress on the terminal, if given.

    Returns:
        The best phases, in [0, 2 pi), and `norm(matrix - target) / sqrt(inputs)`.
    """
    check_integer("steps", steps, 1)
    check_positive("learning_rate", learning_rate, "rad")
    target = complex_array(target)
    optimizer = _adam(float(learning_rate), int(steps))
    run = partial(_run, matrix, optimizer)
    state = starts, jax.vmap(cast(Callable, optimizer.init))(starts)
    if label is None:
        state, residuals = run(steps, target, state)
    else:
        state, residuals = _with_progress(run, steps, target, state, label)
    best = jnp.argmin(residuals)
    phases, _ = state
    return jax.tree.map(lambda x: wrap(x[best]), phases), residuals[best]


@lru_cache(maxsize=16)
def _adam(learning_rate: float, steps: int) -> optax.GradientTransformation:
    return optax.adam(optax.cosine_decay_schedule(learning_rate, steps))


def _ideal(phases: Phases) -> Array:
    return propagation.unitary(phases.theta, phases.phi, phases.gamma, phases.layout)


@partial(jax.jit, static_argnums=(0, 1, 2))
def _run(matrix: Callable, optimizer, steps: int, target: Array, state):
    """All starts some steps further, and the distance of each at the end."""

    def loss(phases) -> Array:
        off = matrix(phases) - target
        return jnp.sum(off.real**2 + off.imag**2) / target.shape[-1]

    def step(state, _):
        phases, memory = state
        gradient = jax.grad(loss)(phases)
        # Optax counts steps in int32 and multiplies them with floats.
        with jax.numpy_dtype_promotion("standard"):
            updates, memory = optimizer.update(gradient, memory, phases)
        return (optax.apply_updates(phases, updates), memory), None

    def descend(state):
        return jax.lax.scan(step, state, length=steps)[0]

    state = jax.vmap(descend)(state)
    return state, jnp.sqrt(jax.vmap(loss)(state[0]))


def _with_progress(run: Callable, steps: int, target: Array, state, label: str):
    columns = (
        "{task.description}",
        BarColumn(),
        "{task.completed}/{task.total}",
        TextColumn("{task.fields[report]}"),
        TimeRemainingColumn(),
    )
    chunk = -(-steps // CHUNKS)
    residuals = jnp.zeros(0)
    with Progress(*columns) as progress:
        task = progress.add_task(label, total=steps, report="")
        for done in range(0, steps, chunk):
            now = min(chunk, steps - done)
            state, residuals = run(now, target, state)
            progress.update(task, advance=now, report=f"distance {float(residuals.min()):.2e}")
    return state, residuals
