"""Heat that reaches more than its own phase shifter."""

from dataclasses import dataclass, field

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx
from jax import Array
from jaxtyping import ArrayLike

from photonn.devices import heater
from photonn.errors import check_not_negative, check_positive, number
from photonn.hardware.chip_plan import ChipPlan, change_in_place
from photonn.nn import Phase


@jax.tree_util.register_dataclass
@dataclass(frozen=True)
class ThermalCrosstalk:
    """Every heater warms its neighbours: phase_i += sum_j X(d_ij) drive_j.

    X falls exponentially with the distance, neighbour exp(-(d - mode) / length), the
    law of `photonn.devices.heater.share`, and a
    heater can only heat: its drive is its phase modulo 2 pi. Meshes of a model lie apart
    and do not warm each other. It is the same on every chip.

    Attributes:
        neighbour: share that a heater at the distance of one mode gets, 0 to 1.
        length: of the decay [m].
        plan: where the heaters lie.
    """

    neighbour: ArrayLike
    length: float = field(default=100e-6, metadata={"static": True})
    plan: ChipPlan = field(default=ChipPlan(), metadata={"static": True})

    def __post_init__(self):
        check_not_negative("neighbour", number(self.neighbour), "1")
        check_positive("length", self.length, "m")

    def __call__(self, state: nnx.State, key: Array) -> nnx.State:
        """The variables of a chip with this crosstalk."""
        return change_in_place(state, Phase, self._warm)

    def _warm(self, module: tuple, phases: list[Array], places: list[np.ndarray]) -> list[Array]:
        """Sum on the grid of places by two fast Fourier transforms: N^2 log N, not N^4."""
        size = np.max([place.reshape(-1, 2).max(axis=0) for place in places], axis=0) + 1
        drive = jnp.zeros(tuple(size), phases[0].dtype)
        for phase, place in zip(phases, places, strict=True):
            drive = drive.at[place[..., 0], place[..., 1]].add(jnp.mod(phase, 2 * jnp.pi))
        kernel = jnp.asarray(self._kernel(size), drive.dtype) * self.neighbour
        padded = tuple(2 * size)  # room for the kernel: nothing comes round the edge
        spectrum = jnp.fft.rfft2(drive, padded) * jnp.fft.rfft2(kernel)
        added = jnp.fft.irfft2(spectrum, padded)
        return [
            phase + added[place[..., 0], place[..., 1]].astype(phase.dtype)
            for phase, place in zip(phases, places, strict=True)
        ]

    def _kernel(self, size: np.ndarray) -> Array:
        """Share of the heat over the distance, corner first, zero for the heater itself."""
        steps = (np.fft.fftfreq(2 * n, 1 / (2 * n)) for n in size)
        along, across = (step * pitch for step, pitch in zip(steps, self.plan.step, strict=True))
        distance = np.hypot(along[:, None], across)
        kernel = heater.share(distance - self.plan.mode, self.length)
        return kernel.at[0, 0].set(0)
