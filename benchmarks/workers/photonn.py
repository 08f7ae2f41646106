"""photonn, by each way that light can go through a mesh or from plane to plane."""

from functools import partial

import diffraction
import jax
import jax.numpy as jnp
import task
from flax import nnx

from photonn import free_space, meshes, nn
from photonn.devices import mzi, phase_shifter
from photonn.meshes import clements

PACKAGES = ("photonn", "jax", "jaxlib", "numpy")


def mesh_step(modes, batch, depth=None, method="auto"):
    """Forward and gradient of the loss, in single precision."""
    depth = depth or modes
    layout = meshes.Layout(modes, clements.columns(modes, depth), "rectangle")
    light, target = jnp.asarray(task.field(modes, batch)), jnp.asarray(task.target(modes, batch))
    phases = [jnp.asarray(p, jnp.float32) for p in task.phases(modes, depth)]

    run_mesh = layer(layout) if method == "layer" else functions(layout, method)

    def loss(phases, light, target):
        error = run_mesh(phases, light) - target
        return jnp.sum(error.real**2 + error.imag**2) / batch

    step = jax.jit(jax.value_and_grad(loss)).lower(phases, light, target).compile()

    def run():
        return jax.block_until_ready(step(phases, light, target))

    def error(result):
        return task.gradient_error(result[1], modes, batch, depth)

    return task.Task(run, error, {"temp_bytes": step.memory_analysis().temp_size_in_bytes})


def functions(layout, method):
    """Light through ideal cells, by the functions of the library."""

    def run(phases, light):
        theta, phi, gamma = phases
        out = meshes.propagate(light, mzi.transfer_matrix(theta, phi), layout, method=method)
        return phase_shifter.transmission(gamma)[None] * out

    return run


def layer(layout):
    """The same by the Flax layer, which has splitter errors, losses and offsets of zero."""
    graph, state = nnx.split(nn.MZIMesh(layout, rngs=nnx.Rngs(0)))

    def run(phases, light):
        found = dict(zip(("theta", "phi", "gamma"), phases, strict=True))

        def put(path, variable):
            return variable.replace(found[path[-1]]) if path[-1] in found else variable

        return nnx.merge(graph, nnx.map_state(put, state))(light)

    return run


def mesh_unitary(modes):
    """Phases to unitary, in double precision."""
    wanted = task.unitary(modes)
    with jax.enable_x64(True):
        made = clements.decompose(wanted)
        args = made.theta, made.phi, made.gamma
        build = jax.jit(meshes.unitary, static_argnums=3).lower(*args, made.layout).compile()

    def run():
        return jax.block_until_ready(build(*args))

    return task.Task(run, lambda unitary: task.distance(unitary, wanted))


def mesh_decompose(modes):
    """Unitary to phases, in double precision."""
    wanted = task.unitary(modes)

    def run():
        with jax.enable_x64(True):
            return jax.block_until_ready(clements.decompose(wanted))

    def error(made):
        with jax.enable_x64(True):
            unitary = meshes.unitary(made.theta, made.phi, made.gamma, made.layout)
        return task.distance(unitary, wanted)

    return task.Task(run, error)


def diffractive_step(pixels, batch, pad=True, method="auto"):
    """Forward and gradient for the phases of all masks, in single precision."""
    grid = free_space.Grid(pixels, diffraction.PITCH)
    through = diffractive(grid, pad) if method == "layer" else masks(grid, pad, method)
    scale = jnp.asarray(diffraction.weights(pixels) / batch / pixels**2)[None]
    args = jnp.asarray(diffraction.phases(pixels)), jnp.asarray(diffraction.light(pixels, batch))

    def loss(phases, light):
        out = through(phases, light)
        return jnp.sum(scale * (out.real**2 + out.imag**2))

    step = jax.jit(jax.value_and_grad(loss)).lower(*args).compile()

    def run():
        return jax.block_until_ready(step(*args))

    def error(found):
        paraxial = method == "dense_fresnel"
        return diffraction.step_error(found, pixels, batch, pad, paraxial=paraxial)

    return task.Task(run, error, {"temp_bytes": step.memory_analysis().temp_size_in_bytes})


def space(pad, method):
    """The way from plane to plane: the exact angular spectrum, or the one that is named."""
    periodic = {} if pad else {"pad": False}
    return {
        "distance": diffraction.DISTANCE,
        "wavelength": diffraction.WAVELENGTH,
        "method": partial(
            free_space.propagate,
            method="dense_fresnel" if method == "dense_fresnel" else "angular_spectrum",
            **periodic,
        ),
    }


def masks(grid, pad, method):
    """Light through masks, by the functions of the library."""

    def run(phases, light):
        for phase in phases:
            mask = free_space.layer.phase_mask(phase, grid)
            light = free_space.layer.propagate(light, mask, grid, **space(pad, method))
        return light

    return run


def diffractive(grid, pad):
    """The same by Flax layers."""
    layers = [nn.Diffractive(grid, **space(pad, "layer")) for _ in range(diffraction.LAYERS)]

    def run(phases, light):
        for layer, phase in zip(layers, phases, strict=True):
            graph, state = nnx.split(layer)
            state["phase"] = state["phase"].replace(phase)
            light = nnx.merge(graph, state)(light)
        return light

    return run


def propagation(pixels, method="auto"):
    """One padded propagation, in single precision."""
    grid = free_space.Grid(pixels, diffraction.PITCH)
    light = jnp.asarray(diffraction.light(pixels, 1)[0])
    way = space(True, method)
    go = jax.jit(lambda light: way.pop("method")(light, grid, **way)).lower(light).compile()

    def run():
        return jax.block_until_ready(go(light))

    def error(found):
        return diffraction.propagation_error(found, pixels, paraxial=method == "dense_fresnel")

    return task.Task(run, error, {"temp_bytes": go.memory_analysis().temp_size_in_bytes})
