"""How much light a read-out needs: the inverse of the receiver, and its two limits."""

import jax
import numpy as np
import pytest
from scipy import constants

from photonn.devices import link, receiver
from photonn.devices.receiver import Receiver
from photonn.errors import InputError

ALL = Receiver(
    responsivity=0.9,
    bandwidth=5e9,
    load=50.0,
    dark_current=2e-8,
    rin=1e-15,
    amplifier_noise=1e-11,
)


def test_the_power_gives_the_ratio_that_was_asked_for():
    wanted = 10 ** np.linspace(0, 5, 11)
    again = receiver.signal_to_noise(link.required_power(wanted, ALL), ALL)
    np.testing.assert_allclose(again, wanted, rtol=1e-12)


def test_shots_cost_four_times_the_power_a_bit_and_heat_twice():
    shots = Receiver(responsivity=0.8, bandwidth=1e9)
    heat = Receiver(responsivity=0.8, bandwidth=1e9, load=50.0, temperature=300.0)
    ratio = 1e4
    power = link.required_power(ratio, shots)
    np.testing.assert_allclose(power, ratio * 2 * constants.e * 1e9 / 0.8, rtol=1e-12)
    # At 1 uA the shots are 3e-4 of the heat.
    power = link.required_power(1.0, heat)
    noise = 4 * constants.k * 300 * 1e9 / 50
    np.testing.assert_allclose(power, np.sqrt(noise) / 0.8, rtol=1e-3)


def test_bits_are_those_of_a_full_scale_sine():
    for bits in (1, 8, 12):
        ratio = link.signal_to_noise_of(bits)
        np.testing.assert_allclose(receiver.effective_bits(ratio), bits, rtol=1e-12)


def test_gradient():
    wanted, step = 3e3, 1.0
    slope = jax.grad(lambda s: link.required_power(s, Receiver(bandwidth=5e9, load=50.0)))(wanted)
    up, down = (
        link.required_power(wanted + d, Receiver(bandwidth=5e9, load=50.0)) for d in (step, -step)
    )
    np.testing.assert_allclose(slope, (up - down) / (2 * step), rtol=1e-5)


def test_intensity_noise_ends_it():
    assert link.most_signal_to_noise(Receiver(bandwidth=1e9)) == np.inf
    with pytest.raises(InputError, match=r"`signal_to_noise` must be below 2e\+05.*8\.5 bits"):
        link.required_power(1e6, ALL)
