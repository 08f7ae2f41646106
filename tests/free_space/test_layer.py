"""A layer with errors against the same layer put together by hand; standard geometries."""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from photonn.errors import InputError
from photonn.free_space import (
    Grid,
    angular_spectrum,
    band_limited,
    geometry,
    heights,
    layer,
    perturbation,
)
from photonn.free_space.perturbation import Perturbation
from tests import oracles

GREEN, GRID = 532e-9, Grid((12, 10), 8e-6)
RNG = np.random.default_rng(0)
PHASE, FIELD = RNG.uniform(-9, 9, GRID.shape), oracles.random_complex(RNG, 2, *GRID.shape)


@partial(jax.jit, static_argnames=("distance", "index"))
def propagate(field, mask, error=layer.PERFECT, *, distance=1e-3, index=1.0):
    space = {"distance": distance, "wavelength": GREEN, "index": index}
    return layer.propagate(field, mask, GRID, error=error, **space)


def there(method, field, **space):
    return jax.jit(lambda light: method.propagate(light, GRID, **space))(field)


@jax.jit
def phase_mask(error, phase=PHASE):
    return layer.phase_mask(phase, GRID, error=error)


def test_a_perfect_layer_is_a_mask_and_a_space():
    mask = layer.phase_mask(PHASE, GRID)
    np.testing.assert_allclose(mask, np.exp(1j * PHASE), atol=1e-15)
    out = propagate(FIELD, mask)
    want = there(angular_spectrum, FIELD * np.asarray(mask), distance=1e-3, wavelength=GREEN)
    np.testing.assert_allclose(out, want, atol=1e-14)


def test_every_error_does_what_it_says():
    off = RNG.normal(size=GRID.shape)
    noisy = phase_mask(Perturbation(phase=off))
    np.testing.assert_allclose(noisy, np.exp(1j * (PHASE + off)), atol=1e-14)
    redder = phase_mask(Perturbation(wavelength=0.1))
    np.testing.assert_allclose(redder, np.exp(1j * PHASE / 1.1), atol=1e-14)
    moved = phase_mask(Perturbation(shift=jnp.asarray([8e-6, 0.0])))
    np.testing.assert_allclose(moved[1:], np.exp(1j * PHASE[:-1]), atol=1e-13)
    still = phase_mask(Perturbation(blur=0.0))
    np.testing.assert_allclose(still, np.exp(1j * PHASE), atol=1e-14)  # two transforms
    error = Perturbation(axial=2e-4, wavelength=-0.05)
    out = propagate(FIELD, noisy, error, index=1.2)
    space = {"distance": 1.2e-3, "wavelength": 0.95 * GREEN, "index": 1.2}
    want = there(band_limited, FIELD * np.asarray(noisy), **space)  # as for any traced length
    np.testing.assert_allclose(out, want, atol=1e-12)


def test_a_relief_is_its_heights():
    height = RNG.uniform(0, 1e-6, GRID.shape)
    kind = {"wavelength": GREEN, "index": 1.5 + 0.01j, "ambient": 1.1}
    np.testing.assert_array_equal(
        layer.relief(height, GRID, **kind), heights.transmission(height, **kind)
    )
    off = RNG.normal(size=GRID.shape) * 1e-8
    made = layer.relief(height, GRID, error=Perturbation(height=off, wavelength=0.02), **kind)
    want = heights.transmission(height + off, **{**kind, "wavelength": 1.02 * GREEN})
    np.testing.assert_allclose(made, want, atol=1e-13)
    with pytest.raises(InputError, match="`height` must be absent for a phase mask"):
        layer.phase_mask(PHASE, GRID, error=Perturbation(height=off))


def test_gradients_of_a_layer_with_all_errors():
    tolerances = perturbation.Tolerances(
        shift=3e-6, axial=1e-5, tilt=1e-3, wavelength=1e-2, phase=0.1, blur=2e-6
    )
    target = oracles.random_complex(RNG, *GRID.shape)

    @jax.jit
    def loss(phase, error):
        mask = layer.phase_mask(phase, GRID, error=error)
        out = layer.propagate(FIELD[0], mask, GRID, distance=1e-3, wavelength=GREEN, error=error)
        return jnp.sum(jnp.abs(out - target) ** 2)

    error = perturbation.draw(tolerances, jax.random.key(0), GRID.shape)
    slopes, errors = jax.jit(jax.grad(loss, argnums=(0, 1)))(jnp.asarray(PHASE), error)
    assert all(np.isfinite(leaf).all() for leaf in jax.tree.leaves(errors))

    def along(value):
        return loss(jnp.asarray(PHASE).at[4, 5].set(value), error)

    want = oracles.difference_quotient(along, PHASE[4, 5], 1e-6)
    np.testing.assert_allclose(slopes[4, 5], want, rtol=1e-6)  # rounding over the step


def test_float32_stays_float32():
    error = Perturbation(shift=jnp.asarray([1e-6, 2e-6]), tilt=jnp.asarray([1e-3, 0.0]), blur=2e-6)
    out = {}
    for kind in (np.float32, np.float64):
        field = FIELD.astype(np.result_type(kind, np.complex64))
        out[kind] = propagate(field, phase_mask(error, PHASE.astype(kind)), error)
    assert out[np.float32].dtype == np.complex64
    np.testing.assert_allclose(out[np.float32], out[np.float64], atol=2e-5)  # 9 rad, two FFTs


def test_standard_geometries():
    network = geometry.terahertz()
    assert network.grid == Grid(200, 0.4e-3)
    assert network.space == {"distance": 30e-3, "wavelength": 0.75e-3, "index": 1.0}
    assert network.material == 1.7227
    small = geometry.compact(wavelength=0.75e-3)
    np.testing.assert_allclose(small.grid.pitch, 0.4e-3, rtol=0.01)
    np.testing.assert_allclose(small.distance, 30e-3, rtol=1e-12)
    assert geometry.visible(0.1).distance == 0.1
    for each in (network, small, geometry.visible()):
        hash(each)
