"""Products by interference: two light fields, two detectors, and their difference.

One pulse a number: `x` meets `w` on a 50:50 splitter, and the detectors behind it gather
(x + w) / sqrt(2) and (x - w) / sqrt(2) over all pulses of a vector. The difference of their
counts is the inner product, and photons arrive one by one.

References:
    Hamerly et al., "Large-scale optical neural networks based on photoelectric
    multiplication", Phys. Rev. X 9, 021032 (2019).
"""

import math

import jax
import jax.numpy as jnp
from jax import Array, lax
from jaxtyping import ArrayLike, Complex, Float, Num

from photonn.devices import converter, modulator, photodetector, photon_counter, product
from photonn.errors import check_integer, check_last_axis, check_positive, mistake
from photonn.precision import complex_array, real_array, scale


def difference(
    field: Num[ArrayLike, "*batch pulses"],
    weights: Num[ArrayLike, "..."],
    *,
    key: Array | None = None,
) -> Float[Array, "*batch3 outputs"]:
    """Difference of the photon counts of two balanced detectors, one pair for each output.

    Each detector counts as Poisson of sum_t |x_t +- w_t|^2 / 2. The difference has the mean
    2 sum_t Re(x_t conj(w_t)) and the variance sum_t (|x_t|^2 + |w_t|^2).

    Args:
        field: pulses x, an amplitude squared is a number of photons [sqrt(photons)]. Every
            output gets a copy of this strength. Leading axes broadcast.
        weights: the other light w, shape `(..., outputs, pulses)` [sqrt(photons)].
        key: of the random counts; `None` gives their mean. The gradient is that of the mean
            in both cases (straight through: biased only where counts are used non-linearly).
    """
    mean = 2 * _inner(field, weights)
    if key is None:
        return mean
    # The mean counts of the two detectors, from their sum and their difference.
    of_x, of_w = jnp.broadcast_arrays(_power(field)[..., None], _power(weights))
    means = jnp.stack([of_x + of_w + mean, of_x + of_w - mean]) / 2
    means = jnp.maximum(lax.stop_gradient(means), 0)  # rounding can take them below
    plus, minus = photon_counter.count(means, key=key)
    return photon_counter.straight_through(plus - minus, mean)


def multiply(
    values: Num[ArrayLike, "*batch inputs"],
    weights: Num[ArrayLike, "..."],
    *,
    photons: float | Array | None = None,
    key: Array | None = None,
) -> Float[Array, "*batch3 outputs"]:
    """Inner products of `values` with every row of `weights`, measured with few photons.

    Both vectors are scaled to half of the light, photons * inputs / 2, and the difference of
    counts is scaled back: the least noise for that light. Its standard deviation is

        |values| |weights| / sqrt(photons * inputs),

    so a long product costs fewer photons for each multiplication.

    Args:
        values: numbers x of any scale, real or complex. Leading axes broadcast.
        weights: numbers w of any scale, shape `(..., outputs, inputs)`.
        photons: detected for each multiplication (MAC), those of both lights together;
            `None` is light without end.
        key: of the random counts; `None` gives the mean, Re sum_t x_t conj(w_t). The
            gradient is that of the mean in both cases.
    """
    check_positive("photons", photons, "1", "Light without end: None.")  # `None` passes
    mean = _inner(values, weights)
    if key is None or photons is None:
        return mean
    light = jnp.asarray(photons, mean.dtype) * jnp.shape(values)[-1]
    x, w = (_share(a, light / 2) for a in (values, weights))
    counts = difference(x, w, key=key)
    of_x, of_w = jnp.broadcast_arrays(_norm(values)[..., None], _norm(weights))
    return photon_counter.straight_through(counts * (of_x / light) * of_w, mean)


def attend(
    queries: Float[ArrayLike, "*batch tokens size"],
    keys: Float[ArrayLike, "*batch tokens2 size"],
    values: Float[ArrayLike, "*batch tokens2 size2"],
    *,
    photons: float | Array | None = None,
    key: Array | None = None,
) -> Float[Array, "*batch tokens size2"]:
    """Attention with optical products: softmax(Q K^T / sqrt(size)) V, the softmax electronic.

    Both products are those of `multiply`: of queries with keys, and of the shares that the
    softmax gives with values.

    Args:
        queries: one for each token that asks.
        keys: one for each token that is asked.
        values: what it answers.
        photons: detected for each multiplication; `None` is light without end.
        key: of the random counts; `None` gives products without noise.

    References:
        Anderson et al., "Optical transformers", arXiv:2302.10360 (2023), for transformers
        on optical products of few photons.
    """
    queries, keys, values = (real_array(a) for a in (queries, keys, values))
    first, second = (None, None) if key is None else jax.random.split(key)
    # Every token meets the same keys, and the same columns of the values.
    scores = multiply(queries, keys[..., None, :, :], photons=photons, key=first)
    shares = jax.nn.softmax(scores / math.sqrt(queries.shape[-1]), axis=-1)
    columns = values.swapaxes(-1, -2)[..., None, :, :]
    return multiply(shares, columns, photons=photons, key=second)


def quantize(values: Float[ArrayLike, "..."], *, bits: int) -> Float[Array, "..."]:
    """Values as converters of `bits` give them to modulators, the largest one at full scale.

    The scale follows the values, separately for every vector (last axis), as an electronic
    gain in front of the converter has it; both signs take part. The gradient is straight
    through.

    Args:
        values: to be modulated.
        bits: of the converters, sign included.
    """
    check_integer("bits", bits, 2, "One of them is the sign.")
    values = real_array(values)
    peak = lax.stop_gradient(jnp.max(jnp.abs(values), axis=-1, keepdims=True))
    full = jnp.broadcast_to(jnp.where(peak == 0, 1.0, peak), values.shape)
    # An odd number of levels, 2^bits - 1, so that zero is one of them.
    return full * converter.quantize(values / full, 2**bits - 1, low=-1.0, high=1.0)


def _inner(x: Num[ArrayLike, "..."], w: Num[ArrayLike, "..."]) -> Float[Array, "..."]:
    """Re sum_t x_t conj(w_t): a product of real numbers, imaginary parts as more of them."""
    x, w = jnp.asarray(x), jnp.asarray(w)
    if w.ndim < 2:
        raise mistake("weights", "have shape (..., outputs, pulses)", f"has shape {w.shape}")
    check_last_axis("values", x.shape, w.shape[-1], "pulses", "One number for each weight.")
    if jnp.iscomplexobj(x) or jnp.iscomplexobj(w):
        x, w = (jnp.concatenate([a.real, a.imag], axis=-1) for a in map(complex_array, (x, w)))
    return product.multiply(w, x)


def _share(values: Num[ArrayLike, "..."], power: Float[Array, ""]) -> Complex[Array, "..."]:
    field = modulator.normalize_power(complex_array(values))
    return scale(field, jnp.broadcast_to(jnp.sqrt(power).astype(field.real.dtype), field.shape))


def _power(values: Num[ArrayLike, "..."]) -> Float[Array, "..."]:
    return jnp.sum(photodetector.detect(values), axis=-1)


def _norm(values: Num[ArrayLike, "..."]) -> Float[Array, "..."]:
    # By the largest first: squares of weak values would vanish in float32.
    size = real_array(jnp.abs(jnp.asarray(values)))
    peak = jnp.max(size, axis=-1, keepdims=True, initial=0.0)
    part = size / jnp.where(peak == 0, 1.0, peak)
    return peak[..., 0] * jnp.sqrt(jnp.sum(part**2, axis=-1))
