"""How the error of a mesh grows with its size: the laws, and chips to hold against them.

Errors are those of `metrics.matrix_error`, root mean squares over chips. Targets are
Haar-random, and every splitter is off by an independent angle of deviation sigma. Of the
cells of a rectangle or a triangle, N - k have the order k of `meshes.haar`.

References:
    Bandyopadhyay, Hamerly, Englund, "Hardware error correction for programmable
    photonics", Optica 8, 1247 (2021).
    Hamerly, Bandyopadhyay, Englund, "Asymptotically fault-tolerant programmable
    photonics", Nature Communications 13, 6831 (2022).
"""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import NamedTuple

import jax.numpy as jnp
import numpy as np
from flax import nnx
from jax import Array
from jaxtyping import ArrayLike, Float

from photonn.devices.cell import MZI, Cell
from photonn.hardware.configuration import configure
from photonn.hardware.correction import correct
from photonn.hardware.metrics import matrix_error, transfer_matrix
from photonn.hardware.sensitivity import tolerance_curve
from photonn.hardware.splitter_error import SplitterError
from photonn.hardware.statistics import Estimate, check_share
from photonn.meshes import Layout, conventions, haar
from photonn.nn import MZIMesh


def uncorrected(modes: ArrayLike, sigma: ArrayLike, splitters: int = 2) -> ArrayLike:
    """Error of a chip as made: sqrt(splitters (N - 1)) sigma; sqrt(2 N) sigma for large N.

    Every splitter of the N (N - 1) / 2 cells adds 2 sigma^2 / N to its square. For small
    errors: no matrix is further off than 2.

    Args:
        modes: N.
        sigma: deviation of the angle of a splitter [rad].
        splitters: in a cell.
    """
    return np.sqrt(splitters * (np.asarray(modes, float) - 1)) * sigma


def corrected(modes: ArrayLike, sigma: ArrayLike) -> ArrayLike:
    """Error of interferometers corrected cell by cell; sqrt(2 / 3) N sigma^2 for large N.

    What is left comes from cells that are asked for an amplitude r within |a + b| of the cross
    state, or within |a - b| of the bar state. Near the cross state the density of r is 2 k r,
    near the bar state it is 2 r for k = 1 and vanishes else. A cell that misses by d adds
    2 d^2 / N to the square of the error, and the mean of (a + b)^4 is 12 sigma^4. For small
    errors.

    Args:
        modes: N.
        sigma: deviation of the angle of a splitter [rad].
    """
    modes = np.asarray(modes, float)
    cross, bar = (modes**2 - 1) / 6, (modes - 1) / modes
    return 2 * np.sqrt(cross + bar) * np.asarray(sigma, float) ** 2


def corrected_three_splitter(modes: ArrayLike, sigma: ArrayLike) -> ArrayLike:
    """Error of three-splitter cells corrected cell by cell; sqrt(32) sigma^2 for large N.

    The splitter in front turns both states that are out of reach to half splitting, where
    the density is that at the cross state of a cell with k = 1, times k / 2^(k - 1): large k
    hardly ask for them, and the error does not grow. For small errors.

    Args:
        modes: N.
        sigma: deviation of the angle of a splitter [rad].
    """
    modes = np.asarray(modes, float)
    k = np.arange(1, 64)  # 2^-63 is nothing
    cells = np.clip(modes[..., None] - k, 0, None)
    asked = (cells * k / 2.0 ** (k - 1)).sum(-1) / modes
    return 2 * np.sqrt(2 * asked) * np.asarray(sigma, float) ** 2


def covered(modes: ArrayLike, sigma: ArrayLike) -> ArrayLike:
    """Share of unitaries that corrected interferometers reach exactly: exp(-N^3 sigma^2 / 3).

    For many modes; of a single chip, averaged over chips.

    Args:
        modes: N.
        sigma: deviation of the angle of a splitter [rad].
    """
    return np.exp(-(np.asarray(modes, float) ** 3) * np.asarray(sigma, float) ** 2 / 3)


class MatrixErrors(NamedTuple):
    """Errors of many chips, `(sizes, chips)`.

    Attributes:
        made: with the phases of the design.
        corrected: with phases set anew for the splitters that each chip has.
        configured: with phases found by nulling; `None` if that was not asked for.
    """

    made: Array
    corrected: Array
    configured: Array | None = None

    @property
    def rms(self) -> tuple[np.ndarray, ...]:
        """Root mean squares over chips: what the laws are about."""
        found = (np.asarray(errors) for errors in self if errors is not None)
        return tuple(np.sqrt(np.mean(np.square(errors), axis=-1)) for errors in found)


def root_mean_square(errors: Float[ArrayLike, "*points chips"]) -> Estimate:
    """Root mean square over chips, with the 95 % interval of many chips.

    By the normal law of a mean; too narrow where a few chips hold most of the error.

    Args:
        errors: of each chip, on the last axis.
    """
    squares = np.square(np.asarray(errors, float))
    mean = squares.mean(-1)
    margin = 1.96 * squares.std(-1) / np.sqrt(squares.shape[-1])
    return Estimate(*(np.sqrt(np.maximum(x, 0)) for x in (mean, mean - margin, mean + margin)))


def verdict(
    errors: Float[ArrayLike, "*points chips"], law: ArrayLike, *, tolerance: float = 0.1
) -> np.ndarray:
    """Whether a law holds for what was measured: `holds`, `off`, or `undecided`.

    It holds where the estimate lies within the tolerance of it, and is off where the whole
    interval lies beyond. In between, and where fewer than 30 chips have an error to speak of,
    there are too few to tell.

    Args:
        errors: of each chip, on the last axis.
        law: what the root mean square should be, `(*points,)`.
        tolerance: share of the law.
    """
    check_share("tolerance", tolerance)
    law, errors = np.asarray(law), np.asarray(errors)
    ratio, low, high = (x / law for x in root_mean_square(errors))
    beyond = (low > 1 + tolerance) | (high < 1 - tolerance)
    word = np.where(np.abs(ratio - 1) <= tolerance, "holds", np.where(beyond, "off", "undecided"))
    # A tenth of the law: above the rounding of float32, that all chips have.
    telling = np.sum(errors > 0.1 * law[..., None], axis=-1) >= 30
    return np.where(telling, word, "undecided")


def measure(
    layout: Layout,
    sigmas: Sequence[float] | ArrayLike,
    *,
    kind: Cell = MZI,
    configured: bool = False,
    key: Array,
    chips: int,
) -> MatrixErrors:
    """Matrix errors of chips, each with a Haar-random target of its own.

    Args:
        layout: the wiring; the laws hold for rectangles and triangles.
        sigmas: deviations of the angle of a splitter [rad].
        kind: of the cells.
        configured: configure each chip by nulling too; it takes some ten times as long.
        key: the batch of chips; it is the same for every size of error.
        chips: how many.
    """
    mesh, retarget, errors = _task(layout, kind, configured)
    return tolerance_curve(
        mesh, lambda sigma: [retarget, SplitterError(sigma)], sigmas, errors, key=key, chips=chips
    )


@lru_cache(maxsize=8)  # the same functions again: `monte_carlo` compiles them once
def _task(layout: Layout, kind: Cell, configured: bool) -> tuple[MZIMesh, Callable, Callable]:
    """A mesh, an error source that gives it a new target, and the errors of a chip."""

    def retarget(state: nnx.State, key: Array) -> nnx.State:
        phases = conventions.like(haar.phases(key, layout), kind)
        new = {"theta": phases.theta, "phi": phases.phi, "gamma": phases.gamma}
        return nnx.map_state(lambda path, x: x.replace(new.get(path[0], x[...])), state)

    def errors(chip: MZIMesh) -> MatrixErrors:
        design = nnx.clone(chip)
        design.split[...] = jnp.zeros_like(design.split[...])
        ideal = transfer_matrix(design, layout.modes)
        chips = [chip, correct(design, chip)]
        if configured:
            chips.append(configure(design, chip))
        return MatrixErrors(
            *(matrix_error(transfer_matrix(mesh, layout.modes), ideal) for mesh in chips)
        )

    return MZIMesh(layout, cell=kind, rngs=nnx.Rngs(0)), retarget, errors
