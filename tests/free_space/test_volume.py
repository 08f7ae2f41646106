"""Thick media against homogeneous space, a guided Gaussian mode and Beer's law."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from photonn.errors import InputError
from photonn.free_space import Grid, volume
from tests import oracles

RED = 633e-9
GRID = Grid((48, 40), (1.0e-6, 1.2e-6))


def beam(waist):
    return np.exp(-(GRID.y[:, None] ** 2 + GRID.x**2) / waist**2) + 0j


def propagate(field, index, **kind):
    return jax.jit(lambda f, n: volume.propagate(f, GRID, n, wavelength=RED, **kind))(field, index)


def close(actual, wanted, tolerance):
    np.testing.assert_allclose(actual, wanted, rtol=0, atol=tolerance * np.abs(wanted).max())


def test_a_homogeneous_stack_is_free_space_of_that_index():
    field = beam(8e-6)
    slices = np.full((6, *GRID.shape), 1.5)
    out = propagate(field, slices, thickness=10e-6, background=1.5)
    want = oracles.plane_waves(field, GRID.pitch, 60e-6, RED, 1.5)
    # The window cuts at every slice, where the beam is exp(-(24 / 8)^2) = 1e-4 at first.
    close(out, want, 2e-4)


def test_the_mode_of_a_lens_like_medium_keeps_its_shape():
    """n^2 = n0^2 (1 - g^2 r^2) guides exp(-r^2 / w^2) with w^2 = wavelength / (pi n0 g)."""
    waist, n0 = 5e-6, 1.5
    g = RED / (np.pi * n0 * waist**2)
    r2 = GRID.y[:, None] ** 2 + GRID.x**2
    index = n0 * np.sqrt(1 - np.minimum(g**2 * r2, 0.5))
    length = np.pi / 2 / g  # a quarter of a period: any other beam would be at its focus
    slices = np.broadcast_to(index, (40, *GRID.shape))
    out = propagate(beam(waist), slices, thickness=length / 40, background=n0)
    # beta = k - g on the axis of the mode, for both directions across: a phase of -pi / 2.
    # Split-step: (g dz)^2 / 24 = 6e-5; paraxial: (wavelength / (pi n0 w))^2 / 4 * pi = 6e-4.
    close(out, beam(waist) * np.exp(-0.5j * np.pi), 2e-3)


def test_absorption_to_one_over_e():
    kappa, thickness, count = 1e-3, 4e-6, 8
    depth, kind = RED / (2 * np.pi * kappa), {"thickness": thickness, "wavelength": RED}
    slices = np.full((count, *GRID.shape), 1 + 1j * kappa * depth / (thickness * count))
    go = jax.vmap(lambda n: volume.propagate(beam(8e-6), GRID, n, **kind))
    out, free = np.asarray(jax.jit(go)(np.stack([slices, np.ones_like(slices)])))
    close(out, free / np.e, 1e-12)


@pytest.mark.parametrize(("kappa", "most"), [(0.0, 0.05), (0.03, 1e-3)])
def test_light_that_leaves_does_not_come_back(kappa, most):
    """A steered beam crosses the edge; a periodic window would keep all of it."""
    tilt = np.exp(2j * np.pi * 0.3 / 1.2e-6 * GRID.x)
    frame = np.maximum(abs(GRID.x) - 14e-6, 0) / 10e-6  # 0..1 over the outer 10 um
    slices = np.broadcast_to(1 + 1j * kappa * frame**2, (12, *GRID.shape))
    out = propagate(beam(8e-6) * tilt, slices, thickness=25e-6)
    # It moves by 300 um * tan = 48 um, twice to the edge. A hard edge that is met at 9
    # degrees throws back some hundredths, as any edge does; an absorbing frame does not.
    assert np.linalg.norm(out) ** 2 / np.linalg.norm(beam(8e-6)) ** 2 < most


def test_gradients_of_index_thickness_and_wavelength():
    grid = Grid((8, 7), 0.25e-6)  # evanescent bins
    rng = np.random.default_rng(0)
    field, weight = oracles.random_complex(rng, 8, 7), rng.normal(size=(8, 7))
    slices = 1.4 + 0.05 * rng.normal(size=(3, 8, 7)) + 0.01j
    change = rng.normal(size=(3, 8, 7))
    at = np.array([0.4e-6, RED, 1.4, 0.0])

    @jax.jit
    def loss(relative):
        thickness, wavelength, background = (at * (1 + relative))[:3]
        index = slices + (relative[3] * change).astype(complex)
        out = volume.propagate(
            field, grid, index, thickness=thickness, wavelength=wavelength, background=background
        )
        return jnp.sum(jnp.abs(out) ** 2 * weight)

    slope = jax.jit(jax.grad(loss))(jnp.zeros(4))
    ends = jnp.stack([loss(end) for end in 1e-6 * np.concatenate([np.eye(4), -np.eye(4)])])
    np.testing.assert_allclose(slope, (ends[:4] - ends[4:]) / 2e-6, rtol=1e-6, atol=1e-7)


def test_slices_of_another_shape_are_refused():
    with pytest.raises(InputError, match=r"`index` must have shape .slices, 48, 40.*has shape"):
        volume.propagate(beam(8e-6), GRID, np.ones((3, 40, 48)), thickness=1e-6, wavelength=RED)
