"""The command `photonn runs`: what lies in the run folders."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from photonn.commands import new_parser
from photonn.errors import InputError

if TYPE_CHECKING:
    from photonn.report.runs import Run

EXAMPLES = """examples:
  photonn runs                                        those in runs/
  photonn runs elsewhere/runs
  photonn runs compare runs/digits/small-* runs/digits/mine
  photonn runs prune                                  checkpoints of finished runs
  photonn runs prune --unfinished                     folders of interrupted runs
  photonn runs prune elsewhere --older-than 30 --yes  folders that are a month old

`prune` says what it would remove, and removes it with --yes. It leaves alone what is under
way, what is damaged, runs with others inside, and every folder that is none of a run.
"""
DAY = 24 * 3600.0
WIDE = 110  # characters of a terminal that has room for all of a run


def add_parser(commands: Any) -> None:
    """Add the command to those of the command line."""
    help = "list, compare and prune run folders"
    parser = new_parser(commands, "runs", help=help, examples=EXAMPLES)
    parser.add_argument(
        "what", nargs="*", metavar="FOLDER", help="[runs]; compare FOLDER FOLDER ...; prune"
    )
    parser.add_argument("--unfinished", action="store_true", help="prune interrupted runs")
    parser.add_argument("--older-than", type=float, metavar="DAYS", help="prune old runs")
    parser.add_argument("--yes", action="store_true", help="prune: remove it")
    parser.set_defaults(carry_out=carry_out)


def carry_out(known: argparse.Namespace, rest: list[str]) -> None:
    """List, compare or prune."""
    action = known.what[0] if known.what and known.what[0] in ("compare", "prune") else "list"
    folders = [Path(name) for name in known.what[action != "list" :]]
    if action != "prune" and (known.unfinished or known.yes or known.older_than is not None):
        raise InputError("--unfinished, --older-than and --yes belong to `photonn runs prune`.")
    if action == "compare":
        _compare(folders)
        return
    if len(folders) > 1:
        raise InputError(
            f"`FOLDER` must be one folder, but {len(folders)} are given. To see runs side by "
            "side: photonn runs compare FOLDER FOLDER ..."
        )
    folder = folders[0] if folders else Path("runs")
    if action == "prune":
        _prune(folder, known)
    else:
        _list(folder)


def _list(folder: Path) -> None:
    from rich.console import Console
    from rich.table import Column, Table

    from photonn.report import runs

    found = runs.find(folder)
    console = Console()
    wide = console.width >= WIDE
    # A path with dots in it is of no use, nor are letters below each other.
    columns = [Column("run", overflow="fold"), "experiment", "state", "seeds", "claims", "took"]
    columns += [Column(name, no_wrap=True) for name in ("age", "size")]
    kept = range(8) if wide else (0, 2, 4, 6)
    note = f"A terminal of {WIDE} columns also has experiment, seeds, time and size."
    shown = Table(*(columns[n] for n in kept), caption=None if wide else note)
    for run in found:
        seconds = "" if run.result is None else f"{run.result['seconds']:.0f} s"
        seeds = ", ".join(map(str, run.seeds))
        cells = [_name(run, folder), run.experiment, run.state, seeds, _claims(run), seconds]
        cells += [_age(run.age), _size(run.size)]
        shown.add_row(*(cells[n] for n in kept))
    console.print(shown if found else f"No runs in {folder}.")


def _compare(folders: list[Path]) -> None:
    from rich.console import Console
    from rich.table import Table

    from photonn.report import runs

    if len(folders) < 2:
        raise InputError(
            "`photonn runs compare` needs two or more run folders. `photonn runs` shows them."
        )
    found = [runs.opened(folder) for folder in folders]
    names = [str(folder) for folder in folders]
    console = Console()
    differing = runs.differences(found)
    shown = Table("differs in", *names)
    for name, values in differing.items():
        shown.add_row(name, *("" if value is None else str(value) for value in values))
    console.print(shown if differing else "The configurations, versions and devices are the same.")
    shown = Table("claim", *names)
    for (name, dataset, metric), claims in runs.claims(found).items():
        shown.add_row(f"{name}, {dataset}: {metric}", *map(_number, claims))
    for number, run in enumerate(found):
        if run.result is None:
            console.print(f"{names[number]} is {run.state}: it has no claims.", highlight=False)
    console.print(shown)


def _prune(folder: Path, known: argparse.Namespace) -> None:
    from rich.console import Console
    from rich.table import Column, Table

    from photonn.report import runs

    days = known.older_than
    if days is not None and not days >= 0:
        raise InputError(f"`--older-than` must be zero or more [days], but is {days}.")
    older = None if days is None else days * DAY
    going = list(runs.removable(runs.find(folder), unfinished=known.unfinished, older_than=older))
    console = Console()
    if not going:
        console.print(f"Nothing to remove in {folder}.")
        return
    shown = Table(Column("remove", overflow="fold"), "because", "age", "size")
    for removal in going:
        age = _age(removal.run.age)
        shown.add_row(str(removal.run.path), removal.why, age, _size(removal.size))
    console.print(shown)
    if not known.yes:
        console.print("Nothing was removed. Add --yes to remove it.")
        return
    freed = 0
    for removal in going:
        if runs.discard(removal):
            freed += removal.size
        else:
            console.print(f"{removal.run.path} was left: a run has taken it up.")
    console.print(f"Removed, {_size(freed)} freed.")


def _name(run: "Run", folder: Path) -> str:
    return str(run.path.relative_to(folder)) if run.path != folder else run.path.name


def _claims(run: "Run") -> str:
    """The first two claims, which an experiment puts first because they matter most."""
    claims = run.result["claims"][:2] if run.result else []
    return "\n".join(f"{claim['name']}: {_number(claim)}" for claim in claims)


def _number(claim: dict[str, Any] | None) -> str:
    if claim is None:
        return ""
    spread = "" if claim["spread"] is None else f" ± {claim['spread']:.2g}"
    return f"{claim['ours']:.4g}{spread}"


def _age(seconds: float) -> str:
    for unit, length in (("d", DAY), ("h", 3600.0), ("min", 60.0)):
        if seconds >= length:
            return f"{seconds / length:.0f} {unit}"
    return f"{seconds:.0f} s"


def _size(count: int) -> str:
    for unit, length in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if count >= length:
            return f"{count / length:.1f} {unit}"
    return f"{count} B"
