"""The laws of matrix errors, by one command."""

import csv
import json

from tests import oracles


def test_the_smoke_run_sets_the_laws_beside_theory(tmp_path):
    folder = tmp_path / "run"
    command = ["-m", "photonn.cli", "run", "mesh_error", "--config", "smoke", "--out", folder]
    done = oracles.python(*command, timeout=400)
    assert done.returncode == 0, done.stderr
    assert "theory" in (folder / "errors.csv").read_text()
    claims = {c["name"]: c for c in json.loads((folder / "result.json").read_text())["claims"]}
    for modes in (4, 6):
        claim = claims[f"as made, N = {modes}"]
        assert claim["published_kind"] == "theory"
        # 75 and 50 chips of 12 and 30 splitters: some 3 %.
        assert abs(claim["ours"] / claim["published"] - 1) < 0.1
    rows = list(csv.DictReader((folder / "errors.csv").open()))
    assert len(rows) == (4 * 2 + 1) * 2  # four kinds of two sizes, one configured of one size
    for kind in ("png", "svg"):
        assert (folder / "figures" / f"mesh_error.{kind}").stat().st_size > 1000
