"""Phases that move after they were set."""

from dataclasses import dataclass

import jax
import jax.numpy as jnp
from flax import nnx
from jax import Array
from jaxtyping import ArrayLike

from photonn.errors import check_finite, check_not_negative, number
from photonn.hardware.draws import add_gaussian, change_each
from photonn.nn import Phase


@jax.tree_util.register_dataclass
@dataclass(frozen=True)
class PhaseDrift:
    """A random walk of every phase, for a time: variance = diffusion time.

    Attributes:
        diffusion: growth of the variance [rad^2/s].
        time: since the phases were set [s].
    """

    diffusion: ArrayLike
    time: ArrayLike

    def __post_init__(self):
        check_not_negative("diffusion", number(self.diffusion), "rad^2/s")
        check_not_negative("time", number(self.time), "s")

    def __call__(self, state: nnx.State, key: Array) -> nnx.State:
        """The variables of a chip that has drifted."""
        variance = jnp.asarray(self.diffusion, float) * self.time
        # Inner where: the derivative of the root at zero is not finite.
        moved = variance > 0
        sigma = jnp.where(moved, jnp.sqrt(jnp.where(moved, variance, 1.0)), 0.0)
        return add_gaussian(state, Phase, sigma, key)


@jax.tree_util.register_dataclass
@dataclass(frozen=True)
class TemperatureShift:
    """The chip at another temperature: every phase grows by the same share.

    Both arms of an interferometer warm alike, so what remains is the change of the phase
    that was set, taken as that of a heated piece of waveguide.

    Attributes:
        kelvin: difference to the temperature at which the phases were set [K].
        coefficient: relative change of a phase [1/K]; for silicon near 1550 nm it is
            (dn/dT) / n, about 1.86e-4 / 2.4.
    """

    kelvin: ArrayLike
    coefficient: ArrayLike = 1.86e-4 / 2.4

    def __post_init__(self):
        check_finite("kelvin", number(self.kelvin), "K")
        check_finite("coefficient", number(self.coefficient), "1/K")

    def __call__(self, state: nnx.State, key: Array) -> nnx.State:
        """The variables of a chip at this temperature."""
        factor = 1 + jnp.asarray(self.kelvin, float) * self.coefficient
        return change_each(state, Phase, key, lambda phase, _: phase * factor.astype(phase.dtype))
