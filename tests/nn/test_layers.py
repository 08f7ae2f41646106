"""Encoders, activations, diffractive layers and read-outs as modules."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from photonn import meshes, nn
from photonn.devices import electro_optic, modrelu, photodetector
from photonn.errors import InputError
from photonn.free_space import Grid, angular_spectrum, masks
from tests import oracles

GRID = Grid((12, 10), 8e-6)
RNG = np.random.default_rng(0)


@pytest.mark.parametrize("method", ["amplitude", "phase", "pairs"])
def test_encode_fills_modes_and_gives_one_power(method):
    values = RNG.normal(size=(2, 3, 4))
    field = nn.Encode(6, method=method, power=5.0)(values)
    assert field.shape == (2, 3, 6)
    filled = 2 if method == "pairs" else 4
    np.testing.assert_array_equal(field[..., filled:], 0)
    power = np.sum(np.abs(field) ** 2, axis=-1)
    np.testing.assert_allclose(power, np.full((2, 3), 5.0), rtol=1e-14)  # a sum of 6


def test_encode_leaves_the_power_if_it_is_told_to():
    values = np.array([3.0, -4.0])
    np.testing.assert_array_equal(nn.Encode(3, power=None)(values), [3, -4, 0])


def test_encode_refuses_more_features_than_modes():
    with pytest.raises(InputError, match="`values` must fill at most 3 modes, but fills 4"):
        nn.Encode(3)(np.ones(4))


def test_activations_are_their_devices_with_trainable_numbers():
    field = oracles.random_complex(RNG, 5, 3)
    electro = nn.ElectroOptic(gain=0.7, bias=0.4, tap=0.2)
    want = electro_optic.activate(field, gain=0.7, bias=0.4, tap=0.2)
    np.testing.assert_array_equal(electro(field), want)
    assert type(electro.gain) is type(electro.bias) is nn.Gain
    relu = nn.ModReLU(3, bias=-0.5)
    relu.bias[...] = jnp.array([-0.1, -0.5, 0.2])
    want = modrelu.activate(field, bias=np.broadcast_to([-0.1, -0.5, 0.2], (5, 3)))
    np.testing.assert_array_equal(relu(field), want)
    assert type(relu.bias) is nn.Gain


@pytest.mark.parametrize("make", [nn.ElectroOptic, lambda: nn.ModReLU(3, bias=-0.1)])
def test_activations_have_finite_gradients_in_the_dark(make):
    field = jnp.zeros((2, 3), complex).at[0, 0].set(1 + 1j)

    def loss(module, field):
        out = module(field)
        return jnp.sum(out.real + out.imag)

    slopes = nnx.jit(nnx.grad(loss, argnums=(0, 1)))(make(), field)
    leaves = jax.tree.leaves(slopes)
    assert all(np.isfinite(leaf).all() for leaf in leaves)
    assert any(np.abs(leaf).max() > 0 for leaf in leaves)


def test_image_is_centred():
    field = nn.Image(Grid(8, 1.0), magnification=2, power=4.0)(np.ones((3, 2, 2)))
    want = np.zeros((3, 8, 8))
    want[:, 2:6, 2:6] = 0.5  # 16 pixels of 0.25 W
    np.testing.assert_allclose(field, want, rtol=1e-15)


def test_diffractive_is_a_mask_and_the_space_behind_it():
    layer = nn.Diffractive(GRID, distance=2e-3, wavelength=532e-9, index=1.3, rngs=nnx.Rngs(0))
    assert type(layer.phase) is nn.Phase
    assert (layer.phase[...] >= 0).all()
    assert (layer.phase[...] < 2 * np.pi).all()
    field = oracles.random_complex(RNG, 2, *GRID.shape)
    behind = masks.modulate_phase(field, layer.phase[...])
    want = angular_spectrum.propagate(behind, GRID, distance=2e-3, wavelength=532e-9, index=1.3)
    np.testing.assert_allclose(layer(field), want, rtol=1e-14)  # the same operations


def test_a_mask_without_a_stream_is_flat():
    np.testing.assert_array_equal(
        nn.Diffractive(GRID, distance=1e-3, wavelength=1e-6).phase[...], 0
    )


def test_masks_have_gradients_under_jit():
    model = nnx.Sequential(
        nn.Image(GRID, magnification=2),
        nn.Diffractive(GRID, distance=2e-3, wavelength=532e-9, rngs=nnx.Rngs(0)),
        nn.Diffractive(GRID, distance=2e-3, wavelength=532e-9),
        nn.Regions(GRID, 2, mode="differential"),
    )
    images = RNG.uniform(size=(3, 4, 4))
    slopes = nnx.jit(nnx.grad(lambda m: m(images)[:, 0].sum()))(model)
    leaves = jax.tree.leaves(slopes)
    assert len(leaves) == 3  # two masks and the gain; the regions are not trainable
    assert all(np.isfinite(leaf).all() and np.abs(leaf).max() > 0 for leaf in leaves)


def test_a_field_of_another_grid_is_refused():
    layer = nn.Diffractive(GRID, distance=1e-3, wavelength=1e-6)
    with pytest.raises(InputError, match=r"`field` must have shape \(..., 12, 10\)"):
        layer(np.ones((3, 10, 12)))


def test_intensity_reads_the_first_modes():
    field = oracles.random_complex(RNG, 4, 5)
    detector = nn.Intensity(3, gain=2.0)
    np.testing.assert_allclose(detector(field), 2 * np.abs(field[:, :3]) ** 2, rtol=1e-15)
    assert type(detector.gain) is nn.Gain
    with pytest.raises(InputError, match=r"`field` must have at least 3 modes.*but has 2"):
        detector(field[:, :2])


@pytest.mark.parametrize("mode", ["fraction", "differential"])
def test_regions_read_shares_or_differences(mode):
    field = oracles.random_complex(RNG, 2, *GRID.shape)
    detector = nn.Regions(GRID, 2, mode=mode, gain=3.0)
    regions = np.asarray(detector.regions[...])
    powers = np.einsum("byx,ryx->br", np.abs(field) ** 2, regions)
    if mode == "fraction":
        want = 3 * powers / powers.sum(-1, keepdims=True)
    else:
        assert len(regions) == 4
        want = 3 * (powers[:, :2] - powers[:, 2:]) / (powers[:, :2] + powers[:, 2:])
    np.testing.assert_allclose(detector(field), want, rtol=1e-13)  # sums of tens of pixels


def test_regions_without_light_give_zero():
    for mode in ("fraction", "differential"):
        dark = nn.Regions(GRID, 2, mode=mode)(jnp.zeros(GRID.shape, complex))
        np.testing.assert_array_equal(dark, 0)


def test_the_power_of_a_field_does_not_change_a_share():
    field = oracles.random_complex(RNG, *GRID.shape)
    read = nn.Regions(GRID, 3)
    np.testing.assert_allclose(read(1e3 * field), read(field), rtol=1e-13)  # rounding
    assert photodetector.detect(field).sum() > 0


def test_trace_is_the_light_behind_every_layer():
    model = nnx.Sequential(
        nn.Encode(3),
        nn.MZIMesh(meshes.clements.layout(3), rngs=nnx.Rngs(0)),
        nn.ElectroOptic(),
        nn.Intensity(2),
    )
    values = RNG.normal(size=(4, 3))
    light = nn.trace(model, values)
    assert [a.shape for a in light] == [(4, 3), (4, 3), (4, 3), (4, 2)]
    np.testing.assert_array_equal(light[-1], model(values))
    np.testing.assert_array_equal(light[0], model.layers[0](values))


def test_only_params_are_trainable():
    model = nnx.Sequential(nn.MZIMesh(meshes.clements.layout(3), rngs=nnx.Rngs(0)), nn.Intensity(2))
    _, params, rest = nnx.split(model, nnx.Param, ...)
    assert {type(v) for _, v in nnx.to_flat_state(params)} == {nn.Phase, nn.Gain}
    assert {type(v) for _, v in nnx.to_flat_state(rest)} == {
        nn.SplitterAngle,
        nn.SplitterLoss,
        nn.ArmLoss,
        nn.PhaseOffset,
    }
