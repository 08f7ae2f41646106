"""Phases in other conventions: fixed 2 x 2 numbers, and whole meshes there and back."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from photonn import meshes
from photonn.devices import cell, mzi
from photonn.errors import InputError
from photonn.meshes import Layout, Phases, clements, compact, conventions, haar, reck
from tests import oracles

LAYOUTS = pytest.mark.parametrize(
    "layout",
    [clements.layout(4), reck.layout(5), Layout(4, [[(2, 0)], [(1, 3)], [(0, 1), (3, 2)]])],
    ids=repr,
)
WITH_SCREEN_BEHIND = (cell.DIFFERENTIAL, cell.THREE_SPLITTER, cell.CROSSING, cell.COUPLER)
r = 1 / np.sqrt(2)


def dense(cells, layout, *, inputs=0.0, gamma=0.0):
    """The mesh by plain products."""
    inputs, gamma = (np.zeros(layout.modes) + np.asarray(x) for x in (inputs, gamma))
    mesh = oracles.dense_mesh(np.asarray(cells), layout.pairs, layout.modes)
    return np.exp(1j * gamma)[:, None] * mesh * np.exp(1j * inputs)


def unitary(phases):
    return dense(mzi.transfer_matrix(phases.theta, phases.phi), phases.layout, gamma=phases.gamma)


def draw(layout, seed=0):
    return haar.phases(jax.random.key(seed), layout)


def test_clements_by_hand():
    """t = pi/4, phi = pi/2: [[i, -1], [i, 1]] / sqrt 2 = exp(i pi/4) M(pi/2, 3 pi/2)."""
    want = r * np.array([[1j, -1], [1j, 1]])
    made = conventions.clements_matrix(np.pi / 4, np.pi / 2)
    np.testing.assert_allclose(made, want, atol=1e-15)
    theta, phi = conventions.clements_to_mzi(np.pi / 4, np.pi / 2)
    np.testing.assert_allclose([theta, phi], [np.pi / 2, 3 * np.pi / 2], rtol=1e-15)
    ours = np.exp(1j * np.pi / 4) * oracles.mzi(np.pi / 2, 3 * np.pi / 2)
    np.testing.assert_allclose(ours, want, atol=1e-15)
    back = conventions.mzi_to_clements(theta, phi)
    np.testing.assert_allclose(back, [np.pi / 4, np.pi / 2], rtol=1e-15)


@pytest.mark.parametrize(
    ("kind", "want"),
    [  # at theta = pi/2, phi = pi/2, by hand
        (cell.DIFFERENTIAL, r * np.array([[-1, 1j], [-1, -1j]])),
        (cell.OUTPUT_PHASE, (1j - 1) / 2 * np.array([[1j, 1j], [1, -1]])),
        (cell.SYMMETRIC, np.array([[0, -1], [-1, 0]])),
        (cell.COUPLER, r * np.array([[1j, 1j], [-1, 1]])),
        (cell.CROSSING, (1j - 1) / 2 * np.array([[1j, -1], [1j, 1]])),
        (cell.THREE_SPLITTER, (1j - 1) * r * np.array([[1j, 0], [0, -1]])),
    ],
    ids=lambda x: getattr(x, "name", ""),
)
def test_cells_by_hand(kind, want):
    """The number itself, and our phases for a mesh of this one cell."""
    quarter = np.pi / 2
    np.testing.assert_allclose(kind.transfer_matrix(quarter, quarter), want, atol=1e-15)
    ours = conventions.from_cells(want[None], clements.layout(2))
    np.testing.assert_allclose(unitary(ours), want, atol=1e-15)


@pytest.mark.parametrize("kind", cell.KINDS, ids=lambda kind: kind.name)
@LAYOUTS
def test_any_kind_of_cell_becomes_ours(kind, layout):
    given = draw(layout)
    want = dense(kind.transfer_matrix(given.theta, given.phi), layout, gamma=given.gamma)
    ours = conventions.from_kind(given, kind)
    # Each of 7 columns at most rounds a few times.
    np.testing.assert_allclose(unitary(ours), want, atol=1e-14)
    assert ours.theta.min() >= 0 and ours.theta.max() <= np.pi
    for phase in (ours.phi, ours.gamma):
        assert phase.min() >= 0 and phase.max() < 2 * np.pi


@pytest.mark.parametrize("kind", WITH_SCREEN_BEHIND, ids=lambda kind: kind.name)
@LAYOUTS
def test_ours_becomes_another_kind(kind, layout):
    ours = draw(layout)
    made = conventions.to_kind(ours, kind)
    mesh = dense(kind.transfer_matrix(made.theta, made.phi), layout, gamma=made.gamma)
    np.testing.assert_allclose(mesh, unitary(ours), atol=1e-14)  # as above


@LAYOUTS
def test_clements_there_and_back(layout):
    ours = draw(layout)
    t, phi, gamma = conventions.to_clements(ours)
    angle, phase = np.asarray(t), np.asarray(phi)
    c, s, e = np.cos(angle), np.sin(angle), np.exp(1j * phase)
    cells = np.moveaxis(np.array([[e * c, -s], [e * s, c]]), -1, 0)
    np.testing.assert_allclose(dense(cells, layout, gamma=gamma), unitary(ours), atol=1e-14)
    back = conventions.from_clements(t, phi, gamma, layout)
    np.testing.assert_allclose(unitary(back), unitary(ours), atol=1e-14)


@LAYOUTS
def test_output_phases_there_and_back(layout):
    ours = draw(layout)
    theta, phi, inputs = conventions.to_output_phase(ours)
    cells = [
        oracles.upper(p) @ oracles.mzi(t, 0) for t, p in zip(*np.asarray([theta, phi]), strict=True)
    ]
    np.testing.assert_allclose(dense(cells, layout, inputs=inputs), unitary(ours), atol=1e-14)
    back = conventions.from_output_phase(theta, phi, inputs, layout)
    np.testing.assert_allclose(unitary(back), unitary(ours), atol=1e-14)


@pytest.mark.parametrize("modes", [4, 5])
def test_symmetric_cells_there_and_back(modes):
    rng = np.random.default_rng(modes)
    layout = clements.layout(modes)
    upper, lower = rng.uniform(0, 2 * np.pi, (2, layout.size))
    gamma, inputs = rng.uniform(0, 2 * np.pi, (2, modes))
    cells = [
        oracles.splitter(np.pi / 4)
        @ np.diag(np.exp([1j * a, 1j * b]))
        @ oracles.splitter(np.pi / 4)
        for a, b in zip(upper, lower, strict=True)
    ]
    ours = conventions.from_symmetric(upper, lower, gamma, layout, inputs=inputs)
    want = dense(cells, layout, inputs=inputs, gamma=gamma)
    np.testing.assert_allclose(unitary(ours), want, atol=1e-14)
    back = compact.unitary(compact.from_rectangle(ours))
    np.testing.assert_allclose(back, want, atol=1e-13)  # twice N columns


def test_bar_and_cross_states_have_no_phase_to_read():
    layout = clements.layout(4)
    for theta in (0.0, np.pi):
        given = Phases(jnp.full(6, theta), jnp.arange(6.0), jnp.arange(4.0), layout)
        for kind in WITH_SCREEN_BEHIND:
            made = conventions.to_kind(given, kind)
            mesh = dense(kind.transfer_matrix(made.theta, made.phi), layout, gamma=made.gamma)
            np.testing.assert_allclose(mesh, unitary(given), atol=1e-14)


def test_many_meshes_at_once_and_single_precision():
    layout = clements.layout(3)
    keys = jax.random.split(jax.random.key(0), 4)
    many = jax.vmap(lambda key: haar.phases(key, layout))(keys)
    many = jax.tree.map(lambda x: x.astype(jnp.float32), many)
    made = jax.jit(lambda p: conventions.to_kind(p, cell.COUPLER))(many)
    assert made.theta.shape == (4, 3) and made.theta.dtype == jnp.float32
    for k in range(4):
        one = jax.tree.map(lambda x, k=k: x[k], made)
        mesh = dense(cell.COUPLER.transfer_matrix(one.theta, one.phi), layout, gamma=one.gamma)
        want = unitary(jax.tree.map(lambda x, k=k: x[k], many))
        np.testing.assert_allclose(mesh, want, atol=3e-6)  # 3 columns, 10 roundings of 6e-8


def test_a_kind_is_its_stages():
    ours = draw(clements.layout(3))
    made = conventions.to_kind(ours, cell.Cell("mine", cell.COUPLER.stages))
    want = conventions.to_kind(ours, cell.COUPLER)
    np.testing.assert_array_equal(made.theta, want.theta)
    stranger = cell.Cell("stranger", cell.MZI.stages[:3])
    for convert in (
        conventions.to_kind,
        lambda p, kind: conventions.settings(np.eye(2) + 0j, kind),
    ):
        with pytest.raises(InputError, match=r"`kind` must have the stages.*'stranger'.*fit"):
            convert(ours, stranger)
    assert conventions.like(ours, stranger) is ours


def test_mistakes_are_named():
    phases = draw(clements.layout(3))
    with pytest.raises(InputError, match=r"`kind` must need no phase.*to_output_phase"):
        conventions.to_kind(phases, cell.OUTPUT_PHASE)
    with pytest.raises(InputError, match=r"`cells` must have shape \(..., 3, 2, 2\)"):
        conventions.from_cells(np.zeros((2, 2, 2)), phases.layout)
    with pytest.raises(InputError, match=r"`gamma` must have shape \(..., modes=3\)"):
        conventions.from_cells(np.stack([np.eye(2)] * 3), phases.layout, gamma=np.zeros(2))
    with pytest.raises(InputError, match=r"`cells` must satisfy U U\^H = 1.*off by 3\.0e\+00"):
        conventions.from_cells(np.stack([2 * np.eye(2)] * 3), phases.layout)
    with pytest.raises(InputError, match="`cells` must be finite"):
        conventions.from_cells(np.full((3, 2, 2), np.nan), phases.layout)
    assert meshes.conventions is conventions
