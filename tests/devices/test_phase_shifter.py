"""A phase shifter: the factor exp(i phase), in both precisions."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from photonn.devices import phase_shifter

SHARP = [0.0, -0.0, np.pi / 4, -np.pi / 4, np.pi / 2, np.pi, -np.pi, 3 * np.pi / 2, 2 * np.pi]


@pytest.mark.parametrize("reach", [1e-3, 1.0, 2 * np.pi, 100.0, 1e4])
def test_float32_is_right_to_its_rounding(reach):
    phase = np.random.default_rng(0).uniform(-reach, reach, 20_000).astype(np.float32)
    phase[: len(SHARP)] = SHARP
    cos, sin = phase_shifter.cos_sin(phase)
    assert cos.dtype == sin.dtype == jnp.float32
    exact = phase.astype(float)
    # Three roundings of numbers below one, 6e-8 each at the most.
    np.testing.assert_allclose(cos, np.cos(exact), rtol=0, atol=1e-7)
    np.testing.assert_allclose(sin, np.sin(exact), rtol=0, atol=1e-7)


@given(st.floats(allow_nan=False, allow_infinity=False, width=32))
def test_no_phase_makes_light(phase):
    factor = phase_shifter.transmission(np.float32(phase))
    # Two rounded squares; beyond 1e7 rad also the series, cut off at an angle of 1.
    np.testing.assert_allclose(abs(factor), 1, atol=1e-6)


@pytest.mark.parametrize("phase", [np.nan, np.inf, -np.inf])
def test_what_is_no_phase_stays_nan(phase):
    assert np.isnan(phase_shifter.cos_sin(np.float32(phase))).all()


@pytest.mark.parametrize("dtype", [jnp.float32, jnp.float64])
def test_derivatives_of_both_kinds_and_orders(dtype):
    phase = jnp.asarray([0.3, 2.0, -5.0, 40.0], dtype)

    def light(phase):
        cos, sin = phase_shifter.cos_sin(phase)
        return jnp.sum(cos + 2 * sin)

    tolerance = 1e-6 if dtype == jnp.float32 else 1e-14
    cos, sin = np.cos(phase.astype(float)), np.sin(phase.astype(float))
    np.testing.assert_allclose(jax.grad(light)(phase), 2 * cos - sin, atol=tolerance)
    along = jax.jvp(light, (phase,), (jnp.ones_like(phase),))[1]
    np.testing.assert_allclose(along, np.sum(2 * cos - sin), atol=4 * tolerance)
    curvature = np.diagonal(jax.hessian(light)(phase))
    np.testing.assert_allclose(curvature, -cos - 2 * sin, atol=tolerance)
