"""The interface of all ways to a gradient, and the exact one.

An estimator is called as `estimate(loss, model, batch, key)` and returns the loss and its
gradient for every `nnx.Param`, shaped as `nnx.state(model, nnx.Param)`, so that
`nnx.Optimizer.update` and Optax take it. What the model counts or draws goes on, as in a call.
"""

from collections.abc import Callable

import jax
from flax import nnx
from jax import Array
from jaxtyping import Float

from photonn.nn import Imperfection

# Neither trained nor made: what a model counts and draws.
CHANGING = nnx.Not(nnx.Any(nnx.Param, Imperfection))

Loss = Callable[[Array, Array], Array]
Batch = tuple[Array, Array]  # inputs and labels
Measured = tuple[Float[Array, ""], nnx.State]
# From loss, chip, inputs and labels, and a key for what it draws.
Estimator = Callable[[Loss, nnx.Module, Batch, Array], Measured]


def autodiff(loss: Loss, model: nnx.Module, batch: Batch, key: Array) -> Measured:
    """The exact gradient, by a computer that knows everything about the chip.

    Args:
        loss: from outputs and labels to a number.
        model: the chip; only its counts and random streams change.
        batch: inputs and labels.
        key: not used.
    """
    return differentiate(loss, model, batch, lambda copy: copy)


def differentiate(
    loss: Loss, model: nnx.Module, batch: Batch, change: Callable[[nnx.Module], nnx.Module]
) -> Measured:
    """Automatic differentiation of a changed model, with the gradient in the shape of `model`.

    Args:
        loss: from outputs and labels to a number.
        model: what has the parameters; its counts and random streams change.
        batch: inputs and labels.
        change: may give the copy that is differentiated other ways to work.
    """
    measure, params = experiment(loss, model, batch, change)
    (value, rest), gradients = jax.value_and_grad(measure, has_aux=True)(params)
    nnx.update(model, rest)
    return value, gradients


def experiment(
    loss: Loss,
    model: nnx.Module,
    batch: Batch,
    change: Callable[[nnx.Module], nnx.Module] = lambda copy: copy,
) -> tuple[Callable[[nnx.State], tuple[Array, nnx.State]], nnx.State]:
    """The loss, and what the model counted and drew, as a function of the parameters.

    Args:
        loss: from outputs and labels to a number.
        model: the chip; it is not changed.
        batch: inputs and labels.
        change: may give the copy that runs other ways to work.

    Returns:
        The function, and the parameters at present.
    """
    graph, params, rest = nnx.split(model, nnx.Param, ...)
    inputs, labels = batch

    def measure(params: nnx.State) -> tuple[Array, nnx.State]:
        # A copy: what the model counts or draws must not leak out of the gradient.
        copy = nnx.merge(graph, params, rest, copy=True)
        value = loss(change(copy)(inputs), labels)  # pyright: ignore[reportCallIssue]
        return value, nnx.state(copy, CHANGING)

    return measure, params
