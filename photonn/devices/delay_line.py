"""A delay line with one nonlinear node: a reservoir whose nodes follow each other in time.

A modulator is driven by what it gave one turn of the delay ago, and by the input of now. A
turn is cut into `nodes`; a fixed mask weighs the input of each. The delay is longer than a
turn by `desync` nodes, so that node i listens to node i - desync of the turn before.
States have no unit: powers and voltages as phases of the modulator [rad].
"""

from collections.abc import Callable

import jax
import jax.numpy as jnp
from jax import Array, lax
from jaxtyping import ArrayLike, Float

from photonn.errors import check_integer, check_positive, mistake
from photonn.precision import common_shape, real_array


def sine(
    inputs: Float[ArrayLike, "*series turns"],
    mask: Float[ArrayLike, " nodes"],
    *,
    feedback: Float[ArrayLike, "..."],
    gain: Float[ArrayLike, "..."],
    bias: Float[ArrayLike, "..."] = 0.0,
    desync: int = 1,
) -> Float[Array, "*batch turns nodes"]:
    """A modulator without inertia, its mean level taken off.

        x_i(n) = sin(feedback x_{i-desync}(n - 1) + gain m_i u(n) + bias)

    where nodes before the first are the last ones of the turn before. It begins at rest, x = 0.

    Args:
        inputs: one number u(n) for each turn.
        mask: weight m_i of the input at each node.
        feedback: phase per state [rad]; it is forgetful below 1.
        gain: phase per input [rad].
        bias: phase at rest [rad].
        desync: delay less one turn, in nodes; 0 leaves every node alone with itself.

    Returns:
        The states of all nodes in every turn. Parameters and inputs broadcast to `*batch`.

    References:
        Paquot et al., "Optoelectronic Reservoir Computing", Scientific Reports 2, 287 (2012).
    """

    def turn(before: Array, drive: Array, feedback: Array, _: Array) -> Array:
        return jnp.sin(feedback * before + drive)

    return _run(turn, inputs, mask, (feedback, gain, bias), desync)


def ikeda(
    inputs: Float[ArrayLike, "*series turns"],
    mask: Float[ArrayLike, " nodes"],
    *,
    feedback: Float[ArrayLike, "..."],
    gain: Float[ArrayLike, "..."],
    bias: Float[ArrayLike, "..."] = 0.0,
    spacing: ArrayLike = 0.2,
    desync: int = 0,
) -> Float[Array, "*batch turns nodes"]:
    """A Mach-Zehnder modulator behind a low-pass filter: the Ikeda equation.

        T dx/dt = -x(t) + feedback sin^2(x(t - delay) + gain m(t) u(t) + bias)

    Each node is one step that is exact for a drive which stands still in it:
    x_i = e^-spacing x_{i-1} + (1 - e^-spacing) feedback sin^2(...), at the end of the node.
    Mask and input do stand still; the returning light does not, an error of first order in
    `spacing`. It begins at rest, x = 0.

    Args:
        inputs: one number u(n) for each turn.
        mask: weight m_i of the input at each node.
        feedback: greatest phase that the light gives [rad].
        gain: phase per input [rad].
        bias: phase at rest [rad].
        spacing: duration of a node over the response time T.
        desync: delay less one turn, in nodes.

    Returns:
        The states at the end of every node. Parameters and inputs broadcast to `*batch`.

    References:
        Larger et al., "Photonic information processing beyond Turing: an optoelectronic
        implementation of reservoir computing", Optics Express 20, 3241 (2012).
    """
    check_positive("spacing", spacing, "1")
    mask = real_array(mask, "mask")
    nodes = mask.shape[-1]
    spacing = jnp.asarray(spacing, mask.dtype)
    index = jnp.arange(nodes, dtype=mask.dtype)
    lag = index[:, None] - index[None, :]
    # x_{i-1} of the first node is the last one of the turn before; then a sum over the drives.
    memory = jnp.exp(-spacing * (index + 1))
    weights = jnp.where(lag >= 0, jnp.exp(-spacing * jnp.maximum(lag, 0)), 0)
    weights = -jnp.expm1(-spacing) * weights

    def turn(before: Array, drive: Array, feedback: Array, last: Array) -> Array:
        light = feedback * jnp.sin(before + drive) ** 2
        summed = jnp.matmul(light, weights.T, precision=lax.Precision.HIGHEST)
        return last[:, -1:] * memory[None] + summed

    return _run(turn, inputs, mask, (feedback, gain, bias), desync)


def _run(
    turn: Callable[..., Array],
    inputs: ArrayLike,
    mask: ArrayLike,
    parameters: tuple[ArrayLike, ...],
    desync: int,
) -> Array:
    """One turn after another; all nodes and the whole batch at once."""
    inputs, mask = real_array(inputs, "inputs"), real_array(mask, "mask")
    if inputs.ndim == 0 or mask.ndim != 1 or inputs.dtype != mask.dtype:
        must = "be turns, with a mask of one weight for each node, both of one type"
        got = f"is {inputs.dtype}{inputs.shape}, with a mask {mask.dtype}{mask.shape}"
        raise mistake("inputs", must, got)
    check_integer("desync", desync, 0)
    nodes = mask.shape[0]
    if desync >= nodes:
        raise mistake("desync", f"be below the {nodes} nodes", f"is {desync}")
    numbers = [jnp.asarray(p, inputs.dtype) for p in parameters]
    names = ("feedback", "gain", "bias")
    shapes = {name: number.shape for name, number in zip(names, numbers, strict=True)}
    batch = common_shape(inputs=inputs.shape[:-1], **shapes)
    feedback, gain, bias = (jnp.broadcast_to(p, batch).reshape(-1, 1) for p in numbers)
    series = jnp.broadcast_to(inputs, (*batch, inputs.shape[-1])).reshape(-1, inputs.shape[-1])

    def advance(state: tuple[Array, Array], value: Array) -> tuple[tuple[Array, Array], Array]:
        last, older = state
        before = jnp.concatenate([older[:, nodes - desync :], last[:, : nodes - desync]], axis=1)
        drive = gain * value[:, None] * mask[None] + bias
        now = turn(before, drive, feedback, last)
        return (now, last), now

    rest = jnp.zeros((series.shape[0], nodes), inputs.dtype)
    _, states = jax.lax.scan(advance, (rest, rest), series.T)
    return jnp.moveaxis(states, 0, 1).reshape(*batch, -1, nodes)
