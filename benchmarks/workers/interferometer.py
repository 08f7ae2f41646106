"""interferometer: the code that goes with Clements et al. 2016."""

import interferometer.main as peer
import task

PACKAGES = ("interferometer", "numpy")


def mesh_unitary(modes):
    """Phases to unitary."""
    wanted = task.unitary(modes)
    run = peer.square_decomposition(wanted).calculate_transformation
    return task.Task(run, lambda unitary: task.distance(unitary, wanted))


def mesh_decompose(modes):
    """Unitary to phases."""
    wanted = task.unitary(modes)

    def error(made):
        return task.distance(made.calculate_transformation(), wanted)

    return task.Task(lambda: peer.square_decomposition(wanted), error)
