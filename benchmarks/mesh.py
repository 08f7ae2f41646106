"""Meshes of photonn beside those of other packages, measured in one run.

    python benchmarks/mesh.py                    everything, to benchmarks/results
    python benchmarks/mesh.py --quick            a few small sizes, to benchmarks/results/preview
    python benchmarks/mesh.py --only torch step  some workers, some tables, to the same place

See benchmarks/README.md.
"""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field

import figures
import session
import tables
from race import Entrant, Race
from session import Piece

METHODS = ("auto", "columns", "reversible", "bricks", "matrix", "layer")
AUTO = Entrant("photonn", "auto")
OURS = tuple(Entrant("photonn", method) for method in METHODS)
TORCH = tuple(Entrant("torch", method) for method in ("bmm", "sum", "matrix"))
NEUROPHOX = (Entrant("neurophox", "tensorflow"), Entrant("neurophox", "torch"))
DECOMPOSERS = tuple(map(Entrant, ("interferometer", "strawberryfields", "piquasso", "perceval")))
# Few enough to be measured at every size.
GROWING = (AUTO, OURS[1], OURS[2], Entrant("torch", "bmm"), Entrant("torch", "matrix"))
DEEP = GROWING[:4]
ALL = (*OURS, *TORCH, *NEUROPHOX)

TABLES = ("step", "unitary", "decompose", "growth", "memory")


@dataclass(frozen=True)
class Plan:
    """The sizes: a full run, and a quick one to see that all works."""

    modes: tuple[int, ...] = (16, 64, 256)
    batches: tuple[int, ...] = (1, 100, 1000)
    matrices: tuple[int, ...] = (16, 64, 128, 256, 1024)
    growing_modes: tuple[int, ...] = (16, 32, 64, 128, 256, 512, 1024)
    growing_batches: tuple[int, ...] = (1, 4, 16, 64, 256, 1024, 4096)
    depths: tuple[int, ...] = (64, 128, 256, 512, 1024)
    fixed: tuple[int, int] = (64, 100)  # modes and batch where another one grows
    race: Race = field(default_factory=Race)


FULL = Plan()
QUICK = Plan(
    (8, 16), (1, 10), (8, 16), (8, 16, 32), (1, 64), (16, 64), (16, 10), Race(rounds=3, turn=0.05)
)


def pieces(plan: Plan) -> Iterator[Piece]:
    """All work, in the order of the tables."""
    rounds = plan.race.rounds
    unitary = (Entrant("photonn"), Entrant("torch", "sum"), *NEUROPHOX, *DECOMPOSERS)
    decompose = (Entrant("photonn"), *DECOMPOSERS)
    for modes, batch in itertools.product(plan.modes, plan.batches):
        yield Piece("step", "mesh_step", {"modes": modes, "batch": batch}, ALL, rounds)
    for modes in plan.matrices:
        yield Piece("unitary", "mesh_unitary", {"modes": modes}, unitary, rounds, 4)
    for modes in plan.matrices:
        yield Piece("decompose", "mesh_decompose", {"modes": modes}, decompose, rounds, 4)
    modes, batch = plan.fixed
    fixed = {"modes": modes, "batch": batch}
    for n in plan.growing_modes:
        yield Piece("growth", "mesh_step", fixed | {"modes": n}, GROWING, rounds - 2)
    for b in plan.growing_batches:
        yield Piece("growth", "mesh_step", fixed | {"batch": b}, GROWING, rounds - 2)
    for depth in plan.depths:
        yield Piece("growth", "mesh_step", fixed | {"depth": depth}, DEEP, rounds - 2)
    for depth in plan.depths:
        yield Piece("memory", "mesh_step", fixed | {"depth": depth}, DEEP)
    largest = {"modes": plan.modes[-1], "batch": plan.batches[-1]}
    yield Piece("memory", "mesh_step", largest, ALL)


def main() -> None:
    """The command."""
    asked = session.ask(__doc__, TABLES)
    plan = QUICK if asked.quick else FULL
    results = session.measure(asked.of(pieces(plan)), plan.race)
    session.write("mesh", results, tables.mesh(results), figures.mesh(results), asked.folder)


if __name__ == "__main__":
    main()
