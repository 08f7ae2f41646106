"""Broadcast and weight: every ring at every channel one by one; programming; crosstalk."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from photonn.devices import heater, weight_bank
from photonn.devices.weight_bank import Bank
from photonn.errors import InputError

RNG = np.random.default_rng(0)
BANK = Bank(weight_bank.grid(5), t1=0.96, t2=0.94, a=0.99)
PHASES = RNG.uniform(-0.3, 0.3, (7, 5))

transmissions = jax.jit(weight_bank.transmissions, static_argnums=1)
weights = jax.jit(weight_bank.weights, static_argnums=1)
program = jax.jit(weight_bank.program, static_argnums=1)


def one_by_one(phases, bank):
    """Power of each channel, ring after ring along the waveguide."""
    dropped, passing = np.zeros(bank.channels), np.ones(bank.channels)
    for ring, phase in enumerate(phases):
        for channel, wavelength in enumerate(bank.wavelengths):
            waves = 1 / wavelength - 1 / bank.wavelengths[ring]
            turn = np.exp(1j * (phase + 2 * np.pi * 4.2 * 2 * np.pi * 5e-6 * waves))
            below = abs(1 - bank.t1 * bank.t2 * bank.a * turn) ** 2
            drop = (1 - bank.t1**2) * (1 - bank.t2**2) * bank.a / below
            dropped[channel] += drop * passing[channel]
            passing[channel] *= abs(bank.t1 - bank.t2 * bank.a * turn) ** 2 / below
    return dropped, passing


def test_every_ring_acts_on_every_channel():
    want = np.swapaxes([one_by_one(phases, BANK) for phases in PHASES], 0, 1)
    np.testing.assert_allclose(transmissions(PHASES, BANK), want, atol=1e-12)


def test_power_is_kept_without_loss_and_never_gained():
    drop, through = transmissions(PHASES, Bank(BANK.wavelengths, a=1.0))
    np.testing.assert_allclose(drop + through, 1, atol=1e-12)
    assert (np.add(*transmissions(PHASES, BANK)) < 1).all()
    assert (np.abs(weights(PHASES, BANK)) < 1).all()


def test_the_grid_is_equal_in_frequency():
    frequencies = 299_792_458 / np.array(weight_bank.grid(5, center=1550e-9, spacing=100e9))
    np.testing.assert_allclose(np.diff(frequencies), -100e9, rtol=1e-9)
    np.testing.assert_allclose(frequencies[2], 299_792_458 / 1550e-9)


def test_weights_are_programmed_tails_and_all():
    low, high = BANK.weights_in_reach()
    wanted = RNG.uniform(0.8 * low, 0.8 * high, (7, 5))
    phases = program(wanted, BANK)
    np.testing.assert_allclose(weights(phases, BANK), wanted, atol=1e-9)  # each round: 1/20
    assert (phases >= 0).all() and (phases <= BANK.farthest).all()
    alone = weights(weight_bank.program(wanted, BANK, rounds=0), BANK)
    assert np.abs(alone - wanted).max() > 0.02  # what tails do


def test_what_is_out_of_reach_comes_as_near_as_a_ring_can():
    bank = Bank(weight_bank.grid(1), t1=0.9, t2=0.9, a=1.0)
    phases = program(np.array([[-1.0], [1.0]]), bank)
    np.testing.assert_allclose(phases, [[np.pi], [0]], atol=1e-7)  # arccos at its end
    np.testing.assert_allclose(weights(phases, bank)[1], 1, atol=1e-14)


def test_slopes_of_programming_are_finite_at_the_ends():
    slope = jax.jit(jax.grad(lambda w: weight_bank.program(w, BANK, rounds=2).sum()))
    assert np.isfinite(slope(np.array([-1.0, 1.0, 0.9, 0.0, 0.3]))).all()


def test_slopes_are_difference_quotients():
    def total(phases, bank=BANK):
        return jnp.sum(jnp.sin(weights(phases, bank)), axis=-1)

    slope = jax.jit(jax.grad(lambda phases, bank: total(phases, bank).sum()), static_argnums=1)
    slopes = slope(PHASES, BANK)
    steps = 1e-6 * np.eye(5)[:, None]
    want = np.stack([(total(PHASES + s) - total(PHASES - s)) / 2e-6 for s in steps], axis=-1)
    # Features are a linewidth wide, 0.2 rad: error of the quotient (1e-6 / 0.2)^2.
    np.testing.assert_allclose(slopes, want, atol=1e-8)
    dark = Bank(BANK.wavelengths, a=1.0)  # critical coupling: nothing passes
    assert np.isfinite(slope(np.zeros((7, 5)), dark)).all()


def test_float32():
    single = weights(PHASES.astype(np.float32), BANK)
    assert single.dtype == jnp.float32
    np.testing.assert_allclose(single, weights(PHASES, BANK), atol=1e-5)  # slopes up to 10


def test_crosstalk_shifts_rings_and_is_calibrated_away():
    crosstalk = np.asarray(heater.crosstalk(np.arange(5) * 30e-6, decay=10e-6))
    np.testing.assert_allclose(crosstalk[0], np.exp(-3.0 * np.arange(5)), atol=1e-14)
    drives = heater.calibrate(PHASES, crosstalk)
    np.testing.assert_allclose(np.asarray(drives) @ crosstalk.T, PHASES, atol=1e-14)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"t1": 1.2}, "`t1` must be between 0 and 1, but is 1.2"),
        ({"a": -0.1}, "`a` must be between 0 and 1"),
        ({"circumference": 200e-6}, "`wavelengths` must ascend and lie within one free spectral"),
        ({"wavelengths": (1.56e-6, 1.55e-6)}, "`wavelengths` must ascend"),
        ({"wavelengths": (1.56e-6, -1.55e-6)}, r"`wavelengths` must be positive and finite \[m\]"),
        ({"wavelengths": ()}, "`wavelengths` must name at least one channel"),
    ],
)
def test_banks_that_cannot_be(options, message):
    with pytest.raises(InputError, match=message):
        Bank(**({"wavelengths": weight_bank.grid(8)} | options))


def test_one_phase_for_each_ring():
    with pytest.raises(InputError, match=r"`phases` must have shape \(..., rings=5\)"):
        weight_bank.weights(np.zeros(4), BANK)
