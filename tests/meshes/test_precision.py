"""How exact large meshes are, in both precisions, and that decompositions check their door."""

from functools import partial

import jax
import jax.numpy as jnp
import jaxtyping
import numpy as np
import pytest
from scipy import stats

from photonn import meshes
from photonn.devices import cell, mzi
from photonn.errors import InputError
from photonn.meshes import blocks, clements, compact, diamond, haar, reck
from tests import oracles

LARGE = pytest.param(1024, marks=pytest.mark.slow)
# A thousand roundings of 1e-16 and a hundred of 6e-8: they add like a random walk.
ROUNDING = {"float64": 1e-12, "float32": 1e-5}


def ordinary(phases):
    return meshes.unitary(phases.theta, phases.phi, phases.gamma, phases.layout)


def on_signals(phases):
    inside = diamond.signals(phases.layout.modes // 2 + 1)
    return ordinary(phases)[..., inside, inside]


DECOMPOSITIONS = {
    "clements": (clements.decompose, ordinary),
    "reck": (reck.decompose, ordinary),
    "diamond": (diamond.decompose, on_signals),
    "compact": (compact.decompose, compact.unitary),
    "blocks": (blocks.decompose, ordinary),
}


# Blocks of 4 modes take many minutes at 1024: 130 000 QR factorisations, one after another.
LARGEST = [name for name in DECOMPOSITIONS if name != "blocks"]


def off_unitary(matrix):
    """Largest entry of M M^H - 1, computed in float64."""
    matrix = np.asarray(matrix, complex)
    return np.abs(matrix @ matrix.conj().T - np.eye(len(matrix))).max()


@pytest.mark.parametrize("dtype", list(ROUNDING))
@pytest.mark.parametrize("modes", [2, 3, 64, pytest.param(256, marks=pytest.mark.slow), LARGE])
def test_the_rectangle_is_unitary(modes, dtype):
    check_unitary(clements.layout(modes), dtype)


@pytest.mark.parametrize("kind", cell.KINDS, ids=lambda kind: kind.name)
def test_every_kind_of_cell_keeps_its_light_in_float32(kind):
    layout = clements.layout(64)
    phases = haar.phases(jax.random.key(1), layout, jnp.dtype("float32"))
    cells = kind.transfer_matrix(phases.theta, phases.phi)
    matrix = jax.jit(meshes.matrix, static_argnums=1)(cells, layout)
    # A splitter without a partner (three splitters) loses 3e-8 in each of 64 columns.
    assert off_unitary(matrix) < ROUNDING["float32"]


@pytest.mark.parametrize("dtype", list(ROUNDING))
@pytest.mark.parametrize("modes", [2, 3, 64])
def test_the_triangle_is_unitary(modes, dtype):
    check_unitary(reck.layout(modes), dtype)


def check_unitary(layout, dtype):
    phases = haar.phases(jax.random.key(layout.modes), layout, jnp.dtype(dtype))
    matrix = jax.jit(ordinary)(phases)
    assert matrix.real.dtype == dtype
    assert off_unitary(matrix) < ROUNDING[dtype]


@pytest.mark.parametrize("dtype", list(ROUNDING))
@pytest.mark.parametrize("method", ["columns", "bricks"])
@pytest.mark.parametrize("modes", [64, LARGE])
def test_the_mesh_itself_keeps_the_power(modes, method, dtype):
    """Cells rounded from float64 are off by chance, without a bias."""
    layout = clements.layout(modes)
    phases = haar.phases(jax.random.key(modes), layout)
    cells = mzi.transfer_matrix(phases.theta, phases.phi)
    field = oracles.random_complex(np.random.default_rng(0), 3, modes)
    cells, field = (jnp.asarray(x, np.result_type(dtype, "c8")) for x in (cells, field))
    run = jax.jit(partial(meshes.propagate, layout=layout, method=method))
    power = [
        np.sum(np.abs(np.asarray(x, complex)) ** 2, axis=-1) for x in (field, run(field, cells))
    ]
    np.testing.assert_allclose(*power, rtol=ROUNDING[dtype])


@pytest.mark.parametrize(
    ("modes", "name"),
    [
        *((64, name) for name in DECOMPOSITIONS),
        (256, "clements"),
        # The diamond holds a triangle, the compact rectangle a rectangle.
        *(pytest.param(256, name, marks=pytest.mark.slow) for name in ("diamond", "blocks")),
        *(pytest.param(1024, name, marks=pytest.mark.slow) for name in LARGEST),
    ],
)
def test_a_decomposed_unitary_is_rebuilt(modes, name):
    decompose, rebuild = DECOMPOSITIONS[name]
    unitary = haar.unitary(jax.random.key(modes), modes)
    again = jax.jit(lambda u: rebuild(decompose(u)))(unitary)
    assert np.abs(again - unitary).max() < 1e-12 * modes


@pytest.mark.slow
@pytest.mark.parametrize("name", ["diamond", "compact", "blocks"])
def test_matrices_under_vmap(name):
    decompose, rebuild = DECOMPOSITIONS[name]
    unitaries = jax.vmap(partial(haar.unitary, modes=6))(jax.random.split(jax.random.key(0), 3))
    again = jax.jit(jax.vmap(lambda u: rebuild(decompose(u))))(unitaries)
    np.testing.assert_allclose(again, unitaries, rtol=0, atol=6e-12)  # 1e-12 N


@pytest.mark.parametrize(
    ("matrix", "words"),
    [
        (np.ones((4, 3)), ["square", "(4, 3)"]),
        (np.ones(4), ["square", "(4,)"]),
        (np.diag([1.0, 1.0, np.nan, 1.0]), ["finite", "NaN"]),
        (np.diag([1.0, 1.0, 1.0, np.inf]), ["finite", "infinity"]),
        # Off by 1 - 0.9^2; and a thousandth of a percent is too much in float64.
        (np.diag([1.0, 1.0, 1.0, 0.9]), ["U U^H", "off by 1.9e-01", "svd.decompose"]),
        (np.eye(4) * (1 + 1e-5), ["off by 2.0e-05"]),
        (np.eye(4) + 1e-3 * np.eye(4, k=1), ["off by 1.0e-03"]),
    ],
)
@pytest.mark.parametrize("name", list(DECOMPOSITIONS))
def test_what_is_not_unitary_is_refused_with_the_amount(name, matrix, words, monkeypatch):
    # As a user has it: without the tests' own check of shapes, which would come first.
    monkeypatch.setattr(jaxtyping.config, "jaxtyping_disable", True)
    with pytest.raises(InputError) as caught:
        DECOMPOSITIONS[name][0](matrix)
    message = str(caught.value)
    assert all(word in message for word in ["`unitary`", *words]), message


@pytest.mark.parametrize("mesh", [clements, reck], ids=["clements", "reck"])
def test_haar_unitaries_have_haar_phases(mesh):
    """The other way round: decomposed QR factors, and not phases drawn by our own rule."""
    keys = jax.random.split(jax.random.key(5), 2000)
    unitaries = jax.jit(jax.vmap(lambda key: haar.unitary(key, 8)))(keys)
    phases = mesh.decompose(unitaries)
    k = haar.orders(mesh.layout(8))
    bar = np.sin(np.asarray(phases.theta) / 2) ** 2
    # Mean of Beta(1, k) within 5 standard errors: 0.5 at the edges, 0.125 for k = 7.
    error = np.sqrt(k / ((k + 1) ** 2 * (k + 2)) / len(keys))
    assert (np.abs(bar.mean(axis=0) - 1 / (1 + k)) < 5 * error).all()
    # Every order of moments: cross power to the k is uniform, as phi and gamma are.
    turns = np.concatenate([phases.phi, phases.gamma], axis=-1) / (2 * np.pi)
    uniform = np.concatenate([(1 - bar) ** k, turns], axis=-1)
    chance = [stats.kstest(numbers, "uniform").pvalue for numbers in uniform.T]
    assert min(chance) > 1e-5  # 64 tests with a fixed key
