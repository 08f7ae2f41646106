"""Occupation states: how many photons are in each mode.

The states of n photons in m modes are counted by a row number: (n, 0, ..., 0) is row 0, then
(n - 1, 1, 0, ..., 0), and so on to (0, ..., 0, n). Vectors of amplitudes and of
probabilities follow this order.
"""

from collections.abc import Sequence
from functools import lru_cache
from itertools import combinations_with_replacement
from math import comb
from typing import Any

import numpy as np
from jaxtyping import Int

from photonn.errors import InputError, check_integer, mistake

Occupation = Sequence[int] | np.ndarray
MOST = 500_000  # states that one vector may have


def count(photons: int, modes: int) -> int:
    """Number of states of `photons` in `modes`: C(photons + modes - 1, photons)."""
    check_integer("photons", photons, 0)
    check_integer("modes", modes, 1)
    return comb(photons + modes - 1, photons)


@lru_cache(maxsize=64, typed=True)
def basis(photons: int, modes: int) -> Int[np.ndarray, "states modes"]:
    """All states of `photons` in `modes`, in order.

    Raises:
        InputError: if there are more than 500 000.
    """
    states = count(photons, modes)
    if states > MOST:
        must = f"leave at most {MOST} states"
        got = f"{photons} in {modes} modes have {states}"
        way_out = "Take single outcomes (photons.probability) or samples (photons.sample)."
        raise mistake("photons", must, got, way_out)
    where = combinations_with_replacement(range(modes), photons)
    where = np.fromiter((m for some in where for m in some), int, states * photons)
    occupied = np.zeros((states, modes), int)
    np.add.at(occupied, (np.repeat(np.arange(states), photons), where), 1)
    occupied.setflags(write=False)  # it is shared
    return occupied


def rank(state: Occupation | Sequence[Occupation]) -> Int[np.ndarray, "*batch"]:
    """Row of a state in the basis of its photons and modes; leading axes are many states.

    Args:
        state: photons in each mode, `(..., modes)`; all may have other numbers of photons.
    """
    state = read(state, "state")
    modes = state.shape[-1]
    # Rows in front: states whose photons behind this mode are fewer.
    behind = state[..., ::-1].cumsum(axis=-1)[..., ::-1][..., 1:]
    table = _binomials(modes, int(behind.max(initial=0)))
    return np.asarray(table[np.arange(modes - 1, 0, -1), behind].sum(axis=-1))


def read(state: Any, name: str, modes: int | None = None) -> Int[np.ndarray, "*batch modes"]:
    """A state, or many, as an array of integers.

    Raises:
        InputError: if a number is not an integer or is negative, or the modes are not `modes`.
    """
    array = np.asarray(state)
    if array.ndim == 0 or array.shape[-1] == 0 or not np.issubdtype(array.dtype, np.integer):
        must = "be whole numbers of photons, one for each mode"
        raise mistake(name, must, f"is {state!r}", "For example (1, 1, 0, 0).")
    if (array < 0).any():
        raise mistake(name, "hold no negative number of photons", f"holds {array.min()}")
    if modes is not None and array.shape[-1] != modes:
        raise InputError(
            f"`{name}` must give the photons of {modes} modes, but gives {array.shape[-1]}. "
            "Write 0 for an empty mode."
        )
    return array


def positions(state: Int[np.ndarray, " modes"]) -> Int[np.ndarray, " photons"]:
    """Mode of every photon: (2, 0, 1) is 0, 0, 2."""
    return np.repeat(np.arange(len(state)), state)


@lru_cache(maxsize=64)
def _binomials(modes: int, photons: int) -> np.ndarray:
    """Entry k, r: how many states have fewer than r photons in k modes."""
    return np.array(
        [[comb(r - 1 + k, k) if r else 0 for r in range(photons + 1)] for k in range(modes)]
    )
