"""Counts against closed forms and against all routes, one by one."""

import time

import numpy as np
import pytest

from photonn.errors import InputError
from photonn.meshes import (
    Count,
    Layout,
    butterfly,
    cascade,
    clements,
    diamond,
    reck,
    redundant,
    tree,
)
from tests.meshes.topologies import LAYOUTS


def routes(layout, mode, column=0):
    """Cells on each route from a mode, with the probability of the route."""
    if column == layout.depth:
        return [(0, 1.0)]
    other = layout.partner[column, mode]
    if other == mode:
        return routes(layout, mode, column + 1)
    after = routes(layout, mode, column + 1) + routes(layout, other, column + 1)
    return [(cells + 1, probability / 2) for cells, probability in after]


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
@pytest.mark.parametrize("inputs", [None, [0]])
def test_paths_are_those_of_all_routes(layout, inputs):
    starts = range(layout.modes) if inputs is None else inputs
    cells, weights = np.transpose([r for mode in starts for r in routes(layout, mode)])
    count = layout.count(inputs=inputs)
    assert (count.shortest_path, count.worst_path) == (cells.min(), cells.max())
    np.testing.assert_allclose(count.mean_path, weights @ cells / len(starts), rtol=1e-12)


@pytest.mark.parametrize("n", [3, 4, 5, 8, 9, 16])
def test_closed_forms(n):
    cells = n * (n - 1) // 2
    paths = {
        "clements": (clements.layout(n), cells, n, n // 2, n),
        "reck": (reck.layout(n), cells, 2 * n - 3, 1, 2 * n - 3),
        "diamond": (diamond.layout(n), (n - 1) ** 2, 2 * n - 3, 1, 2 * n - 3),
        "redundant": (redundant.layout(n, n), 2 * cells, 2 * n, n, 2 * n),
        "cascade": (cascade.layout(n), n - 1, n - 1, 1, n - 1),
    }
    for name, (layout, size, depth, shortest, worst) in paths.items():
        mean = 2 * size / layout.modes  # every input alike: each mode carries the same power
        shifters = 2 * size + layout.modes
        want = Count(name, layout.modes, size, shifters, depth, shortest, mean, worst)
        got = layout.count()
        np.testing.assert_allclose(got.mean_path, mean, rtol=1e-12)
        assert got == Count(**{**vars(want), "mean_path": got.mean_path})


@pytest.mark.parametrize("levels", [1, 2, 3, 6])
def test_butterfly_and_tree_treat_all_routes_alike(levels):
    modes = 2**levels
    for count in (butterfly.layout(modes).count(), tree.layout(modes).count(inputs=[0])):
        assert count.shortest_path == count.worst_path == count.depth == levels
        np.testing.assert_allclose(count.mean_path, levels, rtol=1e-12)
    assert butterfly.layout(modes).size == modes * levels // 2


def test_the_table_and_the_properties():
    layout = clements.layout(8)
    assert str(layout.count()).splitlines() == [
        "clements",
        "  modes           8",
        "  cells           28",
        "  phase shifters  64",
        "  depth           8",
        "  cells on a path 4 to 8, mean 7",
    ]
    assert layout.count(1).phase_shifters == 28 + 8
    assert (layout.shortest_path, layout.worst_path) == (4, 8)
    np.testing.assert_allclose(layout.mean_path, 7, rtol=1e-12)
    empty = Layout(3, []).count()
    assert (empty.cells, empty.phase_shifters, empty.worst_path, empty.mean_path) == (0, 3, 0, 0)


def test_a_thousand_modes_are_counted_quickly():
    layout = clements.layout(1024)
    start = time.process_time()
    count = layout.count()
    assert time.process_time() - start < 5  # 0.1 s, with much room
    assert (count.shortest_path, count.worst_path) == (512, 1024)
    np.testing.assert_allclose(count.mean_path, 1023, rtol=1e-9)


@pytest.mark.parametrize("inputs", [[], [4], [-1], [[0, 1]], [0.0]])
def test_inputs_that_are_no_modes_are_refused(inputs):
    with pytest.raises(InputError, match="`inputs` must be numbers of modes, 0 to 3"):
        clements.layout(4).count(inputs=np.array(inputs))
