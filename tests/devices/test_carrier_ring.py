"""Ring with carriers: the balance read backwards, energy, the lower branch, silicon's numbers."""

import jax
import numpy as np
import pytest

from photonn.devices import carrier_ring
from photonn.errors import InputError

RING = carrier_ring.Cavity()
T1, LENGTH, AREA, LIFETIME, BETA, WAVELENGTH = 0.95, 50e-6, 0.1e-12, 1e-9, 8e-12, 1550e-9


def once_around(power):
    """Phase and amplitude by the textbook, in centimetres where the formula is."""
    photon = 6.62607015e-34 * 299792458 / WAVELENGTH
    intensity = power / AREA
    pairs = BETA * intensity**2 * LIFETIME / (2 * photon) / 1e6  # [1/cm^3]
    index = -(8.8e-22 * pairs + 8.5e-18 * pairs**0.8)
    absorption = (8.5e-18 + 6.0e-18) * pairs * 100 + BETA * intensity  # [1/m]
    loss = 10 ** (-300 * LENGTH / 20)
    return 2 * np.pi / WAVELENGTH * index * LENGTH, loss * np.exp(-absorption * LENGTH / 2)


def bus_power(circulating, detuning):
    """What must come in for so much light in the ring: explicit, unlike its inverse."""
    shift, amplitude = once_around(circulating)
    away = np.abs(1 - T1 * amplitude * np.exp(1j * (detuning + shift))) ** 2
    return circulating * away / (1 - T1**2)


solve = jax.jit(lambda power, detuning: carrier_ring.circulate(power, detuning, RING))


@pytest.mark.parametrize("detuning", [-0.2, 0.0, 0.1, 0.3])
def test_the_lower_branch_of_the_balance_read_backwards(detuning):
    circulating = np.geomspace(1e-7, 1.0, 20001)
    power = bus_power(circulating, detuning)
    # Turned up from dark: a power is reached where it is first exceeded.
    first = power >= np.maximum.accumulate(np.concatenate([[0], power[:-1]]))
    jump = np.flatnonzero(~first)[:1]
    if detuning >= 0.1:
        assert jump.size  # bistable, more so with a larger detuning
    chosen = np.linspace(0, 20000, 200).astype(int)
    chosen = chosen[first[chosen]]
    if jump.size:  # closer to the jump than a step of the search: it may jump too early
        chosen = chosen[np.abs(power[chosen] / power[jump[0] - 1] - 1) > 0.01]
    power, want = power[chosen], circulating[chosen]
    out = solve(np.resize(power, 200), np.full(200, detuning))[: len(power)]
    # The constants of nature here have more digits: 1e-9, times the slope near a jump.
    np.testing.assert_allclose(out, want, rtol=1e-6)


def test_energy_is_what_goes_out_and_what_is_lost():
    z = np.sqrt(np.geomspace(1e-5, 0.1, 20)) + 0j
    through = np.abs(carrier_ring.activate(z, detuning=0.1, cavity=RING)) ** 2
    circulating = np.asarray(solve(np.resize(np.abs(z) ** 2, 200), np.full(200, 0.1)))[:20]
    lost = circulating * (1 - once_around(circulating)[1] ** 2)
    np.testing.assert_allclose(through + lost, np.abs(z) ** 2, rtol=1e-8)  # as above


def test_two_buses_share_what_is_not_lost():
    z = np.sqrt(np.geomspace(1e-5, 0.1, 20)) + 0j
    cavity = carrier_ring.Cavity(t2=0.97)
    parts = carrier_ring.add_drop(z, detuning=0.05, cavity=cavity)
    total = sum(np.abs(np.asarray(part)) ** 2 for part in parts)
    assert (total < np.abs(z) ** 2).all()
    assert np.abs(parts[1][0]) ** 2 > 0.3 * np.abs(z[0]) ** 2
    # Without loss of any kind nothing is missing.
    clear = carrier_ring.Cavity(t2=0.97, loss_db=0.0, two_photon=0.0)
    parts = carrier_ring.add_drop(z, detuning=0.05, cavity=clear)
    total = sum(np.abs(np.asarray(part)) ** 2 for part in parts)
    np.testing.assert_allclose(total, np.abs(z) ** 2, rtol=1e-13)


def test_carriers_of_silicon():
    """1e18 pairs in a cubic centimetre, by hand from the coefficients."""
    index, absorption = carrier_ring.change_by_carriers(np.array([0.0, 1e24]))
    np.testing.assert_allclose(index, [0, -(8.8e-4 + 8.5e-18 * 10**14.4)], rtol=1e-14)
    np.testing.assert_allclose(absorption, [0, 1450], rtol=1e-14)  # 14.5 / cm


@pytest.mark.parametrize(
    ("numbers", "says"),
    [
        ({"t1": 1.0}, "`t1` must be above 0 and below 1"),
        ({"t2": 1.1}, "`t2` must be between 0 and 1"),
        ({"area": 0.0}, "`area` must be positive"),
        ({"lifetime": -1e-9}, "`lifetime` must be zero or more"),
        ({"loss_db": -1.0}, "`loss_db` must be zero or more"),
    ],
)
def test_refuses(numbers, says):
    with pytest.raises(InputError, match=says):
        carrier_ring.activate(0.1 + 0j, detuning=0.1, cavity=carrier_ring.Cavity(**numbers))
