"""Files of checkpoints and runs, damaged: what is sound is used, or one clear error is given."""

import pytest

from tests.commands.toy import settle_in
from tests.faults import damage

QUICK = ("a byte flipped", "empty", "a folder", "a pipe", "of another run")


@pytest.fixture
def kinds(request, monkeypatch):
    """Some kinds of damage, or all of them."""
    chosen = {kind: damage.KINDS[kind] for kind in request.param}
    monkeypatch.setattr(damage, "KINDS", chosen)
    return chosen


some_and_all = pytest.mark.parametrize(
    "kinds",
    [QUICK, pytest.param(tuple(damage.KINDS), marks=pytest.mark.slow)],
    indirect=True,
    ids=["some", "all"],
)


@some_and_all
def test_a_damaged_checkpoint_gives_way_to_the_earlier_one(kinds, tmp_path):
    tally = damage.checkpoints(tmp_path)
    # A file or two hold the same in every run, and a manifest may do without its last newline.
    for (kind, outcome), count in tally.items():
        if outcome != "earlier checkpoint, and said so":
            assert outcome == "read all the same, and right"
            assert count <= {"of another run": 3, "a byte short": 1}.get(kind, 0)
    assert {kind for kind, _ in tally} == set(kinds)
    assert tally.total() >= 9 * len(kinds)


@some_and_all
def test_a_damaged_run_folder_gives_the_right_result_or_one_error(kinds, tmp_path, monkeypatch):
    settle_in(tmp_path, monkeypatch)
    tally = damage.run_folders(tmp_path, "toy")
    assert {outcome for _, outcome in tally} == {"one clear error", "done all the same, and right"}
    assert tally.total() == 4 * 5 * len(kinds)
