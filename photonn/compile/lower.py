"""From free matrices to meshes: a trained network as the chips that realise it."""

from typing import Any, TypeVar

import jax
from flax import nnx
from jax import Array

from photonn.errors import mistake
from photonn.nn import ComplexDense, SVDMesh
from photonn.precision import complex_array

Model = TypeVar("Model", bound=nnx.Module)


def to_meshes(model: Model, *, key: Array | None = None) -> Model:
    """A copy of a network with an `nn.SVDMesh` for every `nn.ComplexDense` in it.

    Args:
        model: any NNX model that holds its layers in attributes, lists or dictionaries; it
            is not changed.
        key: shuffles the singular values of every matrix over its modes.

    Raises:
        InputError: if there is nothing to replace.

    References:
        Shen et al., "Deep learning with coherent nanophotonic circuits", Nature Photonics
        11, 441 (2017); Fang et al., Opt. Express 27, 14009 (2019), who shuffle.
    """
    copy = nnx.clone(model)
    found = [path for path, part in nnx.iter_modules(copy) if isinstance(part, ComplexDense)]
    if not found or found == [()]:
        must = "hold nn.ComplexDense layers"
        raise mistake("model", must, f"is {type(model).__name__} without any inside")
    for number, path in enumerate(found):
        own = None if key is None else jax.random.fold_in(key, number)
        *way, last = path
        holder = _follow(copy, way)
        dense = _follow(holder, [last])
        matrix = complex_array(dense.gain[...]) * dense.matrix()
        _put(holder, last, SVDMesh.from_matrix(matrix, key=own))
    return copy


def _follow(part: Any, way: list) -> Any:
    for name in way:
        part = getattr(part, name) if isinstance(name, str) and hasattr(part, name) else part[name]
    return part


def _put(holder: Any, name: Any, layer: nnx.Module) -> None:
    if isinstance(name, str) and hasattr(holder, name):
        setattr(holder, name, layer)
    else:
        holder[name] = layer
