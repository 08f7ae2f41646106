"""Noise of a receiver: its variance by hand, its statistics, its slopes, tiny numbers."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy import constants

from photonn.devices import receiver
from photonn.devices.receiver import Receiver
from photonn.errors import InputError
from tests import oracles

FULL = Receiver(
    responsivity=0.8,
    bandwidth=1e9,
    temperature=290.0,
    load=50.0,
    dark_current=1e-8,
    rin=10**-14.5,
    amplifier_noise=2e-11,
)
SHOT = Receiver(responsivity=0.8, bandwidth=1e9)
KEY = jax.random.key(0)

# Compiled once for all tests: eager calls would compile every single operation.
noise_variance = jax.jit(receiver.noise_variance)
signal_to_noise = jax.jit(receiver.signal_to_noise)
receive = jax.jit(lambda power, made: receiver.receive(power, made, key=KEY))
receive_difference = jax.jit(lambda p, m, made: receiver.receive_difference(p, m, made, key=KEY))
slope_of_receive = jax.jit(jax.grad(lambda p, made: receive(p, made).sum(), argnums=(0, 1)))


def variance(power, r, powers_difference=None, diodes=1):
    """Term by term, with the constants of SciPy."""
    signal = r.responsivity * (power if powers_difference is None else powers_difference)
    shots = 2 * constants.e * (r.responsivity * power + diodes * r.dark_current) * r.bandwidth
    heat = 4 * constants.k * r.temperature * r.bandwidth / r.load
    return shots + heat + r.rin * signal**2 * r.bandwidth + r.amplifier_noise**2 * r.bandwidth


def test_variance_is_the_sum_of_its_terms():
    powers = np.array([0.0, 1e-9, 1e-6, 1e-3])
    got = noise_variance(powers, FULL)
    np.testing.assert_allclose(got, variance(powers, FULL), rtol=1e-14)  # a few products
    terms = receiver.noise_terms(powers, FULL)
    np.testing.assert_allclose(terms["laser"], FULL.rin * 1e9 * (0.8 * powers) ** 2, rtol=1e-14)
    np.testing.assert_allclose(sum(terms.values()), got, rtol=1e-15)


def test_the_default_has_no_noise():
    powers = np.array([0.0, 1e-3])
    np.testing.assert_array_equal(noise_variance(powers, Receiver()), 0)
    np.testing.assert_array_equal(receive(powers, Receiver()), powers)
    np.testing.assert_array_equal(signal_to_noise(powers, Receiver()), [0, np.inf])


def test_photons_make_electrons():
    """At 1240 nm a photon has 1 eV: one electron each is 1 A/W."""
    wavelength = constants.h * constants.c / constants.e
    made = Receiver.from_efficiency(0.7, wavelength, bandwidth=1e9)
    np.testing.assert_allclose(made.responsivity, 0.7, rtol=1e-14)
    assert made.bandwidth == 1e9


def test_direct_detection_counts_photons():
    """Shot noise in B = 1 / (2 T) leaves SNR = eta N of the N photons in T."""
    wavelength, time, photons, efficiency = 1550e-9, 1e-9, 300.0, 0.6
    power = photons * constants.h * constants.c / wavelength / time
    made = Receiver.from_efficiency(efficiency, wavelength, bandwidth=1 / (2 * time))
    snr = signal_to_noise(power, made)
    np.testing.assert_allclose(snr, efficiency * photons, rtol=1e-14)


def test_thermal_intensity_and_shot_noise_grow_by_their_powers():
    """SNR ~ P^2 under heat, ~ P under shots, constant under intensity noise."""
    heat = Receiver(bandwidth=1e9, load=50.0)
    laser = Receiver(bandwidth=1e9, rin=1e-14)
    low, high = np.array(1e-12), np.array(1e2)
    ratio = [
        signal_to_noise(10 * p, r) / signal_to_noise(p, r)
        for p, r in ((low, heat), (low, SHOT), (high, laser))
    ]
    # Shots are 1e-9 of the heat at 1 pW, and of the laser's at 100 W.
    np.testing.assert_allclose(ratio, [100, 10, 1], rtol=1e-6)
    ceiling = 1 / (1e-14 * 1e9)
    np.testing.assert_allclose(signal_to_noise(high, laser), ceiling, rtol=1e-6)


def test_an_ideal_converter_has_its_bits():
    """Full-scale sine over uniform rounding noise: SNR = 1.5 4^b."""
    bits = np.array([1, 8, 12])
    got = receiver.effective_bits(1.5 * 4.0**bits)
    np.testing.assert_allclose(got, bits, rtol=1e-3)  # 1.76 and 6.02 are rounded
    np.testing.assert_allclose(receiver.effective_bits(10**5.0), (50 - 1.76) / 6.02, rtol=1e-14)


def test_draws_have_the_mean_and_variance_of_the_formula():
    powers, draws = np.array([0.0, 1e-6, 1e-3]), 20_000
    lit = np.broadcast_to(powers, (draws, 3))
    current = np.asarray(receive(lit, FULL))
    want = variance(powers, FULL)
    # Five standard errors: sqrt(v / n) of the mean, sqrt(2 / n) of a Gaussian's variance.
    assert (np.abs(current.mean(0) - 0.8 * powers) < 5 * np.sqrt(want / draws)).all()
    np.testing.assert_allclose(current.var(0), want, rtol=5 * np.sqrt(2 / draws))
    assert np.abs(np.corrcoef(current.T)[0, 1]) < 5 / np.sqrt(draws)


def test_balance_cancels_intensity_noise_and_keeps_shots():
    plus, minus, draws = 3e-4, 1e-4, 20_000
    pair = [np.full(draws, p) for p in (plus, minus)]
    current = np.asarray(receive_difference(*pair, FULL))
    want = variance(plus + minus, FULL, plus - minus, diodes=2)
    assert abs(current.mean() - 0.8 * (plus - minus)) < 5 * np.sqrt(want / draws)
    np.testing.assert_allclose(current.var(), want, rtol=5 * np.sqrt(2 / draws))
    laser = Receiver(bandwidth=1e9, rin=1e-12)
    equal = receive_difference(*(np.full(draws, 1e-2),) * 2, laser)
    shots = 2 * constants.e * 2e-2 * 1e9
    np.testing.assert_allclose(np.var(equal), shots, rtol=5 * np.sqrt(2 / draws))


def test_slopes_go_by_mean_and_standard_deviation():
    for power in (1e-3, 1e-5):
        want = oracles.difference_quotient(lambda p: receive(p, FULL), power, 1e-4 * power)
        # The quotient's error is the third derivative times (1e-4 P)^2: 1e-8 relative.
        np.testing.assert_allclose(slope_of_receive(power, FULL)[0], want, rtol=1e-6)


def test_slopes_in_the_dark():
    """By the mean alone where nothing fluctuates; by the shots' share where heat does."""
    slope = slope_of_receive(0.0, SHOT)[0]
    np.testing.assert_allclose(slope, 0.8, rtol=1e-15)
    field = jax.grad(lambda a: receive(a**2, SHOT))(0.0)
    assert field == 0
    normal = jax.random.normal(KEY, ())
    shots = 2 * constants.e * 0.8 * 1e9
    want = 0.8 + normal * shots / (2 * np.sqrt(variance(0.0, FULL)))
    slope = slope_of_receive(0.0, FULL)[0]
    np.testing.assert_allclose(slope, want, rtol=1e-13)
    assert np.isfinite(jax.grad(lambda p: signal_to_noise(p, SHOT))(0.0))


def test_slopes_of_every_number_of_the_receiver_are_finite():
    for made in (Receiver(), FULL):
        slopes = slope_of_receive(1e-3, made)
        assert all(np.isfinite(leaf) for leaf in jax.tree.leaves(slopes))


def test_float32_holds_the_tiny_numbers():
    powers = np.array([1e-15, 1e-12, 1e-9, 1e-3])
    narrow = Receiver(bandwidth=1.0)  # variances from 3e-34 A^2

    for made in (FULL, narrow):
        for function in (noise_variance, signal_to_noise):
            got, want = function(powers.astype(np.float32), made), function(powers, made)
            assert got.dtype == jnp.float32
            np.testing.assert_allclose(got, want, rtol=2e-6)  # 6e-8 times some ten operations
        # `receive` draws other numbers in float32: the mean over draws would say no more.
        slopes = slope_of_receive(powers.astype(np.float32), made)
        assert all(np.isfinite(leaf).all() for leaf in jax.tree.leaves(slopes))


def test_receivers_are_batched():
    bandwidths = np.array([1e6, 1e9])
    many = jax.vmap(lambda b: Receiver(bandwidth=b))(bandwidths)
    got = jax.jit(jax.vmap(lambda r: noise_variance(1e-3, r)))(many)
    np.testing.assert_allclose(got, 2 * constants.e * 1e-3 * bandwidths, rtol=1e-14)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: Receiver(bandwidth=-1e9), r"`bandwidth` must be zero or more.*\[Hz\]"),
        (lambda: Receiver(load=0.0), r"`load` must be positive and finite \[ohm\]"),
        (lambda: Receiver(rin=-150.0), r"`rin` must .*10\*\*\(dB/10\)"),
        (lambda: Receiver.from_efficiency(1.2, 1e-6), "`efficiency` must be between 0 and 1"),
        (lambda: receiver.receive(np.array([1.0, -1.0]), FULL, key=KEY), "`power` must be zero"),
        (lambda: receiver.noise_variance(float("nan"), FULL), "`power` must be zero or more"),
        (
            lambda: receiver.receive_difference(1.0, -1.0, FULL, key=KEY),
            r"`minus` must be zero or more.*is -1",
        ),
        (lambda: receiver.effective_bits(-3.0), "`signal_to_noise` must .*not in decibels"),
    ],
)
def test_what_cannot_be_is_refused(call, message):
    with pytest.raises(InputError, match=message):
        call()
