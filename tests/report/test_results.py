"""Results of many runs, side by side."""

from dataclasses import asdict
from pathlib import Path

import pytest

from photonn import cli
from photonn.errors import InputError
from photonn.report import Claim, results
from photonn.train import sealed
from tests.test_cli import refused

WHAT = {"dataset": "digits, test", "metric": "accuracy"}


def write(folder, *claims, experiment="toy"):
    folder.mkdir(parents=True, exist_ok=True)
    content = {"experiment": experiment, "claims": [asdict(c) for c in claims], "seconds": 3.0}
    sealed.write(folder / "result.json", content)


@pytest.fixture
def folder(tmp_path):
    claims = [
        Claim.over_seeds(
            "chip",
            [0.9, 0.8],
            [0, 1],
            target=0.9,
            published=0.91,
            published_kind="measured",
            **WHAT,
        ),
        Claim.over_seeds("linear", [0.7], [0], **WHAT),
    ]
    write(tmp_path / "b", *claims, experiment="second")
    write(tmp_path / "a", claims[0], experiment="first")
    return tmp_path


def test_one_table_in_markdown_of_what_was_set_out_to_reach(folder):
    lines = results.markdown(results.collect(folder)).splitlines()
    row = (
        "| first | chip: accuracy | digits, test | 0.91 (measured) | 0.8500 ± 0.0707 (2 seeds) "
        "| 0.9 | missed by 0.0500 |"
    )
    assert lines[2:] == [row, row.replace("first", "second")]
    assert len({line.count("|") for line in lines}) == 1


def test_numbers_beside_theory_are_counted(tmp_path):
    law = {"published": 1.0, "published_kind": "theory", "aim": "within", "tolerance": 0.1, **WHAT}
    claims = [Claim.over_seeds("E", [x], [0], target=1.0, **law) for x in (0.95, 1.05, 1.2)]
    write(tmp_path, *claims)
    (row,) = results.markdown(results.collect(tmp_path)).splitlines()[2:]
    assert row == "| toy | 3 numbers beside theory |  |  |  |  | 2 met, 1 missed |"


def test_a_run_folder_is_a_folder_of_results_too(folder):
    (result,) = results.collect(folder / "b")
    assert result["experiment"] == "second"


def test_the_command_shows_every_claim(folder, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    cli.main(["results", str(folder)])
    shown = capsys.readouterr().out
    assert "linear" in shown and "missed by 0.0500" in shown
    cli.main(["results", str(folder), "--markdown"])
    assert capsys.readouterr().out.startswith("| experiment | what")


def test_the_committed_results_can_be_shown(capsys):
    cli.main(["results"])
    assert "in_situ" in capsys.readouterr().out


def test_the_readme_shows_what_the_command_prints():
    readme = Path("README.md").read_text()
    table = results.markdown(results.collect(Path("experiments/results")))
    assert f"\n{table}\n" in readme, "put the output of `photonn results --markdown` there"


SOUND = {"name": "a", **WHAT, "ours": 0.5, "spread": None, "seeds": [0]}
ODD = {
    "word": SOUND | {"ours": "half"},
    "seeds": SOUND | {"seeds": 3},
    "aim": SOUND | {"target": 0.7, "met": False, "aim": "upwards"},
}
BROKEN = {
    "empty": "",
    "no JSON": "{",
    "a list": "[]",
    "without a hash": '{"experiment": "toy", "seconds": 1.0, "claims": []}',
}
FOREIGN = {
    "no claims": {"experiment": "toy", "seconds": 1.0},
    "other claims": {"experiment": "toy", "seconds": 1.0, "claims": [{"text": "hello"}]},
    "claims that are none": {"experiment": "toy", "seconds": 1.0, "claims": 7},
    "a nameless experiment": {"experiment": 3, "seconds": 1.0, "claims": []},
    "a number that is a word": {"experiment": "toy", "seconds": 1.0, "claims": [ODD["word"]]},
    "seeds that are none": {"experiment": "toy", "seconds": 1.0, "claims": [ODD["seeds"]]},
    "an aim of its own": {"experiment": "toy", "seconds": 1.0, "claims": [ODD["aim"]]},
}


@pytest.mark.parametrize("content", FOREIGN.values(), ids=FOREIGN)
def test_what_is_not_of_a_run_is_named(folder, content):
    sealed.write(folder / "b" / "result.json", content)
    with pytest.raises(InputError, match=r"b.result\.json is not the result of a run .*Remove it"):
        results.collect(folder)


@pytest.mark.parametrize("content", FOREIGN.values(), ids=FOREIGN)
@pytest.mark.parametrize("more", [[], ["--markdown"]], ids=["table", "markdown"])
def test_the_command_refuses_it_in_one_message(folder, content, more, capsys):
    sealed.write(folder / "b" / "result.json", content)
    code, message = refused(["results", str(folder), *more], capsys)
    assert code == 2
    assert message.count("photonn: ") == 1 and "is not the result of a run" in message
    assert "or make it anew with `photonn run`" in message


def test_claims_of_an_earlier_version_are_filled_in(tmp_path, capsys):
    content = {"experiment": "toy", "seconds": 1.0, "claims": [SOUND]}
    sealed.write(tmp_path / "result.json", content)
    (result,) = results.collect(tmp_path)
    assert result["claims"] == [asdict(Claim(**SOUND))]
    cli.main(["results", str(tmp_path)])
    assert "0.5000" in capsys.readouterr().out


@pytest.mark.parametrize("text", BROKEN.values(), ids=BROKEN)
def test_a_broken_or_foreign_result_is_named(folder, text):
    (folder / "b" / "result.json").write_text(text)
    with pytest.raises(InputError, match=r"b.result\.json is not the result of a run .*Remove it"):
        results.collect(folder)


def test_a_result_that_was_changed_afterwards_is_named(folder):
    path = folder / "b" / "result.json"
    path.write_text(path.read_text().replace("0.91", "0.92"))
    with pytest.raises(InputError, match="does not match its own hash"):
        results.collect(folder)


def test_a_folder_without_results_is_said_to_have_none(tmp_path):
    with pytest.raises(InputError, match="holds none"):
        results.collect(tmp_path)
    with pytest.raises(InputError, match="is no folder"):
        results.collect(tmp_path / "absent")
