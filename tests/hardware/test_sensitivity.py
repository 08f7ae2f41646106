"""Which error costs most, corners, tolerance, the largest error that is allowed."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from photonn import hardware, nn
from photonn.errors import InputError
from photonn.free_space import Grid, Tolerances
from photonn.hardware import ComponentLoss, PhaseNoise, SplitterError

KEY = jax.random.key(0)


class Pair(nnx.Module):
    """One phase and one splitter: their deviations are what is measured."""

    def __init__(self):
        self.phase = nn.Phase(jnp.zeros(()))
        self.split = nn.SplitterAngle(jnp.zeros(()))


def deviation(chip):
    return 1.0 + jnp.abs(chip.phase[...]) + jnp.abs(chip.split[...])


def test_sources_are_switched_on_the_same_draws():
    process = [PhaseNoise(0.1), SplitterError(0.3)]
    found = hardware.sensitivity(Pair(), process, deviation, key=KEY, chips=200)
    want = hardware.monte_carlo(Pair(), process, deviation, key=KEY, chips=200)
    np.testing.assert_array_equal(found.everything, want)
    assert found.ideal == 1
    alone, without = found.alone, found.without
    assert list(found.ranking) == ["SplitterError", "PhaseNoise"]
    # The metric is a sum: chip by chip, one alone and all without the other are the same.
    np.testing.assert_array_equal(alone["PhaseNoise"], without["SplitterError"])
    total = alone["PhaseNoise"] + alone["SplitterError"] - found.ideal
    np.testing.assert_allclose(total, found.everything, rtol=1e-14)
    mean = np.sqrt(2 / np.pi) * 0.3  # of the absolute value of a normal number
    assert abs(found.ranking["SplitterError"] / mean - 1) < 4 * 0.76 / np.sqrt(200)


def test_two_sources_of_a_kind_and_sources_that_add_variables():
    grid = Grid((4, 4), 8e-6)
    layer = nn.Diffractive(grid, distance=1e-3, wavelength=532e-9)
    process = [PhaseNoise(0.1), PhaseNoise(0.2), hardware.LayerErrors(Tolerances(shift=1e-6))]

    def light(chip):
        return jnp.abs(chip(jnp.ones((4, 4)))[0, 0])

    found = hardware.sensitivity(layer, process, light, key=KEY, chips=2)
    assert set(found.alone) == {"PhaseNoise 1", "PhaseNoise 2", "LayerErrors"}
    assert all((values != found.ideal).all() for values in found.alone.values())


def test_corners_are_all_combinations():
    extremes = {
        "phase": (PhaseNoise(0.0), PhaseNoise(0.1)),
        "splitter": (SplitterError(0.0), SplitterError(0.3)),
        "loss": (ComponentLoss(), ComponentLoss(0.1)),
    }
    found = hardware.corners(Pair(), extremes, deviation, key=KEY, chips=8)
    assert len(found) == 8
    np.testing.assert_array_equal(found[()], 1)
    np.testing.assert_array_equal(found["loss",], 1)
    process = [PhaseNoise(0.1), SplitterError(0.3)]
    both = hardware.monte_carlo(Pair(), process, deviation, key=KEY, chips=8)
    np.testing.assert_array_equal(found["phase", "splitter"], both)


def test_a_tolerance_curve_compiles_once():
    traces = []

    def measure(chip):
        traces.append(1)
        return deviation(chip)

    sizes = np.array([0.0, 0.1, 0.2])
    curve = hardware.tolerance_curve(
        Pair(), lambda s: [PhaseNoise(s)], sizes, measure, key=KEY, chips=5
    )
    first = len(traces)
    hardware.monte_carlo(Pair(), [PhaseNoise(0.3)], measure, key=KEY, chips=5)
    assert len(traces) == first
    assert curve.shape == (3, 5)
    # On the same draws the deviation is proportional to the size.
    np.testing.assert_allclose(curve[2] - 1, 2 * (curve[1] - 1), rtol=1e-13)


def test_the_largest_error_is_a_quantile_of_the_draws():
    def process(sigma):
        return [PhaseNoise(sigma)]

    options = {"largest": 10.0, "at_most": 1.5, "wanted": 0.9, "steps": 16}
    best = hardware.largest_size(Pair(), process, deviation, **options, key=KEY, chips=100)
    unit = hardware.monte_carlo(Pair(), process(1.0), deviation, key=KEY, chips=100) - 1
    # sigma |x| <= 0.5 for the 90th of 100 chips; the step of the bisection is 10 / 2^16.
    want = 0.5 / np.sort(unit)[89]
    assert want - 10 / 2**16 <= best <= want


def test_a_specification_that_nothing_or_everything_meets_is_refused():
    options = {"key": KEY, "chips": 10, "at_most": 1.5}
    with pytest.raises(InputError, match="`largest` must be a size at which"):
        hardware.largest_size(Pair(), lambda s: [PhaseNoise(s)], deviation, largest=0.01, **options)
    with pytest.raises(InputError, match="without this error"):
        options["at_most"] = 0.5
        hardware.largest_size(Pair(), lambda s: [PhaseNoise(s)], deviation, largest=1.0, **options)
    with pytest.raises(InputError, match="`measure` must give one number"):
        two = lambda chip: jnp.stack([deviation(chip)] * 2)  # noqa: E731
        hardware.sensitivity(Pair(), [], two, key=KEY, chips=2)
