"""A model whose meshes are run in another way: by measurements, by a twin, with blocked light."""

from collections.abc import Callable

import jax.numpy as jnp
from flax import nnx
from jax import Array
from jaxtyping import ArrayLike, Float, Num

from photonn.errors import mistake
from photonn.nn import MZIMesh

Run = Callable[[MZIMesh, Array], Array]


def run_meshes_by(model: nnx.Module, run: Callable[[int], Run]) -> nnx.Module:
    """Let other functions carry light through every `MZIMesh` of a model, in place.

    Args:
        model: any model, such as a copy of a chip; all but its meshes works as before.
        run: gives, for the number of a mesh, the function from the mesh and its field to
            the field behind it.

    Raises:
        InputError: if the model has no mesh.
    """
    found = meshes_of(model)
    for number, mesh in enumerate(found):
        # The class alone changes: a mesh that is used twice or lies deep is met everywhere.
        mesh.__class__ = _StandIn
        object.__setattr__(mesh, "run", run(number))
    return model


def meshes_of(model: nnx.Module) -> list[MZIMesh]:
    """Every mesh of a model, once, in the order of the paths.

    Raises:
        InputError: if there is none.
    """
    modules = sorted(nnx.iter_modules(model), key=lambda pair: _order(pair[0]))
    found = [module for _, module in modules if isinstance(module, MZIMesh)]
    if not found:
        must = "have at least one photonn.nn.MZIMesh"
        raise mistake("model", must, f"is {type(model).__name__}", "Take train.SPSA, or autodiff.")
    return found


def _order(path: tuple) -> list[tuple[bool, int, str]]:
    """Numbers as numbers: layer 10 comes behind layer 9."""
    return [(isinstance(p, str), p if isinstance(p, int) else 0, str(p)) for p in path]


class _StandIn(MZIMesh):
    """A mesh that something else runs."""

    run: Run

    def __call__(
        self,
        field: Num[ArrayLike, "*fields modes"],
        *,
        wavelength: Float[ArrayLike, "..."] | None = None,
    ) -> Array:
        if wavelength is not None:
            must = "be left out where gradients are measured"
            raise mistake("wavelength", must, "is given", "Measure at the design wavelength.")
        return self.run(self, jnp.asarray(field))
