"""How a message is built: what a value must be, what it is, the way out.

`InputError` is a mistake of the caller, `RunError` something that went wrong while
a correct request was carried out. The command line prints either as one message
and exits with 2 or 1; any other exception is a fault of photonn itself.
"""

import math
from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any

import numpy as np


class InputError(ValueError):
    """A value that cannot be used; the message says what would do."""


class RunError(RuntimeError):
    """A run that cannot go on; the message says what is left and what to do."""


def mistake(name: str, must: str, got: object, hint: str = "") -> InputError:
    """The one grammar of messages: `name` must be ..., but is ... . Way out."""
    return InputError(f"`{name}` must {must}, but {got}. {hint}".rstrip())


def check_last_axis(
    name: str, shape: tuple[int, ...], size: int, axis: str, hint: str = ""
) -> None:
    """Raise unless the last entry of `shape` is `size`."""
    if not shape or shape[-1] != size:
        raise mistake(name, f"have shape (..., {axis}={size})", f"has shape {tuple(shape)}", hint)


def check_shape(
    name: str, shape: tuple[int, ...], expected: tuple[int, ...], hint: str = ""
) -> None:
    """Raise unless the last axes of `shape` are `expected`."""
    if tuple(shape[len(shape) - len(expected) :]) != tuple(expected):
        axes = ", ".join(map(str, expected))
        raise mistake(name, f"have shape (..., {axes})", f"has shape {tuple(shape)}", hint)


def check_integer(name: str, value: object, least: int, hint: str = "") -> None:
    """Raise unless `value` is an integer of at least `least`."""
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < least:
        raise mistake(name, f"be an integer of at least {least}", f"is {value!r}", hint)


def check_positive(name: str, value: object, unit: str, hint: str = "") -> None:
    """Raise if `value` is a plain number that is not positive and finite.

    Arrays pass: under `jit` their values are not known.
    """
    number = _number(value)
    if number is not None and not (math.isfinite(number) and number > 0):
        raise mistake(name, f"be positive and finite [{unit}]", f"is {value}", hint)


def check_finite(name: str, value: object, unit: str, hint: str = "") -> None:
    """Raise if `value` is a plain number that is not finite; arrays pass."""
    number = _number(value)
    if number is not None and not math.isfinite(number):
        raise mistake(name, f"be finite [{unit}]", f"is {value}", hint)


def check_not_negative(name: str, value: object, unit: str, hint: str = "") -> None:
    """Raise if `value` is a plain number below zero or not finite; arrays pass."""
    number = _number(value)
    if number is not None and not (math.isfinite(number) and number >= 0):
        raise mistake(name, f"be zero or more and finite [{unit}]", f"is {value}", hint)


def check_loss(name: str, value: object) -> None:
    """Raise if a loss [dB], a number or an array, is negative or not finite anywhere."""
    check_nowhere_negative(name, value, "dB", "Loss counts positive.")


def check_nowhere_negative(name: str, value: object, unit: str, hint: str = "") -> None:
    """Raise if `value`, a number or an array, is negative or not finite anywhere.

    Under `jit` the values of an array are not known: it passes.
    """
    values = _known(value)
    wrong = values[~(np.isfinite(values) & (values >= 0))]
    if wrong.size:
        raise mistake(name, f"be zero or more and finite [{unit}]", f"is {wrong.flat[0]}", hint)


def check_fraction(name: str, value: object) -> None:
    """Raise if `value`, a number or an array, is below 0 or above 1 anywhere; traced ones pass."""
    values = _known(value)
    wrong = values[~((values >= 0) & (values <= 1))]
    if wrong.size:
        raise mistake(name, "be between 0 and 1", f"is {wrong.flat[0]}")


def check_wavelength(name: str, value: object) -> None:
    """Raise if a wavelength [m], a number or an array, is not positive and finite everywhere.

    Under `jit` the values of an array are not known: it passes.
    """
    check_real(name, value, "m")
    wavelengths = _known(value)
    wrong = wavelengths[~(np.isfinite(wavelengths) & (wavelengths > 0))]
    if wrong.size:
        hint = "SI units: 1550 nm is 1550e-9."
        raise mistake(name, "be positive and finite [m]", f"is {wrong.flat[0]}", hint)


def check_real(name: str, value: Any, unit: str) -> None:
    """Raise if `value`, a number or an array, is complex."""
    if np.iscomplexobj(value):
        must, way_out = f"be real [{unit}]", "Take its angle or its real part."
        raise mistake(name, must, f"is of type {getattr(value, 'dtype', 'complex')}", way_out)


def check_choice(name: str, value: str, choices: Iterable[str]) -> None:
    """Raise unless `value` is one of `choices`; suggest the nearest."""
    choices = sorted(choices)
    if value not in choices:
        must = f"be one of {', '.join(choices)}"
        raise mistake(name, must, f"is {value!r}", did_you_mean(value, choices))


def did_you_mean(value: str, choices: Iterable[str]) -> str:
    """A question with the nearest of `choices`, or nothing."""
    near = get_close_matches(value, list(choices), n=1)
    return f"Did you mean `{near[0]}`?" if near else ""


def _known(value: Any) -> np.ndarray:
    """The values; none of them if they are only traced, or stand for others in a pytree."""
    try:
        values = np.asarray(value)
    except TypeError:
        return np.zeros(0)
    return np.zeros(0) if values.dtype == object else values


def _number(value: object) -> float | None:
    if isinstance(value, (int, float, np.number)) and not isinstance(value, bool):
        return float(value)
    return None
