"""Light column by column against the dense product, and its gradient by reversal."""

from functools import partial

import hypothesis.strategies as st
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings

from photonn import meshes
from photonn.devices import mzi
from photonn.errors import InputError
from photonn.meshes import Layout, clements, columns
from tests import oracles


@st.composite
def netlists(draw):
    """Any columns of disjoint pairs, also of modes that are no neighbours."""
    modes = draw(st.sampled_from([3, 5]))  # few shapes: each one compiles
    wiring = []
    for _ in range(draw(st.integers(1, 3))):
        order = draw(st.permutations(list(range(modes))))
        count = draw(st.integers(0, modes // 2))
        wiring.append([(order[2 * k], order[2 * k + 1]) for k in range(count)])
    return Layout(modes, wiring)


def invertible_cells(rng, size):
    """Not unitary, and far from singular: 2 + noise of norm below 1.3 on the diagonal."""
    noise = oracles.random_complex(rng, size, 2, 2)
    noise /= np.maximum(1, np.linalg.norm(noise, axis=(-2, -1), keepdims=True))
    return 2 * np.eye(2) + noise


@given(layout=netlists(), seed=st.integers(0, 2**32 - 1))
@settings(max_examples=12)
def test_values_and_gradients_are_those_of_the_dense_product(layout, seed):
    rng = np.random.default_rng(seed)
    cells = jnp.asarray(invertible_cells(rng, layout.size))
    field = jnp.asarray(oracles.random_complex(rng, layout.modes, 3))
    weight = jnp.asarray(oracles.random_complex(rng, layout.modes, 3))

    def loss(run, field, cells):
        out = run(field, cells)
        return jnp.sum(jnp.abs(out) ** 2 + (weight * out).real), out

    def dense(field, cells):
        return oracles.dense_mesh(cells, layout.pairs, layout.modes, jnp) @ field

    def by_columns(field, cells):
        return columns.propagate(field, cells, layout)

    results = [
        jax.value_and_grad(partial(loss, run), argnums=(0, 1), has_aux=True)(field, cells)
        for run in (jax.jit(by_columns), dense)
    ]
    # At most 3 columns of cells with condition number below 5: rounding grows by 5^3 at
    # most, and 1e-16 * 125 * a few sums is far below 1e-11.
    for mine, reference in zip(*map(jax.tree.leaves, results), strict=True):
        scale = max(1.0, float(jnp.abs(reference).max(initial=0.0)))
        np.testing.assert_allclose(mine, reference, rtol=0, atol=1e-11 * scale)


@pytest.mark.parametrize("modes", [2, 5, 8])
def test_matrix_is_the_dense_product(modes):
    layout = clements.layout(modes)
    rng = np.random.default_rng(modes)
    cells = oracles.random_unitary(rng, layout.size, 2, 2)
    reference = oracles.dense_mesh(cells, layout.pairs, modes)
    # Unitary cells do not amplify rounding: N products of 1e-16 each.
    np.testing.assert_allclose(meshes.matrix(cells, layout), reference, atol=1e-14 * modes)
    field = oracles.random_complex(rng, 4, modes)
    np.testing.assert_allclose(
        meshes.propagate(field, cells, layout), field @ reference.T, atol=1e-14 * modes
    )


def test_trace_starts_with_the_input_and_ends_with_the_output():
    layout = Layout(4, [[(0, 2)], [(1, 3), (2, 0)], [(1, 2)]])
    rng = np.random.default_rng(0)
    cells = oracles.random_unitary(rng, layout.size, 2, 2)
    field = oracles.random_complex(rng, 4, 2)
    light = columns.trace(jnp.asarray(field), jnp.asarray(cells), layout)
    for number, amount in enumerate(layout.starts):
        passed = oracles.dense_mesh(cells[:amount], layout.pairs[:amount], 4) @ field
        np.testing.assert_allclose(light[number], passed, atol=1e-14)  # 3 unitary columns
    assert light.shape == (4, 4, 2)


def test_no_cells_change_nothing():
    layout = Layout(3, [])
    field = np.arange(3.0)
    np.testing.assert_array_equal(
        meshes.propagate(field, np.zeros((0, 2, 2), complex), layout), field
    )


def test_the_matrix_of_no_cells_is_the_identity():
    none = np.zeros((2, 0, 2, 2), complex)
    np.testing.assert_array_equal(meshes.matrix(none, Layout(3, [])), [np.eye(3)] * 2)


def test_leading_axes_of_cells_and_fields_broadcast():
    layout = clements.layout(4)
    rng = np.random.default_rng(1)
    cells = oracles.random_unitary(rng, 3, 1, layout.size, 2, 2)
    field = oracles.random_complex(rng, 5, 4)
    out = meshes.propagate(field, cells, layout)
    assert out.shape == (3, 5, 4)
    for chip in range(3):
        reference = oracles.dense_mesh(cells[chip, 0], layout.pairs, 4)
        np.testing.assert_allclose(out[chip], field @ reference.T, atol=1e-14)  # 4 columns
    stacked = meshes.matrix(cells, layout)
    assert stacked.shape == (3, 1, 4, 4)


def test_one_chip_for_each_sample_has_gradients():
    layout = clements.layout(3)
    rng = np.random.default_rng(2)
    cells = jnp.asarray(oracles.random_unitary(rng, 2, layout.size, 2, 2))
    field = jnp.asarray(oracles.random_complex(rng, 2, 3))

    def loss(cells):
        return jnp.abs(meshes.propagate(field, cells, layout)[:, 0]).sum()

    def reference(cells):
        each = [
            oracles.dense_mesh(c, layout.pairs, 3, jnp) @ f
            for c, f in zip(cells, field, strict=True)
        ]
        return jnp.abs(jnp.stack(each)[:, 0]).sum()

    mine, theirs = jax.jit(jax.grad(loss))(cells), jax.jit(jax.grad(reference))(cells)
    np.testing.assert_allclose(mine, theirs, atol=1e-13)  # rounding of 3 unitary columns


@pytest.mark.parametrize("spread", ["moderate", "beyond"])
def test_the_gradient_by_reversal_holds_for_any_loss(spread):
    """40 columns, undone up to 40 dB and repeated beyond, also where nothing could be undone."""
    layout = Layout(6, clements.columns(6, 40))
    rng = np.random.default_rng(8)
    loss_db = rng.uniform(0, 0.8 if spread == "moderate" else 9, (layout.size, 2, 1))
    cells = oracles.random_unitary(rng, layout.size, 2, 2) * 10 ** (-loss_db / 20)
    if spread == "beyond":
        cells[7] = [[0.3, 0.3], [0.3, 0.3]]  # one of its two supermodes is lost
    cells, field = jnp.asarray(cells), jnp.asarray(oracles.random_complex(rng, 6, 2))
    spread_db = columns._spread_db(*columns._coefficients(cells, layout), layout)
    assert (spread_db < columns.MOST_SPREAD_DB) == (spread == "moderate")

    def loss(cells, field, run):
        return jnp.sum(jnp.abs(run(field, cells, layout)) ** 2)

    slope = jax.jit(jax.grad(loss, (0, 1)), static_argnums=2)
    mine, plain = (
        slope(cells, field, columns.propagate),
        slope(cells, field, columns.propagate_plain),
    )
    for got, want in zip(mine, plain, strict=True):
        # Undoing lets rounding grow by 40 dB at most: a factor of 100.
        np.testing.assert_allclose(got, want, rtol=0, atol=1e-13 * np.abs(want).max())


def test_spread_is_that_of_the_singular_values():
    layout = Layout(5, [[(0, 1), (2, 4)], [(1, 3)]])
    cells = oracles.random_complex(np.random.default_rng(9), 3, 2, 2)
    values = np.linalg.svd(cells, compute_uv=False)
    # Modes that pass a column by keep all: a singular value of 1.
    first, second = np.append(values[:2].ravel(), 1), np.append(values[2], 1)
    want = sum(20 * np.log10(column.max() / column.min()) for column in (first, second))
    coefficients = columns._coefficients(jnp.asarray(cells), layout)
    np.testing.assert_allclose(columns._spread_db(*coefficients, layout), want, rtol=1e-12)


def test_a_perfect_mesh_has_no_spread_in_float32():
    layout = clements.layout(64)
    phases = meshes.haar.phases(jax.random.key(0), layout, jnp.dtype("float32"))
    cells = mzi.transfer_matrix(phases.theta, phases.phi)
    # Rounding of 6e-8 in the power of a cell is 3e-7 dB; the worst of 32 cells, 64 columns.
    assert columns._spread_db(*columns._coefficients(cells, layout), layout) < 1e-3


def test_a_batch_of_meshes_goes_one_way_back():
    layout = clements.layout(4)
    cells = jnp.asarray(oracles.random_unitary(np.random.default_rng(0), 3, layout.size, 2, 2))
    field = jnp.ones((4, 2), complex)

    def power(cells):
        return jnp.sum(jnp.abs(columns.propagate(field, cells, layout)[0]) ** 2)

    assert " cond[" in str(jax.make_jaxpr(jax.vmap(jax.grad(power)))(cells))


@pytest.mark.parametrize("field_axes", [(4,), (3, 4), (2, 1, 4)])
@pytest.mark.parametrize("cell_axes", [(3, 1), (2, 1, 1), (2, 3, 4), (4,)])
def test_axes_of_cells_and_fields_broadcast_in_any_order(field_axes, cell_axes):
    layout = clements.layout(3)
    rng = np.random.default_rng(5)
    cells = oracles.random_unitary(rng, *cell_axes, layout.size, 2, 2)
    field = oracles.random_complex(rng, *field_axes, 3)
    batch = np.broadcast_shapes(field_axes, cell_axes)
    all_cells = np.broadcast_to(cells, (*batch, *cells.shape[-3:]))
    fields = np.broadcast_to(field, (*batch, 3))
    want = np.empty((*batch, 3), complex)
    for at in np.ndindex(batch):
        want[at] = oracles.dense_mesh(all_cells[at], layout.pairs, 3) @ fields[at]
    got = meshes.propagate(field, cells, layout)
    np.testing.assert_allclose(got, want, atol=1e-14)  # 3 unitary columns


@pytest.fixture(scope="module")
def wide():
    """64 modes with Haar phases, in both precisions, with gradients."""
    layout = clements.layout(64)
    phases = meshes.haar.phases(jax.random.key(3), layout)
    field = oracles.random_complex(np.random.default_rng(3), 4, 64)
    weight = np.random.default_rng(4).normal(size=(4, 64))

    @jax.jit
    def run(theta, phi, field, weight):
        def loss(theta, field):
            out = meshes.propagate(field, mzi.transfer_matrix(theta, phi), layout)
            return jnp.sum(weight * (out.real**2 + out.imag**2)), out

        return jax.value_and_grad(loss, argnums=(0, 1), has_aux=True)(theta, field)

    def at(real, cplx):
        return run(
            phases.theta.astype(real),
            phases.phi.astype(real),
            jnp.asarray(field, cplx),
            jnp.asarray(weight, real),
        )

    reference = oracles.dense_mesh(
        np.array([oracles.mzi(t, p) for t, p in np.stack([phases.theta, phases.phi], axis=-1)]),
        layout.pairs,
        64,
    )
    double, single = at(float, complex), at(jnp.float32, jnp.complex64)
    return double, single, field @ reference.T


def test_double_precision_at_64_modes(wide):
    ((_, out), _), _, reference = wide
    np.testing.assert_allclose(out, reference, atol=64e-14)  # 64 columns, 1e-14 each


def test_single_precision_at_64_modes(wide):
    ((_, out), (slope, back)), ((_, out32), (slope32, back32)), _ = wide
    assert (out32.dtype, slope32.dtype, back32.dtype) == (jnp.complex64, jnp.float32, jnp.complex64)
    # 64 columns of a few roundings (6e-8) that add like a random walk, with room: 1e-5.
    np.testing.assert_allclose(out32, out, atol=1e-5 * np.abs(out).max())
    # The way back doubles the columns, and the gradient is a sum over 4 samples.
    np.testing.assert_allclose(slope32, slope, atol=2e-5 * np.abs(slope).max())
    np.testing.assert_allclose(back32, back, atol=2e-5 * np.abs(back).max())


@pytest.mark.parametrize(
    ("field", "cells", "words"),
    [
        ((2, 5), (6, 2, 2), ["`field`", "modes=4", "(2, 5)"]),
        ((4,), (5, 2, 2), ["`cells`", "(..., 6, 2, 2)", "(5, 2, 2)"]),
        ((3, 4), (2, 6, 2, 2), ["`cells`", "broadcast", "(3,)", "(2,)", "axes of length 1"]),
    ],
)
def test_shapes_that_do_not_fit_are_named(field, cells, words):
    with pytest.raises(InputError) as caught:
        meshes.propagate(np.ones(field), np.ones(cells, complex), clements.layout(4))
    assert all(word in str(caught.value) for word in words), caught.value
