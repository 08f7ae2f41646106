"""The self-test says when physics is wrong."""

import math

import pytest

from photonn import cli, doctor


def test_says_what_it_runs_on():
    facts = doctor.facts()
    assert {"jax", "photonn", "device", "platform"} <= set(facts)
    assert facts["default precision"] == "float64"  # as the tests are set


@pytest.mark.parametrize(("error", "passed"), [(1e-9, True), (2e-3, False), (math.nan, False)])
def test_a_check_passes_within_its_bound_alone(error, passed):
    assert doctor.Check("power", error, 1e-3).passed is passed


def test_wrong_physics_is_a_failure(monkeypatch, capsys):
    monkeypatch.setattr(doctor, "self_test", lambda: [doctor.Check("power", 1.0, 1e-3)])
    with pytest.raises(SystemExit) as stopped:
        cli.main(["doctor"])
    assert stopped.value.code == 1
    shown = capsys.readouterr()
    assert "WRONG" in shown.out
    assert "wrong physics" in shown.err
