"""Local correction of a chip whose errors are known: set its phases anew, cell by cell."""

from collections.abc import Callable, Sequence
from typing import TypeVar

import jax.numpy as jnp
from flax import nnx
from jax import Array

from photonn.errors import mistake
from photonn.hardware.fabrication import ErrorSource, fabricate
from photonn.meshes import Phases, correction
from photonn.nn import MZIMesh, Phase

Model = TypeVar("Model", bound=nnx.Module)


def correct(model: Model, chip: Model) -> Model:
    """A copy of the chip with its phases set for the splitters and offsets that it has.

    Every mesh in the model is corrected for itself (`meshes.correction`), in any wiring;
    other modules get the phases of the model. Losses and dispersion are left as they are.

    The phases are set anew, so errors of setting that were drawn into the old ones
    (`PhaseNoise`, `Quantization`, `ThermalCrosstalk`, drift) are gone: see
    `fabricate_corrected`. Runs under `jit` and `vmap`, as `fabricate` does.

    Args:
        model: the network as designed.
        chip: the same network as made, for example by `fabricate`; it is not changed.
    """
    return set_meshes(model, chip, _correct)


def set_meshes(model: Model, chip: Model, find: Callable[[MZIMesh, MZIMesh], Phases]) -> Model:
    """A copy of the chip with the phases of the model, and those of its meshes found anew.

    Args:
        model: the network as designed.
        chip: the same network as made; it is not changed.
        find: gives the phases to set from a mesh as designed and the mesh as made.
    """
    changed = program(chip, model)
    designs = dict(nnx.iter_modules(model))
    for path, mesh in nnx.iter_modules(changed):
        design = designs[path]
        if isinstance(mesh, MZIMesh) and isinstance(design, MZIMesh):
            if design.layout != mesh.layout:
                must = f"have the wiring of the model, {design.layout}"
                raise mistake("chip", must, f"has {mesh.layout}")
            phases = find(design, mesh)
            mesh.theta[...], mesh.phi[...] = phases.theta, phases.phi
            mesh.gamma[...] = phases.gamma
    return changed


def program(chip: Model, source: Model) -> Model:
    """A copy of the chip with the phases of `source`, a model of the same structure.

    Args:
        chip: it is not changed.
        source: where the phases are read.
    """
    graph, state = nnx.split(nnx.clone(chip))
    phases = dict(nnx.to_flat_state(nnx.state(source, Phase)))
    ours = {path for path, _ in nnx.to_flat_state(nnx.state(chip, Phase))}
    if ours != set(phases):
        must = "have the phases of the chip"
        odd = ours.symmetric_difference(phases)
        raise mistake("source", must, f"differs in {sorted(map(str, odd))}")
    state = nnx.map_state(
        lambda path, x: x.replace(phases[path][...]) if path in phases else x, state
    )
    return nnx.merge(graph, state)


def fabricate_corrected(model: Model, process: Sequence[ErrorSource], key: Array) -> Model:
    """The chip that `fabricate` gives for the same key, after correction.

    What was made is known, and corrected. Errors of setting are not: the corrected phases
    get them as the first ones did, with the same noise, rounded and warmed anew.

    Args:
        model: any NNX model; it is not changed.
        process: error sources, such as `SplitterError(0.01)`.
        key: the chip.
    """
    corrected = correct(model, fabricate(model, process, key))
    return fabricate(program(model, corrected), process, key)


def designed_cells(mesh: MZIMesh) -> Array:
    """Transfer matrix of every cell of a mesh, without its losses: unitary."""
    return mesh.cell.transfer_matrix(
        mesh.theta[...] + mesh.theta_offset[...],
        mesh.phi[...] + mesh.phi_offset[...],
        split=_angles(mesh),
    )


def _correct(design: MZIMesh, mesh: MZIMesh) -> Phases:
    phases = correction.correct(
        designed_cells(design),
        mesh.layout,
        split=_angles(mesh),
        kind=mesh.cell,
        gamma=design.gamma[...] + design.gamma_offset[...],
    )
    theta, phi = phases.theta - mesh.theta_offset[...], phases.phi - mesh.phi_offset[...]
    return Phases(theta, phi, phases.gamma - mesh.gamma_offset[...], mesh.layout)


def _angles(mesh: MZIMesh) -> Array:
    """Angle of every splitter [rad]."""
    return jnp.asarray(mesh.cell.ideal_split, mesh.split.dtype)[:, None] + mesh.split[...]
