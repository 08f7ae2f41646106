"""neurophox, on TensorFlow (the step as one graph) and on PyTorch.

Its phases are its own; the gradient is checked against the change of the loss.
"""

import numpy as np
import task

# An old name that neurophox still uses in its annotations.
np.complex = complex

import tensorflow as tf  # noqa: E402
import torch  # noqa: E402

tf.config.threading.set_intra_op_parallelism_threads(2)
torch.set_num_threads(2)

from neurophox.tensorflow import RM  # noqa: E402
from neurophox.torch import RMTorch  # noqa: E402

PACKAGES = ("neurophox", "tensorflow-cpu", "torch", "numpy")


def mesh_step(modes, batch, method="tensorflow"):
    """Forward and gradient of the loss, in single precision, its only one."""
    light, target = task.field(modes, batch), task.target(modes, batch)
    return {"tensorflow": _graph, "torch": _torch}[method](modes, batch, light, target)


def mesh_unitary(modes, method="tensorflow"):
    """Phases to unitary, in single precision: checked against its other backend."""
    layers = {"tensorflow": RM(modes), "torch": RMTorch(modes)}
    for name in ("theta", "phi", "gamma"):
        value = getattr(layers["torch"], name).detach().numpy()
        getattr(layers["tensorflow"], name).assign(value.reshape(value.shape[-2:]))
    mine = layers.pop(method)
    (other,) = layers.values()

    def run():
        return mine.matrix

    return task.Task(run, lambda unitary: task.distance(unitary, other.matrix))


def _graph(modes, batch, light, target):
    layer = RM(modes)
    phases = [layer.theta, layer.phi, layer.gamma]
    light, target = tf.constant(light), tf.constant(target)

    @tf.function
    def step():
        with tf.GradientTape() as tape:
            tape.watch(phases)
            error = layer.transform(light) - target
            loss = tf.reduce_sum(tf.math.real(error) ** 2 + tf.math.imag(error) ** 2) / batch
        return loss, tape.gradient(loss, phases)

    def run():
        loss, slopes = step()
        return float(loss), [slope.numpy() for slope in slopes]

    def move(values):
        for phase, value in zip(phases, values, strict=True):
            phase.assign(value)
        return run()[0]

    start = [phase.numpy() for phase in phases]
    return task.Task(run, lambda found: task.slope_error(move, start, found[1]))


def _torch(modes, batch, light, target):
    layer = RMTorch(modes)
    phases = [layer.theta, layer.phi, layer.gamma]
    light, target = (torch.from_numpy(np.stack([x.real, x.imag])) for x in (light, target))

    def run():
        loss = (layer(light) - target).square().sum() / batch
        return loss.item(), torch.autograd.grad(loss, phases)

    def move(values):
        with torch.no_grad():
            for phase, value in zip(phases, values, strict=True):
                phase.copy_(torch.as_tensor(value))
        return run()[0]

    start = [phase.detach().numpy().copy() for phase in phases]
    return task.Task(run, lambda found: task.slope_error(move, start, found[1]))
