"""A fibre between encoder and detector: pulses shaped, sent and read."""

import jax.numpy as jnp
from flax import nnx
from jax import Array
from jaxtyping import ArrayLike, Complex, Num

from photonn.devices import fibre
from photonn.devices.fibre import Fibre as Glass  # the class below has its name
from photonn.errors import check_integer, check_kind, check_not_negative, check_positive
from photonn.nn.variables import Gain
from photonn.precision import complex_array, scale


class Fibre(nnx.Module):
    """A fibre behind an amplifier: the activation of a pulse; see `photonn.devices.fibre`.

    Attributes:
        fibre: its numbers, not trainable.
        length: [m].
        interval: between samples [s].
        steps: along the fibre.
        drive: factor of the amplifier on the amplitude, trainable.
    """

    def __init__(
        self,
        fibre: fibre.Fibre,
        *,
        length: float,
        interval: float,
        steps: int,
        drive: float = 1.0,
    ):
        check_integer("steps", steps, 1, "`photonn.devices.fibre.count_steps` says how many.")
        check_kind("fibre", fibre, Glass, "Pass photonn.devices.fibre.SMF28.")
        check_not_negative("length", length, "m")
        check_positive("interval", interval, "s")
        self.fibre = nnx.static(fibre)
        self.length, self.interval, self.steps = length, interval, steps
        self.drive = Gain(jnp.asarray(drive, float))

    def __call__(self, field: Num[ArrayLike, "*batch time"]) -> Complex[Array, "*batch time"]:
        """Envelopes at the end of the fibre for envelopes in [sqrt(W)], last axis time."""
        field = complex_array(field)
        drive = jnp.broadcast_to(self.drive[...].astype(field.real.dtype), field.shape)
        return fibre.propagate(
            scale(field, drive),
            self.fibre,
            length=self.length,
            interval=self.interval,
            steps=self.steps,
        )
