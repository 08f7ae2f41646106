"""A coherent crossbar: amplitudes on rows, complex products on columns.

As in `photonn.devices.phase_change`, but with amplitudes: splitters give each of m columns
1 / sqrt(m) of the amplitude of a row, a cell multiplies by sin(theta / 2) exp(i phi), and
combiners gather n rows into a column, 1 / sqrt(n) of each:

    y_i = 1 / sqrt(m n) sum_j sin(theta_ij / 2) exp(i phi_ij) x_j

The two crossings of couplers, a common factor i^2, are left out.

References:
    Giamougiannis et al., "A coherent photonic crossbar for scalable universal linear optics",
    J. Lightwave Technol. 41, 2425 (2023), for the architecture.
"""

import jax.numpy as jnp
from jax import Array
from jaxtyping import ArrayLike, Complex, Float, Num

from photonn.devices import ladder, phase_shifter
from photonn.precision import common_shape, complex_array, real_array, root, scale


def weights(
    theta: Float[ArrayLike, "*batch outputs inputs"],
    phi: Float[ArrayLike, "*batch2 outputs inputs"],
    *,
    splitting: Float[ArrayLike, " outputs"] | None = None,
    gathering: Float[ArrayLike, " inputs"] | None = None,
) -> Complex[Array, "*batch3 outputs inputs"]:
    """The complex transfer matrix.

    Args:
        theta: setting of the attenuator of each cell, which passes sin(theta / 2) of the
            amplitude [rad].
        phi: phase of each cell [rad].
        splitting: share of power that each coupler of a row takes; by default equal taps.
        gathering: share of power that each coupler of a column feeds in; by default equal.
    """
    theta = real_array(theta, "theta")
    shape = common_shape(theta=jnp.shape(theta), phi=jnp.shape(phi))
    outputs, inputs = shape[-2:]
    splitting = ladder.equal_couplers(outputs) if splitting is None else splitting
    gathering = ladder.equal_couplers(inputs) if gathering is None else gathering
    to_columns, from_rows = (ladder.shares(k).astype(theta.dtype) for k in (splitting, gathering))
    power = jnp.outer(to_columns, from_rows)
    amplitude = jnp.broadcast_to(jnp.sin(theta / 2), shape) * jnp.broadcast_to(root(power), shape)
    turn = phase_shifter.transmission(jnp.asarray(phi, theta.dtype))
    return scale(jnp.broadcast_to(turn, shape), amplitude)


def program(
    matrix: Num[ArrayLike, "*batch outputs inputs"],
) -> tuple[Float[Array, "*batch outputs inputs"], Float[Array, "*batch outputs inputs"]]:
    """Settings theta and phi of equal taps for a matrix; entries too large are cut to 1/sqrt(mn).

    Args:
        matrix: wanted, |entry| up to 1 / sqrt(outputs inputs).
    """
    matrix = complex_array(matrix)
    outputs, inputs = matrix.shape[-2:]
    amplitude = jnp.minimum(jnp.abs(matrix) * (outputs * inputs) ** 0.5, 1)
    return 2 * jnp.arcsin(amplitude), jnp.angle(matrix)
