"""Spin glasses: spins that are all coupled to each other at random, for Ising machines.

The energy of spins s = +1 or -1 is -1/2 sum_ij J_ij s_i s_j. MaxCut of a graph with weights w
is the ground state for J = -w.

Sherrington and Kirkpatrick, "Solvable model of a spin-glass", Phys. Rev. Lett. 35, 1792 (1975).
"""

import numpy as np

from photonn.errors import check_choice, check_integer, check_last_axis


def load(*, seed: int = 0, count: int = 1, spins: int = 16, kind: str = "gaussian") -> np.ndarray:
    """Couplings J [1], shape `(count, spins, spins)`, float32: symmetric, zero on the diagonal.

    Their variance is 1 / spins, so that the energy of a spin does not grow with their number.

    Args:
        seed: of the draws.
        count: glasses.
        spins: in each.
        kind: of the distribution: `gaussian`, or `signs` of one size.
    """
    check_integer("count", count, 1)
    check_integer("spins", spins, 2)
    check_choice("kind", kind, ("gaussian", "signs"))
    rng = np.random.default_rng(seed)
    shape = (count, spins, spins)
    drawn = rng.normal(size=shape) if kind == "gaussian" else rng.choice([-1.0, 1.0], shape)
    upper = np.triu(drawn, 1) / np.sqrt(spins)
    return (upper + np.swapaxes(upper, -1, -2)).astype(np.float32)


def energy(couplings: np.ndarray, spins: np.ndarray) -> np.ndarray:
    """Energy of spins, shape `(*batch,)`.

    Args:
        couplings: J, shape `(n, n)`, symmetric.
        spins: +1 or -1, shape `(*batch, n)`.
    """
    check_last_axis("spins", np.shape(spins), len(couplings), "spins")
    return -0.5 * np.einsum("...i,ij,...j->...", spins, couplings, spins)
