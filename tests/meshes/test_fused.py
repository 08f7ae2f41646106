"""The fused kernel, interpreted on a CPU, against the columns; and that it lowers for CUDA."""

from functools import partial

import jax
import jax.export
import jax.numpy as jnp
import numpy as np
import pytest

from photonn import meshes
from photonn.devices import mzi
from photonn.errors import InputError
from photonn.meshes import Layout, columns, fused

# An experiment that nothing uses: its tests need not hold up everyone.
pytestmark = pytest.mark.slow


def lossy(layout, seed, batch):
    """Light and cells with splitter errors and up to half a decibel of loss, in float32."""
    rng = np.random.default_rng(seed)
    theta, phi, *errors = rng.normal(size=(4, layout.size))
    split_in, split_out = (np.pi / 4 + 0.05 * error for error in errors)
    cells = mzi.transfer_matrix(theta, phi, split_in=split_in, split_out=split_out)
    kept = 10 ** (-rng.uniform(0, 0.5, (layout.size, 1, 1)) / 20)
    real, imag = rng.normal(size=(2, layout.modes, batch))
    return jnp.asarray(real + 1j * imag, "c8"), jnp.asarray(np.asarray(cells) * kept, "c8")


@partial(jax.jit, static_argnums=(0, 3))
def value_and_gradients(run, field, cells, layout):
    weight = jnp.arange(field.size, dtype=field.real.dtype).reshape(field.shape) / field.size

    def loss(field, cells):
        out = run(field, cells, layout)
        return jnp.sum(weight * jnp.abs(out) ** 2) + jnp.sum(out).imag, out

    slopes, out = jax.grad(loss, (0, 1), has_aux=True)(field, cells)
    return out, *slopes


@pytest.mark.parametrize(
    ("layout", "batch"),
    [
        (meshes.clements.layout(2), 1),
        (meshes.clements.layout(8), 128),
        (meshes.clements.layout(9), 200),
        (meshes.clements.layout(16), 130),
        (meshes.reck.layout(5), 3),
        (Layout(4, [[(2, 3)], [(2, 3)], [(0, 1)], [(1, 2)]]), 5),
        (Layout(3, []), 5),
    ],
    ids=lambda value: str(value) if isinstance(value, int) else f"{value.name}{value.modes}",
)
def test_light_and_gradients_are_those_of_the_columns(layout, batch):
    field, cells = lossy(layout, layout.modes, batch)
    mine = value_and_gradients(fused.propagate, field, cells, layout)
    exact = field.astype("c16"), cells.astype("c16")
    reference = value_and_gradients(columns.propagate_plain, *exact, layout)
    for got, want in zip(mine, reference, strict=True):
        assert got.dtype == jnp.complex64
        # 16 columns there and back, each a few roundings of 6e-8 that add like a random
        # walk; undoing loss of half a decibel a column makes them grow by 2 at most.
        scale = jnp.abs(want).max(initial=0.0)
        np.testing.assert_allclose(got, want, rtol=0, atol=3e-6 * scale)


def test_chips_under_vmap():
    layout = meshes.clements.layout(3)
    field, _ = lossy(layout, 0, 2)
    cells = jnp.stack([lossy(layout, seed, 2)[1] for seed in (1, 2)])
    got = jax.vmap(fused.propagate, in_axes=(None, 0, None))(field, cells, layout)
    for out, chip in zip(got, cells, strict=True):
        # 3 columns of a few roundings of 6e-8.
        np.testing.assert_allclose(out, columns.propagate(field, chip, layout), atol=3e-6)


@pytest.mark.parametrize("modes", [8, 9])
def test_it_lowers_for_cuda_where_there_is_no_gpu(modes):
    layout = meshes.clements.layout(modes)
    exported = jax.export.export(
        jax.jit(value_and_gradients, static_argnums=(0, 3)), platforms=["cuda"]
    )(fused.propagate, *lossy(layout, 0, 200), layout)
    # One kernel for the way there, one for the way back.
    assert exported.mlir_module().count("custom_call @mosaic_gpu") == 2


@pytest.mark.parametrize(
    ("layout", "words"),
    [
        (meshes.clements.layout(65), ["`layout`", "at most 64 modes", "65", "registers"]),
        (Layout(4, [[(0, 2)]]), ["`layout`", "neighbours", "netlist", "meshes.propagate"]),
    ],
)
def test_meshes_that_do_not_fit_are_refused(layout, words):
    field, cells = lossy(layout, 0, 1)
    with pytest.raises(InputError) as caught:
        fused.propagate(field, cells, layout)
    assert all(word in str(caught.value) for word in words), caught.value
