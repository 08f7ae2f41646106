"""A waveguide: what it loses, and how its phase depends on the wavelength."""

from dataclasses import dataclass

import jax.numpy as jnp
from jax import Array
from jaxtyping import ArrayLike, Float

from photonn.errors import check_between, check_finite, check_loss, check_positive
from photonn.precision import real_array


@dataclass(frozen=True)
class Dispersion:
    """How a chip depends on the wavelength, to first order around its design wavelength.

    Attributes:
        wavelength0: design wavelength in vacuum [m].
        index: effective index of the waveguides at `wavelength0`.
        group_index: their group index there.
        split_slope: change of a splitter's angle with the wavelength [rad/m].
    """

    wavelength0: float
    index: float
    group_index: float
    split_slope: float = 0.0

    def __post_init__(self):
        check_positive("wavelength0", self.wavelength0, "m", "For 1550 nm: 1550e-9.")
        # No chip guides waves of a centimetre: these are micrometres or nanometres.
        check_between("wavelength0", self.wavelength0, 0, 0.01, "m", "For 1550 nm: 1550e-9.")
        check_positive("index", self.index, "1")
        check_positive("group_index", self.group_index, "1")
        check_finite("split_slope", self.split_slope, "rad/m")


def effective_index(
    wavelength: Float[ArrayLike, "*batch"], dispersion: Dispersion
) -> Float[Array, "*batch"]:
    """Effective index, linear in the wavelength: index - (group_index - index) detuning.

    Args:
        wavelength: in vacuum [m].
        dispersion: of the waveguide; the detuning is `wavelength / wavelength0 - 1`.
    """
    excess = dispersion.group_index - dispersion.index
    return dispersion.index - excess * _detuning(wavelength, dispersion)


def phase_at(
    phase: Float[ArrayLike, "..."], wavelength: Float[ArrayLike, "..."], dispersion: Dispersion
) -> Float[Array, "*batch"]:
    """A phase that was set at the design wavelength, as light of another one sees it.

    The phase is taken as that of a piece of waveguide: it goes with effective index over
    wavelength.

    Args:
        phase: at the design wavelength [rad].
        wavelength: in vacuum [m]; broadcasts with `phase`.
        dispersion: of the waveguide.
    """
    phase = real_array(phase)
    index = effective_index(wavelength, dispersion)
    ratio = index / dispersion.index / (1 + _detuning(wavelength, dispersion))
    phase, ratio = jnp.broadcast_arrays(phase, ratio.astype(phase.dtype))
    return phase * ratio


def split_at(
    split: Float[ArrayLike, "..."], wavelength: Float[ArrayLike, "..."], dispersion: Dispersion
) -> Float[Array, "*batch"]:
    """The angle of a splitter at another wavelength: linear, with slope `split_slope`.

    Args:
        split: angle at the design wavelength [rad].
        wavelength: in vacuum [m]; broadcasts with `split`.
        dispersion: of the splitter.
    """
    split = real_array(split)
    shift = dispersion.split_slope * dispersion.wavelength0 * _detuning(wavelength, dispersion)
    split, shift = jnp.broadcast_arrays(split, shift.astype(split.dtype))
    return split + shift


def attenuate(loss_db: Float[ArrayLike, "*batch"]) -> Float[Array, "*batch"]:
    """Factor on the amplitude of a loss of power: 10^(-loss / 20).

    Args:
        loss_db: loss on power [dB]; for a length, loss per metre [dB/m] times length [m].

    Raises:
        InputError: if a loss that is known is negative or not finite.
    """
    check_loss("loss_db", loss_db)
    loss_db = real_array(loss_db, "loss_db")
    return jnp.exp(loss_db * (-jnp.log(10.0) / 20).astype(loss_db.dtype))


def _detuning(wavelength: ArrayLike, dispersion: Dispersion) -> Array:
    # Far from it a straight line says nothing; a factor of two is far, a unit is further.
    middle, light = dispersion.wavelength0, real_array(wavelength, "wavelength")
    check_between("wavelength", light / middle, 0.5, 2, "wavelength0", "Both are in metres.")
    # The difference first: it is exact where the quotient would be rounded.
    return (light - middle) / middle
