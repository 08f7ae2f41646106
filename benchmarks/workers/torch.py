"""Plain PyTorch: what one writes without a package, whole columns at a time.

sum       a column is a broadcast product of all its cells, summed over two ports
bmm       a column is one batched matrix product
matrix    the unitary by `sum`, then one product with all samples

In free space the transfer function is made beforehand, and nothing is shifted.
"""

import diffraction
import task
import torch

PACKAGES = ("torch", "numpy")
torch.set_num_threads(2)


def cells(theta, phi):
    """Transfer matrices of all interferometers, `(cells, 2, 2)`."""
    arm, port = torch.exp(1j * theta), torch.exp(1j * phi)
    bar, cross = (arm - 1) / 2, 0.5j * (arm + 1)
    upper, lower = torch.stack([bar * port, cross], -1), torch.stack([cross * port, -bar], -1)
    return torch.stack([upper, lower], -2)


def rectangle(light, theta, phi, gamma, depth, method):
    """Amplitudes behind the mesh; `light` is `(modes, batch)`."""
    modes = len(light)
    counts = [(modes - column % 2) // 2 for column in range(depth)]
    for column, cell in enumerate(cells(theta, phi).split(counts)):
        first = column % 2
        last = first + 2 * len(cell)
        two = light[first:last].view(len(cell), 2, -1)
        crossed = cell @ two if method == "bmm" else (cell[..., None] * two[:, None]).sum(2)
        crossed = crossed.view(last - first, -1)
        whole = last - first == modes
        light = crossed if whole else torch.cat([light[:first], crossed, light[last:]])
    return torch.exp(1j * gamma)[:, None] * light


def mesh_step(modes, batch, depth=None, method="sum"):
    """Forward and gradient of the loss, in single precision."""
    depth = depth or modes
    light, target = (torch.from_numpy(x(modes, batch).T.copy()) for x in (task.field, task.target))
    phases = [torch.tensor(p, dtype=torch.float32) for p in task.phases(modes, depth)]
    for phase in phases:
        phase.requires_grad_()

    def run():
        if method == "matrix":
            unitary = rectangle(torch.eye(modes, dtype=light.dtype), *phases, depth, "sum")
            out = unitary @ light
        else:
            out = rectangle(light, *phases, depth, method)
        loss = torch.view_as_real(out - target).square().sum() / batch
        return loss.item(), torch.autograd.grad(loss, phases)

    return task.Task(run, lambda found: task.gradient_error(found[1], modes, batch, depth))


def mesh_unitary(modes, method="sum"):
    """Phases to unitary, in double precision."""
    phases = [torch.tensor(p, dtype=torch.float64) for p in task.phases(modes, modes)]
    eye = torch.eye(modes, dtype=torch.complex128)

    def run():
        with torch.no_grad():
            return rectangle(eye, *phases, modes, method)

    return task.Task(run, lambda unitary: task.distance(unitary, task.rectangle(modes)))


def way(pixels, pad):
    """From plane to plane."""
    length = pixels * (2 if pad else 1)
    # Neither transform divides: torch 2.14 divides twice by 2048 x 2048 in its inverse.
    factor = torch.from_numpy(diffraction.transfer_function(length) / length**2)
    factor = factor.to(torch.complex64)

    def run(field):
        waves = torch.fft.fft2(field, (length, length)) * factor
        return torch.fft.ifft2(waves, norm="forward")[..., :pixels, :pixels]

    return run


def diffractive_step(pixels, batch, pad=True):
    """Forward and gradient for the phases of all masks, in single precision."""
    light = torch.from_numpy(diffraction.light(pixels, batch))
    scale = torch.from_numpy(diffraction.weights(pixels)) / batch / pixels**2
    phases = [torch.from_numpy(p).requires_grad_() for p in diffraction.phases(pixels)]
    propagate = way(pixels, pad)

    def run():
        field = light
        for phase in phases:
            field = propagate(field * torch.polar(torch.ones_like(phase), phase))
        loss = (scale[..., None] * torch.view_as_real(field).square()).sum()
        return loss.item(), torch.autograd.grad(loss, phases)

    return task.Task(run, lambda found: diffraction.step_error(found, pixels, batch, pad))


def propagation(pixels):
    """One padded propagation, in single precision."""
    light = torch.from_numpy(diffraction.light(pixels, 1)[0])
    propagate = way(pixels, True)

    def run():
        with torch.no_grad():
            return propagate(light)

    return task.Task(run, lambda field: diffraction.propagation_error(field, pixels))
