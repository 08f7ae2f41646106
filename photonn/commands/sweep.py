"""The command `photonn sweep`: an experiment with some fields varied, in one table."""

import argparse
import hashlib
import json
from pathlib import Path
from typing import Any

from photonn.commands import new_parser
from photonn.errors import RunError, check_choice, check_integer, mistake

EXAMPLES = """examples:
  photonn sweep digits --config smoke --grid mesh.learning-rate=0.003,0.01,0.03 --grid seed=0:5
  photonn sweep digits --grid mesh.learning-rate=1e-3..1e-1:log --random 20 --jobs 4
  photonn sweep digits --grid seed=0:5 --mesh.epochs 20
  photonn sweep digits --grid seed=0:5 --cluster slurm --cluster-option slurm_partition=gpu

--grid FIELD=V1,V2,... or FIELD=FROM:TO (whole numbers, TO left out) makes a grid;
FIELD=LOW..HIGH or LOW..HIGH:log is drawn from, --random times. Other fields follow as in
`photonn run`. What is finished is not run again: after an interruption, or with more values,
give the command again.
"""


def add_parser(commands: Any) -> None:
    """Add the command to those of the command line."""
    help = "run an experiment with fields varied; the results in one table"
    parser = new_parser(commands, "sweep", help=help, examples=EXAMPLES)
    parser.add_argument("name", metavar="NAME", help="see `photonn list`")
    parser.add_argument("--config", metavar="NAME|FILE", help="small, smoke, ... or a TOML file")
    parser.add_argument(
        "--grid", action="append", default=[], metavar="FIELD=VALUES", help="what is varied"
    )
    parser.add_argument("--random", type=int, default=0, metavar="N", help="draws from the ranges")
    parser.add_argument("--random-seed", type=int, default=0, metavar="N", help="of them [0]")
    parser.add_argument("--jobs", type=int, default=1, metavar="K", help="runs at a time [1]")
    parser.add_argument("--out", metavar="FOLDER", help="of table and runs [runs/NAME]")
    parser.add_argument("--cluster", metavar="WHERE", help="slurm or local, by submitit")
    parser.add_argument(
        "--cluster-option", action="append", default=[], metavar="KEY=VALUE", help="for submitit"
    )
    parser.set_defaults(carry_out=carry_out)


def carry_out(known: argparse.Namespace, rest: list[str]) -> None:
    """Run what is not finished, write the table, and print it.

    Raises:
        InputError: if a request does not fit; nothing was run then.
        RunError: if some points failed; all others are in the table.
    """
    from photonn import config, sweep, sweep_runs

    check_integer("--jobs", known.jobs, 1)
    module = config.load_module(known.name)
    base = config.read(known.name, module.Config, known.config)
    base = config.override(base, rest, f"photonn sweep {known.name}")
    label = Path(known.config).stem if known.config else "default"
    out = Path(known.out or Path("runs") / known.name).absolute()
    drawn = {"draws": known.random, "seed": known.random_seed}
    grid = sweep.read_grid(known.grid)
    points = sweep.points(known.name, base, grid, out, label=label, **drawn)
    run = _runner(known, sweep_runs)
    digest = hashlib.sha256(json.dumps([str(p.folder) for p in points]).encode()).hexdigest()[:8]
    path, rows = out / f"sweep-{label}-{digest}.csv", {p.folder: sweep.row(p) for p in points}
    waiting = [p for p in points if rows[p.folder]["status"] != "finished"]
    print(f"{len(points)} points, {len(points) - len(waiting)} of them finished before.")
    sweep_runs.write_table(path, list(rows.values()))

    def done(point: Any, failure: str) -> None:
        rows[point.folder] = row = sweep.row(point, failure)
        sweep_runs.write_table(path, list(rows.values()))
        varied = ", ".join(f"{field}={value}" for field, value in point.varied.items())
        print(f"{varied}: {row['status']}", flush=True)

    if waiting:
        run(known.name, waiting, known.jobs, done)
    _show(list(rows.values()), list(points[0].varied), path, known.name)


def _runner(known: argparse.Namespace, sweep_runs: Any) -> Any:
    from functools import partial

    if known.cluster is None:
        if known.cluster_option:
            raise mistake("--cluster-option", "come with --cluster", "comes without")
        return sweep_runs.run_here
    check_choice("--cluster", known.cluster, ("slurm", "local"))
    options = {}
    for text in known.cluster_option:
        key, sign, value = text.partition("=")
        if not sign:
            raise mistake("--cluster-option", "be KEY=VALUE", f"is {text!r}")
        options[key] = int(value) if value.isdigit() else value
    return partial(sweep_runs.run_on_cluster, cluster=known.cluster, options=options)


def _show(rows: list[dict[str, Any]], varied: list[str], path: Path, name: str) -> None:
    from rich.console import Console

    from photonn.report import tables

    every = dict.fromkeys(key for row in rows for key in row)
    keys = [*varied, "status"]
    columns = [column for column in every if column not in (*keys, "folder")]
    cells = [[_cell(row.get(column, "")) for column in (*keys, *columns)] for row in rows]
    title, console = f"{name}, {len(rows)} points", Console()
    parts = tables.in_parts(keys, columns, cells, width=console.width, title=title)
    console.print(*parts, sep="\n")
    console.print(f"The table is in {path}", soft_wrap=True, highlight=False)
    failed = [row for row in rows if row["status"].startswith("failed")]
    if failed:
        raise RunError(
            f"{len(failed)} of {len(rows)} points failed, the first in {failed[0]['folder']} "
            f"({failed[0]['status']}). The same command tries them again; each has a .log there."
        )


def _cell(value: Any) -> str:
    return f"{value:.6g}" if isinstance(value, float) else str(value)
