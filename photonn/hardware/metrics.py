"""How far a chip is from its design."""

from collections.abc import Callable
from typing import Any

import jax.numpy as jnp
from jax import Array
from jaxtyping import ArrayLike, Complex, Float, Int, Num

from photonn.errors import check_integer, check_last_axis, check_shape, mistake
from photonn.precision import complex_array, real_array


def transfer_matrix(
    model: Callable[..., Any], modes: int, *, wavelength: ArrayLike | None = None
) -> Num[Array, "*wavelengths outputs modes"]:
    """Matrix of a linear model, `out = matrix @ in`: what it makes of light in each input.

    Args:
        model: a mesh, or anything linear from `(..., modes)` to `(..., outputs)`.
        modes: number of inputs.
        wavelength: in vacuum, one or many [m]; the model takes it by this name, as
            `nn.MZIMesh` does. Without it the model is at its design wavelength.

    Raises:
        InputError: if the model detects: gives real numbers for complex amplitudes.
    """
    check_integer("modes", modes, 1)
    inputs, options = jnp.eye(modes, dtype=float), {}
    if wavelength is not None:
        options["wavelength"] = jnp.asarray(wavelength)[..., None]
    rows = model(inputs, **options)
    if not jnp.iscomplexobj(rows):
        _check_amplitudes(model, complex_array(inputs), options)
    return rows.mT


def _check_amplitudes(model: Callable[..., Any], light: Array, options: dict[str, Any]) -> None:
    """Raise if a model that gives real numbers does so for complex light too."""
    try:
        detected = not jnp.iscomplexobj(model(light, **options))
    except (ValueError, TypeError):  # a real matrix that takes no light
        return
    if detected:
        hint = "Powers have no transfer matrix: leave the read-out off, as in model.layers[0]."
        raise mistake("model", "give amplitudes for amplitudes", "gives real numbers", hint)


def matrix_error(
    matrix: Num[ArrayLike, "*batch outputs modes"],
    ideal: Num[ArrayLike, "..."],
) -> Float[Array, "..."]:
    """Frobenius norm of the difference, over the root of the number of inputs.

    Zero for equal matrices; root two, on average, for independent Haar-random unitaries.
    Phases and losses that all ports share count: see `fidelity`.

    Args:
        matrix: of the chip.
        ideal: of the design.
    """
    matrix, ideal = _pair(matrix, ideal)
    difference = jnp.subtract(*jnp.broadcast_arrays(matrix, ideal))
    power = _power(difference).sum((-2, -1)) / matrix.shape[-1]
    # Inner where: the derivative of the root at zero is not finite.
    differs = power > 0
    return jnp.where(differs, jnp.sqrt(jnp.where(differs, power, 1)), 0)


def fidelity(
    matrix: Num[ArrayLike, "*batch outputs modes"],
    ideal: Num[ArrayLike, "..."],
) -> Float[Array, "..."]:
    """Squared overlap of two matrices, |tr(A^H B)|^2 / (tr(A^H A) tr(B^H B)), 0 to 1.

    One if they differ by a factor only: a loss and a phase that all light shares.

    Args:
        matrix: of the chip.
        ideal: of the design.
    """
    matrix, ideal = jnp.broadcast_arrays(*_pair(matrix, ideal))
    overlap = _power((ideal.conj() * matrix).sum((-2, -1)))
    return overlap / (_power(ideal).sum((-2, -1)) * _power(matrix).sum((-2, -1)))


def deviation(
    made: Complex[ArrayLike, "n n"], wanted: Complex[ArrayLike, "n n"]
) -> Float[Array, ""]:
    """Least of ||c made - wanted||_F / ||wanted||_F over one complex factor c.

    Loss that all paths share and a common phase are no error. Its square is 1 - `fidelity`,
    without the digits that this difference loses.

    Args:
        made: matrix of the chip.
        wanted: matrix of the design.
    """
    made, wanted = jnp.asarray(made), jnp.asarray(wanted)
    power = jnp.sum(jnp.abs(made) ** 2)
    bright = power > 0
    factor = jnp.vdot(made, wanted) / jnp.where(bright, power, 1.0).astype(made.dtype)
    return jnp.linalg.norm(factor * made - wanted) / jnp.linalg.norm(wanted)


def insertion_loss_db(
    matrix: Num[ArrayLike, "*batch outputs modes"],
) -> Float[Array, "*batch modes"]:
    """Loss from each input to all outputs together [dB]; the largest is the worst path.

    Args:
        matrix: of the chip.
    """
    return -_decibels(_power(complex_array(matrix)).sum(-2))


def crosstalk_db(
    matrix: Num[ArrayLike, "*batch outputs modes"], targets: Int[ArrayLike, " modes"]
) -> Float[Array, "*batch modes"]:
    """Light that comes out where it should not, of a switch: over that at its target [dB].

    Args:
        matrix: of the chip.
        targets: output that each input is sent to.
    """
    power = _power(complex_array(matrix))
    check_last_axis("targets", jnp.shape(targets), power.shape[-1], "modes")
    wanted = jnp.arange(power.shape[-2])[:, None] == jnp.asarray(targets)[None, :]
    wanted = jnp.broadcast_to(wanted, power.shape)
    right = jnp.where(wanted, power, 0).sum(-2)
    return _decibels(jnp.where(wanted, 0, power).sum(-2) / right)


def extinction_db(split: Float[ArrayLike, "..."]) -> Float[Array, "..."]:
    """Extinction of interferometers with splitters that are not 50:50 [dB].

    First in the cross state, -20 log10 |sin(a + b)|, which equal errors spoil; then in the
    bar state, -20 log10 |sin(a - b)|, which opposite errors spoil. Infinite if perfect.

    Args:
        split: deviation of both splitters from 50:50, `(..., 2, cells)`, as `nn.MZIMesh.split`
            holds it [rad].
    """
    split = real_array(split, "split")
    if split.ndim < 2 or split.shape[-2] != 2:
        raise mistake("split", "have shape (..., 2, cells)", f"has shape {split.shape}")
    first, second = split[..., 0, :], split[..., 1, :]
    leaks = jnp.sin(jnp.stack([first + second, first - second], axis=-2))
    return -_decibels(leaks**2)


def _pair(matrix: ArrayLike, ideal: ArrayLike) -> tuple[Array, Array]:
    matrix, ideal = complex_array(matrix), complex_array(ideal)
    check_shape("matrix", matrix.shape, ideal.shape[-2:], "That of the design.")
    dtype = jnp.promote_types(matrix.dtype, ideal.dtype)
    return matrix.astype(dtype), ideal.astype(dtype)


def _power(amplitude: Array) -> Array:
    return amplitude.real**2 + amplitude.imag**2


def _decibels(ratio: Array) -> Array:
    return 10 * jnp.log10(ratio)
