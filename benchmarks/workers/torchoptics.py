"""torchoptics: its angular spectrum, padded as far as is asked, or not at all."""

import diffraction
import task
import torch
import torchoptics
from torchoptics import Field
from torchoptics.elements import PhaseModulator

PACKAGES = ("torchoptics", "torch", "numpy")
torch.set_num_threads(2)
torchoptics.set_default_dtype(torch.float32)


def start(light):
    """Light as its field in the first plane."""
    return Field(torch.from_numpy(light), diffraction.WAVELENGTH, 0.0, diffraction.PITCH)


def beyond(field, layer, width):
    """The field in the next plane, behind the space of this layer."""
    return field.propagate_to_z(
        (layer + 1) * diffraction.DISTANCE, propagation_method="ASM", asm_pad=(width, width)
    )


def diffractive_step(pixels, batch, pad=True):
    """Forward and gradient for the phases of all masks, in single precision."""
    light = start(diffraction.light(pixels, batch))
    scale = torch.from_numpy(diffraction.weights(pixels)) / batch / pixels**2
    masks = [
        PhaseModulator(
            torch.nn.Parameter(torch.from_numpy(phase)),
            layer * diffraction.DISTANCE,
            diffraction.PITCH,
        )
        for layer, phase in enumerate(diffraction.phases(pixels))
    ]

    def run():
        field = light
        for layer, mask in enumerate(masks):
            field = beyond(mask(field), layer, pixels // 2 if pad else 0)
        loss = (scale * field.intensity()).sum()
        return loss.item(), torch.autograd.grad(loss, [mask.phase for mask in masks])

    return task.Task(run, lambda found: diffraction.step_error(found, pixels, batch, pad))


def propagation(pixels):
    """One padded propagation, in single precision."""
    light = start(diffraction.light(pixels, 1)[0])

    def run():
        with torch.no_grad():
            return beyond(light, 0, pixels // 2).data

    return task.Task(run, lambda field: diffraction.propagation_error(field, pixels))
