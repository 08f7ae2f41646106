"""A splitter of two waveguides: a directional coupler or a multimode interferometer."""

import jax.numpy as jnp
from jax import Array, lax
from jaxtyping import ArrayLike, Complex, Float

from photonn.devices import phase_shifter, waveguide
from photonn.errors import check_loss, check_real
from photonn.precision import real_array


def transfer_matrix(
    angle: Float[ArrayLike, "..."], *, loss_db: Float[ArrayLike, "..."] = 0.0
) -> Complex[Array, "*batch 2 2"]:
    """Transfer matrix of a splitter: cos(angle) straight on, i sin(angle) across.

    Args:
        angle: pi/4 is 50:50, pi/2 crosses over [rad].
        loss_db: loss of power on both outputs [dB]; broadcasts with `angle`.
    """
    check_real("angle", angle, "rad")
    check_loss("loss_db", loss_db)
    angle = real_array(angle)
    cos, sin = through_and_cross(angle, jnp.asarray(loss_db, angle.dtype))
    zero = jnp.zeros_like(cos)
    through, cross = lax.complex(cos, zero), lax.complex(zero, sin)
    rows = [jnp.stack(row, axis=-1) for row in ((through, cross), (cross, through))]
    return jnp.stack(rows, axis=-2)


def through_and_cross(
    angle: Float[Array, "..."], loss_db: Float[Array, "..."] | None = None
) -> tuple[Float[Array, "*batch"], Float[Array, "*batch"]]:
    """Amplitudes of a splitter, straight on and (without its factor i) across.

    Args:
        angle: of the splitter [rad].
        loss_db: loss of power on both outputs [dB]; `None` costs nothing.
    """
    cos, sin = phase_shifter.cos_sin(angle)
    if loss_db is None:
        return cos, sin
    cos, sin, kept = jnp.broadcast_arrays(cos, sin, waveguide.attenuate(loss_db))
    return kept * cos, kept * sin
