"""An experiment is added by one file and one folder of configurations; nothing else is edited."""

import shutil
from pathlib import Path

import pytest

from photonn import cli, config
from tests.commands.toy import TOY

CHECKOUT = Path(config.__file__).parents[1]


def files(folder):
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    """The experiments of this checkout with their configurations, as the working folder."""
    for name in ("experiments", "configs"):
        leave = shutil.ignore_patterns("__pycache__")
        shutil.copytree(CHECKOUT / name, tmp_path / name, ignore=leave)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    return tmp_path


def said(capsys, *arguments):
    cli.main(arguments)
    return capsys.readouterr().out


def test_one_file_and_one_folder_are_an_experiment(checkout, capsys):
    before, known = files(checkout), list(config.experiments())
    assert "digits" in known and "sixth" not in known
    (checkout / "experiments" / "sixth.py").write_text(TOY)
    (checkout / "configs" / "sixth").mkdir()
    preset = 'experiment = "sixth"\nscale = 0.5\n'
    (checkout / "configs" / "sixth" / "smoke.toml").write_text(preset)

    listed = said(capsys, "list")
    (row,) = [line for line in listed.splitlines() if "sixth" in line]
    assert "Sums of random numbers." in row and "(default), smoke" in row
    assert not [name for name in known if name not in listed]
    assert "of the numbers" in helped(capsys)

    printed = said(
        capsys, "run", "sixth", "--config", "smoke", "--out", "experiments/results/sixth"
    )
    assert "sum" in printed and "Everything is in" in printed
    for arguments in (["results"], ["results", "experiments/results/sixth"]):
        shown = said(capsys, *arguments)
        assert "sixth, " in shown and "toy" in shown
    assert "in_situ" in said(capsys, "results")  # those that were there are there still
    added = {path for path in files(checkout) - before if "results/sixth/" not in path}
    assert added - {"experiments/results/sixth/.lock"} == {
        "experiments/sixth.py",
        "configs/sixth/smoke.toml",
    }


def helped(capsys):
    """What `photonn run sixth --help` says."""
    with pytest.raises(SystemExit) as stopped:
        cli.main(["run", "sixth", "--help"])
    assert not stopped.value.code
    return capsys.readouterr().out
