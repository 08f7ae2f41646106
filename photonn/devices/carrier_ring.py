"""Silicon ring whose resonance moves with the light in it: two-photon absorption, carriers."""

from dataclasses import dataclass

import jax
import jax.numpy as jnp
from jax import Array, lax
from jaxtyping import ArrayLike, Complex, Float

from photonn.devices import photodetector, ring, steady_state, waveguide
from photonn.devices.constants import LIGHT_SPEED, PLANCK
from photonn.errors import check_between, check_fraction, check_not_negative, check_positive
from photonn.precision import complex_array, real_array, spread

MARCH, CLOSE_IN = 64, 20  # steps to the first bracket; halvings at worst, or Newton's, in it


@jax.tree_util.register_dataclass
@dataclass(frozen=True)
class Cavity:
    """A ring of silicon wire beside one bus or two.

    Attributes:
        t1: amplitude that stays in the input bus at its coupler [1].
        t2: the same at the drop bus [1]; 1 is an all-pass ring, without one.
        length: once around [m].
        loss_db: loss of weak light per length [dB/m].
        area: effective area of the mode [m^2].
        lifetime: of the carriers [s].
        two_photon: coefficient beta of two-photon absorption [m/W].
        wavelength: in vacuum [m]; the carriers' effects are those at 1550 nm.
    """

    t1: ArrayLike = 0.95
    t2: ArrayLike = 1.0
    length: ArrayLike = 50e-6
    loss_db: ArrayLike = 300.0
    area: ArrayLike = 0.1e-12
    lifetime: ArrayLike = 1e-9
    two_photon: ArrayLike = 8e-12
    wavelength: ArrayLike = 1550e-9


def change_by_carriers(
    density: Float[ArrayLike, "*batch"],
) -> tuple[Float[Array, "*batch"], Float[Array, "*batch"]]:
    """Change of silicon's index [1] and of its absorption [1/m] at 1550 nm.

    With as many electrons as holes, N of each in 1/cm^3:

        index -(8.8e-22 N + 8.5e-18 N^0.8),    absorption (8.5e-18 + 6.0e-18) N / cm

    Args:
        density: of electrons, and of holes [1/m^3]. The slope of the index is infinite at
            zero, and given as zero there: the density itself grows with the power squared.

    References:
        Soref, Bennett, "Electrooptical effects in silicon", IEEE J. Quantum Electronics 23,
        123 (1987).
    """
    check_not_negative("density", density, "1/m^3")
    pairs = real_array(density, "density") * 1e-6
    some = pairs > 0
    holes = jnp.where(some, jnp.where(some, pairs, 1.0) ** 0.8, 0.0)
    return -(8.8e-22 * pairs + 8.5e-18 * holes), 1.45e-15 * pairs


def round_trip(
    power: Float[ArrayLike, "*batch"], cavity: Cavity
) -> tuple[Float[Array, "*batch"], Float[Array, "*batch"]]:
    """What light of a power gives itself once around: phase [rad], factor on the amplitude.

    With the intensity I = power / area, the carriers are beta I^2 lifetime / (2 photon
    energies), and beta I is added to the absorption. Heat and the Kerr effect are left out.

    Args:
        power: that circulates [W], taken as equal all around the ring.
        cavity: the ring.
    """
    check_not_negative("power", power, "W")
    power = real_array(power, "power")
    area, lifetime, beta, length, wavelength = spread(
        power, cavity.area, cavity.lifetime, cavity.two_photon, cavity.length, cavity.wavelength
    )
    intensity = power / area
    pairs_per_absorbed = lifetime * wavelength / (2 * PLANCK * LIGHT_SPEED)
    index, absorption = change_by_carriers(beta * intensity * (intensity * pairs_per_absorbed))
    phase = 2 * jnp.pi / wavelength * length * index
    lost = jnp.exp(-(absorption + beta * intensity) * length / 2)
    return phase, _linear_amplitude(power, cavity) * lost


def circulate(
    power: Float[ArrayLike, "*batch"], detuning: Float[ArrayLike, "..."], cavity: Cavity
) -> Float[Array, "*batch"]:
    """Power in the ring behind its input coupler [W], in the steady state.

    The least of the powers that are in balance: what is reached when the light is turned up
    slowly from dark, the lower branch where the ring is bistable. Balances closer together
    than 1/64 of the range of build-up (in logarithm) can be missed, and then the ring jumps
    that much too early; the gradient grows without bound towards the jump, as it should.

    Args:
        power: in the bus [W].
        detuning: round-trip phase of weak light, zero on resonance [rad]; broadcasts.
        cavity: the ring.
    """
    check_between("t1", cavity.t1, 0, 1, "1", "It is an amplitude.")
    for name in ("length", "area", "wavelength"):
        check_positive(name, getattr(cavity, name), "m")
    for name, unit in (("lifetime", "s"), ("two_photon", "m/W")):
        check_not_negative(name, getattr(cavity, name), unit)
    check_fraction("t2", cavity.t2, ring.PASSIVE)
    check_not_negative("power", power, "W")
    power = real_array(power, "power")
    detuning, t1, t2 = spread(power, detuning, cavity.t1, cavity.t2)
    around = t1 * t2

    def log_build_up(phase: Array, amplitude: Array) -> Array:
        kept = around * amplitude
        away = (1 - kept) ** 2 + 4 * kept * jnp.sin(phase / 2) ** 2
        return jnp.log((1 - t1) * (1 + t1) / away)

    def balance(log_ratio: Array) -> Array:
        shift, amplitude = round_trip(power * jnp.exp(log_ratio), cavity)
        return log_ratio - log_build_up(detuning + shift, amplitude)

    # No build-up is below that of a lossless ring off resonance, or above that of weak light
    # on resonance. The margin is more than rounding can reach.
    low = jnp.log((1 - t1) / (1 + t1)) - 0.01
    high = log_build_up(jnp.zeros_like(power), _linear_amplitude(power, cavity)) + 0.01

    def search(balance: steady_state.Balance) -> Array:
        return _first_root(balance, low, high)

    return power * jnp.exp(steady_state.solve(balance, search, power))


def add_drop(
    field: Complex[ArrayLike, "..."], *, detuning: Float[ArrayLike, "..."], cavity: Cavity
) -> tuple[Complex[Array, "..."], Complex[Array, "..."]]:
    """Amplitudes [sqrt(W)] behind such a ring on every mode: in the bus, and dropped.

    `photonn.devices.ring.add_drop` with the phase and the amplitude of the steady state:

        phase = detuning + shift(x),    x = |z|^2 (1 - t1^2) / |1 - t1 t2 a(x) exp(i phase)|^2

    Args:
        field: amplitudes [sqrt(W)].
        detuning: round-trip phase of weak light, zero on resonance [rad]; broadcasts against
            the modes. Carriers make the phase smaller: a positive detuning is pulled onto
            resonance.
        cavity: the ring, the same or one for each mode.
    """
    field = complex_array(field)
    power = photodetector.detect(field)
    detuning, t1, t2 = spread(power, detuning, cavity.t1, cavity.t2)
    shift, amplitude = round_trip(circulate(power, detuning, cavity), cavity)
    through, drop = ring.add_drop(detuning + shift, t1, t2, amplitude)
    return field * through, field * drop


def activate(
    field: Complex[ArrayLike, "..."], *, detuning: Float[ArrayLike, "..."], cavity: Cavity
) -> Complex[Array, "..."]:
    """Amplitudes [sqrt(W)] that stay in the bus; see `add_drop`."""
    return add_drop(field, detuning=detuning, cavity=cavity)[0]


def _linear_amplitude(power: Array, cavity: Cavity) -> Array:
    loss_db, length = spread(power, cavity.loss_db, cavity.length)
    return waveguide.attenuate(loss_db * length)


def _first_root(balance: steady_state.Balance, low: Array, high: Array) -> Array:
    """The first root above `low`: up to the first change of sign, then Newton in the bracket."""
    step = (high - low) / MARCH

    def march(number: Array, edge_and_found: tuple[Array, Array]) -> tuple[Array, Array]:
        edge, found = edge_and_found
        at = low + number * step
        found = found | (balance(at) >= 0)
        return jnp.where(found, edge, at), found

    edge, _ = lax.fori_loop(0, MARCH, march, (low, jnp.zeros(low.shape, bool)))

    def close_in(_, bracket: tuple[Array, Array, Array]) -> tuple[Array, Array, Array]:
        left, right, x = bracket
        value, slope = jax.jvp(balance, (x,), (jnp.ones_like(x),))
        left, right = jnp.where(value < 0, x, left), jnp.where(value < 0, right, x)
        newton = x - value / slope
        inside = (newton >= left) & (newton <= right)
        return left, right, jnp.where(inside, newton, (left + right) / 2)

    return lax.fori_loop(0, CLOSE_IN, close_in, (edge, edge + step, edge + step / 2))[2]
