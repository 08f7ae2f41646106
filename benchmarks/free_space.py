"""Free space in photonn beside other packages, measured in one run.

    python benchmarks/free_space.py                    everything, to benchmarks/results
    python benchmarks/free_space.py --quick            small sizes, to benchmarks/results/preview
    python benchmarks/free_space.py --only torch step  some workers, some tables, to the same place

See benchmarks/README.md.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

import free_space_figure
import free_space_tables
import session
from race import Entrant, Race
from session import Piece

AUTO, LAYER = Entrant("photonn", "auto"), Entrant("photonn", "layer")
# Another approximation, and so no rival of the others: it stands beside them.
FRESNEL = Entrant("photonn", "dense_fresnel")
CHROMATIX = Entrant("chromatix", "asm"), Entrant("chromatix", "kernel")
PEERS = Entrant("torch"), *CHROMATIX, Entrant("torchoptics")

TABLES = ("step", "periodic", "propagation", "growth", "memory")


@dataclass(frozen=True)
class Plan:
    """The sizes: a full run, and a quick one to see that all works."""

    pixels: int = 200
    batches: tuple[int, ...] = (8, 64)
    planes: tuple[int, ...] = (1024, 2048)
    growing: tuple[int, ...] = (64, 128, 256, 512, 1024)
    batch: int = 4  # where the pixels grow
    race: Race = field(default_factory=lambda: Race(budget=15.0))


FULL = Plan()
# From 40 pixels on, photonn too finds twice the window enough.
QUICK = Plan(48, (2, 4), (64,), (48, 64, 96), 2, Race(rounds=3, turn=0.05))


def pieces(plan: Plan) -> Iterator[Piece]:
    """All work, in the order of the tables."""
    rounds, task = plan.race.rounds, "diffractive_step"
    padded, periodic = (AUTO, LAYER, FRESNEL, *PEERS), (AUTO, LAYER, *PEERS)
    works = [
        ("step", {"pixels": plan.pixels, "batch": b, "pad": True}, padded) for b in plan.batches
    ] + [
        ("periodic", {"pixels": plan.pixels, "batch": b, "pad": False}, periodic)
        for b in plan.batches
    ]
    for table, size, entrants in works:
        yield Piece(table, task, size, entrants, rounds)
    for pixels in plan.planes:
        yield Piece("propagation", "propagation", {"pixels": pixels}, (AUTO, FRESNEL, *PEERS))
    for pixels in plan.growing:
        size = {"pixels": pixels, "batch": plan.batch, "pad": True}
        yield Piece("growth", task, size, (AUTO, FRESNEL, *PEERS), rounds - 2, 1)
    for _, size, entrants in works:
        yield Piece("memory", task, size, entrants)
    for pixels in plan.growing:
        size = {"pixels": pixels, "batch": plan.batch, "pad": True}
        yield Piece("memory", task, size, (AUTO, FRESNEL, *PEERS), power=0)


def main() -> None:
    """The command."""
    asked = session.ask(__doc__, TABLES)
    plan = QUICK if asked.quick else FULL
    results = session.measure(asked.of(pieces(plan)), plan.race)
    page, figure = free_space_tables.page(results), free_space_figure.draw(results)
    session.write("free_space", results, page, figure, asked.folder)


if __name__ == "__main__":
    main()
