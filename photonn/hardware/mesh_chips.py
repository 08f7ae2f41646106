"""Many chips of one mesh: how far their matrices are from the one that was wanted."""

from collections.abc import Sequence
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx
from jax import Array
from jaxtyping import ArrayLike, Float

from photonn.hardware.correction import fabricate_corrected
from photonn.hardware.fabrication import ErrorSource, check_process, fabricate
from photonn.hardware.metrics import deviation, insertion_loss_db, transfer_matrix
from photonn.hardware.monte_carlo import monte_carlo
from photonn.nn import MZIMesh


class MeshChips(NamedTuple):
    """What was measured of many chips, each `(chips,)`.

    Attributes:
        error: distance of the matrix from the wanted one, but for one complex factor.
        loss_db: on the worst path, from an input to all outputs [dB].
    """

    error: np.ndarray
    loss_db: np.ndarray


def mesh_chips(
    mesh: MZIMesh, process: Sequence[ErrorSource], *, key: Array, chips: int, correct: bool = False
) -> MeshChips:
    """Make many chips of a mesh and compare their matrices with that of the design.

    Args:
        mesh: as designed.
        process: error sources.
        key: the batch of chips; the same one gives the same chips, corrected or not.
        chips: how many.
        correct: set the phases of every chip anew for its own splitters, known exactly, with
            the same errors of setting (`hardware.fabricate_corrected`).
    """
    wanted = transfer_matrix(mesh, mesh.layout.modes)

    def measure(chip: MZIMesh) -> tuple[Array, Array]:
        made = transfer_matrix(chip, chip.layout.modes)
        return deviation(made, wanted), insertion_loss_db(made).max()

    sources = _making(mesh, process, correct)
    error, loss_db = monte_carlo(mesh, sources, measure, key=key, chips=chips)
    return MeshChips(np.asarray(error), np.asarray(loss_db))


def mesh_over_wavelength(
    mesh: MZIMesh,
    process: Sequence[ErrorSource],
    wavelengths: Float[ArrayLike, " points"],
    *,
    key: Array,
    chips: int,
    correct: bool = False,
) -> Float[np.ndarray, "points chips"]:
    """Error of many chips at many wavelengths, against the design at its own wavelength.

    Args:
        mesh: as designed, with a dispersion.
        process: error sources.
        wavelengths: in vacuum [m].
        key: the batch of chips.
        chips: how many.
        correct: as in `mesh_chips`, at the design wavelength.
    """
    wanted, points = transfer_matrix(mesh, mesh.layout.modes), jnp.asarray(wavelengths, float)

    def measure(chip: MZIMesh) -> Array:
        def at(wavelength: Array) -> Array:
            made = transfer_matrix(chip, chip.layout.modes, wavelength=wavelength)
            return deviation(made, wanted)

        return jax.lax.map(at, points)

    sources = _making(mesh, process, correct)
    return np.asarray(monte_carlo(mesh, sources, measure, key=key, chips=chips)).T


def _making(mesh: MZIMesh, process: Sequence[ErrorSource], correct: bool) -> list[ErrorSource]:
    """The whole process as one source: the same key makes the same chip, corrected or not."""
    graph = nnx.split(mesh)[0]
    make = fabricate_corrected if correct else fabricate
    check_process(process)

    def made(state: nnx.State, key: Array) -> nnx.State:
        return nnx.split(make(nnx.merge(graph, state), process, key))[1]

    return [made]
