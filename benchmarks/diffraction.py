"""What every worker computes in free space: the same light and masks, and references in NumPy.

Waves of 0.75 mm, pixels of 0.8 mm, 30 mm from plane to plane: the steepest wave crosses 20
pixels, so twice the window is room enough; and the way is 40 waves long, so that whoever
keeps the carrier in single precision is right all the same.
"""

from functools import lru_cache

import numpy as np
import task

WAVELENGTH, PITCH, DISTANCE = 0.75e-3, 0.8e-3, 30e-3  # [m]
LAYERS = 5


def light(pixels, batch):
    """Fields in the first plane, `(batch, y, x)`; each pixel of unit power in the mean."""
    real, imag = task.draw(2, batch, pixels, pixels)
    return ((real + 1j * imag) / np.sqrt(2)).astype(np.complex64)


def phases(pixels):
    """Of the masks, `(LAYERS, y, x)` [rad]."""
    return (np.pi * np.tanh(task.draw(LAYERS, pixels, pixels))).astype(np.float32)


def weights(pixels):
    """Of the last plane's pixels: loss = sum(weights |field|^2) / batch / pixels^2."""
    return (1 + np.tanh(task.draw(pixels, pixels)) / 2).astype(np.float32)


def transfer_function(length, *, paraxial=False):
    """What the way does to each wave, in FFT order, without the carrier, `(y, x)`."""
    f = WAVELENGTH * np.fft.fftfreq(length, PITCH)
    s = f[:, None] ** 2 + f**2
    turns = -s / 2 if paraxial else np.sqrt(1 - s) - 1
    return np.exp(2j * np.pi * DISTANCE / WAVELENGTH * turns)


def propagate(field, pixels, *, pad, paraxial=False, back=False):
    """From plane to plane, in double precision; `back`: the adjoint."""
    length = pixels * (2 if pad else 1)
    factor = transfer_function(length, paraxial=paraxial)
    factor = factor.conj() if back else factor
    # One image after another: a batch of padded ones in double precision is too large.
    images = [np.fft.ifft2(np.fft.fft2(u, (length, length)) * factor) for u in field]
    return np.stack([image[:pixels, :pixels] for image in images])


@lru_cache(maxsize=4)
def step(pixels, batch, pad, paraxial=False):
    """Reference for `diffractive_step`: the loss, and its slopes by the adjoint method."""
    masks = np.exp(1j * phases(pixels).astype(float))
    field, behind = light(pixels, batch).astype(complex), []
    for mask in masks:
        behind.append(field * mask)
        field = propagate(behind[-1], pixels, pad=pad, paraxial=paraxial)
    scale = weights(pixels) / batch / pixels**2
    loss, error, slopes = np.sum(scale * np.abs(field) ** 2), 2 * scale * field, []
    for mask, lit in zip(masks[::-1], behind[::-1], strict=True):
        error = propagate(error, pixels, pad=pad, paraxial=paraxial, back=True)
        slopes.append(np.sum((error.conj() * 1j * lit).real, axis=0))
        error = error * mask.conj()
    return loss, np.stack(slopes[::-1])


def step_error(found, pixels, batch, pad, *, paraxial=False):
    """Relative distance of the loss or of its slopes, whichever is larger."""
    loss, slopes = step(pixels, batch, pad, paraxial)
    return max(abs(float(found[0]) / loss - 1), _distance(np.stack(found[1]), slopes))


def propagation_error(found, pixels, *, paraxial=False):
    """Relative distance of a field from the reference, whatever its common phase."""
    field = light(pixels, 1).astype(complex)
    wanted = propagate(field, pixels, pad=True, paraxial=paraxial)[0]
    found = np.asarray(found).reshape(pixels, pixels)
    inner = np.vdot(found, wanted)
    return _distance(found * (inner / abs(inner)), wanted)


def _distance(found, wanted):
    return float(np.linalg.norm(found - wanted) / np.linalg.norm(wanted))
