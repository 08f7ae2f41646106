"""The Mach-Zehnder interferometer: two splitters, two phase shifters."""

import jax.numpy as jnp
from jax import Array
from jaxtyping import ArrayLike, Complex, Float

from photonn.devices import cell
from photonn.precision import common_shape


def transfer_matrix(
    theta: Float[ArrayLike, "..."],
    phi: Float[ArrayLike, "..."],
    *,
    split_in: Float[ArrayLike, "..."] = jnp.pi / 4,
    split_out: Float[ArrayLike, "..."] = jnp.pi / 4,
    split_loss_db: Float[ArrayLike, "..."] | None = None,
    arm_loss_db: Float[ArrayLike, "..."] | None = None,
) -> Complex[Array, "*batch 2 2"]:
    """Transfer matrix of a Mach-Zehnder interferometer.

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
        split_loss_db: loss of both splitters, `(2, ...)` or one number for both [dB].
        arm_loss_db: loss of both outer, then both inner arms, `(2, 2, ...)` or one number
            for all [dB].

    Returns:
        The matrix `T` with `out = T @ in`, upper port first; unitary without loss.

    Raises:
        InputError: if a phase is complex, a loss negative, or shapes do not fit.
    """
    common_shape(split_in=jnp.shape(split_in), split_out=jnp.shape(split_out))
    angles = jnp.broadcast_arrays(split_in, split_out)
    losses = {"split_loss_db": split_loss_db, "arm_loss_db": arm_loss_db}
    return cell.MZI.transfer_matrix(theta, phi, split=jnp.stack(angles), **losses)
