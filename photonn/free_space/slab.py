"""A flat slab at normal incidence, with all its reflections.

What a thin mask leaves out: the two surfaces of a plate reflect, and light runs to and fro
between them. Indices may be complex, n + i kappa.

References:
    Born and Wolf, "Principles of Optics".
"""

import jax.numpy as jnp
from jax import Array
from jaxtyping import ArrayLike, Complex, Float, Num

from photonn.errors import check_not_negative, check_wavelength
from photonn.precision import complex_array


def reflection(
    before: Num[ArrayLike, "*batch"], behind: Num[ArrayLike, "*batch"]
) -> Complex[Array, "*batch"]:
    """Amplitude that one surface reflects, (n1 - n2) / (n1 + n2); |r|^2 is the power."""
    before, behind = complex_array(before), complex_array(behind)
    return (before - behind) / (before + behind)


def transmission(
    before: Num[ArrayLike, "*batch"], behind: Num[ArrayLike, "*batch"]
) -> Complex[Array, "*batch"]:
    """Amplitude of the electric field behind one surface, 2 n1 / (n1 + n2).

    Without absorption the power is n2 / n1 times its square.
    """
    before, behind = complex_array(before), complex_array(behind)
    return 2 * before / (before + behind)


def scatter(
    thickness: Float[ArrayLike, "*batch"],
    *,
    wavelength: Float[ArrayLike, ""],
    index: Num[ArrayLike, ""],
    before: Num[ArrayLike, ""] = 1.0,
    behind: Num[ArrayLike, ""] = 1.0,
) -> tuple[Complex[Array, "*batch"], Complex[Array, "*batch"]]:
    """Amplitudes that a slab reflects and transmits, electric fields at its faces.

    Args:
        thickness: of the slab [m], such as a height map.
        wavelength: in vacuum [m].
        index: of the slab.
        before: index in front of it.
        behind: index behind it.

    Returns:
        The reflected and the transmitted amplitude. The phase of the latter is that of the
        whole path through the slab.
    """
    check_wavelength("wavelength", wavelength)
    check_not_negative("thickness", thickness, "m")
    path = complex_array(thickness)
    length, inside = (jnp.asarray(v).astype(path.dtype) for v in (wavelength, index))
    once = jnp.exp(2j * jnp.pi * inside / length * path)
    first, second = (
        reflection(*(jnp.asarray(v).astype(path.dtype) for v in pair))
        for pair in ((before, index), (index, behind))
    )
    round_trips = 1 + first * second * once**2
    transmitted = (1 + first) * (1 + second) * once / round_trips
    return (first + second * once**2) / round_trips, transmitted
