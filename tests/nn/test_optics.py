"""Diffractive modules: masks of every kind, lenses, 4f systems and their read-outs."""

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
from flax import nnx

from photonn import nn
from photonn.errors import InputError
from photonn.free_space import (
    Grid,
    angular_spectrum,
    aperture,
    four_f,
    heights,
    lens,
    materials,
    propagation,
)
from tests import oracles

GREEN, GRID = 532e-9, Grid((12, 10), 8e-6)
SPACE = {"distance": 1e-3, "wavelength": GREEN}
RNG = np.random.default_rng(0)
FIELD = oracles.random_complex(RNG, 2, *GRID.shape)


def test_a_relief_has_heights_within_one_turn():
    layer = nn.Diffractive(GRID, mode="height", material=1.5 + 1e-3j, rngs=nnx.Rngs(0), **SPACE)
    relief = np.asarray(layer.relief())
    assert relief.min() >= 0
    assert relief.max() <= GREEN / 0.5
    assert type(layer.height) is nn.Height
    want = heights.transmission(relief, wavelength=GREEN, index=1.5 + 1e-3j)
    np.testing.assert_allclose(layer.mask(), want, atol=1e-14)
    out = angular_spectrum.propagate(FIELD * np.asarray(want), GRID, **SPACE)
    np.testing.assert_allclose(layer(FIELD), out, atol=1e-13)


@pytest.mark.parametrize("mode", ["phase", "height"])
def test_two_bits_are_four_levels(mode):
    layer = nn.Diffractive(GRID, mode=mode, steps=4, rngs=nnx.Rngs(0), **SPACE)
    found = np.unique(np.round(np.asarray(layer.mask()), 9))
    # A full turn of height is the same light as none: 4 heights are 3 masks.
    assert len(found) == (4 if mode == "phase" else 3)


def test_cooling_makes_steps_of_a_line():
    layer = nn.Diffractive(GRID, steps=4, temperature=1e3, rngs=nnx.Rngs(0), **SPACE)
    line = np.exp(1j * np.asarray(layer.phase[...]))
    np.testing.assert_allclose(layer.mask(), line, atol=1e-6)  # x^3 / 3 at x = 5e-4, times steps
    layer.temperature[...] = jnp.asarray(1e-6)
    hard = np.exp(0.5j * np.pi * np.round(np.asarray(layer.phase[...]) / (np.pi / 2)))
    np.testing.assert_allclose(layer.mask(), hard, atol=1e-12)


def test_a_complex_mask_takes_light_away():
    layer = nn.Diffractive(GRID, mode="complex", **SPACE)
    np.testing.assert_allclose(layer.mask(), np.sin(np.pi / 4) / 2 + 0.5, rtol=1e-14)
    layer.amplitude[...] = jnp.asarray(RNG.uniform(-9, 9, GRID.shape))
    assert np.abs(layer.mask()).max() <= 1
    assert np.abs(layer.mask()).min() < 0.2
    assert type(layer.amplitude) is nn.Amplitude


@pytest.mark.parametrize("mode", ["phase", "complex", "height"])
def test_every_mode_learns(mode):
    """A few steps of Adam put more light onto one detector, through rounding too."""
    model = nnx.Sequential(
        nn.Diffractive(GRID, mode=mode, steps=16, rngs=nnx.Rngs(0), **SPACE),
        nn.Regions(GRID, 2, gain=1.0),
    )
    optimizer = nnx.Optimizer(model, optax.adam(0.3), wrt=nnx.Param)

    @nnx.jit
    def step(model, optimizer):
        loss, slopes = nnx.value_and_grad(lambda m: -m(FIELD)[:, 0].mean())(model)
        optimizer.update(model, slopes)
        return loss

    with jax.numpy_dtype_promotion("standard"):  # optax counts in int32
        losses = [float(step(model, optimizer)) for _ in range(20)]
    assert losses[-1] < losses[0] - 0.1


def test_propagate_and_lens_are_their_functions():
    out = nn.Propagate(GRID, index=1.2, **SPACE)(FIELD)
    want = angular_spectrum.propagate(FIELD, GRID, index=1.2, **SPACE)
    np.testing.assert_array_equal(out, want)
    for shape, make in (("exact", lens.exact_phase), ("paraxial", lens.paraxial_phase)):
        glass = nn.Lens(GRID, focal_length=1e-3, wavelength=GREEN, shape=shape, radius=30e-6)
        phase = np.asarray(make(GRID, focal_length=1e-3, wavelength=GREEN))
        edge = np.asarray(aperture.circle(GRID, radius=30e-6))
        np.testing.assert_allclose(glass(FIELD), FIELD * np.exp(1j * phase) * edge, atol=1e-13)
    with pytest.raises(InputError, match="`focal_length` must be finite"):
        nn.Lens(GRID, focal_length=float("inf"), wavelength=GREEN)


def test_a_lens_that_is_trained_finds_its_focus():
    """One learning rate for every focal length: the logarithm is trained."""
    beam = np.exp(-(GRID.y[:, None] ** 2 + GRID.x**2) / (30e-6) ** 2)
    model = nnx.Sequential(
        nn.Lens(GRID, focal_length=3e-3, wavelength=GREEN, trained=True),
        nn.Propagate(GRID, method="fresnel", **SPACE),
    )
    assert type(model.layers[0].stretch) is nn.Stretch
    graph, start = nnx.split(model)

    @jax.jit
    def brightest(state):
        return jnp.max(jnp.abs(nnx.merge(graph, state)(beam)) ** 2)

    slope = jax.jit(jax.grad(brightest))(start)["layers"][0]["stretch"][...]
    ends = []
    for move in (-1e-5, 1e-5):
        model.layers[0].stretch[...] = jnp.asarray(move)
        ends.append(brightest(nnx.split(model)[1]))
    np.testing.assert_allclose(slope, (ends[1] - ends[0]) / 2e-5, rtol=1e-6)
    assert slope < 0  # a shorter focal length brings the focus nearer to the plane
    assert nn.Lens(GRID, focal_length=3e-3, wavelength=GREEN).stretch is None


def test_a_lens_takes_several_wavelengths():
    lengths = (450e-9, 633e-9)
    glass = nn.Lens(GRID, focal_length=1e-3, wavelength=lengths, index=1.2)
    out = glass(FIELD)  # one field for each wavelength
    for light, got, length in zip(FIELD, out, lengths, strict=True):
        alone = nn.Lens(GRID, focal_length=1e-3, wavelength=length, index=1.2)
        np.testing.assert_allclose(got, alone(light), atol=1e-13)


@pytest.mark.parametrize("method", ["auto", "fresnel"])
def test_a_module_takes_a_method_by_its_name(method):
    layer = nn.Diffractive(GRID, method=method, **SPACE)
    want = propagation.propagate(FIELD, GRID, method=method, **SPACE)
    np.testing.assert_array_equal(layer(FIELD), want)


def test_a_four_f_layer_is_its_filters():
    flat = nn.FourF(GRID)
    np.testing.assert_allclose(flat(FIELD), FIELD[:, ::-1, ::-1], atol=1e-14)
    model = nn.FourF(GRID, channels=3, mode="complex", pad=False, rngs=nnx.Rngs(0))
    out = model(FIELD)
    assert out.shape == (2, 3, 12, 10)
    filters = (1 + np.sin(np.pi / 4)) / 2 * np.exp(1j * np.asarray(model.phase[...]))
    np.testing.assert_allclose(out[1, 2], four_f.image(FIELD[1], filters[2]), atol=1e-14)


def test_a_network_for_each_class():
    model = nnx.Sequential(
        nn.FourF(GRID, channels=3, rngs=nnx.Rngs(0)), nn.ClassSpecific(GRID, 3, gain=2.0)
    )
    planes = np.asarray(model.layers[0](FIELD))
    regions = np.asarray(model.layers[1].regions[...])
    powers = np.einsum("bcyx,ryx->bcr", np.abs(planes) ** 2, regions)
    want = 2 * (powers[..., 0] - powers[..., 1]) / powers.sum(-1)
    np.testing.assert_allclose(model(FIELD), want, rtol=1e-12)
    slopes = nnx.grad(lambda m: m(FIELD)[0, 1])(model)
    phases = slopes["layers"][0]["phase"][...]
    assert np.abs(phases[1]).max() > 0
    np.testing.assert_array_equal(phases[0], 0)  # another class's network
    shares = nn.ClassSpecific(GRID, 3, mode="fraction", gain=1.0)(planes)
    np.testing.assert_allclose(shares.sum(-1), 1, rtol=1e-12)
    with pytest.raises(InputError, match=r"`field` must have shape \(..., 3, 12, 10\)"):
        model.layers[1](planes[:, :2])


def test_detectors_of_ones_own():
    regions = np.zeros((2, *GRID.shape))
    regions[0, :, :5], regions[1, :, 5:] = 1, 1
    got = nn.Regions(GRID, 2, regions=regions, gain=1.0)(FIELD)
    power = np.abs(FIELD) ** 2
    want = power[:, :, :5].sum((1, 2)) / power.sum((1, 2))
    np.testing.assert_allclose(got[:, 0], want, rtol=1e-12)
    with pytest.raises(InputError, match=r"`regions` must have shape \(..., 4, 12, 10\)"):
        nn.Regions(GRID, 2, regions=regions, mode="differential")


def test_a_module_takes_any_propagator():
    def nowhere(field, grid, *, distance, wavelength, index):
        return field

    layer = nn.Diffractive(GRID, method=nowhere, **SPACE)
    np.testing.assert_array_equal(jax.jit(layer)(FIELD), FIELD)


def test_several_wavelengths_are_an_axis():
    lengths = (450e-9, 532e-9, 633e-9)
    indices = tuple(complex(n) for n in materials.BK7.index(np.array(lengths)))
    seen = []

    def nowhere(field, grid, *, distance, wavelength, index):
        seen.append(wavelength)
        return field

    layer = nn.Diffractive(
        GRID,
        distance=1e-3,
        wavelength=lengths,
        mode="height",
        material=indices,
        method=nowhere,
        rngs=nnx.Rngs(0),
    )
    np.testing.assert_allclose(layer.maximum, 633e-9 / (indices[2].real - 1), rtol=1e-12)
    out = layer(FIELD[:, None])
    assert out.shape == (2, 3, *GRID.shape)
    np.testing.assert_array_equal(seen[0], lengths)
    alone = nn.Diffractive(
        GRID,
        distance=1e-3,
        wavelength=lengths[1],
        mode="height",
        material=indices[1],
        maximum=layer.maximum,
        method=nowhere,
    )
    alone.height[...] = layer.height[...]
    np.testing.assert_allclose(out[:, 1], alone(FIELD), rtol=1e-12)
