"""Wiring as data."""

import hypothesis.strategies as st
import jax
import numpy as np
import pytest
from hypothesis import given

from photonn.errors import InputError
from photonn.meshes import Layout, clements, reck
from photonn.meshes.layout import earliest
from tests import oracles


@pytest.mark.parametrize("modes", [2, 3, 4, 5, 8, 9, 16])
@pytest.mark.parametrize("mesh", [clements, reck])
def test_universal_mesh_has_a_cell_for_every_pair(mesh, modes):
    layout = mesh.layout(modes)
    assert layout.size == modes * (modes - 1) // 2 == len(layout.pairs)
    assert layout.starts[-1] == layout.size
    assert (layout.pairs[:, 1] - layout.pairs[:, 0] == 1).all()
    for first, end in zip(layout.starts[:-1], layout.starts[1:], strict=True):
        used = layout.pairs[first:end].ravel()
        assert len(set(used.tolist())) == len(used)


@pytest.mark.parametrize("modes", [3, 4, 5, 8, 9, 16])
def test_depth(modes):
    assert clements.layout(modes).depth == modes
    assert reck.layout(modes).depth == 2 * modes - 3


def test_two_modes_are_one_cell():
    assert clements.layout(2).depth == reck.layout(2).depth == 1


def test_every_triangle_diagonal_shortens_by_one():
    layout = reck.layout(6)
    counts = np.bincount(layout.pairs[:, 0], minlength=5)
    assert counts.tolist() == [5, 4, 3, 2, 1]


def test_ports_and_partners_name_the_cells():
    layout = Layout(4, [[(2, 0)], [(1, 3), (0, 2)]])
    assert layout.partner.tolist() == [[2, 1, 0, 3], [2, 3, 0, 1]]
    cell, port = layout.ports
    assert cell.tolist() == [[0, 3, 0, 3], [2, 1, 2, 1]]
    assert port[0, [2, 0]].tolist() == [0, 1]  # the pair (2, 0): mode 2 is the upper port
    assert layout.column.tolist() == [0, 1, 1]


def test_empty_columns_are_left_out():
    assert Layout(3, [[], [(0, 1)], []]).depth == 1
    assert Layout(3, []).size == 0


def test_equal_wiring_is_one_compilation():
    again = Layout(4, [[(0, 1), (2, 3)], [(1, 2)]])
    layout = Layout(4, [[(0, 1), (2, 3)], [(1, 2)]])
    assert layout == again
    assert hash(layout) == hash(again)
    traced = []

    @jax.jit
    def unrelated(x):
        return x

    def count(x, layout):
        traced.append(layout)
        return x

    counted = jax.jit(count, static_argnums=1)
    counted(1.0, layout)
    counted(1.0, again)
    assert len(traced) == 1


@pytest.mark.parametrize(
    "other",
    [
        Layout(5, [[(0, 1), (2, 3)], [(1, 2)]]),
        Layout(4, [[(0, 1)], [(2, 3)], [(1, 2)]]),
        Layout(4, [[(1, 0), (2, 3)], [(1, 2)]]),
        Layout(4, [[(0, 1), (2, 3)], [(1, 2)]], "another"),
        "not a layout",
    ],
    ids=str,
)
def test_other_wiring_is_not_equal(other):
    assert Layout(4, [[(0, 1), (2, 3)], [(1, 2)]]) != other


def test_arrays_cannot_be_changed():
    with pytest.raises(ValueError, match="read-only"):
        clements.layout(4).pairs[0] = 3


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ([[(0, 1)], [(0, 1), (1, 2)]], ["Column 1", "mode 1 2 times", "different columns"]),
        ([[(2, 2)]], ["Column 0", "mode 2 2 times"]),
        ([[(0, 4)]], ["Column 0", "modes 0 to 3", "[[0, 4]]"]),
        ([[(-1, 0)]], ["Column 0", "modes 0 to 3"]),
        ([[(0, 2**40)]], ["Column 0", "modes 0 to 3"]),
        ([[(0, 1), (2,)]], ["Column 0", "pairs of mode numbers", "(2,)"]),
        ([[(0, 1, 2)]], ["Column 0", "pairs of mode numbers"]),
        ([np.array([[0.0, 1.0]])], ["Column 0", "pairs of mode numbers"]),
    ],
)
def test_bad_columns_are_named(columns, words):
    with pytest.raises(InputError) as caught:
        Layout(4, columns)
    assert all(word in str(caught.value) for word in words), caught.value


def test_a_flat_list_of_pairs_fills_columns_from_the_front():
    layout = Layout.from_pairs(5, [(0, 1), (1, 2), (3, 4), (4, 0), (2, 3)], "mine")
    assert [column.tolist() for column in layout.columns()] == [
        [[0, 1], [3, 4]],
        [[1, 2], [4, 0]],
        [[2, 3]],
    ]
    assert layout.name == "mine"
    assert Layout.from_pairs(3, []) == Layout(3, [])


@given(modes=st.integers(2, 7), seed=st.integers(0, 2**32 - 1))
def test_a_netlist_keeps_its_matrix(modes, seed):
    rng = np.random.default_rng(seed)
    pairs = np.array([rng.permutation(modes)[:2] for _ in range(rng.integers(1, 12))])
    cells = oracles.random_unitary(rng, len(pairs), 2, 2)
    layout = Layout.from_pairs(modes, pairs)
    order = np.argsort(earliest(modes, pairs), kind="stable")
    np.testing.assert_array_equal(layout.pairs, pairs[order])
    matrices = (
        oracles.dense_mesh(c, p, modes) for c, p in [(cells, pairs), (cells[order], layout.pairs)]
    )
    np.testing.assert_allclose(*matrices, atol=1e-13)  # at most 12 unitary cells


@pytest.mark.parametrize("make", [clements.layout, reck.layout])
@pytest.mark.parametrize("modes", [2, 5, 8])
def test_a_mesh_without_gaps_is_found_again(make, modes):
    layout = make(modes)
    assert Layout.from_pairs(modes, layout.pairs, layout.name) == layout


def test_the_mirror_of_a_mirror_is_the_mesh():
    layout = Layout(4, [[(0, 1), (2, 3)], [(1, 2)]])
    assert [column.tolist() for column in layout.mirrored().columns()] == [
        [[1, 2]],
        [[0, 1], [2, 3]],
    ]
    assert layout.mirrored().mirrored() == layout


@pytest.mark.parametrize(
    ("pairs", "words"),
    [
        ([(0, 1), (2, 2)], "`pairs\\[1\\]` must join two different modes of 0 to 3"),
        ([(0, 4)], "`pairs\\[0\\]` must join two different modes of 0 to 3, but is \\(0, 4\\)"),
        ([(0, 1), (0, -1)], "`pairs\\[1\\]`"),
        ([(0, 1), (2,)], "`pairs` must hold pairs of mode numbers"),
        (np.array([[0.5, 1]]), "`pairs` must hold pairs of mode numbers"),
    ],
)
def test_bad_pairs_are_named(pairs, words):
    with pytest.raises(InputError, match=words):
        Layout.from_pairs(4, pairs)


@pytest.mark.parametrize("make", [clements.layout, reck.layout, lambda n: Layout(n, [])])
def test_one_mode_is_no_mesh(make):
    with pytest.raises(InputError, match="`modes` must be an integer of at least 2, but is 1"):
        make(1)
