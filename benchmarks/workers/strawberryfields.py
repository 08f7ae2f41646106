"""Strawberry Fields: its rectangular decomposition, and back by its own T matrices."""

import numpy as np
import strawberryfields.decompositions as peer
import task

PACKAGES = ("strawberryfields", "numpy", "scipy")


def rebuild(made):
    """The unitary of a decomposition: there is no function for it, so the plain product."""
    cells, screen, _ = made
    unitary = np.identity(len(screen))
    for cell in cells:
        unitary = peer.T(*cell) @ unitary
    return np.diag(screen) @ unitary


def mesh_unitary(modes):
    """Phases to unitary."""
    wanted = task.unitary(modes)
    made = peer.rectangular_phase_end(wanted)
    return task.Task(lambda: rebuild(made), lambda unitary: task.distance(unitary, wanted))


def mesh_decompose(modes):
    """Unitary to phases."""
    wanted = task.unitary(modes)

    def error(made):
        return task.distance(rebuild(made), wanted)

    return task.Task(lambda: peer.rectangular_phase_end(wanted), error)
