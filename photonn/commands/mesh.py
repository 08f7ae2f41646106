"""The command `photonn mesh`: what a mesh is, costs, and loses to the errors of many chips.

Only the standard library is imported before it is known what to do.
"""

import argparse
import dataclasses
from typing import Any

from photonn import config, hardware, mesh_study, report
from photonn.commands import new_parser
from photonn.errors import check_choice, check_integer, check_positive, mistake
from photonn.mesh_study import LAYOUTS, Study

EXAMPLES = """examples:
  photonn mesh
  photonn mesh --layout clements butterfly --modes 64 --process silicon_thermo_optic
  photonn mesh --process mems --draws 200 --correct local --wavelength 1530:1565:21

Every layout is made of Mach-Zehnder interferometers and set to a Haar-random matrix. The
error of a chip is the distance of its matrix from that, but for a loss and a phase that all
light shares. Of the layouts of photonn.meshes those are taken that are unitary circuits of these
cells on all their waveguides: compact has cells of another kind, diamond has waveguides that
carry no signal, tree and cascade shape one vector, not a matrix.

A finished run is shown again; --fresh starts it anew.
"""


def add_parser(commands: Any) -> None:
    """Add the command to those of the command line."""
    help = "counts, budget, error quantiles and yield of meshes on a process"
    parser = new_parser(commands, "mesh", help=help, examples=EXAMPLES)
    names = ", ".join(LAYOUTS)
    parser.add_argument(
        "--layout", nargs="+", default=["clements"], metavar="NAME", help=f"{names} [clements]"
    )
    parser.add_argument("--modes", type=int, default=64, help="waveguides [64]")
    parser.add_argument(
        "--process",
        default="silicon_thermo_optic",
        metavar="NAME",
        help="a process of photonn.hardware.processes [silicon_thermo_optic]",
    )
    parser.add_argument("--draws", type=int, default=1000, help="chips of each layout [1000]")
    parser.add_argument("--correct", default="none", metavar="HOW", help="none or local [none]")
    parser.add_argument(
        "--wavelength", metavar="FROM:TO:POINTS", help="sweep [nm], for example 1530:1565:21"
    )
    parser.add_argument("--limit", type=float, default=0.2, help="largest error to pass [0.2]")
    parser.add_argument("--bits", type=int, default=8, help="of converters and read-out [8]")
    parser.add_argument("--seed", type=int, default=0, help="of the matrix and the chips [0]")
    parser.add_argument("--out", metavar="FOLDER", help="run folder [runs/mesh/NAME-HASH]")
    parser.add_argument("--fresh", action="store_true", help="throw an earlier run there away")
    parser.set_defaults(carry_out=carry_out)


def carry_out(known: argparse.Namespace, rest: list[str]) -> None:
    """Measure, print, and write the run folder."""
    fields = [field.name for field in dataclasses.fields(Study)]
    values: dict[str, Any] = {name: getattr(known, name) for name in fields}
    values["layout"] = tuple(known.layout)
    study = Study(**values)
    points = _check(study)
    process = hardware.processes.find(study.process)
    if "splitter_db" not in process.values:
        chips = [n for n in hardware.processes.names() if _is_chip(n)]
        must = f"be one of chips: {', '.join(chips)}"
        raise mistake("--process", must, f"is {study.process!r}")
    if points and process.dispersion is None:
        must = f"be left out: {study.process} has no dispersion"
        raise mistake("--wavelength", must, f"is {study.wavelength!r}")
    out = known.out or config.default_folder("mesh", study.process, study)
    folder = report.RunFolder(out, "mesh", study, fresh=known.fresh)
    result = folder.result
    if result is None:
        result = mesh_study.carry_out(study, process, points, folder)
    else:
        print("This run is finished; --fresh starts it anew.")
    mesh_study.show(result, folder.path)


def read_wavelengths(text: str | None) -> list[float]:
    """Wavelengths [m] of a range such as `1530:1565:21`, in nm.

    Raises:
        InputError: if it is no range of positive numbers with a number of points.
    """
    if text is None:
        return []
    try:
        first, last, count = text.split(":")
        start, end, points = float(first), float(last), int(count)
        good = 100 <= start < end <= 1e6 and points >= 2
    except ValueError:
        good, start, end, points = False, 0.0, 0.0, 2
    if not good:
        must = "be FROM:TO:POINTS in nm, rising from 100 or more, with 2 points or more"
        raise mistake("--wavelength", must, f"is {text!r}", "For example 1530:1565:21.")
    return [1e-9 * (start + (end - start) * n / (points - 1)) for n in range(points)]


def _check(study: Study) -> list[float]:
    for name in study.layout:
        check_choice("--layout", name, LAYOUTS)
    if len(set(study.layout)) < len(study.layout):
        raise mistake("--layout", "name each layout once", f"is {' '.join(study.layout)}")
    check_choice("--correct", study.correct, ("none", "local"))
    check_integer("--modes", study.modes, 2)
    check_integer("--draws", study.draws, 1)
    check_integer("--bits", study.bits, 1)
    check_integer("--seed", study.seed, 0)
    check_positive("--limit", study.limit, "1")
    return read_wavelengths(study.wavelength)


def _is_chip(name: str) -> bool:
    return "splitter_db" in hardware.processes.find(name).values
