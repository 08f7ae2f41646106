"""Rings: against couplers solved one by one, conservation of power, spectra."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from photonn.devices import ring, waveguide
from photonn.devices.waveguide import Dispersion
from photonn.errors import InputError

SILICON = Dispersion(1550e-9, index=2.4, group_index=4.2)
LENGTH = 2 * np.pi * 8e-6
RNG = np.random.default_rng(0)
PHASE, (T1, T2, A) = RNG.uniform(-20, 20, 300), RNG.uniform(0, 0.999, (3, 300))

add_drop = jax.jit(ring.add_drop)


def coupled_modes(phase, t1, t2, a):
    """Two couplers and two half rings, as linear equations for the light in the ring.

    Unknown: light behind coupler 1 (u), in front of coupler 2 (v), behind it (w), back in
    front of coupler 1 (z); input 1 and no light at the add port.
    """
    k1, k2 = np.sqrt(1 - t1**2), np.sqrt(1 - t2**2)
    half = np.sqrt(a) * np.exp(0.5j * phase)
    #                 u      v    w      z
    equations = [
        [1, 0, 0, -t1],  # u = t1 z + i k1
        [-half, 1, 0, 0],  # v = half u
        [0, -t2, 1, 0],  # w = t2 v
        [0, 0, -half, 1],  # z = half w
    ]
    _, v, _, z = np.linalg.solve(np.array(equations, complex), [1j * k1, 0, 0, 0])
    return t1 + 1j * k1 * z, 1j * k2 * v


def test_add_drop_is_two_couplers_and_two_half_rings():
    want = np.transpose([coupled_modes(*x) for x in zip(PHASE, T1, T2, A, strict=True)])
    # Condition of the equations: up to 1 / (1 - 0.999^3) = 300 roundings.
    np.testing.assert_allclose(add_drop(PHASE, T1, T2, A), want, atol=1e-12)


def test_the_formulas_as_written():
    turn = np.exp(1j * PHASE)
    below = 1 - T1 * T2 * A * turn
    through, drop = add_drop(PHASE, T1, T2, A)
    np.testing.assert_allclose(through, (T1 - T2 * A * turn) / below, atol=1e-12)
    want = -np.sqrt((1 - T1**2) * (1 - T2**2) * A) * np.exp(0.5j * PHASE) / below
    np.testing.assert_allclose(drop, want, atol=1e-12)
    want = (T1 - A * turn) / (1 - T1 * A * turn)
    np.testing.assert_allclose(jax.jit(ring.all_pass)(PHASE, T1, A), want, atol=1e-12)


def test_weight_of_a_ring_on_resonance():
    """0.717 of the light is dropped and 0.083 passes, by hand."""
    through, drop = add_drop(0.0, 0.95, 0.93, 0.98)
    np.testing.assert_allclose(abs(drop) ** 2 - abs(through) ** 2, 0.634, atol=5e-4)


def test_power_is_kept_without_loss_and_never_gained():
    through, drop = add_drop(PHASE, T1, T2, np.ones(300))
    np.testing.assert_allclose(np.abs(through) ** 2 + np.abs(drop) ** 2, 1, atol=1e-12)
    through, drop = add_drop(PHASE, T1, T2, A)
    assert (np.abs(through) ** 2 + np.abs(drop) ** 2 <= 1 + 1e-12).all()


def test_critical_coupling_leaves_nothing():
    assert ring.all_pass(0.0, 0.9, 0.9) == 0
    assert abs(ring.add_drop(2 * np.pi, 0.95 * 0.9, 0.95, 0.9)[0]) < 1e-14


def test_resonances_lie_a_free_spectral_range_apart_and_are_as_wide_as_the_formula():
    wavelength = np.linspace(1530e-9, 1570e-9, 400_001)
    phase = np.asarray(ring.phase(wavelength, LENGTH, SILICON))
    index = np.asarray(waveguide.effective_index(wavelength, SILICON))
    want = 2 * np.pi * index * LENGTH / wavelength
    np.testing.assert_allclose(np.exp(1j * phase), np.exp(1j * want), atol=1e-11)  # of 500 rad

    t1, t2, a = 0.98, 0.97, 0.99
    power = np.abs(add_drop(phase, t1, t2, a)[1]) ** 2
    peaks = np.flatnonzero((power[1:-1] > power[:-2]) & (power[1:-1] > power[2:])) + 1
    left, right = wavelength[peaks[:2]]
    distance = ring.free_spectral_range(np.sqrt(left * right), LENGTH, SILICON.group_index)
    step = wavelength[1] - wavelength[0]
    np.testing.assert_allclose(right - left, distance, atol=2 * step)

    sharpness = ring.finesse(t1, t2, a)
    np.testing.assert_allclose(sharpness, np.pi * np.sqrt(0.941094) / (1 - 0.941094))
    local = ring.free_spectral_range(left, LENGTH, SILICON.group_index)
    near = np.abs(wavelength - left) < local / 4
    width = step * np.sum(power[near] > power[peaks[0]] / 2)
    line = ring.linewidth(local, sharpness)
    # The Lorentz curve errs by (1 - r)^2 / 24 r = 2e-4, counting steps by one of 1100.
    np.testing.assert_allclose(width, line, rtol=2e-3)
    np.testing.assert_allclose(ring.quality(left, line), left / line)


def light(x):
    through, drop = ring.add_drop(x[0], x[1], x[2], x[3])
    powers = abs(through) ** 2 - 0.5 * abs(drop) ** 2
    return powers + 0.3 * through.real + 0.7 * through.imag + 0.2 * drop.real - 0.4 * drop.imag


def test_slopes_are_difference_quotients():
    points = np.array([(0.0, 0.9, 0.95, 0.98), (0.3, 0.9, 0.9, 0.99), (6.0, 0.5, 0.7, 0.1)])
    slopes = jax.jit(jax.vmap(jax.grad(light)))(points)
    value = jax.jit(jax.vmap(jax.vmap(light)))
    steps = 1e-6 * np.eye(4)
    want = (value(points[:, None] + steps) - value(points[:, None] - steps)) / 2e-6
    # The scale of the curve is 1 - r >= 0.15: error of the quotient (1e-6 / 0.15)^2.
    np.testing.assert_allclose(slopes, want, rtol=1e-6, atol=1e-8)


def test_at_the_edge_light_and_slopes_are_finite():
    points = np.array([(0.0, 1.0, 1.0, 1.0), (0.0, 0.9, 1.0, 0.5), (1.0, 0.0, 0.0, 0.0)])
    value, slopes = jax.jit(jax.vmap(jax.value_and_grad(light)))(points)
    assert np.isfinite(value).all() and np.isfinite(slopes).all()
    through, drop = add_drop(0.0, 1.0, 1.0, 1.0)  # no couplers, no loss: nothing enters
    assert (through, drop) == (1, 0)


def test_float32_holds_a_narrow_resonance():
    wavelength = np.linspace(1549e-9, 1551e-9, 2001)
    exact = add_drop(ring.phase(wavelength, LENGTH, SILICON), 0.99, 0.99, 0.995)
    single = ring.phase(wavelength.astype(np.float32), LENGTH, SILICON)
    assert single.dtype == jnp.float32
    light = add_drop(single, 0.99, 0.99, 0.995)
    assert light[0].dtype == jnp.complex64
    # float32 knows a wavelength to 6e-8 of 1, a phase of 850 rad then to 5e-5; a linewidth
    # is 2 (1 - r) = 0.05 rad.
    np.testing.assert_allclose(light, exact, atol=4e-3)


@pytest.mark.parametrize(
    ("wrong", "name"),
    [((0.0, 1.1, 0.9, 0.9), "t1"), ((0.0, 0.9, -0.1, 0.9), "t2"), ((0.0, 0.9, 0.9, 1.01), "a")],
)
def test_what_would_amplify_is_refused(wrong, name):
    with pytest.raises(InputError, match=f"`{name}` must be between 0 and 1, but is"):
        ring.add_drop(*wrong)
    with pytest.raises(InputError, match="passive"):
        ring.finesse(*wrong[1:])


def test_all_pass_names_its_own_coupler():
    with pytest.raises(InputError, match="`t` must be between 0 and 1"):
        ring.all_pass(0.0, np.array([0.5, 1.5]), 0.9)
