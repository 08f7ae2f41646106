"""The butterfly: the wiring of the fast Fourier transform, log2 N columns deep.

Every input reaches every output by one route, and all routes are equally long, so that
loss and errors grow with the logarithm of the size. It is not universal: it has
`modes log2(modes)` phases beside those of the outputs, and a unitary has `modes^2`.

References:
    Fang et al., "Design of optical neural networks with component imprecisions",
    Opt. Express 27, 14009 (2019).
"""

from functools import lru_cache

import jax.numpy as jnp
import numpy as np

from photonn.errors import check_integer, mistake
from photonn.meshes.layout import Layout
from photonn.meshes.phases import Phases


@lru_cache(maxsize=64, typed=True)
def layout(modes: int) -> Layout:
    """Butterfly of `modes` modes: `log2(modes)` columns of `modes / 2` cells.

    The first column joins neighbours, the next one modes that are two apart, then four
    and so on.

    Args:
        modes: number of waveguides, a power of two.
    """
    check_integer("modes", modes, 2)
    if modes & (modes - 1):
        more = 1 << int(modes).bit_length()
        hint = f"Take {more} and leave {more - modes} of them dark."
        raise mistake("modes", "be a power of two", f"is {modes}", hint)
    distances = [1 << level for level in range(int(modes).bit_length() - 1)]
    columns = [[(m, m + d) for m in range(modes) if not m & d] for d in distances]
    return Layout(modes, columns, "butterfly")


def fourier(modes: int) -> Phases:
    """Phases with which the butterfly is the discrete Fourier transform, exactly.

    `mesh @ x[reverse(modes)]` is `jnp.fft.fft(x, norm="ortho")`: as in every fast Fourier
    transform of this kind the inputs stand in bit-reversed order.

    Args:
        modes: number of waveguides, a power of two.
    """
    mesh = layout(modes)
    phi = np.zeros(mesh.size)
    owed = np.zeros(modes)  # phase that the light on each mode has too much
    for column in range(mesh.depth):
        cells = slice(mesh.starts[column], mesh.starts[column + 1])
        upper, lower = mesh.pairs[cells].T
        distance = 1 << column
        twiddle = -np.pi * (upper % distance) / distance
        # The textbook cell turns the lower port by the twiddle, this one the upper port
        # the other way; the difference is common to both outputs.
        phi[cells] = owed[lower] - owed[upper] - twiddle
        owed[upper] = owed[lower] = owed[lower] - twiddle + 3 * np.pi / 4
    phi, gamma = (jnp.asarray(np.mod(x, 2 * np.pi), float) for x in (phi, -owed))
    return Phases(jnp.full(mesh.size, np.pi / 2, float), phi, gamma, mesh)


def reverse(modes: int) -> np.ndarray:
    """The numbers of the modes with their bits in reverse order, shape `(modes,)`."""
    bits = layout(modes).depth
    return np.array([int(f"{m:0{bits}b}"[::-1], 2) for m in range(modes)])
