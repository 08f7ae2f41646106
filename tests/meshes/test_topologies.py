"""What holds for every topology: the dense product, power, gradients."""

from functools import partial

import hypothesis.strategies as st
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings

from photonn import meshes
from photonn.devices import cell, mzi
from photonn.meshes import fit, haar
from tests import oracles
from tests.meshes.topologies import LAYOUTS, SIZES, TOPOLOGIES

unitary_of = jax.jit(meshes.unitary, static_argnums=3)
matrix_of = jax.jit(meshes.matrix, static_argnums=1)
every = pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)


def dense(layout, theta, phi):
    cells = [oracles.mzi(t, p) for t, p in zip(theta, phi, strict=True)]
    return oracles.dense_mesh(np.reshape(cells, (-1, 2, 2)), layout.pairs, layout.modes)


def product(cells, layout):
    """The same for `jax.grad`: full matrices, multiplied one after another."""
    k, (upper, lower) = np.arange(layout.size), layout.pairs.T
    matrices = jnp.tile(jnp.eye(layout.modes, dtype=cells.dtype), (layout.size, 1, 1))
    for i, row in enumerate((upper, lower)):
        for j, column in enumerate((upper, lower)):
            matrices = matrices.at[k, row, column].set(cells[:, i, j])
    total = jnp.eye(layout.modes, dtype=cells.dtype)
    return jax.lax.scan(lambda total, matrix: (matrix @ total, None), total, matrices)[0]


def off_identity(matrix):
    product = np.asarray(matrix) @ np.asarray(matrix).conj().T
    return np.abs(product - np.eye(len(product))).max()


def test_every_topology_is_tested():
    assert SIZES.keys() == TOPOLOGIES.keys()
    assert all(set(SIZES[name]) <= set(TOPOLOGIES[name][1]) for name in SIZES)
    assert {2, 5, 8} <= {layout.modes for layout in LAYOUTS.values()}


@every
def test_any_phases_make_the_dense_product(layout):
    rng = np.random.default_rng(layout.size)
    theta, phi = rng.uniform(0, 2 * np.pi, (2, layout.size))
    gamma = rng.uniform(0, 2 * np.pi, layout.modes)
    want = np.exp(1j * gamma)[:, None] * dense(layout, theta, phi)
    unitary = unitary_of(theta, phi, gamma, layout)
    np.testing.assert_allclose(unitary, want, atol=1e-14 * layout.modes)  # rounding per column
    assert off_identity(unitary) < 1e-12
    single = [x.astype(np.float32) for x in (theta, phi, gamma)]
    unitary = unitary_of(*single, layout)
    assert unitary.dtype == jnp.complex64
    assert off_identity(unitary) < 1e-5


@every
def test_light_and_gradients_are_those_of_the_dense_product(layout):
    rng = np.random.default_rng(layout.size)
    cells = jnp.asarray(oracles.random_unitary(rng, layout.size, 2, 2))
    field = jnp.asarray(oracles.random_complex(rng, 3, layout.modes))
    weight = rng.normal(size=field.shape)

    def loss(run, cells):
        out = run(cells)
        return jnp.sum(weight * (out.real**2 + out.imag**2)), out

    def propagate(cells):
        return meshes.propagate(field, cells, layout)

    mine, theirs = (
        jax.jit(jax.value_and_grad(partial(loss, run), has_aux=True))
        for run in (propagate, lambda cells: field @ product(cells, layout).T)
    )
    (_, out), slope = mine(cells)
    (_, same), want_slope = theirs(cells)
    want = field @ oracles.dense_mesh(np.asarray(cells), layout.pairs, layout.modes).T
    # Unitary cells do not amplify rounding: a few 1e-16 for each of at most 13 columns.
    np.testing.assert_allclose(out, want, atol=1e-13)
    np.testing.assert_allclose(same, want, atol=1e-13)
    np.testing.assert_allclose(slope, want_slope, atol=1e-12)
    power = [np.sum(np.abs(light) ** 2, axis=-1) for light in (out, field)]
    np.testing.assert_allclose(*power, rtol=1e-13)

    way = oracles.random_complex(rng, *cells.shape)
    quotient = oracles.difference_quotient(lambda h: mine(cells + h * way)[0][0], 0.0, 1e-5)
    # Errors of the quotient: step^2 = 1e-10 times third derivatives, and rounding / step.
    np.testing.assert_allclose(quotient, jnp.sum(slope * way).real, rtol=1e-6, atol=1e-6)


LOSSY = [
    ("clements, 8", cell.THREE_SPLITTER, "columns"),
    ("clements, 8", cell.MZI, "reversible"),
    ("clements, 8", cell.MZI, "matrix"),
    ("diamond, 4", cell.THREE_SPLITTER, "reversible"),
    ("diamond, 4", cell.MZI, "bricks"),
    ("butterfly, 8", cell.MZI, "reversible"),
    ("permuting, 8", cell.THREE_SPLITTER, "matrix"),
]


@pytest.mark.parametrize(("name", "kind", "method"), LOSSY, ids=str)
def test_every_way_has_the_gradient_of_lossy_cells_with_errors(name, kind, method):
    layout = LAYOUTS[name]
    rng = np.random.default_rng(layout.size)
    phases = jnp.asarray(rng.uniform(0, 6, (2, layout.size)))
    errors = {
        "split": np.reshape(kind.ideal_split, (-1, 1))
        + rng.normal(0, 0.1, (kind.splitters, layout.size)),
        "split_loss_db": rng.uniform(0, 0.3, (kind.splitters, layout.size)),
        "arm_loss_db": rng.uniform(0, 0.3, (kind.arms, 2, layout.size)),
    }
    field = jnp.asarray(oracles.random_complex(rng, 3, layout.modes))

    def loss(run, phases):
        out = run(kind.transfer_matrix(*phases, **errors))
        return jnp.sum(jnp.abs(out[:, ::2]) ** 2)

    def propagate(cells):
        return meshes.propagate(field, cells, layout, method=method)

    mine, theirs = (
        jax.jit(jax.value_and_grad(partial(loss, run)))(phases)
        for run in (propagate, lambda cells: field @ product(cells, layout).T)
    )
    np.testing.assert_allclose(mine[0], theirs[0], rtol=1e-13)
    # Undoing at most 8 columns of 1 dB each: rounding grows by a factor of 3.
    np.testing.assert_allclose(mine[1], theirs[1], atol=1e-13 * np.abs(theirs[1]).max() * 10)


sizes = st.sampled_from([(name, n) for name, (_, sizes) in TOPOLOGIES.items() for n in sizes])


@given(size=sizes, seed=st.integers(0, 2**32 - 1))
@settings(max_examples=8)
def test_a_topology_of_any_size_is_its_dense_product(size, seed):
    layout = TOPOLOGIES[size[0]][0](size[1])
    theta, phi = np.random.default_rng(seed).uniform(-9, 9, (2, layout.size))
    matrix = matrix_of(mzi.transfer_matrix(theta, phi), layout)
    np.testing.assert_allclose(matrix, dense(layout, theta, phi), atol=1e-13)  # as above
    assert off_identity(matrix) < 1e-12


@pytest.mark.slow
@pytest.mark.parametrize("name", ["butterfly", "redundant", "permuting"])
def test_a_fit_reaches_what_the_topology_reaches(name):
    layout = TOPOLOGIES[name][0](4)
    made = haar.phases(jax.random.key(1), layout)
    target = unitary_of(made.theta, made.phi, made.gamma, layout)
    phases, distance = fit.fit(target, layout, key=jax.random.key(2), steps=6000, learning_rate=0.1)
    # A bound on the optimiser: the permuting mesh, the slowest of them, ends below 1e-9.
    assert distance < 1e-6
    found = unitary_of(phases.theta, phases.phi, phases.gamma, layout)
    np.testing.assert_allclose(np.linalg.norm(found - target) / 2, distance, atol=1e-13)
