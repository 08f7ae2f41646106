"""Train, fabricate, correct, fine-tune, by one command."""

import csv
import json

import pytest

from tests import oracles


@pytest.mark.slow
def test_the_smoke_run_goes_through_every_step(tmp_path):
    folder = tmp_path / "run"
    command = ["-m", "photonn.cli", "run", "recovery", "--config", "smoke", "--out", folder]
    done = oracles.python(*command, timeout=600)
    assert done.returncode == 0, done.stderr
    claims = {
        c["name"]: c["ours"] for c in json.loads((folder / "result.json").read_text())["claims"]
    }
    rows = list(csv.DictReader((folder / "chips.csv").open()))
    assert {"made", "corrected, then in situ", "noise-aware, made"} <= {r["stage"] for r in rows}
    for row in rows:  # one chip: the mean is the chip
        assert float(row["accuracy"]) == pytest.approx(claims[row["stage"]], abs=1e-5)
    for kind in ("png", "svg"):
        assert (folder / "figures" / f"recovery.{kind}").stat().st_size > 1000
