"""Decompositions beyond the small cases: size, transformations, and chips as they are."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from photonn import meshes
from photonn.devices import mzi, phase_shifter
from photonn.errors import InputError
from photonn.meshes import clements, compact, diamond, nulling, reck
from tests import oracles

MESHES = pytest.mark.parametrize("mesh", [clements, reck], ids=["clements", "reck"])


def unitary(seed, *shape):
    return jnp.asarray(oracles.random_unitary(np.random.default_rng(seed), *shape))


def rebuild(phases):
    return meshes.unitary(phases.theta, phases.phi, phases.gamma, phases.layout)


def rebuild_as_made(phases, split_in, split_out):
    cells = mzi.transfer_matrix(phases.theta, phases.phi, split_in=split_in, split_out=split_out)
    screen = phase_shifter.transmission(phases.gamma)
    return screen[..., :, None] * meshes.matrix(cells, phases.layout)


def splitters(seed, sigma, *shape):
    return jnp.asarray(np.pi / 4 + sigma * np.random.default_rng(seed).normal(size=(2, *shape)))


@MESHES
def test_64_modes(mesh):
    matrix = unitary(0, 64, 64)
    np.testing.assert_allclose(rebuild(mesh.decompose(matrix)), matrix, atol=64e-12)  # 1e-12 N


@MESHES
def test_each_cell_makes_one_rotation(mesh):
    layout, rotations = mesh.layout(7), mesh.rotations(7)
    cells = nulling.cells(rotations, layout)
    assert sorted(cells) == list(range(layout.size))
    np.testing.assert_array_equal(layout.pairs[cells, 0], rotations.upper)
    below = {(row, column) for row in range(7) for column in range(row)}
    assert set(zip(rotations.row.tolist(), rotations.column.tolist(), strict=True)) == below


def test_the_schedule_of_a_large_mesh_is_quick_to_make():
    # Half a million rotations: a loop over them would take seconds.
    rotations = clements.rotations(1024)
    assert len(rotations.row) == 1024 * 1023 // 2
    assert rotations.row.dtype.kind == "i"


@MESHES
def test_under_jit_and_vmap(mesh):
    matrices = unitary(1, 3, 5, 5)
    mapped = jax.jit(jax.vmap(mesh.decompose))(matrices)
    np.testing.assert_allclose(rebuild(mapped), matrices, atol=5e-12)  # 1e-12 N


def sparse():
    blocks = np.zeros((9, 9), complex)
    blocks[:4, :4], blocks[4:, 4:] = unitary(3, 4, 4), unitary(4, 5, 5)
    return {
        "blocks": blocks,
        "blocks crossed": np.roll(blocks, 4, axis=0),
        "cyclic": np.roll(np.eye(9), 1, axis=0),
        "signs": np.diag([1.0, -1, -1, 1, -1, 1, 1, 1, -1]),
        "Fourier": np.fft.fft(np.eye(9), norm="ortho"),
        # Elements near the smallest numbers that there are.
        "tiny": np.kron(np.eye(4), np.array([[1, 1e-160], [-1e-160, 1]])),
    }


@MESHES
@pytest.mark.parametrize("name", list(sparse()))
def test_zeros_and_nearly_zeros(mesh, name):
    matrix = jnp.asarray(sparse()[name], complex)
    for dtype, tolerance in ((complex, 1e-12 * 9), (np.complex64, 1e-5)):
        again = rebuild(mesh.decompose(matrix.astype(dtype)))
        np.testing.assert_allclose(again, matrix, atol=tolerance)


def test_the_identity_needs_no_cross_state():
    np.testing.assert_allclose(clements.decompose(np.eye(6)).theta, np.pi)


@MESHES
@pytest.mark.parametrize("modes", [2, 5])
def test_small_splitter_errors_are_undone_exactly(mesh, modes):
    matrix = unitary(modes, modes, modes)
    split_in, split_out = splitters(modes, 1e-3, mesh.layout(modes).size)
    phases, residual = mesh.decompose_as_made(matrix, split_in=split_in, split_out=split_out)
    again = rebuild_as_made(phases, split_in, split_out)
    np.testing.assert_allclose(again, matrix, atol=1e-12 * modes)
    assert residual < 1e-12 * modes
    assert ((phases.phi >= 0) & (phases.phi < 2 * np.pi)).all()


@MESHES
def test_what_splitters_cannot_do_is_told(mesh):
    matrix, modes = unitary(5, 16, 16), 16
    split_in, split_out = splitters(5, 0.1, mesh.layout(modes).size)
    phases, residual = mesh.decompose_as_made(matrix, split_in=split_in, split_out=split_out)
    off = rebuild_as_made(phases, split_in, split_out) - matrix
    np.testing.assert_allclose(residual, np.linalg.norm(off) / np.sqrt(modes), rtol=1e-9)
    assert residual > 1e-3
    # Far below the mesh set up as if its splitters were ideal.
    blind = rebuild_as_made(mesh.decompose(matrix), split_in, split_out) - matrix
    assert residual < 0.5 * np.linalg.norm(blind) / np.sqrt(modes)


def test_the_error_that_remains_grows_with_the_square_of_the_splitter_error():
    # Uncorrected sqrt(2 (N - 1)) sigma = 0.11; corrected cell by cell at most
    # sqrt(2/3) N sigma^2 = 0.005: looking ahead does better.
    matrix, size = unitary(6, 64, 64), clements.layout(64).size
    split_in, split_out = splitters(6, 0.01, size)
    _, residual = clements.decompose_as_made(matrix, split_in=split_in, split_out=split_out)
    assert residual < np.sqrt(2 / 3) * 64 * 1e-4


def test_splitters_without_any_splitting_leave_a_finite_result():
    matrix = unitary(7, 4, 4)
    for angle in (0.0, np.pi / 2, np.pi / 4 + 1):
        phases, residual = clements.decompose_as_made(matrix, split_in=angle, split_out=angle)
        again = rebuild_as_made(phases, angle, angle)
        np.testing.assert_allclose(residual, np.linalg.norm(again - matrix) / 2, rtol=1e-9)


def test_many_chips_for_one_unitary_and_one_chip_for_many():
    matrices, size = unitary(8, 2, 5, 5), clements.layout(5).size
    split_in, split_out = splitters(8, 1e-3, 3, 1, size)
    phases, residual = clements.decompose_as_made(matrices, split_in=split_in, split_out=split_out)
    assert phases.theta.shape == (3, 2, size)
    assert residual.shape == (3, 2)
    want = np.broadcast_to(matrices, (3, 2, 5, 5))
    np.testing.assert_allclose(rebuild_as_made(phases, split_in, split_out), want, atol=5e-12)
    one, _ = clements.decompose_as_made(
        matrices, split_in=split_in[1, 0], split_out=split_out[1, 0]
    )
    np.testing.assert_allclose(one.theta, phases.theta[1], atol=1e-9)


@pytest.mark.parametrize(
    ("shapes", "words"),
    [
        (((5,), ()), ["`split_in`", "cells=6", "(5,)"]),
        (((), (2, 7)), ["`split_out`", "cells=6", "(2, 7)"]),
        (((3, 6), (2, 6)), ["`split_out`", "(3,)", "(2,)"]),
        (((3, 6), (6,)), ["`unitary`", "(2,)", "(3,)"]),
    ],
)
def test_splitters_that_do_not_fit_are_refused(shapes, words):
    split_in, split_out = (np.full(shape, np.pi / 4) for shape in shapes)
    with pytest.raises(InputError) as caught:
        clements.decompose_as_made(unitary(9, 2, 4, 4), split_in=split_in, split_out=split_out)
    assert all(word in str(caught.value) for word in words), caught.value


def test_splitters_that_are_not_numbers_are_refused():
    with pytest.raises(InputError, match="finite"):
        clements.decompose_as_made(np.eye(3), split_in=np.nan, split_out=0.7)


@pytest.mark.parametrize("modes", [2, 5, 8])
def test_diamond(modes):
    matrix = unitary(modes, modes, modes)
    phases = diamond.decompose(matrix)
    total = phases.layout.modes
    signals = diamond.signals(modes)
    want = np.eye(total, dtype=complex)
    want[signals, signals] = matrix
    np.testing.assert_allclose(rebuild(phases), want, atol=1e-12 * total)


@pytest.mark.parametrize("modes", [2, 5, 8, 13])
def test_compact(modes):
    matrices = unitary(modes, 2, modes, modes)
    phases = compact.decompose(matrices)
    np.testing.assert_allclose(compact.unitary(phases), matrices, atol=1e-12 * modes)
    for phase in (phases.upper, phases.lower, phases.inputs, phases.edge, phases.gamma):
        assert ((phase >= 0) & (phase < 2 * np.pi)).all()


def test_compact_places_its_phases_where_it_says():
    for modes in (5, 6):
        phases = compact.decompose(unitary(modes, modes, modes))
        assert not phases.inputs[1::2].any()
        assert not phases.gamma[(modes - 1) % 2 + 1 :: 2].any()
        assert phases.edge.any() == (modes % 2 == 0)
        assert not phases.edge[::2].any()


@pytest.mark.parametrize("modes", [2, 5, 8])
def test_compact_counts_the_phases_that_it_sets(modes):
    phases = jax.tree.leaves(compact.decompose(unitary(modes, modes, modes)))
    set_to = np.concatenate(phases)
    # Phases that are zero but for rounding may have been wrapped to nearly 2 pi.
    away = np.abs(np.exp(1j * set_to) - 1) > 1e-9
    assert compact.count_phase_shifters(modes) == np.count_nonzero(away)
    assert compact.count_phase_shifters(8) == 68


def test_compact_by_the_dense_product_too():
    matrix = unitary(10, 6, 6)
    phases = compact.decompose(matrix)
    mesh = phases.layout
    upper, lower, inputs, edge, gamma = map(np.asarray, jax.tree.leaves(phases))
    total = np.diag(np.exp(1j * inputs))
    for column in range(mesh.depth):
        cells = np.flatnonzero(mesh.column == column)
        layer = np.eye(6, dtype=complex)
        if column % 2:
            layer[0, 0] = np.exp(1j * edge[column])
        for cell in cells:
            arms = np.diag(np.exp(1j * np.array([upper[cell], lower[cell]])))
            half = oracles.splitter(np.pi / 4)
            pair = mesh.pairs[cell]
            layer[np.ix_(pair, pair)] = half @ arms @ half
        total = layer @ total
    total = np.exp(1j * gamma)[:, None] * total
    np.testing.assert_allclose(total, matrix, atol=6e-12)  # 1e-12 N
