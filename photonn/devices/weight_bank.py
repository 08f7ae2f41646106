"""Broadcast and weight: add-drop rings along one waveguide, one for each wavelength.

Every wavelength channel carries one input as its power. Each ring drops a share of its
channel, set by its detuning; the drop ports go to one detector, what passes all rings to
another, and the two subtract: weight = drop - through. A ring has tails: it acts a little on
every channel.

References:
    Tait et al., "Neuromorphic photonic networks using silicon photonic weight banks",
    Scientific Reports 7, 7430 (2017).
"""

import math
from dataclasses import dataclass

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jaxtyping import ArrayLike, Float

from photonn.devices import photodetector, ring
from photonn.devices.constants import LIGHT_SPEED
from photonn.errors import (
    check_finite,
    check_fraction,
    check_integer,
    check_last_axis,
    check_positive,
    check_wavelength,
    mistake,
)
from photonn.precision import real_array


@dataclass(frozen=True)
class Bank:
    """Alike rings, each trimmed to resonate with its own channel when it is not driven.

    Example:
        >>> Bank(grid(4)).weights_in_reach()[0] < -0.8
        True

    Attributes:
        wavelengths: of the channels, ascending [m].
        circumference: of every ring [m].
        group_index: of its waveguide.
        t1: amplitude that the coupler to the common waveguide passes straight on.
        t2: the same of the coupler to the drop waveguide.
        a: amplitude that is left after a round trip.
    """

    wavelengths: tuple[float, ...]
    circumference: float = 2 * np.pi * 5e-6
    group_index: float = 4.2
    t1: float = 0.97
    t2: float = 0.97
    a: float = 0.998

    def __post_init__(self):
        if np.ndim(self.wavelengths) != 1:
            must, hint = "be a row of wavelengths [m]", "weight_bank.grid(4) makes one."
            raise mistake("wavelengths", must, f"is {self.wavelengths!r}", hint)
        object.__setattr__(self, "wavelengths", tuple(map(float, self.wavelengths)))
        if not self.wavelengths:
            raise mistake("wavelengths", "name at least one channel", "is empty")
        check_positive("circumference", self.circumference, "m")
        check_positive("group_index", self.group_index, "1")
        for name in ("t1", "t2", "a"):
            check_fraction(name, getattr(self, name), ring.PASSIVE)
        check_wavelength("wavelengths", np.array(self.wavelengths))
        turns = self.detuning()[-1, 0] / (2 * np.pi)
        if not turns < 1 or (np.diff(self.wavelengths) <= 0).any():
            must = "ascend and lie within one free spectral range"
            hint = "Narrow the grid, or take smaller rings."
            raise mistake("wavelengths", must, f"span {turns:.3g} of it", hint)

    @property
    def channels(self) -> int:
        """Number of channels, and of rings."""
        return len(self.wavelengths)

    def detuning(
        self, wavelengths: Float[np.ndarray, " waves"] | None = None
    ) -> Float[np.ndarray, "rings waves"]:
        """Phase of a round trip in each ring, less that at its own channel [rad].

        Args:
            wavelengths: in vacuum [m]; those of the channels by default.
        """
        own = np.array(self.wavelengths)
        waves = own if wavelengths is None else wavelengths
        return 2 * np.pi * self.group_index * self.circumference * (1 / waves - 1 / own[:, None])

    @property
    def farthest(self) -> float:
        """Detuning half way to the next channel: further out a ring drops a neighbour [rad]."""
        if self.channels == 1:
            return np.pi
        return float(-np.diagonal(self.detuning(), 1).max() / 2)

    def weights_in_reach(self) -> tuple[float, float]:
        """Lowest and highest weight of a ring alone."""
        return _weight_alone(self.farthest, self), _weight_alone(0.0, self)


def grid(channels: int, *, center: float = 1550e-9, spacing: float = 200e9) -> tuple[float, ...]:
    """Wavelengths of a WDM grid, ascending and equal in frequency [m].

    Args:
        channels: how many.
        center: wavelength in the middle [m].
        spacing: of the frequencies [Hz].
    """
    check_integer("channels", channels, 1)
    check_wavelength("center", center)
    check_positive("spacing", spacing, "Hz")
    steps = (channels - 1) / 2 - np.arange(channels)
    return tuple((LIGHT_SPEED / (LIGHT_SPEED / center + spacing * steps)).tolist())


def transmissions(
    phases: Float[ArrayLike, "*batch rings"],
    bank: Bank,
    *,
    wavelengths: Float[np.ndarray, " waves"] | None = None,
) -> tuple[Float[Array, "*batch waves"], Float[Array, "*batch waves"]]:
    """Share of the power of every channel that is dropped, and that passes.

        through_j = prod_i T_ij,    drop_j = sum_i D_ij prod_(m<i) T_mj

    with T_ij and D_ij of ring i at channel j. Powers add: light that one ring has dropped
    does not meet the others again.

    Args:
        phases: detuning of each ring by its heater [rad], towards longer wavelengths.
        bank: the rings and the channels.
        wavelengths: in vacuum [m]; those of the channels by default.

    Returns:
        Drop, then through: what the positive and the negative detector see.
    """
    phases = real_array(phases, "phases")
    check_last_axis("phases", phases.shape, bank.channels, "rings", "One ring for each channel.")
    detuning = jnp.asarray(bank.detuning(wavelengths), phases.dtype)
    shape = (*phases.shape, detuning.shape[-1])
    turn = jnp.broadcast_to(phases[..., None], shape) + jnp.broadcast_to(detuning, shape)
    through, drop = ring.add_drop(turn, *_amplitudes(bank))
    rings = [jnp.moveaxis(photodetector.detect(field), -2, 0) for field in (drop, through)]

    def meet(power: Array, ring: list[Array]) -> tuple[Array, Array]:
        drop, through = ring
        return power * through, power * drop

    passed, dropped = jax.lax.scan(meet, jnp.ones_like(rings[0][0]), rings)
    return jnp.sum(dropped, axis=0), passed


def weights(
    phases: Float[ArrayLike, "*batch rings"], bank: Bank
) -> Float[Array, "*batch channels"]:
    """The weight of every channel, drop minus through, between -1 and 1.

    Args:
        phases: detuning of each ring by its heater [rad].
        bank: the rings and the channels.
    """
    drop, through = transmissions(phases, bank)
    return drop - through


def program(
    weights: Float[ArrayLike, "*batch channels"], bank: Bank, *, rounds: int = 10
) -> Float[Array, "*batch rings"]:
    """Phases that give the weights, or the nearest in reach of a ring [rad].

    Each ring is set as if it were alone, by the closed form; then what the others' tails
    change is asked for in addition, `rounds` times. Where tails are as large as the ring's
    own line this need not converge: compare with `photonn.devices.weight_bank.weights`.

    Args:
        weights: wanted, between -1 and 1.
        bank: the rings and the channels.
        rounds: corrections for tails.
    """
    check_finite("weights", weights, "1")
    wanted = real_array(weights, "weights")
    check_last_axis("weights", wanted.shape, bank.channels, "channels")
    check_integer("rounds", rounds, 0)
    reach = bank.weights_in_reach()

    def correct(_: ArrayLike, asked: Array) -> Array:
        return jnp.clip(asked + wanted - _realised(asked, bank), *reach)

    return _phase_alone(jax.lax.fori_loop(0, rounds, correct, jnp.clip(wanted, *reach)), bank)


def _amplitudes(bank: Bank) -> tuple[float, float, float]:
    return bank.t1, bank.t2, bank.a


def _realised(asked: Array, bank: Bank) -> Array:
    return weights(_phase_alone(asked, bank), bank)


def _weight_alone(phase: float, bank: Bank) -> float:
    """(K + 2 r cos) / (1 + r^2 - 2 r cos), from the two powers of `ring.add_drop`."""
    kept, dropped = _constants(bank)
    twice = 2 * kept * math.cos(phase)
    return (dropped + twice) / (1 + kept**2 - twice)


def _phase_alone(weight: Array, bank: Bank) -> Array:
    """The formula above solved for the phase."""
    kept, dropped = _constants(bank)
    cos = (weight * (1 + kept**2) - dropped) / (2 * kept * (1 + weight))
    inside = jnp.abs(cos) < 1
    phase = jnp.arccos(jnp.where(inside, cos, 0))  # its slope at the ends is infinite
    return jnp.where(inside, phase, jnp.where(cos > 0, 0, jnp.pi).astype(phase.dtype))


def _constants(bank: Bank) -> tuple[float, float]:
    t1, t2, a = _amplitudes(bank)
    return t1 * t2 * a, (1 - t1**2) * (1 - t2**2) * a - t1**2 - (t2 * a) ** 2
