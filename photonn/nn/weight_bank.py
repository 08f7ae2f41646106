"""Banks of rings with parameters."""

import jax
import jax.numpy as jnp
from flax import nnx
from jax import Array
from jaxtyping import Float

from photonn.devices import weight_bank
from photonn.devices.receiver import Receiver
from photonn.devices.weight_bank import Bank
from photonn.errors import check_integer, check_kind
from photonn.nn.product import Product
from photonn.nn.streams import parameters
from photonn.nn.variables import Imperfection, Phase, PhaseOffset


class WeightBank(Product):
    """Broadcast and weight: every output has a bank of rings, a ring for each input.

    Example:
        >>> layer = WeightBank(Bank(weight_bank.grid(4)), outputs=3, rngs=nnx.Rngs(0))
        >>> layer(jnp.ones(4)).shape
        (3,)

    Attributes:
        bank: the rings and the wavelengths of the inputs.
        phases: detuning of each ring by its heater, `(outputs, rings)` [rad].
        offset: detuning without heat, `(outputs, rings)` [rad].
        crosstalk: phase in ring i over that which heater j gives its own ring, less one on
            the diagonal, `(rings, rings)`, as measured; `photonn.devices.heater.crosstalk`
            has a law. `photonn.hardware.ThermalCrosstalk` warms the phases themselves, by the
            same law; take one of them.
        gain, full_scale, receive: as in `Product`.
    """

    def __init__(
        self,
        bank: Bank,
        outputs: int,
        *,
        gain: float = 1.0,
        receiver: Receiver | None = None,
        rngs: nnx.Rngs,
    ):
        """Draw the first weights.

        Args:
            bank: the rings and the wavelengths of the inputs.
            outputs: number of banks.
            gain: at the start.
            receiver: adds noise to every call, from the stream `noise` of `rngs`.
            rngs: the stream `params` gives the first weights, uniform from -0.5 to 0.5.
        """
        check_kind("bank", bank, Bank, "Pass Bank(weight_bank.grid(channels)).")
        check_integer("outputs", outputs, 1)
        weights = jax.random.uniform(parameters(rngs)(), (outputs, bank.channels), float, -0.5, 0.5)
        super().__init__(gain=gain, receiver=receiver, rngs=rngs)
        self.bank = bank
        self.phases = Phase(jax.jit(weight_bank.program, static_argnums=1)(weights, bank))
        self.offset = PhaseOffset(jnp.zeros((outputs, bank.channels)))
        self.crosstalk = Imperfection(jnp.zeros((bank.channels, bank.channels)))

    def rails(self) -> tuple[Float[Array, "outputs inputs"], ...]:
        """Share of the power of every input that is dropped, and that passes."""
        heat = jnp.einsum("ij,oj->oi", self.crosstalk[...], self.phases[...], precision="highest")
        return weight_bank.transmissions(self.phases[...] + heat + self.offset[...], self.bank)

    def matrix(self) -> Float[Array, "outputs inputs"]:
        """The weights as light sees them, with tails and crosstalk."""
        drop, through = self.rails()
        return drop - through
