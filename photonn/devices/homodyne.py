"""Products by interference: two light fields, two detectors, and their difference.

One pulse a number: `x` meets `w` on a 50:50 splitter, and the detectors behind it gather
(x + w) / sqrt(2) and (x - w) / sqrt(2) over all pulses of a vector. The difference of their
counts is the inner product, and photons arrive one by one.

References:
    Hamerly et al., "Large-scale optical neural networks based on photoelectric
    multiplication", Phys. Rev. X 9, 021032 (2019).
"""

import jax
import jax.numpy as jnp
from jax import Array, lax
from jaxtyping import ArrayLike, Float, Num

from photonn.devices import modulator, photodetector, product
from photonn.errors import check_last_axis, check_positive, mistake
from photonn.precision import complex_array, real_array


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
    # Two Poisson numbers from the sum and the difference of their means.
    of_x, of_w = jnp.broadcast_arrays(_power(field)[..., None], _power(weights))
    rates = jnp.stack([of_x + of_w + mean, of_x + of_w - mean]) / 2
    counts = jax.random.poisson(key, jnp.maximum(lax.stop_gradient(rates), 0))  # 0 but rounding
    return _straight_through((counts[0] - counts[1]).astype(mean.dtype), mean)


def multiply(
    values: Num[ArrayLike, "*batch inputs"],
    weights: Num[ArrayLike, "..."],
    *,
    photons: float,
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
        photons: detected for each multiplication (MAC), those of both lights together.
        key: of the random counts; `None` gives the mean, Re sum_t x_t conj(w_t). The
            gradient is that of the mean in both cases.
    """
    check_positive("photons", photons, "1")
    mean = _inner(values, weights)
    if key is None:
        return mean
    light = photons * jnp.shape(values)[-1]
    x, w = (modulator.normalize_power(complex_array(a), light / 2) for a in (values, weights))
    counts = difference(x, w, key=key)
    of_x, of_w = jnp.broadcast_arrays(_norm(values)[..., None], _norm(weights))
    return _straight_through(counts * (of_x / light) * of_w, mean)


def _inner(x: Num[ArrayLike, "..."], w: Num[ArrayLike, "..."]) -> Float[Array, "..."]:
    """Re sum_t x_t conj(w_t): a product of real numbers, imaginary parts as more of them."""
    x, w = jnp.asarray(x), jnp.asarray(w)
    if w.ndim < 2:
        raise mistake("weights", "have shape (..., outputs, pulses)", f"has shape {w.shape}")
    check_last_axis("values", x.shape, w.shape[-1], "pulses", "One number for each weight.")
    if jnp.iscomplexobj(x) or jnp.iscomplexobj(w):
        x, w = (jnp.concatenate([a.real, a.imag], axis=-1) for a in map(complex_array, (x, w)))
    return product.multiply(w, x)


def _straight_through(drawn: Float[Array, "..."], mean: Float[Array, "..."]):
    """The value of `drawn` to the last digit, the gradient of `mean`."""
    return lax.stop_gradient(drawn) + (mean - lax.stop_gradient(mean))


def _power(values: Num[ArrayLike, "..."]) -> Float[Array, "..."]:
    return jnp.sum(photodetector.detect(values), axis=-1)


def _norm(values: Num[ArrayLike, "..."]) -> Float[Array, "..."]:
    # By the largest first: squares of weak values would vanish in float32.
    size = real_array(jnp.abs(jnp.asarray(values)))
    peak = jnp.max(size, axis=-1, keepdims=True, initial=0.0)
    part = size / jnp.where(peak == 0, 1.0, peak)
    return peak[..., 0] * jnp.sqrt(jnp.sum(part**2, axis=-1))
