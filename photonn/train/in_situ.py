"""Gradients that the chip measures itself, from powers at its phase shifters.

Light goes forward (amplitude e at a shifter); the error, as light, goes backward (a); then
both go forward at once, the error reversed in time. The gradient of the loss is

    -Im(e a) = (|e - i a*|^2 - |e|^2 - |a|^2) / 2

Errors of splitters and phases do no harm: the measurement holds on the chip as it was made.
Loss does: light that is reversed in time loses power once more on its way, where it should
gain it. Then the interference shows not a* but another field b, and the gradient is biased.

References:
    Hughes et al., "Training of photonic neural networks through in situ backpropagation and
    gradient measurement", Optica 5, 864 (2018).
    Pai et al., "Experimentally realized in situ backpropagation for deep learning in
    photonic neural networks", Science 380, 398 (2023).
"""

from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
from flax import nnx
from jax import Array

from photonn.errors import check_choice, check_not_negative
from photonn.meshes.monitors import Light, MonitoredMesh
from photonn.nn import MZIMesh
from photonn.precision import complex_array, scale
from photonn.train.gradients import Batch, Loss, Measured, differentiate
from photonn.train.stand_in import run_meshes_by


@dataclass(frozen=True)
class InSitu:
    """Gradients of the phases of all meshes by three power measurements at each shifter.

    What stands between the meshes (activations, detectors, gains, the attenuators of an
    `SVDMesh`) is differentiated by the computer. Equal to `autodiff` on a chip without loss.

    Example:
        >>> value, gradients = InSitu()(loss, chip, (inputs, labels), jax.random.key(0))

    Attributes:
        adjoint: where the power |a|^2 is read. `reversed`: as the error goes forward reversed in
            time, alone. With loss the powers then cancel: a loss that all paths share scales
            the gradient of each column and no more. `backward`: as the error goes backward,
            in one pass of light less; any loss leaves a difference of powers in the gradient.
        noise: standard deviation of each reading, over the power of the light that enters.
    """

    adjoint: str = "reversed"
    noise: float = 0.0

    def __post_init__(self):
        check_choice("adjoint", self.adjoint, ("backward", "reversed"))
        check_not_negative("noise", self.noise, "1")

    def __call__(self, loss: Loss, model: nnx.Module, batch: Batch, key: Array) -> Measured:
        """The loss and the measured gradient."""

        def run(number: int):
            own = jax.random.key_data(jax.random.fold_in(key, number))
            return lambda mesh, field: _run(self, mesh, field, own)

        return differentiate(loss, model, batch, lambda copy: run_meshes_by(copy, run))


def monitored(mesh: MZIMesh) -> MonitoredMesh:
    """A mesh as it was made, with monitors."""
    ideal = jnp.asarray(mesh.cell.ideal_split, mesh.split.dtype)[:, None]
    return MonitoredMesh(
        mesh.layout,
        mesh.cell,
        mesh.theta[...] + mesh.theta_offset[...],
        mesh.phi[...] + mesh.phi_offset[...],
        mesh.gamma[...] + mesh.gamma_offset[...],
        ideal + mesh.split[...],
        mesh.split_loss[...],
        mesh.arm_loss[...],
    )


def _run(settings: InSitu, mesh: MZIMesh, field: Array, key_data: Array) -> Array:
    field = complex_array(field)
    flat = field.reshape(-1, mesh.layout.modes).T
    numbers, tree = jax.tree.flatten(monitored(mesh))
    out: Any = _propagate(settings, tree, numbers, flat, key_data)
    return out.T.reshape(field.shape)


@partial(jax.custom_vjp, nondiff_argnums=(0, 1))
def _propagate(
    settings: InSitu, tree: Any, numbers: list[Array], field: Array, key_data: Array
) -> Array:
    """Light behind the mesh. Its numbers come as a list, for JAX's own bookkeeping."""
    return jax.tree.unflatten(tree, numbers).forward(field).outputs


def _forward(settings: InSitu, tree: Any, numbers: list[Array], field: Array, key_data: Array):
    return _propagate(settings, tree, numbers, field, key_data), (numbers, field, key_data)


def _backward(settings: InSitu, tree: Any, saved: tuple[list[Array], Array, Array], error: Array):
    numbers, field, key_data = saved
    chip: MonitoredMesh = jax.tree.unflatten(tree, numbers)
    # The error is sent with the power of the signal: their interference is seen best.
    ratio = _amplitude(field) / jnp.where(_amplitude(error) > 0, _amplitude(error), 1)
    backward, adjoint = chip.backward(scale(error, _like(ratio, error)))
    # Reversed in time, and a quarter turn behind.
    send = -1j * adjoint.conj()
    passes = [field + send, field, send][: 3 if settings.adjoint == "reversed" else 2]
    light = chip.forward(jnp.concatenate(passes, axis=-1))
    count = field.shape[-1]
    lights = [
        jax.tree.map(lambda x, n=n: x[..., n * count : (n + 1) * count], light)
        for n in range(len(passes))
    ]
    entered = jnp.sum(_power(field), axis=0)
    keys = jax.random.split(jax.random.wrap_key_data(key_data), 3)
    readings = [
        _read(each, settings.noise * entered, key)
        for each, key in zip([*lights, backward][:3], keys, strict=True)
    ]
    weight = jnp.where(ratio > 0, 0.5 / jnp.where(ratio > 0, ratio, 1), 0)
    gradient = jax.tree.map(lambda i, e, a: (i - e - a) * _like(weight, i), *readings)
    theta, phi, gamma = chip.phase_sums(gradient)
    zeros = jax.tree.unflatten(tree, [jnp.zeros_like(x) for x in numbers])
    back = scale(adjoint, _like(2 * weight, adjoint))
    found = replace(zeros, theta=theta, phi=phi, gamma=gamma)
    return jax.tree.leaves(found), back, None


_propagate.defvjp(_forward, _backward)


def _like(samples: Array, field: Array) -> Array:
    """One number for each sample, in the shape of what has the samples last."""
    return jnp.broadcast_to(samples, field.shape)


def _power(field: Array) -> Array:
    return field.real**2 + field.imag**2


def _amplitude(field: Array) -> Array:
    """Of all modes together, for each sample."""
    return jnp.sqrt(jnp.sum(_power(field), axis=0))


def _read(light: Light, noise: Array, key: Array) -> Light:
    """What the monitors say: powers with noise."""
    keys = jax.random.split(key, 2)

    def read(field: Array, own: Array) -> Array:
        return _power(field) + _like(noise, field) * jax.random.normal(
            own, field.shape, noise.dtype
        )

    return Light(read(light.arms, keys[0]), read(light.outputs, keys[1]))
