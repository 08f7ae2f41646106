"""Levels and bounds: how many there are, where they lie, and what the gradient does."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from photonn.errors import InputError
from photonn.free_space import bounds, levels


@pytest.mark.parametrize("bits", [1, 2, 3])
def test_bits_are_a_power_of_two_of_levels(bits):
    """Another package gives 7 levels for 2 bits."""
    count = 2**bits
    phase = np.linspace(-20, 20, 1001)
    rounded = levels.round_phase(phase, count)
    assert len(np.unique(np.round(np.exp(1j * np.asarray(rounded)), 9))) == count
    assert np.max(np.abs(rounded - phase)) <= np.pi / count + 1e-12
    heights = levels.round_height(np.linspace(-1e-6, 3e-6, 1001), count, maximum=2e-6)
    np.testing.assert_allclose(np.unique(heights), np.linspace(0, 2e-6, count), atol=1e-20)


def test_straight_through_passes_the_gradient():
    phase = jnp.linspace(-4, 4, 9)
    slopes = jax.grad(lambda p: jnp.sum(levels.round_phase(p, 4) * jnp.arange(9.0)))(phase)
    np.testing.assert_array_equal(slopes, np.arange(9.0))
    slope = jax.grad(lambda h: levels.round_height(h, 4, maximum=1.0))
    assert [slope(h) for h in (-0.5, 0.4, 1.5)] == [0, 1, 0]


def test_the_staircase_goes_from_a_line_to_steps():
    steps = np.linspace(-1.9, 1.9, 77)
    phase = 2 * np.pi / 4 * steps
    hot = levels.round_phase(phase, 4, temperature=1e3)
    np.testing.assert_allclose(hot, phase, atol=1e-6)  # tanh(x) = x - x^3 / 3, x = 5e-4
    cold = levels.round_phase(phase, 4, temperature=1e-2)
    clear = np.abs(steps - np.floor(steps) - 0.5) > 0.1  # from the edge of a step
    hard = levels.round_phase(phase, 4)
    np.testing.assert_allclose(cold[clear], hard[clear], atol=1e-7)  # exp(-2 * 0.1 / 0.01)
    for temperature in (0.05, 0.3, 2.0):
        warm = levels.round_phase(phase, 4, temperature=temperature)
        assert (np.diff(warm) > 0).all()


def test_the_gradient_of_the_staircase():
    def value(steps, temperature):
        return levels.round_phase(steps, 4, temperature=temperature)

    for at in (0.3, 1.1, -2.0):
        slopes = jax.jit(jax.grad(value, argnums=(0, 1)))(at, 0.2)
        want = [
            (value(at + 1e-6, 0.2) - value(at - 1e-6, 0.2)) / 2e-6,
            (value(at, 0.2 + 1e-6) - value(at, 0.2 - 1e-6)) / 2e-6,
        ]
        np.testing.assert_allclose(slopes, want, rtol=1e-7, atol=1e-9)


def test_bad_levels_are_refused():
    with pytest.raises(InputError, match="`levels` must be an integer of at least 2"):
        levels.round_phase(0.3, 1)
    with pytest.raises(InputError, match=r"`temperature` must be positive.*temperature=None"):
        levels.round_phase(0.3, 4, temperature=0.0)


def test_bounds_are_reached_and_left_again():
    angles = jnp.linspace(-40, 40, 2001)
    values = bounds.enclose(angles, 0.2, 0.9)
    assert np.min(values) >= 0.2
    assert np.max(values) <= 0.9
    assert np.ptp(values) > 0.6999  # both ends are reached
    back = bounds.release(values, 0.2, 0.9)
    np.testing.assert_allclose(bounds.enclose(back, 0.2, 0.9), values, atol=1e-15)
    slopes = jax.vmap(jax.grad(lambda a: bounds.enclose(a, 0.2, 0.9)))(angles)
    # Far out as near the middle: the mean square of a cosine, over whole periods nearly.
    for part in np.split(np.asarray(slopes[:2000]), 4):
        assert 0.4 < np.mean(part**2) / 0.35**2 < 0.6
