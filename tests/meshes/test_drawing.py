"""Pictures: waveguides hold together, meet in their cells, and do not hide them."""

import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest

from photonn.meshes import Layout, clements, drawing, permuting
from tests.meshes.topologies import LAYOUTS


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
def test_waveguides_meet_in_their_cells(layout):
    knots, cells, columns = drawing.draw(layout)
    assert knots.shape == (layout.depth + 1, layout.modes, 6, 2)
    # Light goes on to the right, and each plane begins where the last one ends.
    assert (np.diff(knots[..., 0], axis=2) > -1e-12).all()
    np.testing.assert_allclose(knots[1:, :, 0], knots[:-1, :, -1], atol=1e-12)
    ends = knots[layout.column[:, None], layout.pairs, -1]
    np.testing.assert_allclose(ends.mean(axis=1), cells, atol=1e-12)
    np.testing.assert_allclose(ends[:, 1, 1] - ends[:, 0, 1], 2 * drawing.HALF_GAP, atol=1e-12)
    np.testing.assert_allclose(cells[:, 0], columns[layout.column], atol=1e-12)
    # No two lines share a place in the middle of a column or at the ends.
    for heights in [*knots[:, :, -1, 1], knots[0, :, 0, 1]]:
        assert np.diff(np.sort(heights)).min() > 0.1


def test_neighbours_stay_in_their_lanes():
    for name in ("clements, 8", "reck, 5", "diamond, 4", "blocks, 6", "cascade, 5"):
        knots, _, columns = drawing.draw(LAYOUTS[name])
        np.testing.assert_array_equal(knots[-1, :, -1, 1], np.arange(LAYOUTS[name].modes))
        np.testing.assert_allclose(np.diff(columns), np.diff(columns)[0], rtol=1e-12)


def test_permutations_are_drawn_as_crossings():
    for modes in (8, 12, 16):
        layout = permuting.layout(modes)
        knots, cells, _ = drawing.draw(layout)
        order = np.argsort(knots[-1, :, -1, 1])
        assert order.tolist() == permuting.outputs(modes).tolist()
        # Behind the crossings every cell joins neighbours: it lies as in the rectangle.
        assert len(np.unique(cells[layout.column == 0, 1])) == modes // 2
        lanes = knots[layout.column[:, None], layout.pairs, 3, 1]
        assert (np.abs(np.diff(lanes, axis=1)) <= 2).all()


def test_a_picture_for_notebooks():
    layout = LAYOUTS["tree, 7"]
    root = ElementTree.fromstring(layout._repr_svg_())
    tags = [element.tag.split("}")[1] for element in root.iter()]
    assert (tags.count("path"), tags.count("rect")) == (7, 6)
    assert ElementTree.fromstring(Layout(3, [])._repr_svg_()) is not None
    assert clements.layout(256)._repr_svg_() is None  # megabytes
