"""Kerr phases: a mode whose index grows with its photons."""

import jax.numpy as jnp
from jax import Array
from jaxtyping import ArrayLike, Complex, Float, Num

from photonn.devices import phase_shifter
from photonn.errors import check_last_axis
from photonn.photons import states
from photonn.precision import complex_array, real_array


def modulate(
    vector: Num[ArrayLike, "*batch states"],
    chi: Float[ArrayLike, "*batch modes"],
    photons: int,
) -> Complex[Array, "*batch states"]:
    """Amplitudes behind a Kerr medium in each mode.

        exp(i sum_m chi_m n_m (n_m - 1))

    as the Hamiltonian a+ a+ a a gives it: one photon alone gets no phase, two get 2 chi.
    (The form n^2 differs by a linear phase chi, which a phase shifter makes.)

    Args:
        vector: amplitudes, in the order of `states.basis(photons, modes)`.
        chi: of each mode [rad].
        photons: how many.
    """
    vector, chi = complex_array(vector), real_array(chi, "chi")
    basis = states.basis(photons, chi.shape[-1])
    check_last_axis("vector", vector.shape, len(basis), "states")
    pairs = jnp.asarray(basis * (basis - 1), chi.dtype)
    phase = jnp.matmul(chi, pairs.T, precision="highest").astype(vector.real.dtype)
    phase, vector = jnp.broadcast_arrays(phase, vector)
    return phase_shifter.modulate(vector, phase)
