"""Phases that a driver can set in steps only."""

from dataclasses import dataclass, field

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx
from jax import Array, lax

from photonn.errors import check_choice, check_integer, check_positive
from photonn.hardware.draws import change_each
from photonn.nn import Phase

CURVES = {"phase": 1, "voltage": 2}  # phase goes with this power of the driven quantity


@jax.tree_util.register_dataclass
@dataclass(frozen=True)
class Quantization:
    """Drivers of `bits` bits: 2^bits levels from 0 to `span`, ends included.

    A phase is set modulo 2 pi, to the nearest level. The gradient passes straight through.
    With the curve `voltage` the levels are even in the voltage of a heater,
    phase = pi (V / V_pi)^2, and so near `span` twice as coarse as even phases.

    Attributes:
        bits: of the driver, 1 or more.
        curve: what the levels are even in, `phase` or `voltage`.
        span: largest phase [rad]; phases above it are set to the nearer end, modulo 2 pi.
    """

    bits: int = field(metadata={"static": True})
    curve: str = field(default="phase", metadata={"static": True})
    span: float = field(default=2 * np.pi, metadata={"static": True})

    def __post_init__(self):
        check_integer("bits", self.bits, 1)
        check_choice("curve", self.curve, CURVES)
        check_positive("span", self.span, "rad")

    def __call__(self, state: nnx.State, key: Array) -> nnx.State:
        """The variables of a chip that is driven so."""
        return change_each(state, Phase, key, lambda phase, _: self.nearest(phase))

    def nearest(self, phase: Array) -> Array:
        """The phase that the driver sets for a wanted one [rad]."""
        levels, turn = 2.0**self.bits - 1, 2 * jnp.pi
        # Between the span and a full turn the nearer end is chosen, on the circle.
        wrapped = jnp.mod(phase, turn)
        wrapped = jnp.where(wrapped > (self.span + turn) / 2, wrapped - turn, wrapped)
        power = CURVES[self.curve]
        drive = (jnp.clip(wrapped, 0, self.span) / self.span) ** (1 / power)
        lower = jnp.clip(jnp.floor(drive * levels), 0, max(levels - 1, 0))
        below, above = (self.span * ((lower + step) / levels) ** power for step in (0, 1))
        clipped = jnp.clip(wrapped, 0, self.span)
        chosen = jnp.where(clipped - below <= above - clipped, below, above)
        return phase + lax.stop_gradient(chosen - phase)
