"""Random phases that make a Haar-random unitary, by its moments.

Draws come from fixed keys. Bounds are 5 standard errors: over a few hundred numbers, a
right sampler passes with another key in all but one of 10 000 cases.
"""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from photonn import meshes
from photonn.meshes import clements, haar, reck

DRAWS = 4000


def test_orders_along_a_diagonal_of_the_rectangle():
    layout = clements.layout(8)
    orders = dict(
        zip(
            zip(layout.column.tolist(), layout.pairs[:, 0].tolist(), strict=True),
            haar.orders(layout),
            strict=True,
        )
    )
    assert [orders[d, d] for d in range(7)] == [1, 3, 5, 7, 6, 4, 2]


@pytest.mark.parametrize("modes", [2, 3, 8, 9])
@pytest.mark.parametrize("mesh", [clements, reck])
def test_every_order_stands_as_often_as_a_universal_mesh_needs(mesh, modes):
    """One row of a Haar unitary has N - 1 free splits, of orders 1 to N - 1; and so on."""
    orders = haar.orders(mesh.layout(modes))
    counts = np.bincount(orders.astype(int), minlength=modes)
    assert counts[1:].tolist() == [modes - k for k in range(1, modes)]


def test_mean_bar_power_is_one_over_one_plus_the_order():
    layout = clements.layout(8)
    keys = jax.random.split(jax.random.key(0), DRAWS)
    bar = jax.jit(jax.vmap(lambda k: jnp.sin(haar.phases(k, layout).theta / 2) ** 2))(keys)
    k = haar.orders(layout)
    deviation = np.sqrt(k / ((k + 1) ** 2 * (k + 2)) / DRAWS)  # of a mean of Beta(1, k)
    assert (np.abs(bar.mean(axis=0) - 1 / (1 + k)) < 5 * deviation).all()


def check_moments(unitaries):
    """E U = 0, E |U|^2 = 1/N, E |U|^4 = 2/(N (N + 1)) for every element."""
    modes, draws = unitaries.shape[-1], len(unitaries)
    power = np.abs(unitaries) ** 2
    for values, mean in (
        (unitaries.real, 0),
        (unitaries.imag, 0),
        (power, 1 / modes),
        (power**2, 2 / (modes * (modes + 1))),
    ):
        error = values.std(axis=0) / np.sqrt(draws)
        assert (np.abs(values.mean(axis=0) - mean) < 5 * error).all()


@pytest.mark.parametrize("mesh", [clements, reck])
def test_a_mesh_with_these_phases_is_haar_random(mesh):
    layout = mesh.layout(5)

    def one(key):
        phases = haar.phases(key, layout)
        return meshes.unitary(phases.theta, phases.phi, phases.gamma, layout)

    keys = jax.random.split(jax.random.key(1), DRAWS)
    check_moments(np.asarray(jax.jit(jax.vmap(one))(keys)))


def test_the_random_unitary_is_haar_random():
    keys = jax.random.split(jax.random.key(2), DRAWS)
    unitaries = np.asarray(jax.jit(jax.vmap(lambda k: haar.unitary(k, 4)))(keys))
    check_moments(unitaries)
    product = unitaries @ unitaries.conj().mT
    np.testing.assert_allclose(product, np.broadcast_to(np.eye(4), product.shape), atol=1e-13)


def test_eigenphases_of_the_random_unitary_repel():
    """Without R's phases moved to Q they would not be uniform: E tr U = 0, E |tr U|^2 = 1."""
    keys = jax.random.split(jax.random.key(3), DRAWS)
    unitaries = jax.jit(jax.vmap(lambda k: haar.unitary(k, 4)))(keys)
    trace = np.abs(np.trace(unitaries, axis1=-2, axis2=-1)) ** 2
    assert abs(trace.mean() - 1) < 5 * trace.std() / np.sqrt(DRAWS)


def test_same_key_same_phases_and_precision_as_asked():
    layout = clements.layout(4)
    one, two = (haar.phases(jax.random.key(7), layout) for _ in range(2))
    np.testing.assert_array_equal(one.theta, two.theta)
    other = haar.phases(jax.random.key(8), layout)
    assert (one.theta != other.theta).all()
    assert haar.phases(jax.random.key(7), layout, jnp.dtype("float32")).gamma.dtype == jnp.float32


@pytest.mark.parametrize("shape", [(3, 5), (5, 3)])
def test_a_random_matrix_has_normal_singular_values(shape):
    """The Frobenius norm squared is scale^2 times a chi-squared of as many numbers."""
    make = jax.jit(lambda key: haar.matrix(key, *shape, scale=2.0))
    made = [make(key) for key in jax.random.split(jax.random.key(0), 400)]
    norms = [np.linalg.norm(matrix) ** 2 / 4 for matrix in made]
    # Mean 3 and variance 6; five deviations of the mean of 400.
    np.testing.assert_allclose(np.mean(norms), 3, atol=5 * np.sqrt(6 / 400))
