"""piquasso: its Clements decomposition and the inverse of it."""

import numpy as np
import piquasso
import task
from piquasso.decompositions import clements as peer

PACKAGES = ("piquasso", "numpy")
CONNECTOR = piquasso.NumpyConnector()


def rebuild(made):
    """The unitary of a decomposition."""
    return peer.inverse_clements(made, CONNECTOR, np.complex128)


def mesh_unitary(modes):
    """Phases to unitary."""
    wanted = task.unitary(modes)
    made = peer.clements(wanted, CONNECTOR)
    return task.Task(lambda: rebuild(made), lambda unitary: task.distance(unitary, wanted))


def mesh_decompose(modes):
    """Unitary to phases."""
    wanted = task.unitary(modes)

    def error(made):
        return task.distance(rebuild(made), wanted)

    return task.Task(lambda: peer.clements(wanted, CONNECTOR), error)
