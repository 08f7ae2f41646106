"""One run, one folder."""

import json
import subprocess
import sys
import tomllib
from dataclasses import dataclass, field

import pytest

from photonn.errors import InputError, RunError
from photonn.report import Claim, RunFolder, run_folder
from photonn.report.run_folder import flat, without_none


@dataclass(frozen=True)
class Inner:
    rate: float = 0.1
    sizes: tuple[int, ...] = (4, 2)


@dataclass(frozen=True)
class Config:
    seed: int = 0
    note: str | None = None
    inner: Inner = field(default_factory=Inner)


def opened(folder, config=None, **options):
    return RunFolder(folder / "run", "toy", config or Config(), **options)


def finished(folder):
    run = opened(folder)
    run.finish([Claim.over_seeds("a", [0.5], [0], dataset="d", metric="m")], [0])
    return run


def test_a_new_folder_says_what_is_done_in_it(tmp_path):
    run = opened(tmp_path)
    content = tomllib.loads((run.path / "config.toml").read_text())
    assert content == {"experiment": "toy", "seed": 0, "inner": {"rate": 0.1, "sizes": [4, 2]}}
    record = json.loads((run.path / "run.json").read_text())
    assert (record["experiment"], record["config"]["inner"]["rate"]) == ("toy", 0.1)
    assert {"jax", "photonn", "python"} <= set(record["versions"])
    assert "cpu" in record["device"] or "gpu" in record["device"]
    assert run.result is None


def test_an_unfinished_run_goes_on_in_its_folder(tmp_path):
    kept = opened(tmp_path).path / "checkpoint"
    kept.write_text("hours of work")
    assert opened(tmp_path).result is None
    assert kept.read_text() == "hours of work"


def test_a_run_that_ended_while_we_waited_for_its_folder_is_kept(tmp_path, monkeypatch):
    hold = run_folder.hold

    def wait(path):
        monkeypatch.setattr(run_folder, "hold", hold)
        finished(tmp_path)
        return hold(path)

    monkeypatch.setattr(run_folder, "hold", wait)
    assert opened(tmp_path).result["claims"][0]["ours"] == 0.5


def test_the_result_is_what_was_claimed(tmp_path):
    result = finished(tmp_path).result
    assert result["claims"][0]["ours"] == 0.5
    assert result["seeds"] == [0]
    assert result == opened(tmp_path).result


def test_fresh_throws_the_earlier_run_away(tmp_path):
    (finished(tmp_path).path / "metrics.jsonl").write_text("old")
    run = opened(tmp_path, fresh=True)
    assert run.result is None
    assert sorted(p.name for p in run.path.iterdir()) == [".lock", "config.toml", "run.json"]


@pytest.mark.parametrize(
    ("config", "words"),
    [
        (Config(seed=5), ["`seed` is 0, not 5"]),
        (Config(inner=Inner(rate=0.2)), ["`inner.rate` is 0.1, not 0.2"]),
        (Config(note="x"), ["`note` is None, not 'x'"]),
    ],
)
def test_a_folder_of_another_configuration_is_refused_unless_fresh(tmp_path, config, words):
    finished(tmp_path)
    with pytest.raises(InputError) as caught:
        opened(tmp_path, config)
    for word in [*words, "--out FOLDER", "--fresh"]:
        assert word in str(caught.value)
    assert opened(tmp_path).result is not None
    assert opened(tmp_path, config, fresh=True).result is None


def test_a_folder_of_another_experiment_is_refused(tmp_path):
    finished(tmp_path)
    with pytest.raises(InputError, match="`experiment` is 'toy', not 'other'"):
        RunFolder(tmp_path / "run", "other", Config())


@pytest.mark.parametrize("fresh", [False, True])
def test_files_of_somebody_else_are_never_touched(tmp_path, fresh):
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "thesis.tex").write_text("mine")
    with pytest.raises(InputError, match="holds other files"):
        opened(tmp_path, fresh=fresh)
    assert [p.name for p in (tmp_path / "run").iterdir()] == ["thesis.tex"]


def test_an_empty_folder_will_do(tmp_path):
    (tmp_path / "run").mkdir()
    assert (opened(tmp_path).path / "run.json").exists()


@pytest.mark.parametrize("content", ["{", "[]", "{}", '{"experiment": 1}'])
def test_a_folder_with_a_foreign_record_is_left_alone(tmp_path, content):
    (opened(tmp_path).path / "run.json").write_text(content)
    with pytest.raises(InputError, match=r"no sound run\.json"):
        opened(tmp_path, fresh=True)
    assert (tmp_path / "run" / "run.json").read_text() == content


def test_what_a_kill_left_while_the_folder_was_opened_is_no_hindrance(tmp_path):
    (tmp_path / "run").mkdir()
    for name in ("config.toml", ".run.json.part", ".lock"):
        (tmp_path / "run" / name).write_text("")
    assert (opened(tmp_path).path / "run.json").exists()


@pytest.mark.parametrize("content", ["{", "[]", "{}", ""])
def test_a_broken_result_ends_the_run(tmp_path, content):
    run = finished(tmp_path)
    (run.path / "result.json").write_text(content)
    with pytest.raises(RunError, match=r"result.json cannot be read.*Remove it"):
        _ = run.result


def test_a_folder_that_cannot_be_made_ends_the_run(tmp_path):
    (tmp_path / "file").write_text("mine")
    with pytest.raises(RunError, match=r"cannot be written.*--out FOLDER"):
        opened(tmp_path / "file")


def test_a_file_in_place_of_the_folder_ends_the_run(tmp_path):
    (tmp_path / "run").write_text("mine")
    with pytest.raises(RunError, match=r"cannot be written.*--out FOLDER"):
        opened(tmp_path)
    assert (tmp_path / "run").read_text() == "mine"


def test_figures_are_written_twice_and_closed(tmp_path):
    import matplotlib.pyplot as plt

    run = opened(tmp_path)
    figure, ax = plt.subplots()
    ax.plot([1, 2])
    run.save_figure(figure, "line")
    assert (run.path / "figures" / "line.png").read_bytes().startswith(b"\x89PNG")
    assert "<svg" in (run.path / "figures" / "line.svg").read_text()
    assert not plt.fignum_exists(figure.number)


def test_nested_names():
    tree = {"a": {"b": 1, "c": {"d": None}}, "e": [1]}
    assert flat(tree) == {"a.b": 1, "a.c.d": None, "e": [1]}
    assert without_none(tree) == {"a": {"b": 1, "c": {}}, "e": [1]}


def test_a_folder_in_which_another_process_runs_is_refused(tmp_path):
    code = (
        "import sys, dataclasses; from photonn.report import RunFolder\n"
        "config = dataclasses.make_dataclass('C', [('a', int, 1)])()\n"
        "run = RunFolder(sys.argv[1], 'toy', config); print('open', flush=True); input()"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "run")]
    other = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert other.stdout.readline() == "open\n"
        with pytest.raises(InputError, match="a run is under way"):
            opened(tmp_path)
    finally:
        other.communicate("done\n")
