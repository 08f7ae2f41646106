"""The permuting rectangle against a chip with real crossings, and the redundant rectangle."""

import numpy as np
import pytest

from photonn import meshes
from photonn.errors import InputError
from photonn.meshes import clements, permuting, redundant
from tests import oracles


def crossed(modes, columns):
    """The matrix of rectangle columns in which every cell crosses its two waveguides."""
    matrix = np.eye(modes)
    for c in range(columns):
        for upper in range(c % 2, modes - 1, 2):
            matrix[[upper, upper + 1]] = matrix[[upper + 1, upper]]
    return matrix


@pytest.mark.parametrize(
    ("modes", "blocks", "sizes"),
    [(4, None, [2, 2]), (7, None, [2, 2, 3]), (8, None, [2, 4, 2]), (5, 3, [2, 2, 1]), (6, 1, [6])],
)
def test_it_is_a_chip_with_crossings(modes, blocks, sizes):
    layout, rng = permuting.layout(modes, blocks), np.random.default_rng(0)
    cells = oracles.random_unitary(rng, layout.size, 2, 2)
    chip, used = np.eye(modes), 0
    for number, size in enumerate(sizes):
        if number:
            chip = crossed(modes, 2**number) @ chip
        for c in range(size):
            pairs = [(m, m + 1) for m in range(c % 2, modes - 1, 2)]
            column = cells[used : used + len(pairs)]
            chip = oracles.dense_mesh(column, np.reshape(pairs, (-1, 2)), modes) @ chip
            used += len(pairs)
    matrix = meshes.matrix(cells, layout)[permuting.outputs(modes, blocks)]
    np.testing.assert_allclose(matrix, chip, atol=1e-14 * modes)  # rounding per column


def test_a_permutation_moves_light_far():
    # Behind the last permutation of 16 modes, which moves by 8: even ones down, odd ones up.
    before, behind = permuting.outputs(16, 3), permuting.outputs(16, 4)
    assert before[0] == behind[8]
    assert before[15] == behind[7]


def test_as_many_cells_as_the_rectangle():
    for modes in range(2, 13):
        assert permuting.layout(modes).size == clements.layout(modes).size
        assert sorted(permuting.outputs(modes)) == list(range(modes))
    assert (permuting.layout(8, 1).pairs == clements.layout(8).pairs).all()


def test_blocks_that_do_not_fit_are_refused():
    with pytest.raises(InputError, match="`blocks` must be at most 4 for 8 modes, but is 5"):
        permuting.layout(8, 5)
    with pytest.raises(InputError, match="`blocks` must be an integer of at least 1, but is 0"):
        permuting.outputs(8, 0)


def test_redundant_columns_go_on_as_the_rectangle():
    layout = redundant.layout(5, 4)
    assert layout.depth == 9
    assert (layout.pairs[:10] == clements.layout(5).pairs).all()
    assert (redundant.layout(5, 0).pairs == clements.layout(5).pairs).all()
    assert redundant.layout(2, 4).depth == 3  # no odd pairs
    with pytest.raises(InputError, match="`extra` must be an integer of at least 0, but is -1"):
        redundant.layout(5, -1)
