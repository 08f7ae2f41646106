"""Linear convolution of a field with a kernel that is known by its spectrum or its samples.

Everything is in corner-origin order: sample 0 of a kernel is no displacement, negative
displacements lie at the end. Data is never shifted; where the planes differ in size or
centre, the kernel is sampled (or its spectrum tilted) by the difference instead.
"""

import math
from functools import partial
from typing import cast

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array, lax
from jaxtyping import Complex, Float
from scipy.fft import next_fast_len

from photonn.devices import phase_shifter


def convolve(
    field: Complex[Array, "*batch y x"],
    spectrum: Complex[Array, "*kernel rows columns"],
    shape: tuple[int, int],
) -> Complex[Array, "... out_y out_x"]:
    """The first `shape` samples of a field in a dark window, convolved.

    Args:
        field: samples, padded with zeros to the size of `spectrum`.
        spectrum: of the kernel, in FFT order, of the rank of `field`. To be linear, a
            convolution of n into m samples takes a length of n + m - 1.
        shape: samples that are wanted.
    """
    alike = spectrum.size == math.prod(spectrum.shape[-2:])
    # Made once: XLA would draw its sines into every product, for every image, and back again.
    spectrum = lax.optimization_barrier(spectrum)
    at_once = _CACHE // (spectrum.dtype.itemsize * math.prod(spectrum.shape[-2:]))
    count = math.prod(field.shape[:-2])
    one_cpu = jax.default_backend() == "cpu" and jax.device_count() == 1
    # A symbol is no number: `jax.export` for a batch of any size.
    many = isinstance(count, int) and count > max(at_once, 1)
    if not (alike and one_cpu and many):
        return _convolve(field, spectrum, shape)
    spectrum = spectrum.reshape(spectrum.shape[-2:])
    images = field.reshape(-1, *field.shape[-2:])
    run = partial(_convolve, spectrum=spectrum, shape=shape)
    out = lax.map(run, images, batch_size=max(at_once, 1))
    return out.reshape(*field.shape[:-2], *shape)


# A CPU transforms twice to five times as fast while the images of a batch fit into its cache.
_CACHE = 4 * 2**20  # [bytes]


def _convolve(field: Array, spectrum: Array, shape: tuple[int, int]) -> Array:
    rows, columns = spectrum.shape[-2:]
    if (rows, columns) == field.shape[-2:]:
        out = jnp.fft.ifft2(jnp.fft.fft2(field) * spectrum)
        return out[..., : shape[0], : shape[1]]
    doubled = (rows, columns) == (2 * field.shape[-2], 2 * field.shape[-1])
    within = shape[0] <= field.shape[-2] and shape[1] <= field.shape[-1]
    large = spectrum.dtype.itemsize * rows * columns > _CACHE
    if doubled and within and large and jax.default_backend() == "cpu":
        return _tilted(field, spectrum)[..., : shape[0], : shape[1]]
    # One axis after the other: dark rows need no transform, nor do rows that nobody asks for.
    along_x = jnp.fft.fft(field, columns).mT
    back = jnp.fft.ifft(jnp.fft.fft(along_x, rows) * spectrum.mT)[..., : shape[0]]
    return jnp.fft.ifft(back.mT)[..., : shape[1]]


def _tilted(field: Array, spectrum: Array) -> Array:
    """The same in a window of twice the size, from four transforms of the window itself.

    The even waves of the double window are those of the window, the odd ones those of the
    window with the field tilted by half a wave; and in the window each sum over all waves is
    the mean of the two. No dark pixel is transformed, and no array is larger than the field:
    out of the cache that takes a CPU a quarter of the time.
    """
    pairs = np.array([(i, j) for i in (0, 1) for j in (0, 1)])
    waves = jnp.stack([spectrum[..., i::2, j::2] for i, j in pairs])
    # Of each part, along y and along x.
    tilts = [
        turn(jnp.asarray(-np.outer(odd, np.arange(n)) / (2 * n), field.real.dtype))
        for odd, n in zip(pairs.T, field.shape[-2:], strict=True)
    ]

    def add(total: Array, one: tuple[Array, Array, Array]) -> tuple[Array, None]:
        waves, down, across = one
        tilt = (down[:, None] * across[None, :]).reshape(leading + field.shape[-2:])
        part = jnp.fft.ifft2(jnp.fft.fft2(field * tilt) * waves)
        return total + part * tilt.conj() / 4, None

    leading = (1,) * (field.ndim - 2)
    shape = jnp.broadcast_shapes(field.shape, waves.shape[1:])
    return lax.scan(add, jnp.zeros(shape, field.dtype), (waves, tilts[0], tilts[1]))[0]


def turn(turns: Float[Array, "*shape"]) -> Complex[Array, "*shape"]:
    """The factor exp(2 pi i turns); whole turns are taken off before they cost digits."""
    return phase_shifter.transmission(2 * jnp.pi * (turns - jnp.round(turns)))


def centred(samples: int, dtype: jnp.dtype) -> Float[Array, " samples"]:
    """Sample numbers counted from the middle."""
    return jnp.asarray(np.arange(samples) - (samples - 1) / 2, dtype)


def fast_length(least: int) -> int:
    """The least length from `least` on that an FFT likes."""
    return cast(int, next_fast_len(least))


def frequencies(length: int, pitch: Float[Array, ""]) -> Float[Array, " length"]:
    """Frequencies of an FFT, in its order [1/m]."""
    return jnp.asarray(np.fft.fftfreq(length), pitch.dtype) / pitch


def displacements(
    samples: tuple[int, int], length: int, pitch: Float[Array, ""], shift: Float[Array, ""]
) -> Float[Array, " length"]:
    """From samples in to samples out, in the order of a kernel of `length` [m].

    Args:
        samples: their numbers in and out.
        length: of the kernel.
        pitch: between samples [m].
        shift: of the centre of the output [m].
    """
    steps = np.arange(length)
    steps = np.where(steps < samples[1], steps, steps - length) + (samples[0] - samples[1]) / 2
    return jnp.asarray(steps, pitch.dtype) * pitch + shift


def displace(
    samples: tuple[int, int], length: int, pitch: Float[Array, ""], shift: Float[Array, ""]
) -> Complex[Array, " length"]:
    """Factor on a spectrum that moves the output as `displacements` does.

    A wave of two samples a period cannot be moved by a part of a sample: it has no sine.
    Its cosine stays, so that mirror images stay mirror images.
    """
    moved = (samples[0] - samples[1]) / 2 + shift / pitch
    factor = turn(jnp.asarray(np.fft.fftfreq(length), pitch.dtype) * moved)
    if length % 2:
        return factor
    return factor.at[length // 2].set(factor[length // 2].real.astype(factor.dtype))
