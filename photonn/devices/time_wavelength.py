"""Convolution in time and wavelength: one modulator, a comb of lines, and a fibre.

A signal is modulated onto all lines of a comb at once. A shaper gives line k its weight, a
dispersive fibre delays it by k symbols, and a detector adds the lines up:
y(t) = sum_k w_k x(t - k), a convolution. Lines of negative weight go to a second detector
that subtracts.

References:
    Xu et al., "11 TOPS photonic convolutional accelerator for optical neural networks",
    Nature 589, 44 (2021).
"""

import jax.numpy as jnp
import numpy as np
from jax import Array, lax
from jaxtyping import ArrayLike, Float

from photonn.devices import product
from photonn.errors import (
    check_finite,
    check_integer,
    check_last_axis,
    check_not_negative,
    check_positive,
    mistake,
)
from photonn.precision import real_array


def delays(
    lines: int, *, spacing: float, dispersion: float, symbol_rate: float, slope: float = 0.0
) -> Float[Array, " lines"]:
    """Delay of every line of a comb, in symbols: rate (D k s + S (k s)^2 / 2).

    The fibre fits the signal where `dispersion * spacing * symbol_rate` is 1.

    Args:
        lines: number of lines; the first one is not delayed.
        spacing: of the lines, s [m].
        dispersion: of the whole fibre, D times length, at the first line [s/m];
            1 ps/nm is 1e-3 s/m.
        symbol_rate: symbols per time [1/s].
        slope: change of the dispersion with the wavelength, S times length [s/m^2];
            1 ps/nm^2 is 1e6 s/m^2.
    """
    check_integer("lines", lines, 1)
    check_positive("spacing", spacing, "m")
    check_not_negative("dispersion", dispersion, "s/m")
    check_positive("symbol_rate", symbol_rate, "1/s")
    check_finite("slope", slope, "s/m^2")
    detuning = jnp.arange(lines, dtype=float) * spacing
    return symbol_rate * (dispersion * detuning + slope * detuning**2 / 2)


def program(
    weights: Float[ArrayLike, "*batch lines"], *, power: Float[ArrayLike, " comb"]
) -> tuple[Float[Array, "*batch lines"], Float[Array, "*batch"]]:
    """Settings of the shaper for `weights`, and the factor that the signal lacks then.

    A shaper only attenuates: the line that needs most stays as it is.

    Args:
        weights: signed, one for each line.
        power: of the lines, relative or in [W], above zero.

    Returns:
        Transmissions in [-1, 1], the sign for the detector, and the weights over what light
        sees, of shape `*batch`.
    """
    check_positive("power", power, "W", "A dark line carries no weight: leave it out.")
    weights, power = _per_line(weights, power)
    wanted = weights / power
    most = jnp.max(jnp.abs(wanted), axis=-1)
    factor = jnp.where(most == 0, 1.0, most)
    return wanted / jnp.expand_dims(factor, -1), factor


def weights(
    settings: Float[ArrayLike, "*batch lines"], *, power: Float[ArrayLike, " comb"]
) -> Float[Array, "*batch lines"]:
    """What every line contributes: transmission of the shaper times power of the line.

    Args:
        settings: signed transmissions; beyond [-1, 1] they are clipped.
        power: of the lines, relative or in [W]: a comb is never quite flat.
    """
    settings, power = _per_line(settings, power)
    return jnp.clip(settings, -1, 1) * power


def response(
    weights: Float[ArrayLike, "*batch lines"],
    samples: int,
    *,
    delays: Float[ArrayLike, " lines"] | None = None,
) -> Float[Array, "*batch samples"]:
    """Signal behind the detectors for one symbol, at the centres of the first `samples`.

    Symbols are flat pulses and detectors gather for the time of one: a line that comes
    late by a fraction of a symbol is shared between two samples, in that proportion.

    Args:
        weights: what every line contributes, signed.
        samples: how many; what comes later is cut off.
        delays: of the lines, in symbols; 0, 1, 2, ... by default.
    """
    weights = real_array(weights, "weights")
    lines = weights.shape[-1]
    ideal = jnp.arange(lines, dtype=weights.dtype)
    late = ideal if delays is None else jnp.asarray(delays, weights.dtype)
    check_last_axis("delays", late.shape, lines, "lines")
    apart = jnp.abs(jnp.arange(samples, dtype=weights.dtype)[:, None] - late[None])
    return product.multiply(jnp.maximum(1 - apart, 0), weights)


def matrix(
    weights: Float[ArrayLike, "*batch lines"],
    samples: int,
    *,
    delays: Float[ArrayLike, " lines"] | None = None,
) -> Float[Array, "*batch outputs samples"]:
    """The convolution as a matrix: from `samples` symbols to `samples + lines - 1` signals.

    Args:
        weights: what every line contributes, signed.
        samples: number of symbols.
        delays: of the lines, in symbols; 0, 1, 2, ... by default.
    """
    check_integer("samples", samples, 1)
    outputs = samples + jnp.shape(weights)[-1] - 1
    answer = response(weights, outputs, delays=delays)
    lag = np.arange(outputs)[:, None] - np.arange(samples)
    padded = jnp.pad(answer, [(0, 0)] * (answer.ndim - 1) + [(0, 1)])  # light is not early
    return padded[..., np.where(lag < 0, outputs, lag)]


def convolve(
    signal: Float[ArrayLike, "*batch samples"],
    weights: Float[ArrayLike, "*kernels lines"],
    *,
    delays: Float[ArrayLike, " lines"] | None = None,
) -> Float[Array, "*batch2 outputs"]:
    """The signals of `samples + lines - 1` times: the full convolution with every kernel.

    Args:
        signal: one number a symbol.
        weights: what every line contributes, signed; the axes `*kernels` come behind those
            of the signal.
        delays: of the lines, in symbols; 0, 1, 2, ... by default.
    """
    signal = real_array(signal, "signal")
    weights = jnp.asarray(weights, signal.dtype)
    toeplitz = matrix(weights, signal.shape[-1], delays=delays)
    kernels = weights.shape[:-1]
    out = jnp.einsum(
        "...s,kts->...kt",
        signal,
        toeplitz.reshape(-1, *toeplitz.shape[-2:]),
        precision=lax.Precision.HIGHEST,
    )
    return out.reshape(*signal.shape[:-1], *kernels, out.shape[-1])


def raster(
    images: Float[ArrayLike, "*batch y x"], *, height: int, stride: int = 1
) -> Float[Array, "*batch strips symbols"]:
    """Images as trains of symbols: strips of `height` rows, column after column.

    Args:
        images: to be sent.
        height: rows of a strip, those of the kernel.
        stride: rows from strip to strip; with `height` every pixel is sent once.
    """
    images = real_array(images, "images")
    check_integer("height", height, 1)
    check_integer("stride", stride, 1)
    if images.ndim < 2 or images.shape[-2] < height:
        must = f"have shape (..., y, x) with at least {height} rows"
        raise mistake("images", must, f"has shape {images.shape}")
    rows, columns = images.shape[-2:]
    top = np.arange(0, rows - height + 1, stride)
    strips = images[..., top[:, None] + np.arange(height), :]
    return strips.swapaxes(-1, -2).reshape(*images.shape[:-2], len(top), columns * height)


def convolve_images(
    images: Float[ArrayLike, "*batch y x"],
    kernels: Float[ArrayLike, "*kernels height width"],
    *,
    stride: int = 1,
    delays: Float[ArrayLike, " lines"] | None = None,
) -> Float[Array, "*batch2 y2 x2"]:
    """Images correlated with kernels, as layers of a network have it, where they overlap.

    Every strip of rows is a train of symbols, a kernel one weight a line, the last pixel
    on the line that is not delayed. Of the signals, one in `height` is a window of the image.

    Args:
        images: to be sent, one symbol a pixel and strip.
        kernels: what the lines contribute, signed; the axes `*kernels` come behind those
            of the images.
        stride: rows from strip to strip.
        delays: of the lines, in symbols; 0, 1, 2, ... by default.
    """
    kernels = real_array(kernels, "kernels")
    if kernels.ndim < 2:
        raise mistake("kernels", "have shape (..., height, width)", f"has shape {kernels.shape}")
    height, width = kernels.shape[-2:]
    symbols = raster(images, height=height, stride=stride)
    columns = symbols.shape[-1] // height
    if columns < width:
        must, got = f"have at least {width} columns", f"has shape {jnp.shape(images)}"
        raise mistake("images", must, got, "Pad them with zeros.")
    lines = order_lines(kernels)
    signals = convolve(symbols, lines, delays=delays)
    windows = signals[..., height * width - 1 : height * columns : height]
    strips = symbols.ndim - 2  # behind the axes of the kernels
    return jnp.moveaxis(windows, strips, -2)


def order_lines(kernels: Float[ArrayLike, "*batch height width"]) -> Float[Array, "*batch lines"]:
    """The numbers of kernels in the order of the lines: column after column, the last first."""
    kernels = jnp.asarray(kernels).swapaxes(-1, -2)
    return kernels.reshape(*kernels.shape[:-2], -1)[..., ::-1]


def kernels(
    lines: Float[ArrayLike, "*batch lines"], shape: tuple[int, int]
) -> Float[Array, "*batch height width"]:
    """Kernels of height and width `shape` from what the lines contribute."""
    height, width = shape
    lines = jnp.asarray(lines)[..., ::-1]
    check_last_axis("lines", lines.shape, height * width, "height * width")
    return lines.reshape(*lines.shape[:-1], width, height).swapaxes(-1, -2)


def _per_line(values: ArrayLike, power: ArrayLike) -> tuple[Array, Array]:
    values = real_array(values, "weights")
    check_not_negative("power", power, "W")
    power = jnp.asarray(power, values.dtype)
    check_last_axis("weights", values.shape, power.shape[-1], "lines", "One for each line.")
    return values, jnp.broadcast_to(power, values.shape)
