"""Physics-aware training: the chip runs forward, a model of it (its twin) runs backward.

References:
    Wright et al., "Deep physical neural networks trained with backpropagation",
    Nature 601, 549 (2022).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import jax
from flax import nnx
from jax import Array

from photonn.errors import mistake
from photonn.nn import MZIMesh
from photonn.train.gradients import Batch, Loss, Measured, differentiate
from photonn.train.stand_in import meshes_of, run_meshes_by


def physics_aware(
    device: Callable[[Any, Array], Array], twin: Callable[[Any, Array], Array]
) -> Callable[[Any, Array], Array]:
    """A function with the values of the device and the gradient of its twin.

    Args:
        device: from parameters and inputs to outputs: a chip, or a simulation of one. It
            need not be differentiable.
        twin: a differentiable model of it, with the same arguments and shapes; its gradient
            is taken at the same parameters and inputs.
    """

    @jax.custom_vjp
    def run(params: Any, inputs: Any) -> Array:
        return device(params, inputs)

    def forward(params: Any, inputs: Any):
        return device(params, inputs), (params, inputs)

    def backward(saved: tuple[Any, Any], cotangent: Array):
        _, pull_back = jax.vjp(twin, *saved)
        return pull_back(cotangent)

    run.defvjp(forward, backward)
    return run


@dataclass(frozen=True)
class PhysicsAware:
    """Gradients of a twin at the light that was measured behind every mesh of the chip.

    The twin has the structure of the chip and imperfections of its own: none, if it is the
    network as designed, or those that a calibration found. Its phases are not used.

    Example:
        >>> estimate = PhysicsAware(twin=model)
        >>> value, gradients = estimate(loss, chip, (inputs, labels), jax.random.key(0))

    Attributes:
        twin: a model whose meshes stand for those of the chip, in the same order.
    """

    twin: nnx.Module

    def __call__(self, loss: Loss, model: nnx.Module, batch: Batch, key: Array) -> Measured:
        """The loss on the chip and the gradient of the twin."""
        twins, found = meshes_of(self.twin), meshes_of(model)
        shapes = [[(mesh.layout, mesh.cell) for mesh in meshes] for meshes in (twins, found)]
        if shapes[0] != shapes[1]:
            must = "have the meshes of the chip, in layout and kind of cell"
            raise mistake("twin", must, "has others", "Take the model that the chip was made of.")

        def change(copy: nnx.Module) -> nnx.Module:
            return run_meshes_by(
                copy, lambda number: lambda m, field: _run(m, twins[number], field)
            )

        return differentiate(loss, model, batch, change)


def _run(mesh: MZIMesh, twin: MZIMesh, field: Array) -> Array:
    _, params, made = nnx.split(mesh, nnx.Param, ...)
    # The graph of the twin: a plain mesh, which the chip's no longer is.
    graph, _, assumed = nnx.split(twin, nnx.Param, ...)

    def run(imperfections: nnx.State) -> Callable[[nnx.State, Array], Array]:
        return lambda params, inputs: nnx.merge(graph, params, imperfections, copy=True)(inputs)

    return physics_aware(run(made), run(assumed))(params, field)
