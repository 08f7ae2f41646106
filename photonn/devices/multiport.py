"""Multiports: fixed mixers of many waveguides in one piece of glass.

The ideal one is the discrete Fourier transform (`dft`). A multimode interference coupler
(`mmi`) divides as evenly with other phases; a star coupler is a Fourier transform between
two arrays of waveguides, and loses light at its sides.
"""

import math

import jax.numpy as jnp
import numpy as np
from jax import Array
from jaxtyping import ArrayLike, Complex, Float

from photonn.devices import phase_shifter, waveguide
from photonn.errors import check_integer, check_positive, check_wavelength, mistake
from photonn.precision import real_array, scale


def dft(modes: int) -> Complex[Array, "modes modes"]:
    """The discrete Fourier transform as a unitary, `exp(-2 pi i j k / modes) / sqrt(modes)`."""
    check_integer("modes", modes, 2)
    # Products modulo `modes`: large angles would lose digits.
    product = np.outer(np.arange(modes), np.arange(modes)) % modes
    return jnp.asarray(np.exp(-2j * np.pi / modes * product) / np.sqrt(modes), complex)


def mmi(
    modes: int, *, loss_db: Float[ArrayLike, "*batch"] = 0.0
) -> Complex[Array, "*batch modes modes"]:
    """Transfer matrix of a multimode interference coupler that divides evenly.

    A slab of length 3 L / modes, with L the beat length of its two lowest modes, makes
    `modes` images of every input, of equal power and with the phases

        j + k even:  -pi - (pi / 4 N) (k - j) (2 N - k + j)
        j + k odd:       - (pi / 4 N) (k + j - 1) (2 N - k - j + 1)

    for input j = 1 ... N, and output k counted from the other side of the slab. Here rows
    and columns count from the same side, and a phase common to all is left out.

    Args:
        modes: number of inputs and of outputs N.
        loss_db: excess loss of power, the same for all ways through [dB].

    References:
        Bachmann, Besse, Melchior, "General self-imaging properties in N x N multimode
        interference couplers including phase relations", Appl. Opt. 33, 3905 (1994).
    """
    check_integer("modes", modes, 2)
    j, k = np.arange(1, modes + 1), np.arange(modes, 0, -1)[:, None]
    # Whole numbers modulo 8 N, a turn: large angles would lose digits.
    even = 4 * modes + (k - j) * (2 * modes - k + j)
    odd = (k + j - 1) * (2 * modes - k - j + 1)
    turns = np.where((j + k) % 2 == 0, even, odd) % (8 * modes) / (8 * modes)
    images = jnp.asarray(np.exp(-2j * np.pi * turns) / np.sqrt(modes), complex)
    kept = waveguide.attenuate(loss_db).astype(images.real.dtype)[..., None, None]
    return scale(*jnp.broadcast_arrays(images, kept))


def star_radius(modes: int, *, pitch: float, wavelength: float, index: float) -> float:
    """Radius [m] at which a star coupler of `modes` ports is a Fourier transform.

    The phase between ports one pitch from the axis is 2 pi / modes: N pitch^2 index / wavelength.

    Args:
        modes: number of inputs and of outputs.
        pitch: distance of neighbouring ports on their arc [m].
        wavelength: in vacuum [m].
        index: effective index of the slab.
    """
    check_integer("modes", modes, 1)
    check_positive("pitch", pitch, "m")
    check_wavelength("wavelength", wavelength)
    check_positive("index", index, "1")
    return modes * pitch**2 * index / wavelength


def star_coupler(
    inputs: int,
    outputs: int,
    *,
    pitch: float,
    radius: float,
    wavelength: Float[ArrayLike, "*batch"],
    index: float,
    fill: float = 1.0,
    input_radius: float | None = None,
) -> Complex[Array, "*batch outputs inputs"]:
    """Transfer matrix of a star coupler; light that misses the outputs is lost.

    The outputs stand on an arc around the middle of the inputs, so that light of the middle
    input reaches all of them in phase. Every port is a slit with a flat mode of width w; from
    port to port, at distance d and angles a and b from the two normals, goes

        w sqrt(cos a cos b index / (wavelength d)) sinc(w sin a index / wavelength)
          sinc(w sin b index / wavelength) exp(i k index (d - radius))

    with sinc x = sin(pi x) / (pi x). This takes the far field of a slit, and for its value
    over another slit that in its middle: good for many ports at small angles. Near
    `star_radius(...)` it is a Fourier transform centred on the middle ports, darker towards
    the edges, where the sincs are small. The phase exp(i k index radius) is left out.

    Args:
        inputs: number of inputs.
        outputs: number of outputs.
        pitch: distance of neighbouring ports, along the arc [m].
        radius: of the arc of the outputs [m].
        wavelength: in vacuum [m]; its axes lead.
        index: effective index of the slab.
        fill: width of a port over the pitch, above 0 and up to 1.
        input_radius: of the arc of the inputs [m]; by default `radius`, two arcs each
            around the middle of the other (Dragone). `radius / 2` puts them on the Rowland
            circle of the outputs.

    References:
        Dragone, "Efficient N x N star couplers using Fourier optics", J. Lightwave
        Technol. 7, 479 (1989).
    """
    input_radius = radius if input_radius is None else input_radius
    _check_arcs(inputs, outputs, pitch=pitch, radius=radius, input_radius=input_radius)
    check_positive("index", index, "1")
    check_wavelength("wavelength", wavelength)
    if not 0 < fill <= 1:
        raise mistake("fill", "be above 0 and up to 1", f"is {fill}")
    excess, sine_in, sine_out = _rays(inputs, outputs, pitch, radius, input_radius)
    per_metre = index / real_array(wavelength, "wavelength")[..., None, None]
    dtype, width = per_metre.dtype, fill * pitch
    cosines = np.sqrt((1 - sine_in**2) * (1 - sine_out**2)) * width**2 / (radius + excess)
    amplitude = jnp.sqrt(per_metre * jnp.asarray(cosines, dtype)[(None,) * (per_metre.ndim - 2)])
    for sine in (sine_in, sine_out):
        amplitude = amplitude * jnp.sinc(_times(per_metre, width * sine))
    return scale(phase_shifter.transmission(_times(per_metre, 2 * np.pi * excess)), amplitude)


def _rays(inputs: int, outputs: int, pitch: float, radius: float, input_radius: float):
    """Way beyond the radius, and sines of the angles to the normals, for every pair of ports.

    In NumPy, so in double precision: geometry is fixed, and phases have many turns.
    """
    a = (np.arange(inputs) - (inputs - 1) / 2) * pitch / input_radius
    b = ((np.arange(outputs) - (outputs - 1) / 2) * pitch / radius)[:, None]
    sag = input_radius * (1 - np.cos(a))
    squares = 2 * sag * (input_radius - radius * np.cos(b))
    squares = squares - 2 * input_radius * radius * np.sin(a) * np.sin(b)  # d^2 - radius^2
    distance = np.sqrt(radius**2 + squares)
    sine_in = (radius * np.sin(a + b) - input_radius * np.sin(a)) / distance
    sine_out = (sag * np.sin(b) - input_radius * np.sin(a) * np.cos(b)) / distance
    return squares / (distance + radius), sine_in, sine_out


def _times(per_metre: Array, lengths: np.ndarray) -> Array:
    per_pair = jnp.asarray(lengths, per_metre.dtype)
    return per_metre * per_pair[(None,) * (per_metre.ndim - 2)]


def _check_arcs(inputs: int, outputs: int, *, pitch: float, radius: float, input_radius: float):
    check_integer("inputs", inputs, 1)
    check_integer("outputs", outputs, 1)
    check_positive("pitch", pitch, "m")
    check_positive("radius", radius, "m")
    check_positive("input_radius", input_radius, "m")
    for count, arc in ((inputs, input_radius), (outputs, radius)):
        angle = (count - 1) / 2 * pitch / arc
        if angle > math.pi / 4:
            must, got = "keep all ports within pi/4 of the axis", f"puts one at {angle:.3g} rad"
            raise mistake("radius", must, got, "Try star_radius(...), or a smaller pitch.")
