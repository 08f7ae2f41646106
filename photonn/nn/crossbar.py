"""Crossbars with parameters."""

import jax
import jax.numpy as jnp
from flax import nnx
from jax import Array
from jaxtyping import Complex, Float

from photonn.devices import coherent_crossbar, phase_change
from photonn.devices.phase_change import Material
from photonn.devices.receiver import Receiver
from photonn.errors import check_integer, check_kind
from photonn.nn.product import Product
from photonn.nn.streams import parameters
from photonn.nn.variables import Phase, PhaseOffset, TransmissionError


class Crossbar(Product):
    """Phase-change cells at the crossings of rows and columns, and a reference column.

    Signals are counted in what light gives for a weight of 1: outputs are `weights @ values`
    times the gain.

    Attributes:
        material: of the cells.
        weights: wanted, -1 to 1, `(outputs, inputs)`, trainable; cells take the nearest level.
        error: what is wrong with the transmission of each cell, `(outputs + 1, inputs)`, the
            reference column last.
        gain, full_scale, receive: as in `Product`.
    """

    def __init__(
        self,
        inputs: int,
        outputs: int,
        *,
        material: Material = Material(),  # noqa: B008 - frozen
        gain: float = 1.0,
        receiver: Receiver | None = None,
        rngs: nnx.Rngs,
    ):
        """Draw the first weights.

        Args:
            inputs: rows.
            outputs: columns, without the reference.
            material: of the cells.
            gain: at the start.
            receiver: adds noise to every call, from the stream `noise` of `rngs`.
            rngs: the stream `params` gives the first weights, uniform from -0.5 to 0.5.
        """
        check_integer("inputs", inputs, 1)
        check_integer("outputs", outputs, 1)
        check_kind("material", material, Material, "Pass phase_change.Material(levels=32).")
        scale = phase_change.full_scale(outputs, inputs, material)
        weights = jax.random.uniform(parameters(rngs)(), (outputs, inputs), float, -0.5, 0.5)
        super().__init__(gain=gain, full_scale=scale, receiver=receiver, rngs=rngs)
        self.material = material
        self.weights = nnx.Param(weights)
        self.error = TransmissionError(jnp.zeros((outputs + 1, inputs)))

    def cells(self) -> Float[Array, "columns inputs"]:
        """Transmission of every cell as it was written, the reference column last."""
        asked = phase_change.program(self.weights[...], self.material)
        reference = jnp.full_like(asked[:1], self.material.reference)
        return jnp.concatenate([asked, reference]) + self.error[...]

    def rails(self) -> tuple[Float[Array, "outputs inputs"], ...]:
        """Transmission to the detectors of the outputs and of the reference."""
        cells = self.cells()
        return phase_change.rails(cells[:-1], cells[-1])

    def matrix(self) -> Float[Array, "outputs inputs"]:
        """The signed matrix that light sees, splitting included."""
        positive, negative = self.rails()
        return positive - negative


class CoherentCrossbar(Product):
    """Attenuators and phase shifters at the crossings: a complex matrix.

    Signals are counted in what a cell that is open gives: entries are up to 1.

    Attributes:
        theta: setting of each attenuator, `(outputs, inputs)` [rad].
        phi: phase of each cell, `(outputs, inputs)` [rad].
        theta_offset, phi_offset: what is added to them [rad].
        gain: electronic factor on the amplitudes out, trainable.
    """

    def __init__(self, inputs: int, outputs: int, *, gain: float = 1.0, rngs: nnx.Rngs):
        """Draw the first settings: uniform phases, attenuators half open.

        Args:
            inputs: rows.
            outputs: columns.
            gain: at the start.
            rngs: the stream `params` gives the key.
        """
        check_integer("inputs", inputs, 1)
        check_integer("outputs", outputs, 1)
        super().__init__(gain=gain, full_scale=(inputs * outputs) ** -0.5)
        shape = (outputs, inputs)
        self.theta = Phase(jnp.full(shape, jnp.pi / 2, float))
        self.phi = Phase(jax.random.uniform(parameters(rngs)(), shape, float, 0, 2 * jnp.pi))
        self.theta_offset = PhaseOffset(jnp.zeros(shape))
        self.phi_offset = PhaseOffset(jnp.zeros(shape))

    def matrix(self) -> Complex[Array, "outputs inputs"]:
        """The complex transfer matrix, splitting included."""
        return coherent_crossbar.weights(
            self.theta[...] + self.theta_offset[...], self.phi[...] + self.phi_offset[...]
        )
