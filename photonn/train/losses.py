"""What to minimise, and what to report."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import optax
from flax import nnx
from jax import Array
from jaxtyping import ArrayLike, Bool, Float, Int, Num

from photonn.data import Dataset
from photonn.errors import mistake


def cross_entropy(
    logits: Float[Array, "batch classes"], labels: Int[Array, " batch"], *, smoothing: float = 0.0
) -> Float[Array, ""]:
    """Mean cross-entropy of the softmax of `logits` [nat].

    Args:
        logits: outputs of a model.
        labels: right classes.
        smoothing: share of the target that is spread over all classes, from 0 up to 1;
            it keeps the powers from growing without end and so from fitting noise.
    """
    if not 0 <= smoothing < 1:
        raise mistake("smoothing", "be at least 0 and below 1", f"is {smoothing}")
    right = optax.softmax_cross_entropy_with_integer_labels(logits, labels)
    spread = jax.nn.logsumexp(logits, axis=-1) - jnp.mean(logits, axis=-1)
    return jnp.mean((1 - smoothing) * right + smoothing * spread)


def predict(
    model: Callable[[Array], Array], inputs: ArrayLike, *, chunk: int = 256
) -> Float[Array, "samples classes"]:
    """Outputs of the model for many inputs, `chunk` at a time to bound the memory."""
    inputs = standard_float(inputs)
    count = len(inputs)
    if count == 0:
        raise mistake("inputs", "hold at least one sample", "is empty")
    chunk = min(chunk, count)
    # Whole chunks go through the model as batches; the last one is filled up with zeros.
    rest = [(0, -count % chunk)] + [(0, 0)] * (inputs.ndim - 1)
    chunks = jnp.pad(inputs, rest).reshape(-1, chunk, *inputs.shape[1:])
    noisy = isinstance(model, nnx.Module) and bool(jax.tree.leaves(nnx.state(model, nnx.RngState)))
    outputs = _map_noisy(model, chunks) if noisy else jax.lax.map(model, chunks)
    return outputs.reshape(-1, outputs.shape[-1])[:count]


def _map_noisy(model: Any, chunks: Array) -> Array:
    """Outputs for each chunk, each with draws of its own."""
    graph, noise, rest = nnx.split(model, nnx.RngState, ...)

    def step(noise: nnx.State, chunk: Array) -> tuple[nnx.State, Array]:
        # A copy: what is drawn in the loop must not change the model outside of it.
        copy = nnx.merge(graph, noise, rest, copy=True)
        outputs = copy(chunk)
        return nnx.state(copy, nnx.RngState), outputs

    noise, outputs = jax.lax.scan(step, noise, chunks)
    nnx.update(model, noise)
    return outputs


def standard_float(values: ArrayLike) -> Num[Array, "..."]:
    """Floating values in the precision that models have by default; others as they are."""
    values = jnp.asarray(values)
    return values.astype(float) if jnp.issubdtype(values.dtype, jnp.floating) else values


def accuracy(
    model: Callable[[Array], Array], dataset: Dataset, *, chunk: int = 256
) -> Float[Array, ""]:
    """Fraction of a data set whose largest output is the label."""
    outputs = predict(model, dataset.inputs, chunk=chunk)
    right = is_right(outputs, jnp.asarray(dataset.labels))
    return jnp.mean(right.astype(outputs.dtype))


def is_right(
    outputs: Float[Array, "samples classes"], labels: Int[Array, " samples"]
) -> Bool[Array, " samples"]:
    """Whether the largest output is the label; never where an output is not finite."""
    right = jnp.argmax(outputs, axis=-1).astype(labels.dtype) == labels
    return right & jnp.all(jnp.isfinite(outputs), axis=-1)
