"""Pulses in a fibre: solitons, closed forms of each effect alone, instability, conservation."""

from dataclasses import replace

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from photonn.devices import fibre, pulse
from photonn.devices.fibre import Fibre
from photonn.errors import InputError
from tests import oracles

# One grid for all: what is compiled once serves many tests.
SAMPLES, INTERVAL, DURATION = 512, 80e-15, 1e-12
TIMES = pulse.times(SAMPLES, INTERVAL)
OMEGA = 2 * np.pi * oracles.frequencies(SAMPLES, INTERVAL)
GLASS = Fibre(beta=(-21.7e-27,), gamma=1.3e-3)
PERIOD = pulse.soliton_period(GLASS, duration=DURATION)  # 72 m


def energy(field):
    return np.sum(np.abs(field) ** 2, axis=-1)


def peak_error(field, want):
    return np.abs(np.abs(field) - np.abs(want)).max() / np.abs(want).max()


@pytest.mark.parametrize(("order", "steps", "error"), [(1, 60, 1e-6), (2, None, 1e-5)])
def test_solitons_return_after_a_period(order, steps, error):
    """Also where the number of steps is chosen: for an error of 1e-5."""
    start = pulse.soliton(TIMES, GLASS, duration=DURATION, order=order)
    out = fibre.propagate(start, GLASS, length=PERIOD, interval=INTERVAL, steps=steps)
    assert peak_error(out, start) < error
    # A fundamental soliton turns by half a radian in a dispersion length.
    if order == 1:
        np.testing.assert_allclose(np.angle(out[SAMPLES // 2]), np.pi / 4, atol=1e-5)


def test_the_second_soliton_is_four_times_as_strong_half_way():
    start = pulse.soliton(TIMES + INTERVAL / 2, GLASS, duration=DURATION, order=2)
    planes = fibre.evolve(start, GLASS, length=PERIOD, interval=INTERVAL, planes=2)
    assert planes.shape == (3, SAMPLES)
    np.testing.assert_array_equal(planes[0], start)
    gain = np.abs(planes[1]).max() ** 2 / np.abs(start).max() ** 2
    np.testing.assert_allclose(gain, 4, rtol=1e-5)  # the error of the steps
    assert peak_error(planes[2], start) < 1e-5


def test_a_gaussian_spreads_as_the_closed_form():
    """Width, chirp and the sign of time: with beta_2 > 0 the red comes first."""
    chirp, beta, length = -1.0, 20e-27, 40.0
    start = pulse.gaussian(TIMES, duration=DURATION, power=1.0, chirp=chirp)
    out = fibre.propagate(start, Fibre(beta=(beta,)), length=length, interval=INTERVAL)
    q = DURATION**2 / (1 + 1j * chirp) - 1j * beta * length
    want = np.sqrt(DURATION**2 / (1 + 1j * chirp) / q) * np.exp(-(TIMES**2) / (2 * q))
    np.testing.assert_allclose(out, want, atol=1e-12)  # a window of 12 widths
    turning = -np.gradient(np.unwrap(np.angle(out)))[np.abs(TIMES) < 2 * DURATION]
    assert np.sign(turning[-1]) == -np.sign(turning[0]) == np.sign((1 / q).imag)


def test_third_order_makes_a_tail_behind_the_pulse():
    """A positive beta_3 delays both sides of the spectrum: dt = beta_3 Omega^2 z / 2."""
    beta, length = 0.2e-36, 2.0
    start = pulse.gaussian(TIMES, duration=DURATION, power=1.0)
    out = fibre.propagate(start, Fibre(beta=(0.0, beta)), length=length, interval=INTERVAL)
    delay = np.sum(TIMES * np.abs(out) ** 2) / energy(out)
    np.testing.assert_allclose(delay, beta * length / (4 * DURATION**2), rtol=1e-9)
    want = oracles.turn_spectrum(start, OMEGA, INTERVAL, beta * OMEGA**3 / 6 * length)
    np.testing.assert_allclose(out, want, atol=1e-12)


def test_self_phase_modulation_has_the_effective_length():
    loss = 3.0 / 50  # 3 dB in all
    start = pulse.sech(TIMES, duration=DURATION, power=2.0)
    lossy = Fibre(gamma=10e-3, loss_db=loss)
    out = fibre.propagate(start, lossy, length=50.0, interval=INTERVAL, steps=60)
    alpha = loss * np.log(10) / 10
    effective = (1 - np.exp(-alpha * 50)) / alpha
    phase = 10e-3 * np.abs(start) ** 2 * effective
    want = start * np.exp(1j * phase - alpha * 25)
    np.testing.assert_allclose(out, want, atol=1e-7)  # (phase of a step, 0.017)^4


def test_loss_and_gain_are_decibels_and_gain_has_a_band():
    field = oracles.random_complex(np.random.default_rng(0), 2, SAMPLES)
    out = fibre.propagate(
        field, Fibre(loss_db=0.5, gain_db=0.2), length=10.0, interval=INTERVAL, steps=1
    )
    np.testing.assert_allclose(out, field * 10 ** (-3 / 20), rtol=1e-12)
    width = 1 / (8 * INTERVAL)
    amplifier = Fibre(gain_db=1.0, gain_bandwidth=2 * width)
    tones = np.exp(-2j * np.pi * np.outer([0, width, -width], TIMES))
    out = fibre.propagate(tones, amplifier, length=10.0, interval=INTERVAL, steps=1)
    np.testing.assert_allclose(energy(out) / SAMPLES, [10, 10**0.5, 10**0.5], rtol=1e-9)


def test_modulation_instability_grows_as_the_closed_form():
    """A ripple on continuous light: gain |beta_2| W sqrt(4 gamma P / |beta_2| - W^2)."""
    power, length = 5.0, 300.0
    lines = np.arange(1, 9) * 2 * np.pi / (SAMPLES * INTERVAL)
    peak = 4 * GLASS.gamma * power / abs(GLASS.beta[0])
    gain = abs(GLASS.beta[0]) * lines * np.emath.sqrt(peak - lines**2)
    assert np.iscomplex(gain).any()  # lines outside of the band are there
    seeds = np.sqrt(power) * (1 + 1e-6 * np.cos(np.outer(lines, TIMES)))
    out = fibre.propagate(seeds, GLASS, length=length, interval=INTERVAL, steps=200)
    sideband = np.abs(np.fft.ifft(out))[np.arange(8), np.arange(1, 9)]
    # From the two coupled equations of the sidebands: cosh and sinh of half the gain.
    half = gain / 2
    growth = (
        np.cosh(half * length)
        + 1j
        * (GLASS.gamma * power + GLASS.beta[0] * lines**2 / 2 + GLASS.gamma * power)
        * np.sinh(half * length)
        / half
    )
    want = np.abs(growth) * np.sqrt(power) * 0.5e-6
    np.testing.assert_allclose(sideband, want, rtol=1e-4)  # second order in a ripple of 1e-4


def test_photons_are_conserved_with_shock_and_raman():
    """Self-steepening keeps the number of photons, not the energy; without it both."""
    shock = 5e-15
    rough = replace(GLASS, gamma=0.2, shock=shock, raman=0.18)
    start = pulse.sech(TIMES, duration=DURATION, power=20.0)
    out = fibre.propagate(start, rough, length=1.0, interval=INTERVAL, steps=200)
    photons = [energy(np.fft.ifft(f) / np.sqrt(1 + shock * OMEGA)) for f in (start, out)]
    np.testing.assert_allclose(photons[1], photons[0], rtol=1e-9)
    assert energy(out) < energy(start) * (1 - 1e-5)
    out = fibre.propagate(start, GLASS, length=50.0, interval=INTERVAL, steps=200)
    np.testing.assert_allclose(energy(out), energy(start), rtol=1e-10)  # of the steps


def test_raman_shifts_a_soliton_to_the_red():
    """By 8 |beta_2| late z / (15 duration^4), with `late` the mean delay of the response."""
    share, fast, slow = 0.18, fibre.RAMAN_PERIOD, fibre.RAMAN_DECAY
    late = share * 2 / slow / (slow**-2 + fast**-2)  # 1.5 fs
    start = pulse.soliton(TIMES, GLASS, duration=DURATION)
    glass = replace(GLASS, raman=share)
    out = fibre.propagate(start, glass, length=PERIOD, interval=INTERVAL, steps=200)
    lines = np.abs(np.fft.ifft(out)) ** 2
    want = -8 * abs(GLASS.beta[0]) * late * PERIOD / (15 * DURATION**4)
    # The formula takes the response as short: an error of (slow / duration)^2 and smaller.
    np.testing.assert_allclose(np.sum(OMEGA * lines) / np.sum(lines), want, rtol=1e-2)


def test_raman_response_is_that_of_the_damped_oscillation():
    times = np.arange(4000) * 1e-15
    slow, fast = fibre.RAMAN_DECAY, fibre.RAMAN_PERIOD
    response = np.exp(-times / slow) * np.sin(times / fast)
    response *= (fast**2 + slow**2) / (fast * slow**2)
    power = np.exp(-(((times - 1e-12) / 1e-13) ** 2))
    want = np.convolve(power, response)[:4000] * 1e-15
    late = fibre._late(0.18, 4000, 1e-15, jnp.dtype(float))
    got = np.fft.fft(np.fft.ifft(power) * late).real
    np.testing.assert_allclose(got, want, atol=1e-3)  # rectangles of 1 fs: (1 / 12.2)^2 / 12


def test_the_error_falls_with_the_fourth_power_of_the_step():
    start = pulse.soliton(TIMES, GLASS, duration=DURATION, order=2)
    outs = [
        fibre.propagate(start, GLASS, length=PERIOD / 2, interval=INTERVAL, steps=steps)
        for steps in (100, 200, 1600)
    ]
    coarse, fine = (np.abs(out - outs[2]).max() for out in outs[:2])
    assert 3.8 < np.log2(coarse / fine) < 4.4


NUMBERS = {
    "beta": (-21.7e-27, 0.13e-36),
    "gamma": 3e-3,
    "loss_db": 2e-3,
    "gain_db": 1e-3,
    "gain_bandwidth": 2e12,
    "shock": 3e-15,
    "beta_scale": 1.1,
}
POINT = (NUMBERS, 60.0, 1.0)


@jax.jit
def quartic(numbers, length, amplitude):
    """A number made of the end of a fibre."""
    start = amplitude * pulse.gaussian(TIMES, duration=DURATION, power=3.0, chirp=0.5)
    out = fibre.propagate(start, Fibre(**numbers), length=length, interval=INTERVAL, steps=24)
    return jnp.sum(jnp.abs(out * (np.cos(TIMES / DURATION) + 1j)) ** 4) / SAMPLES


quartic_slopes = jax.jit(jax.grad(quartic, argnums=(0, 1, 2)))


def test_slopes_of_all_numbers_are_difference_quotients():
    leaves, tree = jax.tree.flatten(POINT)
    slopes = jax.tree.leaves(quartic_slopes(*POINT))
    for number, (leaf, slope) in enumerate(zip(leaves, slopes, strict=True)):

        def at(x, number=number):
            return quartic(*jax.tree.unflatten(tree, [*leaves[:number], x, *leaves[number + 1 :]]))

        want = oracles.difference_quotient(at, leaf, 1e-4 * leaf)
        np.testing.assert_allclose(slope, want, rtol=1e-5)


def test_dark_light_stays_dark_with_finite_slopes():
    dark = (*POINT[:2], 0.0)
    assert quartic(*dark) == 0
    assert all(slope == 0 for slope in jax.tree.leaves(quartic_slopes(*dark)))


def test_float32_and_leading_axes():
    glass = replace(fibre.SMF28, loss_db=0.0)
    start = pulse.soliton(TIMES, glass, duration=DURATION, order=2)
    batch = jnp.stack([start, 0.5 * start])[:, None]
    run = {"length": PERIOD, "interval": INTERVAL, "steps": 400}
    out64 = fibre.propagate(batch, glass, **run)
    out32 = fibre.propagate(batch.astype(jnp.complex64), glass, **run)
    assert out32.dtype == jnp.complex64
    assert out32.shape == out64.shape == (2, 1, SAMPLES)
    # 400 steps of 8 transforms round 6e-8 each, and the soliton's phase doubles them.
    np.testing.assert_allclose(out32, out64, atol=2e-4 * np.abs(start).max())
    assert np.abs(out64[1, 0]).max() < 0.6 * np.abs(start).max()  # each one by itself


def test_steps_and_windows_that_do_not_do():
    start = pulse.soliton(TIMES, GLASS, duration=DURATION, order=3)
    with pytest.raises(InputError, match=r"`steps` must be at least 29"):
        fibre.propagate(start, GLASS, length=PERIOD, interval=INTERVAL, steps=10)
    with pytest.raises(InputError, match="`steps` must be given where values are not known"):
        jax.jit(lambda a: fibre.propagate(a, GLASS, length=PERIOD, interval=INTERVAL))(start)
    with pytest.warns(UserWarning, match="window in time"):
        short = pulse.sech(TIMES, duration=DURATION / 5, power=1e-3)
        fibre.propagate(short, GLASS, length=3 * PERIOD, interval=INTERVAL)
    with pytest.warns(UserWarning, match="window in frequency"):
        fibre.propagate(start, replace(GLASS, beta=()), length=2e3, interval=INTERVAL)
    assert fibre.count_steps(start, Fibre(beta=(1e-26,)), length=1.0, interval=INTERVAL) == 1


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"loss_db": -1.0}, "`loss_db` must be zero or more"),
        ({"gain_bandwidth": 0.0}, "`gain_bandwidth` must be positive"),
        ({"raman": 2.0}, "`raman` must be a share"),
        ({"beta": (0.0, jnp.float32(1e-40))}, "plain number as beta_3"),
    ],
)
def test_numbers_that_do_not_do(changed, words):
    with pytest.raises(InputError, match=words):
        fibre.propagate(
            np.ones(8, complex), Fibre(**changed), length=1.0, interval=INTERVAL, steps=1
        )
