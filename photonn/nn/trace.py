"""Light behind every layer of a model."""

from flax import nnx
from jax import Array
from jaxtyping import ArrayLike

from photonn.errors import check_kind


def trace(model: nnx.Sequential, inputs: ArrayLike) -> list[Array]:
    """What each layer of a sequential model gives, in order.

    Args:
        model: the layers.
        inputs: what the first layer takes.
    """
    check_kind("model", model, nnx.Sequential, "Of one layer: nnx.Sequential(layer).")
    outputs = []
    for layer in model.layers:
        inputs = layer(inputs)
        outputs.append(inputs)
    return outputs
