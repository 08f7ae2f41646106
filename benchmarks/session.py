"""One run of a side-by-side: what is asked for, in turns, and written down."""

import argparse
import dataclasses
import json
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

import machine
import race
from environments import ENVIRONMENTS, HERE
from race import Entrant, Race
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

# A peer that would need longer for one run is left out [s].
PATIENCE = 30.0

Report = Callable[[object], None]


class Piece(NamedTuple):
    """One task at one size.

    Attributes:
        table: where it is shown; "memory" is measured in fresh processes.
        task: name of the function of the workers.
        size: its arguments.
        entrants: who does it.
        rounds: turns of each.
        power: of the modes or pixels, with which the time of a peer may grow from a size done
            before.
    """

    table: str
    task: str
    size: dict
    entrants: tuple[Entrant, ...]
    rounds: int = 5
    power: int = 2


class Asked(NamedTuple):
    """What the command line asks for."""

    quick: bool
    workers: list[str]
    tables: list[str]
    folder: Path

    def of(self, pieces: Iterable[Piece]) -> list[Piece]:
        """The part of the work that is wanted."""
        wanted = [
            p._replace(entrants=tuple(e for e in p.entrants if e.worker in self.workers))
            for p in pieces
            if p.table in self.tables
        ]
        return [piece for piece in wanted if piece.entrants]


def ask(about: str | None, tables: tuple[str, ...]) -> Asked:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=about, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    names = (*ENVIRONMENTS, *tables)
    parser.add_argument("--quick", action="store_true", help="small sizes only")
    parser.add_argument(
        "--only", nargs="+", default=[], choices=names, metavar="NAME", help=", ".join(names)
    )
    parser.add_argument("--out", type=Path, help="folder for the results")
    given = parser.parse_args()
    workers = [name for name in given.only if name in ENVIRONMENTS]
    chosen = [name for name in given.only if name in tables]
    preview = given.quick or given.only
    folder = given.out or HERE / "results" / ("preview" if preview else "")
    return Asked(given.quick, workers or list(ENVIRONMENTS), chosen or list(tables), folder)


def measure(todo: list[Piece], how: Race) -> dict:
    """Do it all, and say on what machine and with which versions. Ctrl-C ends it early."""
    records: list[dict] = []
    start, complete = time.monotonic(), False
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    # Seldom redrawn: the machine is there for the workers.
    progress = Progress(*columns, TimeElapsedColumn(), refresh_per_second=1)
    with race.stable(how.limit) as workers, progress:
        bar = progress.add_task("", total=len(todo))
        try:
            for piece in todo:
                about = f"{piece.table} " + " ".join(f"{k}={v}" for k, v in piece.size.items())

                def report(who: object, about: str = about) -> None:
                    progress.update(bar, description=f"{about:<36} {who!s:<24}")

                records += _one(piece, workers, records, how, report)
                progress.advance(bar)
            complete = True
        except KeyboardInterrupt:
            progress.update(bar, description="stopped early")
        return {
            "machine": machine.describe(),
            "versions": workers.versions,
            "failures": workers.hopeless,
            "complete": complete,
            "minutes": (time.monotonic() - start) / 60,
            "records": records,
        }


def _one(
    piece: Piece, workers: race.Stable, before: list[dict], how: Race, report: Report
) -> list[dict]:
    kept, left_out = hopeful(piece, before)
    work = piece.task, piece.size
    found = []
    if piece.table == "memory":
        for entrant in kept:
            report(entrant)
            found.append(race.memory(*work, entrant, how.limit))
    else:
        turns = dataclasses.replace(how, rounds=piece.rounds)
        found = race.run(workers, *work, kept, turns, report=report)
    return [{"table": piece.table, **record} for record in (*found, *left_out)]


def write(name: str, results: dict, page: str, figure, folder: Path) -> None:
    """The numbers, the tables and the figure."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.json").write_text(json.dumps(results, indent=1) + "\n")
    (folder / f"{name}.md").write_text(page)
    figure.savefig(folder / f"{name}.png", dpi=150)
    print(page)


def hopeful(piece: Piece, records: list[dict]) -> tuple[list[Entrant], list[dict]]:
    """Entrants that will end in time, and records of those that would not."""
    task, size = piece.task, piece.size
    kept, left_out = [], []
    for entrant in piece.entrants:
        mine = (task, entrant.worker, entrant.method)
        before = [r for r in records if (r["task"], r["worker"], r.get("method")) == mine]
        if entrant.worker == "photonn" or all(_hopeful(r, size, piece.power) for r in before):
            kept.append(entrant)
        else:
            why = f"expected to need more than {PATIENCE:.0f} s"
            left_out.append(race.Result(task, size, *mine[1:], failure=why).record())
    return kept, left_out


def _hopeful(record: dict, size: dict, power: int) -> bool:
    """Whether a larger size is worth a try, by the shortest that a smaller one took."""
    scale = "modes" if "modes" in size else "pixels"
    growth = max(1.0, size[scale] / record["size"][scale])
    if "min_s" not in record:
        return growth == 1.0 or "rise_bytes" in record  # memory alone was asked for
    return record["min_s"] * growth**power < PATIENCE and record["first_s"] * growth < 4 * PATIENCE
