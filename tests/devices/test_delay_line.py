"""Delay lines against loops in plain NumPy, a differential equation and closed forms."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from photonn.devices import delay_line
from photonn.errors import InputError
from photonn.train import ridge
from tests import oracles

RNG = np.random.default_rng(0)
MASK = RNG.uniform(-1, 1, 7)
INPUTS = RNG.uniform(0, 0.5, 12)


def loop(inputs, mask, feedback, gain, bias, desync, spacing=None):
    """One node after another along one line of time; `spacing` filters."""
    nodes = len(mask)
    line = np.zeros(nodes + desync).tolist()  # at rest before the start
    last, decay = 0.0, 0.0 if spacing is None else np.exp(-spacing)
    for n in range(len(inputs)):
        for i in range(nodes):
            delayed = line[-(nodes + desync)]
            drive = gain * mask[i] * inputs[n] + bias
            if spacing is None:
                last = np.sin(feedback * delayed + drive)
            else:
                last = decay * last + (1 - decay) * feedback * np.sin(delayed + drive) ** 2
            line.append(last)
    return np.array(line[nodes + desync :]).reshape(len(inputs), nodes)


@pytest.mark.parametrize("desync", [0, 1, 3])
def test_both_kinds_are_a_loop_over_time(desync):
    got = delay_line.sine(INPUTS, MASK, feedback=0.8, gain=1.3, bias=0.2, desync=desync)
    np.testing.assert_allclose(got, loop(INPUTS, MASK, 0.8, 1.3, 0.2, desync), atol=1e-13)
    got = delay_line.ikeda(
        INPUTS, MASK, feedback=0.8, gain=1.3, bias=0.2, spacing=0.3, desync=desync
    )
    np.testing.assert_allclose(got, loop(INPUTS, MASK, 0.8, 1.3, 0.2, desync, 0.3), atol=1e-13)


def ikeda_equation(inputs, mask, feedback, gain, bias, spacing, substeps):
    """Fourth-order Runge-Kutta of the delay equation, the delay a turn; cubic in the past."""
    h, turn = spacing / substeps, len(mask) * substeps
    line = np.zeros(turn + 2).tolist()
    for n in range(len(inputs)):
        for j in range(turn):
            drive = gain * mask[j // substeps] * inputs[n] + bias
            early, late = line[-turn - 1], line[-turn]
            between = (9 * (early + late) - line[-turn - 2] - line[-turn + 1]) / 16
            x = line[-1]
            power = [feedback * np.sin(d + drive) ** 2 for d in (early, between, late)]
            k1 = power[0] - x
            k2 = power[1] - x - h / 2 * k1
            k3 = power[1] - x - h / 2 * k2
            k4 = power[2] - x - h * k3
            line.append(x + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4))
    return np.array(line[turn + 2 + substeps - 1 :: substeps]).reshape(len(inputs), len(mask))


def test_ikeda_is_the_delay_equation_in_the_limit_of_close_nodes():
    """An error of first order: half the spacing, half the error."""
    mask, spacing = MASK[:4], 1.0
    want = ikeda_equation(INPUTS[:5], mask, 1.2, 1.0, 0.3, spacing, 100)
    errors = []
    for finer in (8, 16):
        dense = np.repeat(mask, finer)
        states = delay_line.ikeda(
            INPUTS[:5], dense, feedback=1.2, gain=1.0, bias=0.3, spacing=spacing / finer
        )
        errors.append(np.abs(states[:, finer - 1 :: finer] - want).max())
    assert errors[1] < 0.02
    assert 1.8 < errors[0] / errors[1] < 2.2


def test_without_delayed_light_ikeda_is_a_low_pass():
    """A feedback of weak light stands still: x rises to the level as 1 - exp(-t)."""
    states = delay_line.ikeda(
        np.ones(3), np.ones(5), feedback=1e-9, gain=0.0, bias=np.pi / 4, spacing=0.4
    )
    want = 0.5e-9 * (1 - np.exp(-0.4 * np.arange(1, 16)))
    np.testing.assert_allclose(states.ravel(), want, rtol=1e-8)


def test_small_signals_of_the_sine_are_a_shift_register():
    """Linear: node i of turn n holds the drive of k turns ago, times feedback^k."""
    small, feedback = 1e-6, 0.7
    states = delay_line.sine(INPUTS, MASK, feedback=feedback, gain=small, desync=0)
    want = np.zeros((12, 7))
    for n in range(12):
        for k in range(n + 1):
            want[n] += feedback**k * small * MASK * INPUTS[n - k]
    np.testing.assert_allclose(states, want, atol=1e-17)


def test_it_forgets_below_unit_feedback():
    """The echo state property: two pasts, one present; differences fall as feedback^n."""
    pasts = RNG.uniform(0, 0.5, (2, 120))
    pasts[:, 20:] = pasts[0, 20:]
    states = delay_line.sine(pasts, MASK, feedback=0.8, gain=1.0)
    gaps = np.abs(states[0] - states[1]).max(axis=-1)
    assert gaps[19] > 1e-3
    assert gaps[-1] <= gaps[19] * 0.8**99 * len(MASK)


def test_a_batch_of_parameters_is_one_by_one():
    feedback, gain = np.array([[0.3], [0.9]]), np.array([0.5, 1.0, 2.0])
    states = delay_line.sine(INPUTS, MASK, feedback=feedback, gain=gain)
    assert states.shape == (2, 3, 12, 7)
    want = loop(INPUTS, MASK, 0.9, 0.5, 0.0, 1)
    np.testing.assert_allclose(states[1, 0], want, atol=1e-13)
    single = delay_line.sine(
        *(x.astype(np.float32) for x in (INPUTS, MASK)), feedback=0.9, gain=0.5
    )
    assert single.dtype == jnp.float32
    np.testing.assert_allclose(single, want, atol=1e-6)


def test_slopes_are_difference_quotients():
    point = {"feedback": 0.8, "gain": 0.7, "bias": 0.2}

    @jax.jit
    def loss(numbers, spacing):
        sine = delay_line.sine(INPUTS, MASK, **numbers)
        ikeda = delay_line.ikeda(INPUTS, MASK, spacing=spacing, **numbers)
        return jnp.sum(sine**3) + jnp.sum(ikeda**3)

    slopes = jax.grad(loss, argnums=(0, 1))(point, 0.3)
    for name in point:
        want = oracles.difference_quotient(
            lambda x, name=name: loss(point | {name: x}, 0.3), point[name], 1e-5
        )
        np.testing.assert_allclose(slopes[0][name], want, rtol=1e-6)
    want = oracles.difference_quotient(lambda x: loss(point, x), 0.3, 1e-5)
    np.testing.assert_allclose(slopes[1], want, rtol=1e-6)


def test_memory_is_at_most_the_number_of_nodes():
    """Sum over delays of the share of u(n - k) that a linear read-out can restore."""
    nodes, delays, turns = 7, 15, 2000
    inputs = np.random.default_rng(1).uniform(-1, 1, turns)
    mask = np.random.default_rng(2).uniform(-1, 1, nodes)
    states = delay_line.sine(inputs, mask, feedback=np.array([0.5, 0.9]), gain=0.3)
    past = np.stack([np.roll(inputs, k) for k in range(delays)], axis=1)[delays:]
    for held in states[:, delays:]:
        weights, offset = ridge.solve(held, past, 1e-12)
        recalled = held @ weights + offset[None]
        shares = 1 - np.mean((recalled - past) ** 2, axis=0) / np.var(past, axis=0)
        # A regression on `nodes` signals explains nodes / turns of a noise by chance.
        assert 3 < shares.sum() <= nodes + delays * nodes / turns


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"desync": 7}, "`desync` must be below the 7 nodes"),
        ({"desync": -1}, "`desync` must be an integer of at least 0"),
        ({"gain": np.ones(2), "feedback": np.ones(3)}, "`feedback` \\(3,\\)"),
    ],
)
def test_numbers_that_do_not_do(changed, words):
    with pytest.raises(InputError, match=words):
        delay_line.sine(INPUTS, MASK, **({"feedback": 0.8, "gain": 1.0} | changed))
