"""The kinds of cell that a mesh is made of, as data: what light meets, in order.

    MZI             phi on the upper input, splitter, theta on the upper arm, splitter
    DIFFERENTIAL    the same with theta/2 on the upper and -theta/2 on the lower arm
    SYMMETRIC       splitter, theta on the upper and phi on the lower arm, splitter
    OUTPUT_PHASE    splitter, theta on the upper arm, splitter, phi on the upper output
    THREE_SPLITTER  MZI behind a third splitter: errors leave no state out of reach
    CROSSING        MZI, then the two waveguides cross
    COUPLER         phi on the upper input, then one tunable coupler of angle theta/2

References:
    Hamerly, Bandyopadhyay, Englund, "Asymptotically fault-tolerant programmable
    photonics", Nature Communications 13, 6831 (2022).
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array, lax
from jaxtyping import ArrayLike, Complex, Float

from photonn.devices import coupler, phase_shifter, waveguide
from photonn.errors import check_loss, check_real, mistake
from photonn.precision import common_shape, complex_array, real_array


@dataclass(frozen=True)
class Arms:
    """Two waveguides side by side, with phase shifters.

    Attributes:
        theta: share of theta on the upper and on the lower arm.
        phi: share of phi on the upper and on the lower arm.
    """

    theta: tuple[float, float] = (0.0, 0.0)
    phi: tuple[float, float] = (0.0, 0.0)


@dataclass(frozen=True)
class Splitter:
    """A splitter of angle `split + share theta`.

    Attributes:
        ideal: the angle `split` of a perfect one [rad].
        share: 0 for a fixed splitter.
    """

    ideal: float = math.pi / 4
    share: float = 0.0


@dataclass(frozen=True)
class Crossing:
    """The two waveguides change places, without loss and without a phase."""


# Entries of a 2 x 2 matrix: arrays, 1, or `None` for zero.
Entry = Array | int | None
Matrix = list[list[Entry]]
Drives = tuple[Array, Array]


@dataclass(frozen=True)
class Cell:
    """A kind of cell.

    Example:
        >>> MZI.transfer_matrix(0.0, 0.0).shape
        (2, 2)

    Attributes:
        name: what to call it.
        stages: what light meets, in order.
    """

    name: str
    stages: tuple[Arms | Splitter | Crossing, ...]

    @property
    def splitters(self) -> int:
        """Number of splitters."""
        return len(self.ideal_split)

    @property
    def arms(self) -> int:
        """Number of sections with two arms."""
        return sum(isinstance(stage, Arms) for stage in self.stages)

    @property
    def phase_shifters(self) -> int:
        """Number of drives: phase shifters (one an arm), and tunable couplers."""
        arms = [stage for stage in self.stages if isinstance(stage, Arms)]
        tuned = [stage for stage in self.stages if isinstance(stage, Splitter) and stage.share]
        return len(tuned) + sum(any(arm) for s in arms for arm in zip(s.theta, s.phi, strict=True))

    @property
    def ideal_split(self) -> tuple[float, ...]:
        """Angle of each splitter as designed, without drive: pi/4, or 0 if it is tunable [rad]."""
        return tuple(stage.ideal for stage in self.stages if isinstance(stage, Splitter))

    def transfer_matrix(
        self,
        theta: Float[ArrayLike, "..."],
        phi: Float[ArrayLike, "..."],
        *,
        split: Float[ArrayLike, "..."] | None = None,
        split_loss_db: Float[ArrayLike, "..."] | None = None,
        arm_loss_db: Float[ArrayLike, "..."] | None = None,
    ) -> Complex[Array, "*batch 2 2"]:
        """Transfer matrix of the cell, `out = T @ in`, upper port first.

        All arguments broadcast to `*batch`, behind the axes that are named. Loss is on
        power and counts positive; `None` is ideal and costs nothing.

        Args:
            theta: first phase [rad].
            phi: second phase [rad].
            split: angle of each splitter without drive, `(splitters, ...)` [rad]; as
                designed it is `ideal_split`.
            split_loss_db: loss of each splitter on both its outputs,
                `(splitters, ...)` or one number for all [dB].
            arm_loss_db: loss of both arms of each section, `(arms, 2, ...)` or one number
                for all [dB].

        Raises:
            InputError: if a phase is complex, a loss is negative, or shapes do not fit.
        """
        check_real("theta", theta, "rad")
        check_real("phi", phi, "rad")
        first, second = real_array(theta), real_array(phi)
        dtype = jnp.result_type(first, second)
        split = np.asarray(self.ideal_split) if split is None else split
        numbers = {
            "split": _numbers("split", split, (self.splitters,), dtype),
            "split_loss_db": _losses("split_loss_db", split_loss_db, (self.splitters,), dtype),
            "arm_loss_db": _losses("arm_loss_db", arm_loss_db, (self.arms, 2), dtype),
        }
        named = {"split": 1, "split_loss_db": 1, "arm_loss_db": 2}
        shapes = {n: x.shape[named[n] :] for n, x in numbers.items() if x is not None and x.size}
        common_shape(theta=first.shape, phi=second.shape, **shapes)
        drives = first.astype(dtype), second.astype(dtype)
        return _transfer_matrix(self.stages, drives, *numbers.values())


# Compiled as one: the many small steps would be compiled one by one, in ten times the time.
@partial(jax.jit, static_argnums=0)
def _transfer_matrix(
    stages: tuple[Arms | Splitter | Crossing, ...],
    drives: Drives,
    split: Array,
    split_loss: Array | None,
    arm_loss: Array | None,
) -> Array:
    splitters = sum(isinstance(stage, Splitter) for stage in stages)
    arms = sum(isinstance(stage, Arms) for stage in stages)
    split_losses = [None] * splitters if split_loss is None else list(split_loss)
    arm_losses = [[None] * 2] * arms if arm_loss is None else [list(arm) for arm in arm_loss]
    drives, *numbers = _align((drives, list(split), split_losses, arm_losses))
    kind = np.promote_types(drives[0].dtype, np.complex64)
    rows = _multiply(stages, drives, *map(iter, numbers))
    entries = [jnp.asarray(0 if x is None else x, kind) for row in rows for x in row]
    *entries, _ = jnp.broadcast_arrays(*entries, drives[0] + drives[1])
    return jnp.stack([jnp.stack(entries[:2], -1), jnp.stack(entries[2:], -1)], -2)


_PHI, _THETA = Arms(phi=(1.0, 0.0)), Arms(theta=(1.0, 0.0))
_FIFTY = Splitter()

MZI = Cell("mzi", (_PHI, _FIFTY, _THETA, _FIFTY))
DIFFERENTIAL = Cell("differential", (_PHI, _FIFTY, Arms(theta=(0.5, -0.5)), _FIFTY))
SYMMETRIC = Cell("symmetric", (_FIFTY, Arms(theta=(1.0, 0.0), phi=(0.0, 1.0)), _FIFTY))
OUTPUT_PHASE = Cell("output phase", (_FIFTY, _THETA, _FIFTY, _PHI))
THREE_SPLITTER = Cell("three splitter", (_FIFTY, _PHI, _FIFTY, _THETA, _FIFTY))
CROSSING = Cell("crossing", (*MZI.stages, Crossing()))
COUPLER = Cell("coupler", (_PHI, Splitter(ideal=0.0, share=0.5)))
KINDS = (MZI, DIFFERENTIAL, SYMMETRIC, OUTPUT_PHASE, THREE_SPLITTER, CROSSING, COUPLER)


def _multiply(
    stages: tuple[Arms | Splitter | Crossing, ...],
    drives: Drives,
    splits: Iterator[Array],
    split_losses: Iterator[Array | None],
    arm_losses: Iterator[list[Array | None]],
) -> Matrix:
    """The matrix by its entries: products of arrays, which XLA fuses, and no small matrices."""
    total: Matrix = [[1, None], [None, 1]]
    now: Matrix
    while stages:
        match stages:
            case (Splitter() as first, Arms() as arms, Splitter() as last, *_):
                pair = [_angle(first, next(splits), drives), _angle(last, next(splits), drives)]
                losses = [next(split_losses), next(split_losses)]
                now = _interferometer(pair, _arms(arms, drives, next(arm_losses)), losses)
                stages = stages[3:]
            case (Splitter() as splitter, *_):
                angle = _angle(splitter, next(splits), drives)
                cos, sin = coupler.through_and_cross(angle, next(split_losses))
                cos, sin = complex_array(cos), _times_i(complex_array(sin))
                now, stages = [[cos, sin], [sin, cos]], stages[1:]
            case (Arms() as arms, *_):
                upper, lower = _arms(arms, drives, next(arm_losses))
                now, stages = [[upper, None], [None, lower]], stages[1:]
            case _:
                now, stages = [[None, 1], [1, None]], stages[1:]
        total = _dot(now, total)
    return total


def _interferometer(angles: list[Array], arms: list[Entry], losses: list[Array | None]) -> Matrix:
    """Splitter, arms, splitter; by sums and differences of the angles and of the arms.

    Cosine and sine of pi/4 are too small in float32: products of them would lose 9e-8 of the
    power in every cell, always to the same side. Those of pi/2 and 0 are exact.
    """
    (cos_sum, sin_sum), (cos_off, sin_off) = (
        map(complex_array, phase_shifter.cos_sin(angle))
        for angle in (angles[0] + angles[1], angles[0] - angles[1])
    )
    mean, half = _add(arms[0], arms[1]) / 2, _add(arms[0], _negative(arms[1])) / 2
    for loss in losses:
        if loss is not None:
            kept = complex_array(waveguide.attenuate(loss))
            mean, half = mean * kept, half * kept
    bar, cross = mean * cos_sum, mean * sin_sum
    skew, twist = half * cos_off, half * sin_off
    return [[bar + skew, _times_i(cross + twist)], [_times_i(cross - twist), bar - skew]]


def _arms(stage: Arms, drives: Drives, losses: list[Array | None]) -> list[Entry]:
    """The factor of each arm: its phase shifter, its loss."""
    factors: list[Entry] = []
    for shares, loss_db in zip(zip(stage.theta, stage.phi, strict=True), losses, strict=True):
        phase = _drive(shares, drives)
        factor: Entry = 1 if phase is None else phase_shifter.transmission(phase)
        if loss_db is not None:
            factor = factor * complex_array(waveguide.attenuate(loss_db))
        factors.append(factor)
    return factors


def _angle(stage: Splitter, split: Array, drives: Drives) -> Array:
    return split + stage.share * drives[0] if stage.share else split


def _drive(shares: tuple[float, float], drives: Drives) -> Array | None:
    """The phase on one arm; `None` without a phase shifter."""
    phases = [
        x if share == 1 else share * x for share, x in zip(shares, drives, strict=True) if share
    ]
    return sum(phases[1:], phases[0]) if phases else None


def _dot(first: Matrix, second: Matrix) -> Matrix:
    return [
        [
            _add(_times(row[0], second[0][column]), _times(row[1], second[1][column]))
            for column in (0, 1)
        ]
        for row in first
    ]


def _add(a: Entry, b: Entry) -> Any:
    if a is None or b is None:
        return b if a is None else a
    return a + b


def _times(a: Entry, b: Entry) -> Entry:
    return None if a is None or b is None else a * b


def _negative(a: Entry) -> Entry:
    return None if a is None else -a


def _times_i(z: Array) -> Array:
    return lax.complex(-z.imag, z.real)


def _numbers(name: str, values: ArrayLike, axes: tuple[int, ...], dtype: jnp.dtype) -> Any:
    """The values, with the named axes first."""
    check_real(name, values, "rad" if name == "split" else "dB")
    values = jnp.asarray(values, dtype)
    if values.ndim == 0:
        values = jnp.broadcast_to(values, axes)
    if values.shape[: len(axes)] != axes:
        must = f"have first axes {axes} or be one number"
        raise mistake(name, must, f"has shape {values.shape}", "The cell has so many.")
    return values


def _losses(name: str, values: ArrayLike | None, axes: tuple[int, ...], dtype: jnp.dtype) -> Any:
    if values is None:
        return None
    check_loss(name, values)
    return _numbers(name, values, axes, dtype)


def _align(numbers: Any) -> Any:
    """Axes of length 1 in front, so that all but scalars have one rank."""
    rank = max(x.ndim for x in jax.tree.leaves(numbers))
    return jax.tree.map(
        lambda x: x.reshape((1,) * (rank - x.ndim) + x.shape) if x.ndim else x, numbers
    )
