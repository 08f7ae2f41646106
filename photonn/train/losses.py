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
from photonn.errors import check_below_one, check_finite, check_positive, mistake


def cross_entropy(
    logits: Float[Array, "batch classes"],
    labels: Num[Array, "..."],
    *,
    temperature: Float[ArrayLike, ""] = 1.0,
    smoothing: Float[ArrayLike, ""] = 0.0,
) -> Float[Array, ""]:
    """Mean cross-entropy of the softmax of `logits / temperature` [nat].

    Args:
        logits: outputs of a model.
        labels: right classes, shape `(batch,)`.
        temperature: in units of the logits; powers that differ by less look alike.
        smoothing: share of the target that is spread over all classes, from 0 up to 1;
            it keeps the powers from growing without end and so from fitting noise.
    """
    check_positive("temperature", temperature, "1")
    check_below_one("smoothing", smoothing)
    _check_classes(logits, labels)
    logits = logits / temperature
    right = optax.softmax_cross_entropy_with_integer_labels(logits, labels)
    spread = jax.nn.logsumexp(logits, axis=-1) - jnp.mean(logits, axis=-1)
    return jnp.mean((1 - smoothing) * right + smoothing * spread)


def squared_error(outputs: Float[Array, "..."], targets: Num[Array, "..."]) -> Float[Array, ""]:
    """Mean over all numbers of the squared distance of outputs and targets of one shape."""
    if outputs.shape != targets.shape:
        must = f"have the shape {outputs.shape} of the outputs"
        raise mistake("labels", must, f"has shape {targets.shape}")
    return jnp.mean((outputs - targets) ** 2)


def one_hot_error(
    powers: Float[Array, "batch classes"], labels: Num[Array, "..."]
) -> Float[Array, ""]:
    """Mean squared distance of the powers from one at the right class, zero elsewhere.

    The powers of a sample are divided by the largest of them, as the brightness of the source
    is free: only the form of the pattern counts.

    Args:
        powers: of the detectors, zero or more.
        labels: right classes, shape `(batch,)`.
    """
    _check_classes(powers, labels)
    largest = jnp.max(powers, axis=-1, keepdims=True)
    # All dark: zero everywhere, not NaN, also in the gradient.
    shares = powers / jnp.where(largest > 0, largest, jnp.ones_like(largest))
    rows = jnp.eye(powers.shape[-1], dtype=powers.dtype)
    # NaN for a label beyond the detectors, as in the other losses; not the darkness of all.
    return squared_error(shares, jnp.take(rows, labels, axis=0, mode="fill"))


def share_entropy(
    powers: Float[Array, "batch classes"], labels: Num[Array, "..."]
) -> Float[Array, ""]:
    """Mean cross-entropy of the shares that the detectors have of the light they see [nat].

    No softmax: a share is a power over the sum of all, so brightness does not count, and a
    wrong detector has to be dark. A share below 1e-7 costs no more than 1e-7 does.

    Args:
        powers: of the detectors, zero or more.
        labels: right classes, shape `(batch,)`.
    """
    _check_classes(powers, labels)
    total = jnp.sum(powers, axis=-1, keepdims=True)
    # All dark: the smallest share, not NaN, also in the gradient.
    shares = powers / jnp.where(total > 0, total, 1.0)
    right = jnp.take_along_axis(shares, labels[:, None], axis=-1, mode="fill")
    return -jnp.mean(jnp.log(jnp.maximum(right, 1e-7)))


def wasted_power(
    powers: Float[Array, "batch classes"], labels: Num[Array, "..."], *, power: float = 1.0
) -> Float[Array, ""]:
    """Mean share of the light that does not reach the right detector.

    One minus the power efficiency. Beside another loss it keeps the detectors bright.

    Args:
        powers: of the detectors [W].
        labels: right classes, shape `(batch,)`.
        power: that went into the optics [W].
    """
    check_positive("power", power, "W")
    _check_classes(powers, labels)
    right = jnp.take_along_axis(powers, labels[:, None], axis=-1, mode="fill")
    return 1 - jnp.mean(right) / power


def mixed(*terms: tuple[float, Callable[[Array, Array], Array]]) -> Callable[[Array, Array], Array]:
    """The weighted sum of several losses.

    Example:
        >>> loss = mixed((1.0, cross_entropy), (0.1, wasted_power))

    Args:
        terms: pairs of a weight and a loss.
    """
    if not terms:
        raise mistake("terms", "hold one or more pairs of a weight and a loss", "is empty")
    for term in terms:
        if not (isinstance(term, tuple) and len(term) == 2 and callable(term[1])):
            raise mistake("terms", "be pairs of a weight and a loss", f"hold {term!r}")
        check_finite("weight", term[0], "1")

    def loss(outputs: Array, labels: Array) -> Array:
        values = [weight * term(outputs, labels) for weight, term in terms]
        return jnp.sum(jnp.stack(values))

    return loss


def _check_classes(outputs: Array, labels: Array) -> None:
    """Raise unless there is one class number for each sample."""
    integer = jnp.issubdtype(labels.dtype, jnp.integer)
    if outputs.ndim != 2 or labels.shape != outputs.shape[:1] or not integer:
        raise mistake(
            "labels",
            "be class numbers, one for each row of outputs of shape (batch, classes)",
            f"are {labels.dtype} of shape {labels.shape}, outputs of shape {outputs.shape}",
            "For targets pass loss=train.losses.squared_error.",
        )


def predict(
    model: Callable[[Array], Array], inputs: ArrayLike, *, chunk: int = 256
) -> Float[Array, "samples ..."]:
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
    return outputs.reshape(-1, *outputs.shape[2:])[:count]


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
