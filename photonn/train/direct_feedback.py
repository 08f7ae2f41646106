"""Direct feedback alignment: the error jumps from the outputs to every mesh at once.

References:
    Nokland, "Direct feedback alignment provides learning in deep neural networks",
    Advances in Neural Information Processing Systems 29, 1037 (2016).
    Filipovich et al., "Silicon photonic architecture for training deep neural networks with
    direct feedback alignment", Optica 9, 1323 (2022).
"""

from dataclasses import dataclass

import jax
import jax.numpy as jnp
from flax import nnx
from jax import Array
from jaxtyping import Complex, Float

from photonn.errors import check_integer, mistake
from photonn.nn import MZIMesh
from photonn.precision import complex_array
from photonn.train.gradients import Batch, Loss, Measured, differentiate, experiment
from photonn.train.stand_in import run_meshes_by


@dataclass(frozen=True)
class DirectFeedback:
    """Each mesh learns from the error at the outputs, times a fixed random matrix.

    No light goes back through more than one mesh: behind each mesh, what stands before the
    next one (an activation) and the mesh itself are differentiated alone. The last mesh, and
    all behind it, have the exact gradient. The others have one that the network must learn
    to agree with.

    Attributes:
        seed: of the matrices; the same in every step.
    """

    seed: int = 0

    def __post_init__(self):
        check_integer("seed", self.seed, 0)

    def __call__(self, loss: Loss, model: nnx.Module, batch: Batch, key: Array) -> Measured:
        """The loss and the aligned gradient."""
        error = error_of(loss, model, batch)

        def run(number: int):
            def run_mesh(mesh: MZIMesh, field: Array) -> Array:
                field = complex_array(field)
                check_fields(field, (len(error), mesh.layout.modes))
                matrix = self.feedback(number, error.shape[1], mesh.layout.modes)
                sent = error.astype(field.dtype) @ matrix.astype(field.dtype)
                return MZIMesh.__call__(mesh, replace_error(field, sent))

            return run_mesh

        return differentiate(loss, model, batch, lambda copy: run_meshes_by(copy, run))

    def feedback(self, number: int, classes: int, modes: int) -> Complex[Array, "classes modes"]:
        """The matrix from the error at the outputs to the light in front of mesh `number`."""
        key = jax.random.fold_in(jax.random.key(self.seed), number)
        return jax.random.normal(key, (classes, modes), complex) / jnp.sqrt(modes)


def error_of(loss: Loss, model: nnx.Module, batch: Batch) -> Float[Array, "batch classes"]:
    """Derivative of the loss by the outputs; the model is not changed."""
    inputs, labels = batch
    run, params = experiment(lambda outputs, _: outputs, model, batch)
    outputs, _ = run(params)
    if outputs.ndim != 2 or len(outputs) != len(inputs):
        must = "give outputs of shape (batch, classes)"
        raise mistake("model", must, f"gives {outputs.shape}", "Take one output a class.")
    return jax.grad(loss)(outputs, labels)


def check_fields(field: Array, shape: tuple[int, int]) -> None:
    """Raise unless a mesh sees one field for each sample."""
    if field.shape != shape:
        must = f"have meshes that see one field a sample, {shape}"
        raise mistake("model", must, f"has one that sees {field.shape}", "Use train.InSitu.")


@jax.custom_vjp
def replace_error(field: Array, sent: Array) -> Array:
    """The field itself; in the gradient `sent` takes the place of the error."""
    return field


def _forward(field: Array, sent: Array):
    return field, sent


def _backward(sent: Array, error: Array):
    return sent, jnp.zeros_like(sent)


replace_error.defvjp(_forward, _backward)
