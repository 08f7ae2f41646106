"""How much memory a computation needs, before it is compiled: an estimate."""

import math
from collections.abc import Callable
from typing import Any

import jax
from jax.extend.core import ClosedJaxpr, Jaxpr, Var


def peak_bytes(function: Callable[..., Any], *arguments: Any) -> int:
    """Largest sum of all arrays that are needed at one time, arguments left out [bytes].

    It follows the order in which the function was written. A compiler that fuses steps needs
    less, so the estimate is on the safe side.

    Args:
        function: traced, not run.
        *arguments: arrays, or their shapes and types.
    """
    return _peak(jax.make_jaxpr(function)(*arguments).jaxpr)


def _peak(jaxpr: Jaxpr) -> int:
    last: dict[Any, int] = {}
    for number, equation in enumerate(jaxpr.eqns):
        last |= {x: number for x in equation.invars if isinstance(x, Var)}
    last |= {x: len(jaxpr.eqns) for x in jaxpr.outvars if isinstance(x, Var)}
    given = {*jaxpr.invars, *jaxpr.constvars}
    ends: dict[int, int] = {}
    for x, number in last.items():
        if x not in given:
            ends[number] = ends.get(number, 0) + _size(x)
    live = peak = 0
    for number, equation in enumerate(jaxpr.eqns):
        live += sum(_size(x) for x in equation.outvars if x in last)
        peak = max(peak, live + max(map(_peak, _inner(equation.params)), default=0))
        live -= ends.get(number, 0)
    return peak


def _inner(parameters: dict[str, Any]) -> list[Jaxpr]:
    """What loops, branches and compiled functions hold."""
    found = []
    for value in parameters.values():
        for part in value if isinstance(value, tuple | list) else [value]:
            if isinstance(part, ClosedJaxpr):
                found.append(part.jaxpr)
            elif isinstance(part, Jaxpr):
                found.append(part)
    return found


def _size(variable: Any) -> int:
    shape = getattr(variable.aval, "shape", ())
    itemsize = getattr(getattr(variable.aval, "dtype", None), "itemsize", 4)
    return itemsize * math.prod(shape)
