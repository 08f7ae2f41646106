"""Forward-only learning: every mesh has a loss of its own, and no error goes back.

References:
    Nokland, Eidnes, "Training neural networks with local error signals", ICML,
    PMLR 97, 4839 (2019).
    Momeni et al., "Backpropagation-free training of deep physical neural networks",
    Science 382, 1297 (2023).
"""

from dataclasses import dataclass

import jax
from flax import nnx
from jax import Array
from jaxtyping import Complex, Float

from photonn.errors import check_integer, check_positive
from photonn.nn import MZIMesh
from photonn.precision import complex_array
from photonn.train.direct_feedback import check_fields, error_of, replace_error
from photonn.train.gradients import Batch, Loss, Measured, differentiate
from photonn.train.stand_in import run_meshes_by


@dataclass(frozen=True)
class ForwardOnly:
    """Each mesh learns to make the classes visible in the light that it hands on.

    What reaches the next mesh is read out by a fixed random matrix of powers, and the loss of
    that trains the mesh before, and the activation between. The last mesh, and all behind
    it, follow the loss at the outputs. No light goes back through more than one mesh.

    Attributes:
        gain: of the signals that are read out, per power of a mode [1/W].
        seed: of the matrices; the same in every step.
    """

    gain: float = 3.0
    seed: int = 0

    def __post_init__(self):
        check_positive("gain", self.gain, "1/W")
        check_integer("seed", self.seed, 0)

    def __call__(self, loss: Loss, model: nnx.Module, batch: Batch, key: Array) -> Measured:
        """The loss at the outputs and the gradient of the local losses."""
        shape = jax.eval_shape(lambda: error_of(loss, model, batch)).shape

        def run(number: int):
            def run_mesh(mesh: MZIMesh, field: Array) -> Array:
                field = complex_array(field)
                check_fields(field, (shape[0], mesh.layout.modes))
                matrix = self.read_out(number, mesh.layout.modes, shape[1])
                local = jax.grad(lambda light: loss(_signals(light, matrix), batch[1]))
                return MZIMesh.__call__(mesh, replace_error(field, local(field)))

            return run_mesh

        return differentiate(loss, model, batch, lambda copy: run_meshes_by(copy, run))

    def read_out(self, number: int, modes: int, classes: int) -> Float[Array, "modes classes"]:
        """The matrix from the powers in front of mesh `number` to signals."""
        key = jax.random.fold_in(jax.random.key(self.seed), number)
        return self.gain * jax.random.normal(key, (modes, classes), float)


def _signals(
    light: Complex[Array, "batch modes"], matrix: Float[Array, "modes classes"]
) -> Float[Array, "batch classes"]:
    power = light.real**2 + light.imag**2
    return power @ matrix.astype(power.dtype)
