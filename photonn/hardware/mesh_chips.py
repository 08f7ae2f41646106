"""Many chips of one mesh: how far their matrices are from the one that was wanted."""

from collections.abc import Sequence
from dataclasses import dataclass

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx
from jax import Array
from jaxtyping import ArrayLike, Complex, Float

from photonn import meshes
from photonn.devices import phase_shifter
from photonn.errors import mistake
from photonn.hardware.fabrication import ErrorSource
from photonn.hardware.monte_carlo import monte_carlo
from photonn.nn import MZIMesh


@dataclass(frozen=True)
class MeshChips:
    """What was measured of many chips, each an array `(chips,)`.

    Attributes:
        error: distance of the matrix from the wanted one, but for one complex factor.
        loss_db: of light, mean over the inputs [dB].
    """

    error: np.ndarray
    loss_db: np.ndarray

    @property
    def lost(self) -> int:
        """Chips whose error is not a number: counted, and never averaged away."""
        return int(np.sum(~np.isfinite(self.error)))

    def quantiles(self, shares: Sequence[float] = (0.05, 0.5, 0.95)) -> np.ndarray:
        """Quantiles of the error; a chip that is not a number counts as the worst there is."""
        errors = np.where(np.isfinite(self.error), self.error, np.inf)
        return np.quantile(errors, shares, method="inverted_cdf")

    def passing(self, limit: float) -> float:
        """Yield: the share of chips whose error is at most `limit`."""
        return float(np.mean(self.error <= limit))


def mesh_chips(
    mesh: MZIMesh, process: Sequence[ErrorSource], *, key: Array, chips: int, correct: bool = False
) -> MeshChips:
    """Make many chips of a mesh and compare their matrices with that of the design.

    Args:
        mesh: as designed.
        process: error sources.
        key: the batch of chips.
        chips: how many.
        correct: set the phases of every chip anew for its own splitters, known exactly
            (`hardware.correct`), in front of measuring.
    """
    target = matrix(mesh)

    def measure(chip: MZIMesh) -> tuple[Array, Array]:
        made = matrix(_corrected(mesh, chip) if correct else chip)
        return deviation(made, target), _loss_db(made)

    error, loss_db = monte_carlo(mesh, process, measure, key=key, chips=chips)
    return MeshChips(np.asarray(error), np.asarray(loss_db))


def mesh_over_wavelength(
    mesh: MZIMesh,
    process: Sequence[ErrorSource],
    wavelengths: Float[ArrayLike, " points"],
    *,
    key: Array,
    chips: int,
    correct: bool = False,
) -> Float[np.ndarray, "chips points"]:
    """Error of many chips at many wavelengths; the design is that of its own wavelength.

    Args:
        mesh: as designed, with a dispersion.
        process: error sources.
        wavelengths: in vacuum [m].
        key: the batch of chips.
        chips: how many; memory goes with chips and wavelengths one after another.
        correct: as in `mesh_chips`, at the design wavelength.
    """
    target, wavelengths = matrix(mesh), jnp.asarray(wavelengths, float)

    def measure(chip: MZIMesh) -> Array:
        made = _corrected(mesh, chip) if correct else chip
        return jax.lax.map(lambda w: deviation(matrix(made, w), target), wavelengths)

    return np.asarray(monte_carlo(mesh, process, measure, key=key, chips=chips))


def matrix(mesh: MZIMesh, wavelength: ArrayLike | None = None) -> Complex[Array, "modes modes"]:
    """Matrix of a mesh as made, `out = matrix @ in`; unit inputs are its columns.

    Args:
        mesh: with or without errors.
        wavelength: one, in vacuum [m].
    """
    gamma = mesh.gamma[...] + mesh.gamma_offset[...]
    if wavelength is not None:
        return mesh(jnp.eye(mesh.layout.modes), wavelength=wavelength).T
    inner = meshes.matrix(mesh.cells(), mesh.layout)
    return phase_shifter.transmission(gamma)[:, None] * inner


def deviation(
    made: Complex[ArrayLike, "n n"], wanted: Complex[ArrayLike, "n n"]
) -> Float[Array, ""]:
    """Least of ||c made - wanted||_F / ||wanted||_F over one complex factor c.

    Loss that all paths share and a common phase are no error; for a unitary the norm of
    `wanted` is sqrt(n).

    Args:
        made: matrix of the chip.
        wanted: matrix of the design.
    """
    made, wanted = jnp.asarray(made), jnp.asarray(wanted)
    power = jnp.sum(jnp.abs(made) ** 2)
    bright = power > 0
    factor = jnp.vdot(made, wanted) / jnp.where(bright, power, 1.0).astype(made.dtype)
    return jnp.linalg.norm(factor * made - wanted) / jnp.linalg.norm(wanted)


def _loss_db(made: Array) -> Array:
    return -10 * jnp.log10(jnp.sum(jnp.abs(made) ** 2) / made.shape[0])


def _corrected(mesh: nnx.Module, chip: MZIMesh) -> MZIMesh:
    from photonn import hardware

    if not hasattr(hardware, "correct"):
        must = "be False: this installation has no hardware.correct"
        raise mistake("correct", must, "is True")
    return hardware.correct(mesh, chip)
