"""Saturable absorber: dark for weak light, transparent for strong light."""

import jax.numpy as jnp
from jax import Array
from jaxtyping import ArrayLike, Complex, Float

from photonn.devices import photodetector, saturation
from photonn.errors import check_between, check_not_negative, check_positive
from photonn.precision import complex_array, real_array, scale, spread


def transmit(
    power: Float[ArrayLike, "..."],
    *,
    transmission: Float[ArrayLike, "..."],
    saturation_power: Float[ArrayLike, "..."],
) -> Float[Array, "..."]:
    """Power transmission T of an absorber of any thickness, which light bleaches as it goes.

    T solves

        P / P_sat = (1/2) ln(T / T_0) / (1 - T)

    Args:
        power: that comes in [W].
        transmission: T_0 of weak light, between 0 and 1 [1].
        saturation_power: P_sat = A / (sigma tau) [W], of the beam's area A, the cross section
            sigma and the lifetime tau of the absorbing molecules; P / P_sat is sigma tau I.

    References:
        Selden, "Pulse transmission through a saturable absorber", British Journal of Applied
        Physics 18, 743 (1967); Shen et al., "Deep learning with coherent nanophotonic
        circuits", Nature Photonics 11, 441 (2017).
    """
    check_not_negative("power", power, "W")
    check_between("transmission", transmission, 0, 1, "1", "It is that of weak light.")
    check_positive("saturation_power", saturation_power, "W")
    power = real_array(power, "power")
    transmission, saturation_power = spread(power, transmission, saturation_power)
    ratio = 2 * power / saturation_power
    return jnp.exp(saturation.log_transmission(ratio, jnp.log(transmission)))


def activate(
    field: Complex[ArrayLike, "..."],
    *,
    transmission: Float[ArrayLike, "..."],
    saturation_power: Float[ArrayLike, "..."],
) -> Complex[Array, "..."]:
    """Amplitudes [sqrt(W)] behind a saturable absorber in every mode: sqrt(T) z.

    Args:
        field: amplitudes [sqrt(W)].
        transmission: of the power of weak light, between 0 and 1 [1].
        saturation_power: A / (sigma tau) [W]; see `transmit`, where the references are.
            Both broadcast against the modes.
    """
    field = complex_array(field)
    power = photodetector.detect(field)
    passed = transmit(power, transmission=transmission, saturation_power=saturation_power)
    return scale(field, jnp.sqrt(passed))


def activate_thin(
    field: Complex[ArrayLike, "..."],
    *,
    optical_depth: Float[ArrayLike, "..."],
    saturation_power: Float[ArrayLike, "..."],
) -> Complex[Array, "..."]:
    """Amplitudes [sqrt(W)] behind a cell that bleaches evenly, an approximation.

    As if the power that comes in were the power all along: right for thin cells.

        f(z) = exp(-(optical_depth / 2) / (1 + |z|^2 / P_sat)) z

    The exponential is the factor on the amplitude; on the power it is its square.

    Args:
        field: amplitudes [sqrt(W)].
        optical_depth: alpha_0, minus the logarithm of the power transmission of weak light,
            zero or more [1].
        saturation_power: power that halves the absorption [W]. Both broadcast against the
            modes.

    References:
        Guo et al., "Backpropagation through nonlinear units for the all-optical training of
        neural networks", Photonics Research 9, B71 (2021).
    """
    check_not_negative("optical_depth", optical_depth, "1")
    check_positive("saturation_power", saturation_power, "W")
    field = complex_array(field)
    power = photodetector.detect(field)
    optical_depth, saturation_power = spread(power, optical_depth, saturation_power)
    return scale(field, jnp.exp(-optical_depth / 2 / (1 + power / saturation_power)))
