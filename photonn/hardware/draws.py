"""Random draws for the variables of a model, each by its own key."""

import zlib

import jax
import jax.numpy as jnp
from flax import nnx
from jax import Array
from jaxtyping import ArrayLike


def add_gaussian(
    state: nnx.State, kind: type[nnx.Variable], sigma: ArrayLike, key: Array
) -> nnx.State:
    """Add independent Gaussian deviations to every variable of one type.

    The key of a variable depends on its path alone: a layer that is added behind the
    others does not change their draws.

    Args:
        state: all variables of a model.
        kind: type of the variables to change; its subclasses too.
        sigma: standard deviation, in the unit of the variable.
        key: random key.
    """

    def draw(path: tuple, variable: nnx.Variable) -> nnx.Variable:
        if not isinstance(variable, kind):
            return variable
        value = variable[...]
        own = jax.random.fold_in(key, zlib.crc32(repr(path).encode()))
        noise = jax.random.normal(own, value.shape, value.dtype)
        return variable.replace(value + jnp.asarray(sigma, value.dtype) * noise)

    return nnx.map_state(draw, state)
