"""A phase shifter: multiplies the amplitude by exp(+i phase)."""

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array, lax
from jaxtyping import ArrayLike, Complex, Float

from photonn.precision import real_array


def transmission(phase: Float[ArrayLike, "*batch"]) -> Complex[Array, "*batch"]:
    """The factor exp(i phase) in the complex type that belongs to the phase.

    Built from cosine and sine: `exp` of a complex number spends time on a real part
    that is zero.

    Args:
        phase: shift [rad], shape `*batch`.
    """
    return lax.complex(*cos_sin(phase))


def cos_sin(phase: Float[ArrayLike, "*batch"]) -> tuple[Float[Array, "*batch"], ...]:
    """Cosine and sine of phases, together.

    In float32 by the same sum for every phase: XLA's own functions branch for each number,
    which costs a CPU about 6 ns each for phases in no order, against 0.3 ns here. Right to
    1e-7 up to 1e4 rad; beyond, to the step of float32 there (1e-3 and more).

    Args:
        phase: angle [rad].
    """
    phase = real_array(phase, "phase")
    if phase.dtype == jnp.float32:
        return _cos_sin(phase)
    return jnp.cos(phase), jnp.sin(phase)


# pi / 2 in three parts; whole multiples of the first two are exact in float32.
_QUARTER = [np.float32(part) for part in (1.5703125, 4.837512969970703e-4, 7.549789948768648e-8)]


@jax.custom_jvp
def _cos_sin(phase: Array) -> tuple[Array, Array]:
    quarters = jnp.round(phase * np.float32(2 / np.pi))
    rest = phase
    for part in _QUARTER:
        rest = rest - quarters * part
    rest = jnp.clip(rest, -1, 1)  # where float32 cannot tell the angle, it stays one
    square = rest * rest
    # Taylor series: |rest| <= pi / 4, so the next terms are below 3e-8.
    sin = rest * (
        1 + square * (-1 / 6 + square * (1 / 120 + square * (-1 / 5040 + square / 362880)))
    )
    cos = 1 + square * (-1 / 2 + square * (1 / 24 + square * (-1 / 720 + square / 40320)))
    turn = quarters.astype(jnp.int32)
    cos, sin = jnp.where(turn & 1, sin, cos), jnp.where(turn & 1, cos, sin)
    return jnp.where((turn + 1) & 2, -cos, cos), jnp.where(turn & 2, -sin, sin)


@_cos_sin.defjvp
def _cos_sin_derivative(primals: tuple[Array], tangents: tuple[Array]):
    cos, sin = _cos_sin(*primals)
    (tangent,) = tangents
    return (cos, sin), (-sin * tangent, cos * tangent)


def modulate(
    field: Complex[ArrayLike, "*batch"], phase: Float[ArrayLike, "..."]
) -> Complex[Array, "*batch"]:
    """Amplitudes [sqrt(W)] behind phase shifters.

    Args:
        field: amplitudes in front of the shifters [sqrt(W)].
        phase: shifts [rad]; broadcasts with `field` over leading axes.
    """
    field = jnp.asarray(field)
    factor = transmission(phase)
    leading = (None,) * (field.ndim - factor.ndim)
    return field * factor[leading]
