"""Sweeps: what a request means, and that every point is run once and none is lost."""

import csv
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from photonn import cli, sweep, sweep_runs
from photonn.errors import InputError, Terminated

TOY = '''"""Squares a number, unless it is told to fail."""

import time
from dataclasses import dataclass
from pathlib import Path

from photonn import report
from photonn.errors import RunError


@dataclass(frozen=True)
class Config:
    """What can be set."""

    value: float = 1.0
    seed: int = 0
    seconds: float = 0.0


def main(config, run):
    """One claim."""
    with open("runs.txt", "a") as file:
        file.write(f"{config.value}\\n")
    time.sleep(config.seconds)
    if config.value == 3 and not Path("mended").exists():
        raise RunError("three is out of order")
    square = report.Claim.over_seeds("square", [config.value**2], [config.seed],
                                     dataset="none", metric="value")
    return run.finish([square], [config.seed])
'''


@dataclass(frozen=True)
class Inner:
    rate: float = 0.1
    sizes: tuple[int, ...] = (4,)


@dataclass(frozen=True)
class Config:
    seed: int = 0
    kind: str = "a"
    inner: Inner = field(default_factory=Inner)


def points_of(*grid, draws=0, seed=0):
    found = sweep.points(
        "toy", Config(), sweep.read_grid(grid), Path("out"), label="x", draws=draws, seed=seed
    )
    return [point.varied for point in found], found


def test_a_grid_is_a_product():
    varied, found = points_of("inner.rate=0.1,1e-2", "seed=0:3", "kind=a,b", "inner.sizes=[1,2],[]")
    assert len(varied) == 2 * 3 * 2 * 2
    assert varied[0] == {"inner.rate": 0.1, "seed": 0, "kind": "a", "inner.sizes": [1, 2]}
    assert found[-1].chosen == Config(2, "b", Inner(0.01, ()))
    assert len({point.folder for point in found}) == len(found)


def test_draws_are_spread_over_their_range_and_stay():
    few, _ = points_of("inner.rate=1e-4..1:log", draws=50)
    many, _ = points_of("inner.rate=1e-4..1:log", "seed=0..9", draws=200)
    assert [one["inner.rate"] for one in few] == [one["inner.rate"] for one in many[:50]]
    rates = np.log10([one["inner.rate"] for one in many])
    # Mean and spread of 200 uniform numbers over four decades, to three standard errors.
    assert abs(rates.mean() + 2) < 3 * 4 / np.sqrt(12 * 200)
    assert -4 <= rates.min() < -3.7 and -0.3 < rates.max() <= 0
    seeds = [one["seed"] for one in many]
    assert set(seeds) == set(range(10)) and all(isinstance(s, int) for s in seeds)
    other, _ = points_of("inner.rate=1e-4..1:log", draws=50, seed=1)
    assert not {one["inner.rate"] for one in other} & {one["inner.rate"] for one in few}


def test_draws_and_grid_are_combined():
    varied, _ = points_of("seed=0:2", "inner.rate=0.1..0.2", draws=3)
    assert len(varied) == 6
    assert len({one["inner.rate"] for one in varied}) == 3


@pytest.mark.parametrize(
    ("grid", "draws", "message"),
    [
        ([], 0, "`--grid` must be given"),
        (["seed"], 0, "must be FIELD=VALUES"),
        (["seed="], 0, "must be FIELD=VALUES"),
        (["seed=5:1"], 0, "whole and rising"),
        (["seed=0.5:1"], 0, "whole and rising"),
        (["seed=1", "seed=2"], 0, "names `seed` twice"),
        (["inner.rate=1..0"], 1, "rising numbers"),
        (["inner.rate=0..1:log"], 1, "positive ones"),
        (["inner.rate=a..b"], 1, "rising numbers"),
        (["inner.rate=0..1"], 0, "`--random` must be an integer of at least 1"),
        (["seed=0:2"], 4, "have a range to draw from"),
        (["seed=0:1000000000"], 0, "at most 10000 points"),
        (["sed=0:2"], 0, "Unknown key `sed`.*Did you mean `seed`"),
        (["inner.rat=1"], 0, "Did you mean `rate`"),
        (["inner=1"], 0, "vary one of seed, kind, inner.rate"),
        (["seed.x=1"], 0, "vary one of"),
        (["inner.rate=fast"], 0, "`inner.rate` in --grid is 'fast'"),
        (["seed=1.5"], 0, "`seed` in --grid is 1.5"),
        (["inner.rate=NaN"], 0, "must be finite"),
        (["inner.rate=" + "[" * 5000], 0, "`inner.rate` in --grid"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_wrong_requests(grid, draws, message):
    with pytest.raises(InputError, match=message):
        points_of(*grid, draws=draws)


@pytest.fixture
def toy(tmp_path, monkeypatch):
    (tmp_path / "experiments").mkdir()
    (tmp_path / "experiments" / "toy.py").write_text(TOY)
    monkeypatch.chdir(tmp_path)
    package = str(Path(cli.__file__).parents[1])
    monkeypatch.setenv("PYTHONPATH", package)
    monkeypatch.setenv("JAX_PLATFORMS", "cpu")
    return tmp_path


def run(*arguments):
    try:
        cli.main(["sweep", "toy", *arguments])
    except SystemExit as error:
        return error.code
    return 0


def table(folder):
    (path,) = (folder / "runs" / "toy").glob("sweep-*.csv")
    with open(path) as file:
        return list(csv.DictReader(file))


def test_what_fails_is_shown_and_what_is_finished_is_not_run_again(toy, capsys):
    request = ["--grid", "value=2,3", "--jobs", "2"]
    assert run(*request) == 1
    printed = capsys.readouterr()
    assert "1 of 2 points failed" in printed.err
    assert "2 points, 0 of them finished before" in printed.out
    rows = {row["value"]: row for row in table(toy)}
    assert rows["2"]["square (value)"] == "4.0" and rows["2"]["status"] == "finished"
    assert rows["3"]["status"] == "failed: exit 1: three is out of order"
    (toy / "mended").touch()
    assert run(*request) == 0
    rows = {row["value"]: row for row in table(toy)}
    assert rows["3"]["square (value)"] == "9.0"
    assert sorted((toy / "runs.txt").read_text().split()) == ["2.0", "3.0", "3.0"]


def test_a_crash_is_told_by_its_last_line(tmp_path):
    point = sweep.Point({}, None, tmp_path / "run")
    sweep_runs.log(point).write_text("a\nphotonn: no room.\nb\n")
    assert sweep_runs.failure(1, point) == "exit 1: no room."
    sweep_runs.log(point).write_text("a\nSegmentation fault\n")
    assert sweep_runs.failure(-11, point) == "exit -11: Segmentation fault"
    sweep_runs.log(point).write_text("")
    assert sweep_runs.failure(-9, point) == "exit -9: no output"
    assert sweep_runs.failure(0, point) == ""


def test_sigterm_ends_a_sweep_and_every_process_of_it(tmp_path, monkeypatch):
    started, popen = [], subprocess.Popen

    def start(*arguments, **options):
        started.append(popen(*arguments, **options))
        signal.raise_signal(signal.SIGTERM)
        return started[-1]

    sleep = [sys.executable, "-S", "-c", "import time; time.sleep(60)"]
    monkeypatch.setattr(sweep_runs, "command", lambda name, point: sleep)
    monkeypatch.setattr(subprocess, "Popen", start)
    waiting = [sweep.Point({}, None, tmp_path / name) for name in "ab"]
    with pytest.raises(Terminated):
        sweep_runs.run_here("toy", waiting, 2, lambda *_: None)
    assert [process.poll() for process in started] == [-signal.SIGTERM] * 2


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_an_interrupted_sweep_goes_on(toy, number):
    command = [sys.executable, "-m", "photonn.cli", "sweep", "toy", "--grid", "value=1,2"]
    sleepy = [*command, "--seconds", "5", "--jobs", "2"]
    process = subprocess.Popen(sleepy, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    while not (toy / "runs.txt").exists():
        time.sleep(0.05)
    process.send_signal(number)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 128 + number, errors
    assert "same command again" in errors and "Traceback" not in errors
    found = list((toy / "runs" / "toy").glob("default-*/result.json"))
    assert len(found) < 2, "nothing was interrupted"
    done = subprocess.run(sleepy, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert [row["status"] for row in table(toy)] == ["finished", "finished"]


@pytest.mark.slow
def test_a_cluster_of_this_machine(toy, capsys):
    options = ["--cluster", "local", "--cluster-option", "timeout_min=5"]
    assert run("--grid", "value=2,3", *options) == 1
    rows = {row["value"]: row for row in table(toy)}
    assert rows["2"]["square (value)"] == "4.0"
    assert rows["3"]["status"] == "failed: exit 1: three is out of order"
    assert "1 of 2 points failed" in capsys.readouterr().err
    assert run("--grid", "value=2", "--cluster", "local", "--cluster-option", "no=1") in (0, 2)


def test_wrong_requests_run_nothing(toy, capsys):
    for arguments in (
        ["--grid", "value=1", "--jobs", "0"],
        ["--grid", "value=1", "--cluster", "lan"],
        ["--grid", "value=1", "--cluster-option", "a=1"],
        ["--grid", "value=1", "--config", "none.toml"],
        ["--grid", "valu=1"],
        ["--grid", "value=1", "--sed", "1"],
    ):
        assert run(*arguments) == 2, arguments
    assert "Traceback" not in capsys.readouterr().err
    assert not os.path.exists("runs") and not os.path.exists("runs.txt")
