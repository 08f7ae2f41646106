"""Every row of the table of closed forms, at its tolerance."""

import pytest

from tests.free_space import analytic

CASES = analytic.cases()


@pytest.mark.parametrize(
    "case", CASES, ids=lambda case: f"{case.method}: {case.name}, {case.dtype.__name__}"
)
def test_closed_form(case):
    assert case.measure() <= case.tolerance
