"""Optimisers: Adam ready to use, one for each kind of parameter; any of Optax does."""

from collections.abc import Mapping
from typing import Any, cast

import jax
import optax
from flax import nnx
from jaxtyping import ArrayLike, Float

from photonn.data import Dataset
from photonn.errors import check_integer, check_positive, mistake

Optimizer = optax.GradientTransformation | optax.MultiSteps


def adam(
    learning_rate: Float[ArrayLike, ""], *, steps: int, clip: Float[ArrayLike, ""] = 1.0
) -> optax.GradientTransformation:
    """Adam with a rate that falls to zero along a cosine, and a clipped gradient.

    Args:
        learning_rate: at the start.
        steps: after so many the rate is zero.
        clip: largest norm of the gradient over all parameters.
    """
    check_integer("steps", steps, 1, "The batch must not be larger than the training set.")
    check_positive("learning_rate", learning_rate, "1")
    check_positive("clip", clip, "1")
    # Optax asks for floats, and takes what stands for many in a compiled program.
    rate = optax.cosine_decay_schedule(cast(float, learning_rate), steps)
    return optax.chain(optax.clip_by_global_norm(cast(float, clip)), optax.adam(rate))


def steps(train: Dataset, *, epochs: int, batch: int) -> int:
    """Steps that `train.fit` takes over so many epochs."""
    return epochs * (len(train.inputs) // batch)


def by_group(
    groups: Mapping[type[nnx.Variable], Optimizer],
    default: Optimizer,
) -> optax.GradientTransformation:
    """One optimiser for each kind of parameter.

    Example:
        >>> optimizer = by_group({nn.Gain: optax.adam(1e-4)}, default=optax.adam(1e-2))

    Args:
        groups: an optimiser for the variables of a type, such as `nn.Phase`, and of its
            subclasses; the first type that fits counts. `optax.set_to_zero()` freezes one.
        default: for all others.
    """
    for kind in groups:
        if not (isinstance(kind, type) and issubclass(kind, nnx.Variable)):
            hint = "Such as nn.Phase: optax.adam(0.01)."
            raise mistake("groups", "have types of variables as keys", f"has {kind!r}", hint)
    for part in [*groups.values(), default]:
        check_optimizer("groups", part)

    def name(variable: Any) -> str:
        fits = (str(kind) for kind in groups if isinstance(variable, kind))
        return next(fits, "others")

    def names(params: Any) -> Any:
        if any(not _is_variable(leaf) for leaf in _variables(params)):
            hint = "Use train.fit, or optimizer.init(nnx.state(model, nnx.Param)) and update."
            must = "have variables in them, as their types choose the group"
            raise mistake("params", must, "are plain arrays (nnx.Optimizer makes them so)", hint)
        return jax.tree.map(name, params, is_leaf=_is_variable)

    parts: Any = {str(kind): part for kind, part in groups.items()} | {"others": default}
    return optax.partition(parts, names)


def _is_variable(node: object) -> bool:
    return isinstance(node, nnx.Variable)


def _variables(params: Any) -> list[Any]:
    return jax.tree.leaves(params, is_leaf=_is_variable)


def check_optimizer(name: str, value: object) -> None:
    """Raise unless `value` has what an Optax optimiser has; `MultiSteps` is of another class."""
    if not (hasattr(value, "init") and hasattr(value, "update")):
        raise mistake(name, "be an Optax optimiser", f"is {value!r}", "Such as optax.adam(0.01).")
