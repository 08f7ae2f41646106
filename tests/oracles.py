"""Independent references in plain NumPy, written for clarity and not for speed.

Nothing here imports a formula of photonn: a fault cannot be on both sides.
"""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]


def splitter(angle):
    """Directional coupler: cos straight on, i sin across."""
    c, s = np.cos(angle), 1j * np.sin(angle)
    return np.array([[c, s], [s, c]])


def upper(phase):
    """Phase shifter on the upper of two arms."""
    return np.diag([np.exp(1j * phase), 1])


def mzi(theta, phi, split_in=np.pi / 4, split_out=np.pi / 4):
    """Four elements in the order light meets them, right to left."""
    return splitter(split_out) @ upper(theta) @ splitter(split_in) @ upper(phi)


def dense_mesh(cells, pairs, modes, xp=np):
    """Product of one `modes x modes` matrix for each cell, first cell on the right."""
    total = xp.eye(modes, dtype=cells.dtype)
    for cell, (a, b) in zip(cells, np.asarray(pairs).tolist(), strict=True):
        rows = [total[m] for m in range(modes)]
        rows[a], rows[b] = (
            cell[0, 0] * total[a] + cell[0, 1] * total[b],
            cell[1, 0] * total[a] + cell[1, 1] * total[b],
        )
        total = xp.stack(rows)
    return total


def random_complex(rng, *shape):
    """Standard complex Gaussian numbers."""
    return (rng.normal(size=shape) + 1j * rng.normal(size=shape)) / np.sqrt(2)


def random_unitary(rng, *shape):
    """Unitary factors of Gaussian matrices."""
    return np.linalg.qr(random_complex(rng, *shape))[0]


def frequencies(count, pitch):
    """0, 1, ..., -2, -1 cycles over the window, one by one [1/m]."""
    return np.array([(j if j < (count + 1) // 2 else j - count) for j in range(count)]) / (
        count * pitch
    )


def plane_waves(field, pitch, distance, wavelength, index=1.0):
    """Sum over all plane waves of a periodic window, by dense Fourier matrices.

    The textbook factor exp(i k_z z) with the carrier taken off at the end; only float64
    can afford it.
    """
    (ny, nx), (dy, dx) = field.shape, pitch
    fy, fx = frequencies(ny, dy), frequencies(nx, dx)
    into_y = np.exp(-2j * np.pi * np.outer(fy, np.arange(ny) * dy))
    into_x = np.exp(-2j * np.pi * np.outer(fx, np.arange(nx) * dx))
    spectrum = into_y @ field @ into_x.T
    squared = (index / wavelength) ** 2 - fy[:, None] ** 2 - fx[None, :] ** 2
    kz = 2 * np.pi * np.emath.sqrt(squared)
    # An evanescent wave decays in either direction.
    travelled = np.exp(1j * kz.real * distance - kz.imag * abs(distance))
    spectrum = spectrum * travelled * np.exp(-2j * np.pi * index / wavelength * distance)
    return into_y.conj().T @ spectrum @ into_x.conj() / (ny * nx)


def gaussian_beam(x, y, z, waist, wavelength):
    """Paraxial Gaussian beam for exp(-i w t), carrier removed: waist 1 at z = 0."""
    rayleigh = np.pi * waist**2 / wavelength
    q = z - 1j * rayleigh
    r2 = y[:, None] ** 2 + x[None, :] ** 2
    return (-1j * rayleigh / q) * np.exp(1j * np.pi * r2 / (wavelength * q))


def turn_spectrum(field, omega, interval, phase):
    """Turn each frequency of a pulse by `phase`, with integrals of exp(+i omega t) written out."""
    times = np.arange(len(field)) * interval
    into = np.exp(1j * np.outer(omega, times))
    return into.conj().T @ (np.exp(1j * phase) * (into @ field)) / len(field)


def difference_quotient(function, at, step):
    """Central difference of a function of one number."""
    return (function(at + step) - function(at - step)) / (2 * step)


def python(*arguments, cwd=None, **options):
    """Run Python as a user would: none of the settings of the tests."""
    settings = ("JAX_", "XLA_", "PYTEST_")
    environment = {k: v for k, v in os.environ.items() if not k.startswith(settings)}
    environment |= {"MPLBACKEND": "Agg", "JAX_PLATFORMS": "cpu", "COLUMNS": "100"}
    return subprocess.run(
        [sys.executable, *map(str, arguments)],
        cwd=cwd,
        env=environment,
        text=True,
        capture_output=True,
        timeout=options.pop("timeout", 240),
        **options,
    )
