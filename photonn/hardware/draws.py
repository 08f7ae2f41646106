"""Random draws for the variables of a model, each by its own key."""

import zlib
from collections.abc import Callable

import jax
import jax.numpy as jnp
from flax import nnx
from jax import Array
from jaxtyping import ArrayLike


def own_key(key: Array, path: tuple) -> Array:
    """The key of a variable or module: by its path alone, so that another layer changes no draw."""
    return jax.random.fold_in(key, zlib.crc32(repr(path).encode()))


def change_each(
    state: nnx.State,
    kind: type[nnx.Variable],
    key: Array,
    change: Callable[[Array, Array], Array],
) -> nnx.State:
    """Change every variable of one type, each with `own_key`.

    Args:
        state: all variables of a model.
        kind: type of the variables to change; its subclasses too.
        key: random key.
        change: gives the new value from the old one and a key.
    """

    def draw(path: tuple, variable: nnx.Variable) -> nnx.Variable:
        if not isinstance(variable, kind):
            return variable
        value = variable[...]
        return variable.replace(change(value, own_key(key, path)).astype(value.dtype))

    return nnx.map_state(draw, state)


def gaussian(value: Array, key: Array) -> Array:
    """Independent normal numbers of deviation 1, of the shape and type of `value`."""
    return jax.random.normal(key, value.shape, value.dtype)


def add_gaussian(
    state: nnx.State, kind: type[nnx.Variable], sigma: ArrayLike, key: Array
) -> nnx.State:
    """Add independent Gaussian deviations to every variable of one type.

    Args:
        state: all variables of a model.
        kind: type of the variables to change; its subclasses too.
        sigma: standard deviation, in the unit of the variable.
        key: random key.
    """

    def add(value: Array, own: Array) -> Array:
        return value + jnp.asarray(sigma, value.dtype) * gaussian(value, own)

    return change_each(state, kind, key, add)
