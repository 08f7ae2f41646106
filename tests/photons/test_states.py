"""Occupation states against a list made by brute force."""

from itertools import product

import numpy as np
import pytest

from photonn.errors import InputError
from photonn.photons import states


@pytest.mark.parametrize(("photons", "modes"), [(0, 3), (1, 1), (3, 2), (4, 4)])
def test_all_states_in_order(photons, modes):
    every = [s for s in product(range(photons + 1), repeat=modes) if sum(s) == photons]
    every.sort(reverse=True)
    basis = states.basis(photons, modes)
    np.testing.assert_array_equal(basis, every)
    assert len(basis) == states.count(photons, modes)
    np.testing.assert_array_equal(states.rank(basis), np.arange(len(basis)))


def test_states_of_different_numbers_are_ranked_together():
    mixed = [(0, 0, 2), (1, 0, 0), (0, 0, 0)]
    np.testing.assert_array_equal(states.rank(mixed), [5, 0, 0])


def test_count_is_a_binomial():
    assert states.count(20, 20) == 68923264410  # C(39, 20)


@pytest.mark.parametrize("state", [(1, -1), np.array([0.5, 0.5]), (), np.array(3)])
def test_what_is_no_state_is_refused(state):
    with pytest.raises(InputError, match="`state` must"):
        states.rank(state)


def test_too_many_states_are_refused_with_their_number():
    with pytest.raises(InputError, match=r"at most 500000 states.*145422675"):
        states.basis(14, 17)  # C(30, 14)
