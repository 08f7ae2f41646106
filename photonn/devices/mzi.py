"""The Mach-Zehnder interferometer: two splitters, two phase shifters."""

import jax.numpy as jnp
from jax import Array, lax
from jaxtyping import ArrayLike, Complex, Float

from photonn.devices import phase_shifter
from photonn.precision import real_array


def transfer_matrix(
    theta: Float[ArrayLike, "..."],
    phi: Float[ArrayLike, "..."],
    *,
    split_in: Float[ArrayLike, "..."] = jnp.pi / 4,
    split_out: Float[ArrayLike, "..."] = jnp.pi / 4,
) -> Complex[Array, "*batch 2 2"]:
    """Transfer matrix of a lossless Mach-Zehnder interferometer.

    Light meets, in order: `phi` on the upper arm, the input splitter, `theta` on the
    upper arm, the output splitter. With ideal splitters this is

        i exp(i theta/2) [[exp(i phi) sin(theta/2),  cos(theta/2)],
                          [exp(i phi) cos(theta/2), -sin(theta/2)]]

    so `theta = 0` is the cross state and `theta = pi` the bar state.

    Args:
        theta: internal phase [rad].
        phi: external phase [rad].
        split_in: angle of the input splitter [rad]; pi/4 is 50:50.
        split_out: angle of the output splitter [rad].
            All four broadcast together to the shape `*batch`.

    Returns:
        The matrix `T` with `out = T @ in`, upper port first; unitary.
    """
    theta, phi = real_array(theta), real_array(phi)
    dtype = jnp.result_type(theta, phi)
    theta, phi, split_in, split_out = jnp.broadcast_arrays(
        *(jnp.asarray(x, dtype) for x in (theta, phi, split_in, split_out))
    )
    arm, port = phase_shifter.transmission(theta), phase_shifter.transmission(phi)
    # out = [[c2, i s2], [i s2, c2]] . diag(arm, 1) . [[c1, i s1], [i s1, c1]] . diag(port, 1)
    c1, s1 = _through_and_cross(split_in)
    c2, s2 = _through_and_cross(split_out)
    upper = jnp.stack([(c2 * arm * c1 + s2 * s1) * port, c2 * arm * s1 + s2 * c1], axis=-1)
    lower = jnp.stack([(s2 * arm * c1 + c2 * s1) * port, s2 * arm * s1 + c2 * c1], axis=-1)
    return jnp.stack([upper, lower], axis=-2)


def _through_and_cross(angle: Array) -> tuple[Array, Array]:
    """Amplitudes of a splitter, straight on and (with its factor i) across."""
    cos, sin = phase_shifter.cos_sin(angle)
    zero = jnp.zeros_like(angle)
    return lax.complex(cos, zero), lax.complex(zero, sin)
