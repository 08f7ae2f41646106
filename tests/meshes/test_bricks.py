"""The diamond tree against the columns: the same light, the same gradients, by other means."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from photonn import meshes
from photonn.devices import mzi
from photonn.errors import InputError
from photonn.meshes import Layout, bricks, brickwork, columns
from tests import oracles

TOPOLOGIES = {"clements": meshes.clements.layout, "reck": meshes.reck.layout}


def lossy_cells(layout, seed, dtype=float):
    """Cells with errors and loss: the tree must not use unitarity anywhere."""
    keys = jax.random.split(jax.random.key(seed), 2)
    theta, phi, split_in, split_out = jax.random.normal(keys[0], (4, layout.size), dtype)
    cells = mzi.transfer_matrix(theta, phi, split_in=split_in, split_out=split_out)
    kept = jax.random.uniform(keys[1], (layout.size, 1, 1), dtype, 0.9, 1.0)
    return cells * kept.astype(cells.dtype)


def light(modes, batch, seed=1):
    return jax.lax.complex(*jax.random.normal(jax.random.key(seed), (2, modes, batch)))


@pytest.mark.parametrize("modes", [2, 9, 16])
@pytest.mark.parametrize("topology", TOPOLOGIES)
def test_matrix_is_the_product_of_the_cells(topology, modes):
    layout = TOPOLOGIES[topology](modes)
    cells = lossy_cells(layout, modes)
    got = jax.jit(bricks.matrix, static_argnums=1)(cells, layout)
    want = oracles.dense_mesh(np.asarray(cells), layout.pairs, modes)
    # Rounding of about `depth` products of numbers below one.
    np.testing.assert_allclose(got, want, rtol=0, atol=1e-13)


@pytest.mark.parametrize("width", [2, 8])
@pytest.mark.parametrize("modes", [5, 16])
def test_light_through_bricks_of_any_width(modes, width):
    layout = meshes.clements.layout(modes)
    cells, field = lossy_cells(layout, 3), light(modes, 3)
    got = jax.jit(bricks.propagate, static_argnums=(2, 3))(field, cells, layout, width)
    np.testing.assert_allclose(got, columns.propagate(field, cells, layout), rtol=0, atol=1e-13)


@settings(max_examples=5)
@given(st.data())
def test_any_netlist_of_neighbours_is_laid_in_order(data):
    modes = data.draw(st.integers(2, 6))
    upper = data.draw(st.lists(st.integers(0, modes - 2), min_size=1, max_size=12))
    layout = Layout(modes, [[(m, m + 1)] for m in upper])
    assert brickwork.fits(layout)
    cells = lossy_cells(layout, 5)
    got = jax.jit(bricks.matrix, static_argnums=1)(cells, layout)
    want = oracles.dense_mesh(np.asarray(cells), layout.pairs, modes)
    np.testing.assert_allclose(got, want, rtol=0, atol=1e-13)


@pytest.mark.parametrize("method", ["reversible", "bricks", "matrix"])
@pytest.mark.parametrize("topology", TOPOLOGIES)
def test_every_method_has_the_same_light_and_gradient(topology, method):
    layout = TOPOLOGIES[topology](12)
    cells, field = lossy_cells(layout, 7), light(12, 5).T
    weight = jax.random.normal(jax.random.key(2), (5, 12))

    def loss(cells, field, method):
        out = meshes.propagate(field, cells, layout, method=method)
        return jnp.sum(weight * jnp.abs(out) ** 2)

    run = jax.jit(jax.value_and_grad(loss, (0, 1)), static_argnums=2)
    value, gradient = run(cells, field, method)
    want, wanted = run(cells, field, "columns")
    np.testing.assert_allclose(value, want, rtol=1e-12)
    for got, plain in zip(gradient, wanted, strict=True):
        # Undoing a column divides by its loss, 0.9 at most, 21 columns deep: a factor of 10.
        np.testing.assert_allclose(got, plain, rtol=0, atol=1e-11)


@pytest.mark.parametrize("method", ["auto", "columns", "bricks", "matrix"])
def test_forward_mode_equals_reverse_mode(method):
    layout = meshes.clements.layout(9)
    cells, field = lossy_cells(layout, 7), light(9, 2).T

    def power(cells):
        return jnp.sum(jnp.abs(meshes.propagate(field, cells, layout, method=method)[:, 0]) ** 2)

    direction = lossy_cells(layout, 8)
    slope = jax.jit(lambda cells, along: jax.jvp(power, (cells,), (along,))[1])(cells, direction)
    # JAX's gradient of a real function is the conjugate of the direction of ascent.
    want = jnp.sum((jax.jit(jax.grad(power))(cells) * direction).real)
    np.testing.assert_allclose(slope, want, rtol=1e-11)


def test_float32_keeps_its_digits():
    layout = meshes.clements.layout(64)
    phases = meshes.haar.phases(jax.random.key(0), layout)
    matrix = jax.jit(bricks.matrix, static_argnums=1)
    exact = matrix(mzi.transfer_matrix(phases.theta, phases.phi), layout)
    short = (x.astype(jnp.float32) for x in (phases.theta, phases.phi))
    rounded = matrix(mzi.transfer_matrix(*short), layout)
    assert rounded.dtype == jnp.complex64
    # 64 columns of rounding at 6e-8, which add like a random walk; phases hold 4e-7.
    np.testing.assert_allclose(rounded, exact, rtol=0, atol=1e-5)


def test_meshes_of_other_pairs_go_by_columns():
    layout = Layout(4, [[(0, 2), (1, 3)], [(0, 1), (2, 3)]])
    cells, field = lossy_cells(layout, 1), light(4, 40).T
    assert not brickwork.fits(layout)
    got = meshes.propagate(field, cells, layout)
    want = field @ oracles.dense_mesh(np.asarray(cells), layout.pairs, 4).T
    np.testing.assert_allclose(got, want, rtol=0, atol=1e-13)
    with pytest.raises(InputError, match="columns, reversible or matrix"):
        meshes.propagate(field, cells, layout, method="bricks")
