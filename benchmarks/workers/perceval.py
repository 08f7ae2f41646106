"""Perceval: circuits of interferometers; decomposition to a triangle, by optimisation."""

import numpy as np
import perceval as peer
import task

PACKAGES = ("perceval-quandela", "numpy")


def mesh_unitary(modes):
    """Phases to unitary: the matrix of a rectangular circuit whose phases are set."""
    theta, phi, gamma = task.phases(modes, modes)
    circuit = peer.Circuit(modes)
    cell = 0
    for column in task.pairs(modes, modes):
        for mode in column.tolist():
            circuit.add(mode, peer.PS(float(phi[cell]))).add(mode, peer.BS())
            circuit.add(mode, peer.PS(float(theta[cell]))).add(mode, peer.BS())
            cell += 1
    for mode, phase in enumerate(gamma.tolist()):
        circuit.add(mode, peer.PS(phase))

    def run():
        return np.asarray(circuit.compute_unitary(use_symbolic=False))

    return task.Task(run, lambda unitary: task.distance(unitary, task.rectangle(modes)))


def mesh_decompose(modes):
    """Unitary to phases of a triangle: the rectangle is not implemented there."""
    wanted = task.unitary(modes)
    cell = peer.BS() // peer.PS(peer.P("theta")) // peer.BS() // peer.PS(peer.P("phi"))

    def run():
        return peer.Circuit.decomposition(
            peer.Matrix(wanted), cell, phase_shifter_fn=peer.PS, shape="triangle"
        )

    return task.Task(run, lambda made: task.distance(made.compute_unitary(), wanted))
