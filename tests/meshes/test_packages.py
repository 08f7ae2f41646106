"""Meshes of other packages: the unitary that they gave is the unitary of our phases.

`data/` holds what neurophox, Strawberry Fields and Perceval handed out, with versions and
calls.
"""

import json
from pathlib import Path

import numpy as np
import pytest

from photonn import meshes
from photonn.meshes import Layout, clements, packages, reck

DATA = Path(__file__).parent / "data"


def load(package):
    return json.loads((DATA / f"{package}.json").read_text())["cases"]


def numbers(pairs):
    return np.asarray(pairs) @ [1, 1j]


def named(*keys):
    return lambda case: "-".join(str(case[key]) for key in keys)


def check(phases, want, tolerance):
    made = meshes.unitary(phases.theta, phases.phi, phases.gamma, phases.layout)
    np.testing.assert_allclose(made, want, atol=tolerance)


@pytest.mark.parametrize("case", load("neurophox"), ids=named("basis", "modes"))
def test_neurophox(case):
    phases = packages.from_neurophox(
        np.array(case["theta"]), np.array(case["phi"]), np.array(case["gamma"]), basis=case["basis"]
    )
    assert phases.layout == clements.layout(case["modes"])
    check(phases, numbers(case["matrix"]).T, 1e-13)  # N columns of rounding


@pytest.mark.parametrize("case", load("strawberry_fields"), ids=named("name", "modes"))
def test_strawberry_fields(case):
    given = case["first"], numbers(case["diagonal"]), case["last"]
    phases = packages.from_strawberry_fields(given, case["name"])
    modes = case["modes"]
    if case["name"] == "triangular":  # ours upside down
        flipped = [modes - 1 - pairs[::-1, ::-1] for pairs in reck.layout(modes).columns()]
        assert phases.layout == Layout(modes, flipped, phases.layout.name)
    else:
        assert phases.layout == clements.layout(modes)
    # Strawberry Fields rounds the entries of its interferometers to 14 digits.
    check(phases, numbers(case["unitary"]), 1e-12)


@pytest.mark.parametrize("case", load("perceval"), ids=named("cell", "modes", "phase_at_output"))
def test_perceval(case):
    options = {"phase_at_output": case["phase_at_output"]}
    phases = packages.from_perceval(case["parameters"], case["modes"], case["cell"], **options)
    check(phases, numbers(case["unitary"]), 1e-13)  # N columns of rounding
