"""What holds for every activation: slopes, also in the dark, passivity, float32.

The closed forms are in the file of each device.
"""

from dataclasses import dataclass

import jax
import numpy as np
import pytest

from photonn.devices import (
    cardioid,
    carrier_ring,
    kerr,
    opto_electronic,
    photorefractive,
    saturable_absorber,
    semiconductor_amplifier,
    z_relu,
)
from tests import oracles


@dataclass(frozen=True)
class Case:
    """A device, its numbers, and its linear factor in the dark by hand."""

    activate: object
    numbers: dict
    dark: complex
    power: float = 1.0
    passive: bool = True
    float32: float = 3e-5  # rounding of the inputs, 6e-8, times slopes of up to a hundred


def ring(field, *, detuning, t1, t2):
    cavity = carrier_ring.Cavity(t1=t1, t2=t2)
    return carrier_ring.activate(field, detuning=detuning, cavity=cavity)


AROUND = 10 ** (-300 * 50e-6 / 20) * 0.97 * np.exp(0.1j)
CASES = {
    "saturable_absorber": Case(
        saturable_absorber.activate,
        {"transmission": 0.1, "saturation_power": 0.7},
        np.sqrt(0.1),
    ),
    "almost transparent absorber": Case(
        saturable_absorber.activate,
        {"transmission": 1 - 2**-20, "saturation_power": 0.7},
        np.sqrt(1 - 2**-20),
    ),
    "thin absorber": Case(
        saturable_absorber.activate_thin,
        {"optical_depth": 2.3, "saturation_power": 0.7},
        np.exp(-1.15),
    ),
    "kerr": Case(
        kerr.activate, {"nonlinearity": 1.2, "length": 0.8, "loss_db": 3.0}, 10 ** (-2.4 / 20)
    ),
    "photorefractive": Case(photorefractive.activate, {"depth": 3.0, "saturation": 0.6}, 1.0),
    "carrier_ring": Case(
        ring,
        {"detuning": 0.1, "t1": 0.95, "t2": 0.97},
        (0.95 - AROUND) / (1 - 0.95 * AROUND),
        power=5e-3,  # about where the resonance moves by its width
        float32=1e-3,  # (1 - t1 t2 a) is a few per cent, and its square is divided by
    ),
    "semiconductor_amplifier": Case(
        semiconductor_amplifier.activate,
        {"gain": 3.0, "saturation_power": 0.5, "linewidth_factor": 5.0},
        np.exp((1 - 5j) * 1.5),
        passive=False,
    ),
    "opto_electronic": Case(
        opto_electronic.activate,
        {"threshold": 0.2, "transimpedance": 0.3},
        0.0,
        passive=False,
    ),
    "z_relu": Case(z_relu.activate, {}, 1.0),
    "cardioid": Case(cardioid.activate, {}, 0.5),
}


def directions(case):
    """Value, derivative along a direction, and the transposed derivative of another."""

    def act(x, y, numbers):
        out = case.activate(jax.lax.complex(x, y), **numbers)
        return out.real, out.imag

    def run(arguments, direction, weights):
        value, forward = jax.jvp(act, arguments, direction)
        return value, forward, jax.vjp(act, *arguments)[1](weights)

    return jax.jit(run)


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_slopes_passivity_and_float32(case):
    rng = np.random.default_rng(3)
    x, y, dx, dy, wx, wy = rng.normal(size=(6, 40))
    x, y = (np.sqrt(case.power) * part for part in (x, y))
    x[:2], y[:2] = 0, 0  # dark
    x[2:4], y[2:4] = 1e-25 * x[6:8], 1e-25 * y[6:8]  # so weak that float32 has no square
    x[4:6], y[4:6] = 1e-4 * x[6:8], 1e-4 * y[6:8]  # weak
    dx, dy = (np.sqrt(case.power) * d for d in (dx, dy))
    scales = {name: 0.1 * value for name, value in case.numbers.items()}
    if "transmission" in scales:  # stays below one
        scales["transmission"] = -0.5 * (1 - case.numbers["transmission"])
    run = directions(case)
    numbers = {name: np.asarray(value) for name, value in case.numbers.items()}
    arguments, direction = (x, y, numbers), (dx, dy, {n: np.asarray(s) for n, s in scales.items()})
    value, forward, back = run(arguments, direction, (wx, wy))

    def along(step):
        moved = jax.tree.map(lambda a, d: a + step * d, arguments, direction)
        return np.array(run(moved, direction, (wx, wy))[0])

    # Error of the quotient: step^2 times third derivatives of up to 1e3, rounding 1e-16 / 1e-6.
    want = oracles.difference_quotient(along, 0.0, 1e-6)
    bright = slice(6, None)
    atol = 1e-7 * np.abs(want).max()
    np.testing.assert_allclose(np.array(forward)[:, bright], want[:, bright], rtol=1e-5, atol=atol)

    # Forward and backward are transposes of each other; sums of a few hundred products.
    there = sum(np.vdot(w, f) for w, f in zip((wx, wy), forward, strict=True))
    here = sum(map(np.vdot, jax.tree.leaves(back), jax.tree.leaves(direction)))
    np.testing.assert_allclose(here, there, rtol=1e-10, atol=1e-12)

    # In the dark a device is linear, and its numbers do nothing.
    dark = case.dark * (dx[:2] + 1j * dy[:2])
    np.testing.assert_allclose(np.array(forward)[:, :2], [dark.real, dark.imag], atol=1e-14)
    np.testing.assert_array_equal(np.array(value)[:, :2], 0)

    power_in, power_out = x**2 + y**2, np.sum(np.square(value), axis=0)
    if case.passive:
        assert (power_out <= power_in * (1 + 1e-13)).all()

    single = jax.tree.map(np.float32, (arguments, direction, (wx, wy)))
    single = run(*single)
    for ours, exact in zip(
        jax.tree.leaves(single), jax.tree.leaves((value, forward, back)), strict=True
    ):
        assert ours.dtype == np.float32
        tolerance = case.float32
        np.testing.assert_allclose(
            ours, exact, rtol=tolerance, atol=tolerance * np.abs(exact).max()
        )
