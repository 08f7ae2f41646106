"""Beams that are divided, joined and turned back.

Each beam is described in its own coordinates, looking along the light: what is reflected
once is seen mirrored, x to -x.
"""

import jax.numpy as jnp
from jax import Array
from jaxtyping import ArrayLike, Complex, Float, Num

from photonn.free_space import heights
from photonn.precision import complex_array


def mix(
    first: Num[ArrayLike, "*batch y x"],
    second: Num[ArrayLike, "*batch y x"],
    *,
    angle: Float[ArrayLike, ""] = jnp.pi / 4,
) -> tuple[Complex[Array, "*batch y x"], Complex[Array, "*batch y x"]]:
    """The two beams behind a lossless beam splitter: cos straight on, i sin reflected.

    The matrix is that of a waveguide coupler, [[cos, i sin], [i sin, cos]]. What is
    reflected is mirrored left to right.

    Args:
        first: beam into one side.
        second: beam into the other side; zeros for a splitter with one input.
        angle: splitting angle [rad]; pi / 4 is 50:50.

    Returns:
        The beams on from `first` and on from `second`.
    """
    first, second = complex_array(first), complex_array(second)
    straight = jnp.cos(angle).astype(first.dtype)
    across = (1j * jnp.sin(angle)).astype(first.dtype)
    return (
        straight * first + across * second[..., ::-1],
        straight * second + across * first[..., ::-1],
    )


def reflect(
    field: Num[ArrayLike, "*batch y x"],
    *,
    reflectivity: Float[ArrayLike, ""] = 1.0,
) -> Complex[Array, "*batch y x"]:
    """Field turned back by a mirror: mirrored left to right, with the sign of a metal, -1.

    Args:
        field: in front of the mirror.
        reflectivity: share of the power that comes back.
    """
    field = complex_array(field)
    amplitude = -jnp.sqrt(jnp.asarray(reflectivity, field.real.dtype))
    return amplitude.astype(field.dtype) * field[..., ::-1]


def reflect_relief(
    field: Num[ArrayLike, "*batch y x"],
    height: Float[ArrayLike, "y x"],
    *,
    wavelength: Float[ArrayLike, ""],
    index: Float[ArrayLike, ""] = 1.0,
) -> Complex[Array, "*batch y x"]:
    """Field turned back by a shaped mirror: where it is high the way is shorter by twice that.

    Args:
        field: in front of the mirror.
        height: of the mirror towards the light, as the light sees it [m].
        wavelength: in vacuum [m].
        index: of the space in front of it.
    """
    way = -2 * jnp.asarray(height)
    # A detour in the ambient: as a relief that stands in nothing.
    met = heights.modulate(field, way, wavelength=wavelength, index=index, ambient=0.0)
    return reflect(met)
