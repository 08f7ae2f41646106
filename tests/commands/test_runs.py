"""Run folders from the command line: done again, listed, compared, thrown away."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from photonn import cli
from photonn.train import sealed
from tests.commands.toy import settle_in


@pytest.fixture(autouse=True)
def toy(tmp_path, monkeypatch):
    settle_in(tmp_path, monkeypatch)
    return tmp_path


def said(capsys, *arguments):
    """What a command prints."""
    capsys.readouterr()
    cli.main(arguments)
    return capsys.readouterr().out


def refused(capsys, *arguments):
    """Exit code and the one message of a request that fails."""
    with pytest.raises(SystemExit) as stopped:
        cli.main(arguments)
    captured = capsys.readouterr()
    assert captured.err.count("photonn: ") == 1
    assert "Traceback" not in captured.err
    return stopped.value.code, captured.err


def result(path):
    return sealed.read(Path(path) / "result.json")


def test_a_run_is_done_again_from_its_own_folder(capsys):
    cli.main(["run", "toy", "--config", "small", "--seed", "3", "--note", "ü", "--out", "one"])
    printed = said(capsys, "run", "--from", "one", "--out", "two")
    assert "The claims are the same as in one." in printed
    assert result("two")["config"] == result("one")["config"]
    assert result("two")["config"] == {"seed": 3, "scale": 0.5, "sizes": [2, 3], "note": "ü"}
    assert result("two")["claims"] == result("one")["claims"]


def test_fields_stand_over_those_of_the_folder(capsys):
    cli.main(["run", "toy", "--config", "small", "--out", "one"])
    printed = said(capsys, "run", "toy", "--from", "one", "--seed", "4")
    assert "The claims are" not in printed
    (path,) = Path("runs/toy").glob("again-*")
    assert result(path)["config"] == result("one")["config"] | {"seed": 4}
    assert result(path)["claims"] != result("one")["claims"]


def test_a_change_of_versions_is_said(capsys):
    cli.main(["run", "toy", "--out", "one"])
    record = sealed.read(Path("one/run.json"))
    record["versions"]["jax"] = "0.0.1"
    sealed.write(Path("one/run.json"), record)
    cli.main(["run", "--from", "one", "--out", "two"])
    assert "jax was 0.0.1 and is" in capsys.readouterr().err


def edit(path, old, new):
    path = Path(path)
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda: edit("one/config.toml", "0.5", "0.7"), ["`scale`", "must be 0.5", "but is 0.7"]),
        (lambda: edit("one/config.toml", "seed", "sead"), ["`sead`"]),
        (lambda: Path("one/config.toml").write_bytes(b"\xff"), ["config.toml cannot be read"]),
        (lambda: Path("one/config.toml").unlink(), ["config.toml cannot be read"]),
        (lambda: edit("one/run.json", "0.5", "0.7"), ["one must be a run folder"]),
        (lambda: Path("one/run.json").unlink(), ["one must be a run folder"]),
    ],
)
def test_a_changed_configuration_is_not_taken_for_that_of_the_run(damage, words, capsys):
    cli.main(["run", "toy", "--config", "small", "--out", "one"])
    damage()
    code, message = refused(capsys, "run", "--from", "one", "--out", "two")
    assert code == 2
    assert all(word in message for word in words)
    assert not Path("two").exists()


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["run", "--from", "nowhere"], "must be a run folder"),
        (["run", "--from", "one", "--config", "small"], "Give one of them"),
        (["run", "digits", "--from", "one"], "`NAME` must be toy"),
        (["runs", "nowhere"], "but nowhere is none"),
        (["runs", "one", "two"], "compare"),
        (["runs", "--yes"], "belong to `photonn runs prune`"),
        (["runs", "compare", "one"], "two or more"),
        (["runs", "compare", "one", "experiments"], "experiments must be a run folder"),
        (["runs", "prune", "--older-than", "-1"], "zero or more"),
        (["runs", "prune", "--older-than", "nan"], "zero or more"),
    ],
)
def test_a_wrong_request_is_refused(arguments, word, capsys):
    cli.main(["run", "toy", "--out", "one"])
    code, message = refused(capsys, *arguments)
    assert code == 2
    assert word in message


def test_runs_are_listed_with_what_came_of_them(capsys):
    cli.main(["run", "toy", "--out", "runs/toy/one"])
    cli.main(["run", "toy", "--seed", "5", "--out", "runs/toy/two"])
    Path("runs/toy/two/result.json").unlink()
    cli.main(["run", "toy", "--out", "runs/bad"])
    edit("runs/bad/result.json", "sum", "sun")
    Path("runs/toy/notes").mkdir()
    lines = said(capsys, "runs").splitlines()
    (one,) = [line for line in lines if "toy/one" in line]
    assert "finished" in one
    assert f"sum: {result('runs/toy/one')['claims'][0]['ours']:.4g}" in one
    (two,) = [line for line in lines if "toy/two" in line]
    assert "interrupted" in two
    assert " 5 " in two
    assert "damaged" in next(line for line in lines if " bad " in line)
    assert "notes" not in "".join(lines)


def test_runs_are_compared_claim_by_claim(capsys):
    cli.main(["run", "toy", "--out", "one"])
    cli.main(["run", "toy", "--scale", "2", "--out", "two"])
    printed = said(capsys, "runs", "compare", "one", "two")
    assert [cell.strip() for cell in row(printed, "scale")] == ["scale", "1.0", "2.0"]
    assert "seed" not in printed
    claims = [f"{result(name)['claims'][0]['ours']:.4g}" for name in ("one", "two")]
    assert [cell.strip() for cell in row(printed, "sum")][1:] == claims


def row(printed, name):
    (line,) = [line for line in printed.splitlines() if name in line]
    return line.strip("│ ").split("│")


def tree(folder="runs"):
    return {str(p) for p in Path(folder).rglob("*") if p.name != ".lock"}


@pytest.fixture
def three(toy):
    """A finished run, an interrupted one and a folder of somebody else."""
    cli.main(["run", "toy", "--out", "runs/done"])
    cli.main(["run", "toy", "--seed", "1", "--out", "runs/half"])
    Path("runs/half/result.json").unlink()
    Path("runs/mine/checkpoints").mkdir(parents=True)
    Path("runs/mine/result.json").write_text("{}")


def test_nothing_goes_without_yes(three, capsys):
    before = tree()
    for more in ([], ["--unfinished"], ["--older-than", "0"]):
        assert "Nothing was removed" in said(capsys, "runs", "prune", *more)
    assert tree() == before


def test_checkpoints_of_finished_runs_go(three, capsys):
    before = tree()
    assert "freed" in said(capsys, "runs", "prune", "--yes")
    gone = {"runs/done/net/checkpoints", "runs/done/net/checkpoints/1.json"}
    assert before - tree() == gone
    assert "Nothing to remove" in said(capsys, "runs", "prune", "--yes")
    assert "finished" in said(capsys, "run", "toy", "--out", "runs/done")


def test_interrupted_runs_go(three, capsys):
    said(capsys, "runs", "prune", "--unfinished", "--yes")
    assert not Path("runs/half").exists()
    assert Path("runs/done/net/checkpoints").exists()
    assert Path("runs/mine/checkpoints").exists()


def test_old_runs_go_and_young_ones_stay(three, capsys):
    for path in Path("runs/done").rglob("*"):
        os.utime(path, (0, 0))
    said(capsys, "runs", "prune", "--older-than", "30", "--yes")
    assert {path.name for path in Path("runs").iterdir()} == {"half", "mine"}


def test_a_run_with_others_inside_never_goes(capsys):
    cli.main(["run", "toy", "--out", "runs"])
    cli.main(["run", "toy", "--seed", "1", "--out", "runs/toy/inside"])
    Path("runs/result.json").unlink()
    before = tree()
    assert "toy/inside" in said(capsys, "runs")
    for more in (["--unfinished"], ["--older-than", "0"]):
        said(capsys, "runs", "prune", *more)
    said(capsys, "runs", "prune", "--unfinished", "--yes")
    code, message = refused(capsys, "run", "toy", "--out", "runs", "--fresh")
    assert code == 2
    assert "toy/inside is another run" in message
    assert tree() == before


def test_a_clock_that_was_set_back_makes_nothing_old(three, capsys):
    for path in Path("runs").rglob("*"):
        os.utime(path, (2**33, 2**33))
    assert "Nothing to remove" in said(capsys, "runs", "prune", "--older-than", "0.01")
    assert " 0 s " in said(capsys, "runs")


def test_a_run_that_is_under_way_is_left_alone(three, capsys):
    code = (
        "import sys, filelock; lock = filelock.FileLock(sys.argv[1])\n"
        "lock.acquire(); print('mine', flush=True); input()"
    )
    for place in ("runs/half/.lock", "runs/half/net/checkpoints/.lock"):
        command = [sys.executable, "-c", code, place]
        other = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        try:
            assert other.stdout.readline() == "mine\n"
            assert "running" in said(capsys, "runs")
            before = tree()
            said(capsys, "runs", "prune", "--unfinished", "--yes")
            assert tree() == before
        finally:
            other.communicate("done\n")
