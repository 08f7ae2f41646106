"""`photonn run` by several processes: the first one alone has the run folder."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from photonn import cli
from tests.scale import free_port
from tests.test_sweep import TOY


@pytest.mark.slow
def test_two_processes_and_one_folder(tmp_path):
    (tmp_path / "experiments").mkdir()
    (tmp_path / "experiments" / "toy.py").write_text(TOY)
    environment = {**os.environ, "JAX_PLATFORMS": "cpu"}
    environment["PYTHONPATH"] = str(Path(cli.__file__).parents[1])

    def run(*arguments):
        port, pipe = free_port(), subprocess.PIPE
        started = []
        for number in range(2):
            hosts = f"127.0.0.1:{port},2,{number}"
            command = [sys.executable, "-m", "photonn.cli", "run", "toy", "--hosts", hosts]
            how = {"stdout": pipe, "stderr": pipe, "text": True, "cwd": tmp_path}
            started.append(subprocess.Popen([*command, *arguments], env=environment, **how))
        said = [process.communicate(timeout=200) for process in started]
        return [process.returncode for process in started], said

    codes, said = run("--value", "2")
    assert codes == [0, 0], said
    assert "square" in said[0][0] and "square" not in said[1][0]
    (folder,) = (tmp_path / "runs" / "toy").iterdir()
    assert json.loads((folder / "result.json").read_text())["claims"][0]["ours"] == 4
    assert (tmp_path / "runs.txt").read_text().split() == ["2.0", "2.0"]

    codes, said = run("--value", "2")  # finished: neither process does anything
    assert codes == [0, 0], said
    assert "finished" in said[0][0]
    assert (tmp_path / "runs.txt").read_text().split() == ["2.0", "2.0"]

    codes, said = run("--value", "5", "--out", str(folder))  # refused, and nobody waits for ever
    assert codes[0] == 2 and codes[1] != 0
    assert "`value` is" in said[0][1]
