"""The command `photonn mesh`: what it writes, and how it says no."""

import csv
import json

import pytest

from photonn import cli
from photonn.commands import mesh
from photonn.errors import InputError
from photonn.report import Claim
from tests.test_cli import refused

SMALL = ["mesh", "--modes", "4", "--draws", "6", "--process", "mems", "--limit", "0.05"]
SMALL += ["--wavelength", "1540:1560:3"]
RANGES = ["", "1530:1565", "a:b:3", "1565:1530:3", "0:1:3", "1:2:1", "1:inf:3"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--layout", "clement"], ["`--layout`", "butterfly", "Did you mean `clements`?"]),
        (["--process", "silicon"], ["`process`", "lithium_niobate", "mems"]),
        (["--process", "glass"], ["`--process` must be one of chips", "bto", "'glass'"]),
        (["--draws", "0"], ["`--draws`", "at least 1", "0"]),
        (["--modes", "1"], ["`--modes`", "at least 2"]),
        (["--modes", "6", "--layout", "butterfly"], ["`modes`", "power of two", "6"]),
        (["--bits", "0"], ["`--bits`", "at least 1"]),
        (["--seed", "-1"], ["`--seed`", "at least 0"]),
        (["--limit", "nan"], ["`--limit`", "positive and finite", "nan"]),
        (["--correct", "locally"], ["`--correct`", "local", "none"]),
        (["--wavelength", "1530-1565"], ["`--wavelength`", "FROM:TO:POINTS", "1530:1565:21"]),
        (["--process", "ideal", "--wavelength", "1530:1565:3"], ["ideal has no dispersion"]),
        (["--bits", "16", "--modes", "2"], ["intensity noise allows 8.5 bits"]),
        (["--modes", "many"], ["--modes", "many"]),
        (["--color"], ["--color"]),
    ],
)
def test_a_wrong_request_is_refused_in_one_message(arguments, words, capsys, tmp_path):
    code, message = refused(["mesh", *arguments, "--out", str(tmp_path / "new")], capsys)
    assert code == 2
    assert not [word for word in words if word not in message], message


@pytest.mark.parametrize("text", RANGES)
def test_a_malformed_range_is_refused(text):
    with pytest.raises(InputError, match="FROM:TO:POINTS"):
        mesh.read_wavelengths(text)


def test_a_range_has_its_ends():
    assert mesh.read_wavelengths(None) == []
    points = mesh.read_wavelengths("1530:1565:8")
    assert points == pytest.approx([1530e-9 + 5e-9 * n for n in range(8)])


def test_a_folder_of_something_else_is_left_alone(tmp_path, capsys):
    (tmp_path / "result.json").write_text('{"mine": true}')
    code, message = refused([*SMALL, "--out", str(tmp_path), "--fresh"], capsys)
    assert code == 2 and "other files" in message
    assert (tmp_path / "result.json").read_text() == '{"mine": true}'


def test_a_folder_that_cannot_be_written_is_named(tmp_path, capsys):
    (tmp_path / "file").write_text("mine")
    code, message = refused([*SMALL, "--out", str(tmp_path / "file" / "run")], capsys)
    assert code == 1 and "--out FOLDER" in message


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    folder = tmp_path_factory.mktemp("mesh") / "out"
    cli.main([*SMALL, "--correct", "local", "--out", str(folder)])
    return folder


def test_a_study_leaves_everything_in_its_folder(study):
    result = json.loads((study / "result.json").read_text())
    assert result["experiment"] == "mesh" and result["config"]["modes"] == 4
    claims = [Claim(**claim) for claim in result["claims"]]
    of = {(claim.name, claim.metric): claim.ours for claim in claims}
    assert of["clements, 4 modes", "cells"] == 6
    assert of["clements, 4 modes", "depth"] == 4
    made, mended = (of[f"clements, 4 modes, {w}", "error, 50 %"] for w in ("as made", "corrected"))
    assert 0 < mended < made
    assert 0 <= of["clements, 4 modes, as made", "yield, error <= 0.05"] <= 1
    assert of["clements, 4 modes, as made", "failed"] == 0
    rows = list(csv.DictReader((study / "chips.csv").open()))
    assert len(rows) == 2 * 6
    sources = [row["source"] for row in csv.DictReader((study / "budget.csv").open())]
    assert sources and all(sources)
    assert json.loads((study / "budget.json").read_text()).keys() == {"process", "budget"}
    for name in ("errors", "power", "wavelength"):
        for kind in ("png", "svg"):
            assert (study / "figures" / f"{name}.{kind}").stat().st_size > 1000


def test_a_finished_study_is_shown_and_not_repeated(study, capsys):
    before = (study / "result.json").read_bytes()
    cli.main([*SMALL, "--correct", "local", "--out", str(study)])
    printed = capsys.readouterr().out
    assert "finished" in printed and "energy of a MAC" in printed and "yield" in printed
    assert (study / "result.json").read_bytes() == before
    code, message = refused([*SMALL, "--out", str(study)], capsys)
    assert code == 2 and "`correct` is 'local', not 'none'" in message


def test_metres_for_nanometres_and_a_layout_twice_are_noticed(tmp_path, capsys):
    for flags, word in (
        (["--wavelength", "1530e-9:1565e-9:21"], "in nm"),
        (["--layout", "clements", "clements"], "once"),
    ):
        code, message = refused(["mesh", *flags, "--out", str(tmp_path / "new")], capsys)
        assert code == 2 and word in message
