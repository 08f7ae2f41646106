"""Light at the phase shifters of a mesh, where power monitors stand, sent either way."""

from dataclasses import dataclass, field
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jaxtyping import Complex, Float

from photonn.devices import phase_shifter
from photonn.devices.cell import Arms, Cell, Splitter
from photonn.errors import mistake
from photonn.meshes import columns
from photonn.meshes.layout import Layout


class Light(NamedTuple):
    """Amplitudes behind the phase shifters, as light that goes forward meets them [sqrt(W)].

    Attributes:
        arms: on both arms of every section of every cell, `(arms, cells, 2, batch)`.
        outputs: behind the phases at the outputs, `(modes, batch)`.
    """

    arms: Array
    outputs: Array


@jax.tree_util.register_dataclass
@dataclass(frozen=True)
class MonitoredMesh:
    """A mesh as it was made, with a monitor behind every phase shifter.

    Attributes:
        layout: the wiring.
        cell: the kind of cell; every drive must be a phase shifter on an arm.
        theta, phi: phases of each cell, `(cells,)` [rad].
        gamma: phase at each output, `(modes,)` [rad].
        split: angle of each splitter, `(splitters, cells)` [rad].
        split_loss_db: loss of each splitter, `(splitters, cells)` [dB].
        arm_loss_db: loss of each arm, `(arms, 2, cells)` [dB].
    """

    layout: Layout = field(metadata={"static": True})
    cell: Cell = field(metadata={"static": True})
    theta: Float[Array, " cells"]
    phi: Float[Array, " cells"]
    gamma: Float[Array, " modes"]
    split: Float[Array, "splitters cells"]
    split_loss_db: Float[Array, "splitters cells"]
    arm_loss_db: Float[Array, "arms 2 cells"]

    def forward(self, field: Complex[Array, "modes batch"]) -> Light:
        """Light everywhere for amplitudes at the inputs [sqrt(W)]."""
        planes = columns.trace(field, self._part(0, len(self.cell.stages)), self.layout)
        before = planes[self.layout.column[:, None], self.layout.pairs]
        arms = [self._part(0, stage + 1) @ before for stage in self._sections()]
        return Light(_stack(arms, before), self._output() * planes[-1])

    def backward(self, field: Complex[Array, "modes batch"]) -> tuple[Light, Array]:
        """Light everywhere, and at the inputs, for amplitudes sent into the outputs [sqrt(W)].

        The chip is reciprocal: every part passes light back by its transposed matrix.
        """
        cells = self._part(0, len(self.cell.stages)).swapaxes(-1, -2)
        columns_back = np.split(np.arange(self.layout.size), self.layout.starts[1:-1])[::-1]
        order = np.concatenate(columns_back)
        planes = columns.trace(self._output() * field, cells[order], self.layout.mirrored())
        column = self.layout.depth - 1 - self.layout.column
        behind = planes[column[:, None], self.layout.pairs]
        stages = len(self.cell.stages)
        arms = [self._part(k + 1, stages).swapaxes(-1, -2) @ behind for k in self._sections()]
        return Light(_stack(arms, behind), field), planes[-1]

    def phase_sums(self, light: Light) -> tuple[Float[Array, " n"], ...]:
        """Numbers at the shifters, real and summed over the batch, for theta, phi and gamma.

        A phase that stands on several arms, in shares, gets the sum over them in shares.

        Args:
            light: real numbers in place of amplitudes, one for each shifter and sample.
        """
        arms = jnp.sum(light.arms, axis=-1)
        sections: list[Arms] = [s for s in self.cell.stages if isinstance(s, Arms)]
        shares = [
            jnp.asarray([getattr(s, name) for s in sections], arms.dtype).reshape(-1, 2)
            for name in ("theta", "phi")
        ]
        theta, phi = (jnp.einsum("kp,kcp->c", share, arms) for share in shares)
        return theta, phi, jnp.sum(light.outputs, axis=-1)

    def _output(self) -> Array:
        return phase_shifter.transmission(self.gamma)[:, None]

    def _sections(self) -> list[int]:
        if any(isinstance(stage, Splitter) and stage.share for stage in self.cell.stages):
            hint = "A tunable coupler has no arm to measure on."
            raise mistake("cell", "have phase shifters on arms only", f"is {self.cell.name}", hint)
        return [k for k, stage in enumerate(self.cell.stages) if isinstance(stage, Arms)]

    def _part(self, start: int, stop: int) -> Complex[Array, "cells 2 2"]:
        """Matrix of some stages of every cell: itself a kind of cell."""
        stages = self.cell.stages
        part = Cell(self.cell.name, stages[start:stop])
        before = Cell(self.cell.name, stages[:start])
        splitters = slice(before.splitters, before.splitters + part.splitters)
        arms = slice(before.arms, before.arms + part.arms)
        return part.transfer_matrix(
            self.theta,
            self.phi,
            split=self.split[splitters],
            split_loss_db=self.split_loss_db[splitters],
            arm_loss_db=self.arm_loss_db[arms],
        )


def _stack(arms: list[Array], like: Array) -> Array:
    return jnp.stack(arms) if arms else jnp.zeros((0, *like.shape), like.dtype)
