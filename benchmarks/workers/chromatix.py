"""chromatix: its angular spectrum.

asm       `asm_propagate`, layer by layer
kernel    its propagator computed beforehand, `kernel_propagate` in each layer
"""

import chromatix
import chromatix.functional as peer
import diffraction
import jax
import jax.numpy as jnp
import numpy as np
import task

PACKAGES = ("chromatix", "jax", "jaxlib", "numpy")


def field(light):
    """Light as its field; leading axes are a batch, which it is made without."""
    light = jnp.asarray(light)
    one = light.reshape(-1, *light.shape[-2:])[0]
    made = chromatix.Field.build(one, diffraction.PITCH, diffraction.WAVELENGTH)
    return made.replace(u=light)


def way(pixels, pad, method):
    """From plane to plane, and the propagator that is made beforehand."""
    width = pixels // 2 if pad else 0
    z, n = diffraction.DISTANCE, 1.0
    if method == "asm":
        return lambda u, _: peer.asm_propagate(u, z, n, pad_width=width, mode="same"), None
    length = pixels + 2 * width
    window = field(np.zeros((length, length), np.complex64))
    propagator = peer.compute_asm_propagator(window, z, n)

    def run(u, propagator):
        return chromatix.crop(peer.kernel_propagate(chromatix.pad(u, width), propagator), width)

    return run, propagator


def diffractive_step(pixels, batch, pad=True, method="asm"):
    """Forward and gradient for the phases of all masks, in single precision."""
    propagate, propagator = way(pixels, pad, method)
    scale = jnp.asarray(diffraction.weights(pixels) / batch / pixels**2)
    phases = jnp.asarray(diffraction.phases(pixels))
    light = jnp.asarray(diffraction.light(pixels, batch))

    def loss(phases, light, propagator):
        u = field(light)
        for phase in phases:
            u = propagate(peer.phase_change(u, phase), propagator)
        return jnp.sum(scale * (u.u.real**2 + u.u.imag**2))

    args = phases, light, propagator
    step = jax.jit(jax.value_and_grad(loss)).lower(*args).compile()

    def run():
        return jax.block_until_ready(step(*args))

    return task.Task(run, lambda found: diffraction.step_error(found, pixels, batch, pad))


def propagation(pixels, method="asm"):
    """One padded propagation, in single precision."""
    propagate, propagator = way(pixels, True, method)
    args = jnp.asarray(diffraction.light(pixels, 1)[0]), propagator
    go = jax.jit(lambda light, factor: propagate(field(light), factor).u).lower(*args).compile()

    def run():
        return jax.block_until_ready(go(*args))

    return task.Task(run, lambda found: diffraction.propagation_error(found, pixels))
