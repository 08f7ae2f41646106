"""Every experiment runs through with its smallest configuration."""

import json

import pytest

from photonn import config
from tests import oracles


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(config.experiments()))
def test_the_smoke_run_ends_with_claims(name, tmp_path):
    folder = tmp_path / "run"
    command = ["-m", "photonn.cli", "run", name, "--config", "smoke", "--out", folder]
    done = oracles.python(*command, timeout=600)
    assert done.returncode == 0, done.stderr
    result = json.loads((folder / "result.json").read_text())
    assert result["experiment"] == name and result["claims"]
    assert list((folder / "figures").glob("*.png"))
