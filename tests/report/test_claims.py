"""Numbers that say how they were had."""

import io
import json
from dataclasses import asdict

import numpy as np
import pytest
from rich.console import Console

from photonn.errors import InputError
from photonn.report import Claim, table

WHAT = {"dataset": "digits, test", "metric": "accuracy"}


def test_mean_and_spread_over_seeds():
    claim = Claim.over_seeds("mesh", [0.9, 0.94, 0.98], [0, 1, 2], target=0.94, **WHAT)
    assert claim.ours == pytest.approx(0.94, rel=1e-15)
    assert claim.spread == pytest.approx(0.04, rel=1e-13)  # sqrt((16 + 0 + 16) 1e-4 / 2)
    assert claim.seeds == [0, 1, 2]
    assert claim.met is True


def test_one_seed_has_no_spread_and_no_target_is_neither_met_nor_missed():
    claim = Claim.over_seeds("mesh", [0.9], [4], **WHAT)
    assert claim.spread is None
    assert claim.met is None
    assert Claim.over_seeds("mesh", [0.9], [4], target=0.91, **WHAT).met is False


def shown(*claims):
    console = Console(width=200, record=True, file=io.StringIO())
    console.print(table([asdict(claim) for claim in claims], "Title"))
    return console.export_text()


def test_the_table_shows_what_was_reached_and_missed():
    text = shown(
        Claim.over_seeds("mesh", [0.9, 0.94], [0, 1], target=0.95, **WHAT),
        Claim.over_seeds("masks", [0.99], [0], target=0.97, published=0.978, **WHAT),
    )
    assert "Title" in text
    mesh, masks = (next(line for line in text.splitlines() if n in line) for n in ("mesh", "masks"))
    for word in ("0.9200 ± 0.0283 (2 seeds)", "0.95", "missed by 0.0300"):
        assert word in mesh
    for word in ("0.9900 (1 seed)", "0.978", "met"):
        assert word in masks
    assert "missed" not in masks


def test_columns_without_content_are_left_out():
    assert "published" not in shown(Claim.over_seeds("mesh", [0.9], [0], **WHAT))


@pytest.mark.parametrize(
    ("aim", "tolerance", "value", "verdict"),
    [
        ("at most", None, 0.2, "met"),
        ("at most", None, 0.31, "missed by 0.0600"),
        ("within", 0.02, 0.24, "met"),
        ("within", 0.02, 0.28, "missed by 0.0100"),
        ("within", 0.02, 0.21, "missed by 0.0200"),
    ],
)
def test_a_target_can_be_a_ceiling_or_a_neighbourhood(aim, tolerance, value, verdict):
    claim = Claim.over_seeds("x", [value], [0], target=0.25, aim=aim, tolerance=tolerance, **WHAT)
    assert claim.met is (verdict == "met")
    assert verdict in shown(claim)


def test_a_neighbourhood_has_a_size():
    with pytest.raises(InputError, match="tolerance"):
        Claim.over_seeds("x", [0.1], [0], target=0.1, aim="within", **WHAT)


def test_numbers_of_numpy_can_be_written():
    claim = Claim.over_seeds("x", [np.float64(1)], [0], target=np.float64(0.5), **WHAT)
    assert json.loads(json.dumps(asdict(claim)))["met"] is True
