"""How a message is built: what a value must be, what it is, the way out.

`InputError` is a mistake of the caller, `RunError` something that went wrong while
a correct request was carried out. The command line prints either as one message
and exits with 2 or 1. `Terminated` is a run that was asked to stop (143). Any other
exception is a fault of photonn itself.
"""

from collections.abc import Callable, Iterable
from difflib import get_close_matches
from typing import Any

import numpy as np


class InputError(ValueError):
    """A value that cannot be used; the message says what would do."""


class RunError(RuntimeError):
    """A run that cannot go on; the message says what is left and what to do."""


class Terminated(SystemExit):
    """SIGTERM ended a run, which can go on later.

    Nothing that mends errors may catch it, and a script that does not expect it ends
    quietly with 143, which is what the shell shows for a process that SIGTERM ended.
    """

    def __init__(self, message: str = "Stopped by SIGTERM; give the same command again to go on."):
        super().__init__(message)
        self.code = 143  # 128 + SIGTERM


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
    """Raise unless `value`, a number or an array, is positive and finite everywhere."""
    wrong = _wrong(value, lambda v: np.isfinite(v) & (v > 0))
    if wrong:
        raise mistake(name, f"be positive and finite [{unit}]", f"is {wrong[0]}", hint)


def check_finite(name: str, value: object, unit: str, hint: str = "") -> None:
    """Raise unless `value`, a number or an array, is finite everywhere."""
    wrong = _wrong(value, np.isfinite)
    if wrong:
        raise mistake(name, f"be finite [{unit}]", f"is {wrong[0]}", hint)


def check_not_negative(name: str, value: object, unit: str, hint: str = "") -> None:
    """Raise if `value`, a number or an array, is below zero or not finite anywhere."""
    wrong = _wrong(value, lambda v: np.isfinite(v) & (v >= 0))
    if wrong:
        raise mistake(name, f"be zero or more and finite [{unit}]", f"is {wrong[0]}", hint)


def check_loss(name: str, value: object) -> None:
    """Raise if a loss [dB], a number or an array, is negative or not finite anywhere."""
    check_not_negative(name, value, "dB", "Loss counts positive.")


def check_wavelength(name: str, value: object) -> None:
    """Raise unless a wavelength [m], a number or an array, is positive and finite everywhere."""
    check_real(name, value, "m")
    hint = "SI units: 1550 nm is 1550e-9."
    check_positive(name, value, "m", hint)
    wrong = _wrong(value, lambda v: v < 100)  # nanometres, most likely; no light is that long
    if wrong:
        raise mistake(name, "be below 100 [m]", f"is {wrong[0]:g}", hint)


def check_between(
    name: str, value: object, low: float, high: float, unit: str, hint: str = ""
) -> None:
    """Raise unless a number or an array is above `low` and below `high` everywhere."""
    wrong = _wrong(value, lambda v: (v > low) & (v < high))
    if wrong:
        raise mistake(name, f"be above {low:g} and below {high:g} [{unit}]", f"is {wrong[0]}", hint)


def check_index(name: str, value: object, size: int, what: str) -> None:
    """Raise unless whole numbers count from 0 to `size - 1`."""
    wrong = _wrong(value, lambda v: (v >= 0) & (v < size) & (v == np.floor(v)))
    if wrong:
        must = f"be whole and from 0 to {what} - 1 = {size - 1}"
        raise mistake(name, must, f"is {wrong[0]}")


def check_fraction(name: str, value: object, hint: str = "") -> None:
    """Raise unless `value`, a number or an array, is from 0 to 1 everywhere."""
    check_real(name, value, "1")
    wrong = _wrong(value, lambda v: (v >= 0) & (v <= 1))
    if wrong:
        raise mistake(name, "be between 0 and 1", f"is {wrong[0]}", hint)


def check_below_one(name: str, value: object) -> None:
    """Raise unless `value` is from 0 up to 1, but not 1."""
    if wrong := _wrong(value, lambda v: (v >= 0) & (v < 1)):
        raise mistake(name, "be at least 0 and below 1", f"is {wrong[0]}")


def check_key(name: str, key: object) -> None:
    """Raise unless `key` can be one random key of JAX: no number, no several keys."""
    hint = "Pass jax.random.key(0)."
    kind, shape = getattr(key, "dtype", None), getattr(key, "shape", None)
    if kind is None:
        raise mistake(name, "be a random key", f"is {key!r}", hint)
    if shape != () or not str(kind).startswith("key"):
        raise mistake(name, "be one random key", f"has {kind} of shape {shape}", hint)


def check_kind(name: str, value: object, kind: type, hint: str = "") -> None:
    """Raise unless `value` is of the class `kind`."""
    if not isinstance(value, kind):
        raise mistake(name, f"be a {kind.__name__}", f"is {value!r}", hint)


def check_real(name: str, value: Any, unit: str) -> None:
    """Raise if `value`, a number or an array, is complex or no number at all."""
    if value is None or isinstance(value, str):
        raise mistake(name, f"be a number or an array [{unit}]", f"is {value!r}")
    if np.iscomplexobj(value):
        must, way_out = f"be real [{unit}]", "Take its angle or its real part."
        raise mistake(name, must, f"is of type {getattr(value, 'dtype', 'complex')}", way_out)


def check_choice(name: str, value: str, choices: Iterable[str]) -> None:
    """Raise unless `value` is one of `choices`; suggest the nearest."""
    choices = sorted(choices)
    if value not in choices:
        must = f"be one of {', '.join(choices)}"
        raise mistake(name, must, f"is {value!r}", did_you_mean(str(value), choices))


def did_you_mean(value: str, choices: Iterable[str]) -> str:
    """A question with the nearest of `choices`, or nothing."""
    near = get_close_matches(value, list(choices), n=1)
    return f"Did you mean `{near[0]}`?" if near else ""


def number(value: object) -> object:
    """The value if it is a plain number, or text, else `None`, which passes every check.

    For fields of pytrees: batches and gradients are instances too, and may be anything but
    text, which NumPy would read as a number without a word.
    """
    return value if isinstance(value, (int, float, np.number, str)) else None


def _wrong(value: Any, good: Callable[[np.ndarray], np.ndarray]) -> list:
    """The first of the values that is not good; none if they are not known.

    They are not while they are traced (`jit`), nor where others stand for them in a pytree.
    """
    try:
        values = np.asarray(value)
    except TypeError:
        return []
    if values.dtype.kind in "SU":
        return [repr(value)]
    if values.dtype.kind == "O":
        return []
    return values[~good(values)].flat[:1].tolist()
