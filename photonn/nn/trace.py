"""Light behind every layer of a model."""

from flax import nnx
from jax import Array
from jaxtyping import ArrayLike


def trace(model: nnx.Sequential, inputs: ArrayLike) -> list[Array]:
    """What each layer of a sequential model gives, in order.

    Args:
        model: the layers.
        inputs: what the first layer takes.
    """
    outputs = []
    for layer in model.layers:
        inputs = layer(inputs)
        outputs.append(inputs)
    return outputs
