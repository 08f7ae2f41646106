"""Reliefs and slabs: steps, absorption, reflections against closed forms."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from photonn.free_space import heights, materials, slab
from tests import oracles

GREEN = 532e-9


def test_half_a_turn_of_height_changes_the_sign():
    index = materials.FUSED_SILICA.index(GREEN)
    step = 0.5 * heights.full_turn(wavelength=GREEN, index=index)
    height = np.array([[0.0, step, 2 * step]])
    factor = heights.transmission(height, wavelength=GREEN, index=index)
    np.testing.assert_allclose(factor, [[1, -1, 1]], atol=1e-14)  # rounding of 2 pi


def test_a_higher_pixel_delays_light():
    """Forward is exp(+i k z): a longer path in the material adds phase."""
    factor = heights.transmission(np.array([[50e-9]]), wavelength=GREEN, index=1.5)
    np.testing.assert_allclose(np.angle(factor), 2 * np.pi * 0.5 * 50e-9 / GREEN, rtol=1e-13)


def test_power_falls_to_one_over_e():
    kappa = 1e-3
    depth = GREEN / (4 * np.pi * kappa)
    factor = heights.transmission(np.array([[depth]]), wavelength=GREEN, index=1.5 + 1j * kappa)
    np.testing.assert_allclose(np.abs(factor) ** 2, np.exp(-1), rtol=1e-12)  # 40 turns


def test_each_wavelength_has_its_own_index():
    wavelengths = np.array([450e-9, 532e-9, 633e-9])
    indices = np.asarray(materials.BK7.index(wavelengths))
    height = np.random.default_rng(0).uniform(0, 2e-6, (4, 5))
    field = oracles.random_complex(np.random.default_rng(1), 2, 3, 4, 5)
    out = heights.modulate(field, height, wavelength=wavelengths, index=indices, ambient=1.33)
    phase = 2 * np.pi * (indices.real - 1.33)[:, None, None] * height / wavelengths[:, None, None]
    np.testing.assert_allclose(out, field * np.exp(1j * phase), rtol=1e-13)  # one product
    one = heights.modulate(field[0, 0], height, wavelength=wavelengths, index=1.5)
    assert one.shape == (3, 4, 5)


def test_height_of_a_phase_gives_the_phase():
    phase = np.linspace(-7, 7, 12).reshape(3, 4)
    height = heights.from_phase(phase, wavelength=GREEN, index=1.5, ambient=1.1)
    turn = GREEN / 0.4
    assert (height >= 0).all()
    assert (height < turn).all()
    factor = heights.transmission(height, wavelength=GREEN, index=1.5, ambient=1.1)
    np.testing.assert_allclose(factor, np.exp(1j * phase), atol=1e-13)  # rounding of 7 rad


def test_float32_is_right():
    height = np.random.default_rng(0).uniform(0, 2e-6, (4, 5)).astype(np.float32)
    index = materials.BK7.index(GREEN)
    got = heights.transmission(height, wavelength=GREEN, index=index)
    assert got.dtype == np.complex64
    want = heights.transmission(height.astype(float), wavelength=GREEN, index=index)
    np.testing.assert_allclose(got, want, atol=5e-6)  # 12 rad at 6e-8, and some


def test_gradients():
    target = jnp.asarray(oracles.random_complex(np.random.default_rng(0), 2, 3))
    height = jnp.asarray(np.random.default_rng(1).uniform(0, 1e-6, (2, 3)))

    def loss(height, wavelength, index):
        index = jax.lax.complex(index, 0.01)
        factor = heights.transmission(height, wavelength=wavelength, index=index)
        return jnp.sum((factor * target).real)

    at = (height, jnp.asarray(GREEN), jnp.asarray(1.5))
    slopes = jax.jit(jax.grad(loss, argnums=(0, 1, 2)))(*at)
    for number, step in ((1, 1e-12), (2, 1e-6)):

        def along(value, number=number):
            return loss(*(value if n == number else a for n, a in enumerate(at)))

        want = oracles.difference_quotient(along, at[number], step)
        np.testing.assert_allclose(slopes[number], want, rtol=1e-6)  # rounding over the step
    want = oracles.difference_quotient(
        lambda h: loss(height.at[1, 2].set(h), *at[1:]), height[1, 2], 1e-12
    )
    np.testing.assert_allclose(slopes[0][1, 2], want, rtol=1e-6)  # as above


def test_a_surface_reflects_four_percent_of_glass():
    np.testing.assert_allclose(np.abs(slab.reflection(1.0, 1.5)) ** 2, 0.04, rtol=1e-14)
    lost = np.abs(slab.reflection(1.0, 1.5)) ** 2
    kept = 1.5 * np.abs(slab.transmission(1.0, 1.5)) ** 2
    np.testing.assert_allclose(lost + kept, 1, rtol=1e-14)


@pytest.mark.parametrize("behind", [1.0, 1.7])
def test_a_slab_is_its_two_surfaces(behind):
    """Half a wave in the slab: as if it were not there. A quarter turns n into 1 / n."""
    index = 1.5
    thickness = np.array([0.5, 0.25]) * GREEN / index
    reflected, transmitted = slab.scatter(thickness, wavelength=GREEN, index=index, behind=behind)
    want = np.array([(1 - behind) / (1 + behind), (behind - index**2) / (behind + index**2)])
    np.testing.assert_allclose(np.abs(reflected), np.abs(want), atol=1e-14)
    power = np.abs(reflected) ** 2 + behind * np.abs(transmitted) ** 2
    np.testing.assert_allclose(power, 1, rtol=1e-14)


def test_a_slab_is_the_sum_of_all_its_round_trips():
    thickness, index = 0.37e-6, 2.1 + 0.05j
    once = np.exp(2j * np.pi * index * thickness / GREEN)
    inwards, out = 2 / (1 + index), 2 * index / (1 + index)
    inside = (index - 1) / (index + 1)
    want = sum(inwards * once * (inside * once) ** (2 * n) * out for n in range(60))
    _, transmitted = slab.scatter(thickness, wavelength=GREEN, index=index)
    np.testing.assert_allclose(transmitted, want, rtol=1e-13)  # the 60th is below 1e-50
