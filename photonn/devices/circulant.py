"""Circulant products: a Fourier transform, a filter on every mode, and the transform back.

A circulant matrix C_ij = c_(i - j) is made diagonal by the Fourier transform: with F the
unitary of `multiport.dft`, C = F^H diag(sqrt(k) F c) F. Light does it with two multiports or
butterflies and k attenuators with phase shifters, instead of k^2 weights.

References:
    Gu et al., "Towards area-efficient optical neural networks: an FFT-based architecture",
    ASP-DAC 2020.
"""

import jax.numpy as jnp
import numpy as np
from jax import Array
from jaxtyping import ArrayLike, Complex, Num

from photonn.errors import check_last_axis, mistake
from photonn.precision import complex_array, real_array, scale


def matrix(
    vectors: Num[ArrayLike, "..."],
) -> Num[Array, "*batch outputs inputs"]:
    """The block-circulant matrix, dense: block (r, c) has entries vectors[r, c, (i - j) mod k].

    Args:
        vectors: first column of every block, shape `(..., rows, columns, k)`.
    """
    vectors = _blocks(vectors)
    rows, columns, size = vectors.shape[-3:]
    shift = (np.arange(size)[:, None] - np.arange(size)) % size
    blocks = jnp.moveaxis(vectors[..., shift], -2, -3)  # rows, i, columns, j
    return blocks.reshape(*vectors.shape[:-3], rows * size, columns * size)


def multiply(
    vectors: Num[ArrayLike, "..."], values: Num[ArrayLike, "*batch inputs"]
) -> Num[Array, "*batch2 outputs"]:
    """`matrix(vectors) @ values` by Fourier transforms: k log k steps a block, not k^2.

    Args:
        vectors: first column of every block, shape `(..., rows, columns, k)`.
        values: numbers or amplitudes, `columns * size` of them; leading axes broadcast.
    """
    vectors, values = _blocks(vectors), jnp.asarray(values)
    real = not (jnp.iscomplexobj(vectors) or jnp.iscomplexobj(values))
    spectra = jnp.fft.fft(complex_array(vectors), axis=-1)
    out = filter_modes(spectra, values)
    return out.real if real else out


def filter_modes(
    transmissions: Num[ArrayLike, "..."],
    field: Num[ArrayLike, "*batch inputs"],
) -> Complex[Array, "*batch2 outputs"]:
    """Blocks of light through F^H diag(t) F, summed over the columns.

    A block is passive where its transmissions are at most 1. Blocks of a row are added behind
    their detectors, or by combiners whose division is left to the caller.

    Args:
        transmissions: t, amplitude and phase for every mode, shape `(..., rows, columns, k)`.
        field: amplitudes [sqrt(W)], `columns * size` of them; leading axes broadcast.
    """
    transmissions, field = complex_array(_blocks(transmissions)), complex_array(field)
    rows, columns, size = transmissions.shape[-3:]
    hint = "A block for every `size` numbers; fill up with zeros."
    check_last_axis("field", field.shape, columns * size, "columns * size", hint)
    parts = field.reshape(*field.shape[:-1], columns, size)
    spectra = jnp.fft.fft(parts, axis=-1)
    spectra = spectra.astype(jnp.result_type(spectra, transmissions))
    mixed = jnp.einsum(
        "...rck,...ck->...rk", transmissions.astype(spectra.dtype), spectra, precision="highest"
    )
    out = jnp.fft.ifft(mixed, axis=-1)
    return out.reshape(*out.shape[:-2], rows * size)


def passive(vectors: Num[ArrayLike, "*batch size"]) -> tuple[Num[Array, "*batch size"], Array]:
    """Vectors of circulant matrices that give no light, and the gain they were divided by.

    The largest amplification of a circulant matrix is the largest of |fft(c)|; a matrix that
    needs none is left as it is.

    Returns:
        The vectors over their gains, and the gains, 1 or more, of shape `*batch`.
    """
    vectors = jnp.asarray(vectors)
    most = jnp.max(jnp.abs(jnp.fft.fft(complex_array(vectors), axis=-1)), axis=-1)
    gain = jnp.maximum(most, 1)
    divisor = jnp.broadcast_to(gain[..., None], vectors.shape)
    if jnp.iscomplexobj(vectors):
        return scale(vectors, 1 / divisor), gain
    return real_array(vectors) / divisor, gain


def _blocks(vectors: Num[ArrayLike, "..."]) -> Num[Array, "*batch rows columns size"]:
    vectors = jnp.asarray(vectors)
    if vectors.ndim < 3 or 0 in vectors.shape:
        must = "have shape (..., rows, columns, size), a vector for each block"
        raise mistake(
            "vectors", must, f"has shape {vectors.shape}", "One block: vectors[None, None]."
        )
    return vectors
