"""A crossbar of phase-change cells: powers on rows, products on columns.

Row j carries input j. A ladder of couplers gives every column the same share of it, the cell
at the crossing passes `transmission` of that share, and the column gathers:

    I_i = 1 / (m n) sum_j t_ij P_j

for m columns (outputs and the reference) and n rows. Signs come from the reference column,
whose cells are half way: its detector is subtracted from all others.

References:
    Feldmann et al., "Parallel convolutional processing using an integrated photonic tensor
    core", Nature 589, 52 (2021).
"""

from dataclasses import dataclass

import jax
import jax.numpy as jnp
from jax import Array
from jaxtyping import ArrayLike, Float

from photonn.devices import converter, ladder
from photonn.errors import (
    check_fraction,
    check_integer,
    check_not_negative,
    check_positive,
    mistake,
)
from photonn.precision import real_array


@dataclass(frozen=True)
class Material:
    """What a phase-change cell can be set to.

    Attributes:
        low: transmission of power, all crystalline.
        high: transmission of power, all amorphous.
        levels: states in equal steps that can be told apart, ends included; `None` is any.
        sigma: standard deviation of a written transmission over `high - low`.
        drift: exponent nu of the ageing (time / time0)^(-nu).
    """

    low: float = 0.1
    high: float = 0.9
    levels: int | None = 32
    sigma: float = 0.0
    drift: float = 0.0

    def __post_init__(self):
        check_fraction("low", self.low, "A cell is passive.")
        check_fraction("high", self.high, "A cell is passive.")
        if not self.low < self.high:
            raise mistake("high", f"be above low={self.low}", f"is {self.high}")
        if self.levels is not None:
            check_integer("levels", self.levels, 2, "One level holds no number.")
        check_not_negative("sigma", self.sigma, "1")
        check_not_negative("drift", self.drift, "1")

    @property
    def reference(self) -> float:
        """Transmission of the reference cells: half way."""
        return (self.low + self.high) / 2


def program(weights: Float[ArrayLike, "*shape"], material: Material) -> Float[Array, "*shape"]:
    """Transmissions for weights of -1 to 1, the nearest level of each.

    The slope is that of the line before it was rounded (straight-through), and zero where a
    weight lies outside of -1 to 1.

    Args:
        weights: -1 is the lowest transmission, 1 the highest.
        material: of the cells.
    """
    half = (material.high - material.low) / 2
    transmission = material.reference + half * real_array(weights, "weights")
    low, high = material.low, material.high
    if material.levels is None:
        return jnp.clip(transmission, low, high)
    return converter.quantize(transmission, material.levels, low=low, high=high)


def write(
    transmission: Float[ArrayLike, "*shape"], material: Material, *, key: Array
) -> Float[Array, "*shape"]:
    """Transmissions as they are after writing, with noise; no further than the ends.

    Args:
        transmission: asked for, as `program` gives it.
        material: of the cells.
        key: of the draw.
    """
    transmission = real_array(transmission, "transmission")
    noise = jax.random.normal(key, transmission.shape, transmission.dtype)
    deviation = material.sigma * (material.high - material.low)
    return jnp.clip(transmission + deviation * noise, material.low, material.high)


def age(
    transmission: Float[ArrayLike, "*shape"],
    time: Float[ArrayLike, ""],
    material: Material,
    *,
    time0: float = 1.0,
) -> Float[Array, "*shape"]:
    """Transmissions some time after writing: t (time / time0)^(-nu).

    Args:
        transmission: at `time0`.
        time: since writing, not before `time0` [s].
        material: of the cells; its `drift` is nu.
        time0: when the cells were read first [s].
    """
    check_positive("time0", time0, "s")
    if isinstance(time, (int, float)) and not time >= time0:
        raise mistake("time", f"be time0={time0} s or later", f"is {time}")
    transmission = real_array(transmission, "transmission")
    age = jnp.asarray(time, transmission.dtype) / time0
    return transmission * age ** (-material.drift)


def transmissions(
    cells: Float[ArrayLike, "*batch columns rows"],
    *,
    splitting: Float[ArrayLike, " columns"] | None = None,
    gathering: Float[ArrayLike, " rows"] | None = None,
) -> Float[Array, "*batch columns rows"]:
    """Share of the power of every row that comes out of every column.

    Args:
        cells: transmission of each cell, 0 to 1.
        splitting: share of power that each coupler of a row takes; by default equal taps.
        gathering: share of power that each coupler of a column feeds in; by default equal.
    """
    check_fraction("cells", cells, "A cell is passive.")
    cells = real_array(cells, "cells")
    columns, rows = cells.shape[-2:]
    splitting = ladder.equal_couplers(columns) if splitting is None else splitting
    gathering = ladder.equal_couplers(rows) if gathering is None else gathering
    to_columns, from_rows = (ladder.shares(k).astype(cells.dtype) for k in (splitting, gathering))
    return cells * jnp.broadcast_to(jnp.outer(to_columns, from_rows), cells.shape)


def rails(
    cells: Float[ArrayLike, "*batch outputs inputs"], reference: Float[ArrayLike, "*batch2 inputs"]
) -> tuple[Float[Array, "*batch outputs inputs"], Float[Array, "*batch outputs inputs"]]:
    """Transmission to the detector of each output, and to that of the reference column.

    Args:
        cells: transmission of the cells of all outputs.
        reference: of the cells of the reference column, the last one.
    """
    cells = real_array(cells, "cells")
    reference = jnp.broadcast_to(
        jnp.asarray(reference, cells.dtype)[..., None, :], (*cells.shape[:-2], 1, cells.shape[-1])
    )
    light = transmissions(jnp.concatenate([cells, reference], axis=-2))
    return light[..., :-1, :], jnp.broadcast_to(light[..., -1:, :], cells.shape)


def weights(
    cells: Float[ArrayLike, "*batch outputs inputs"], reference: Float[ArrayLike, "*batch2 inputs"]
) -> Float[Array, "*batch outputs inputs"]:
    """The signed matrix that light sees: what the detectors of `rails` subtract.

    Args:
        cells: transmission of the cells of all outputs.
        reference: of the cells of the reference column.
    """
    positive, negative = rails(cells, reference)
    return positive - negative


def full_scale(outputs: int, inputs: int, material: Material) -> float:
    """What light sees of a weight 1: (high - low) / 2 / (columns rows)."""
    return (material.high - material.low) / 2 / ((outputs + 1) * inputs)
