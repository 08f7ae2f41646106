"""The command `photonn run`: an experiment, from its configuration to its results."""

import argparse
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

from photonn import config
from photonn.commands import new_parser
from photonn.errors import InputError

if TYPE_CHECKING:
    from photonn.report import runs

EXAMPLES = """examples:
  photonn run digits
  photonn run digits --config small --out runs/mine
  photonn run digits --config my.toml --mesh.learning-rate 0.005
  photonn run digits --devices all
  photonn run digits --track                              then: tensorboard --logdir runs
  photonn run --from runs/digits/small-1a2b3c4d           once more, from its own config.toml

Fields of the configuration follow as --field.sub VALUE; `photonn run NAME --help` lists
them. A run that was interrupted goes on when the same command is given again. A finished
one is shown; --fresh throws it away and starts anew.
"""

OPTIONS = """options of every experiment:
  --config NAME|FILE   small, smoke, ... or a TOML file
  --from FOLDER        the configuration of a run, to do it again
  --out FOLDER         run folder
  --fresh              throw an earlier run there away
  --track              also write for TensorBoard, beside the metrics of each fit
  --devices N|all      divide the samples of every step over so many devices
  --hosts WHICH        one of several processes: ADDRESS:PORT,COUNT,NUMBER or auto
"""


def add_parser(commands: Any) -> None:
    """Add the command to those of the command line."""
    # `--help` belongs to the experiment as soon as one is named.
    parser = new_parser(
        commands, "run", help="run an experiment", examples=EXAMPLES, add_help=False
    )
    parser.add_argument("name", nargs="?", metavar="NAME", help="see `photonn list`")
    parser.add_argument("--config", metavar="NAME|FILE", help="small, smoke, ... or a TOML file")
    parser.add_argument("--from", dest="source", metavar="FOLDER", help="do a run again")
    parser.add_argument("--out", metavar="FOLDER", help="run folder [runs/NAME/CONFIG-HASH]")
    parser.add_argument("--fresh", action="store_true", help="throw an earlier run there away")
    parser.add_argument("--track", action="store_true", help="also write for TensorBoard")
    parser.add_argument("--devices", metavar="N|all", help="for a fit [1]")
    parser.add_argument("--hosts", metavar="WHICH", help="ADDRESS:PORT,COUNT,NUMBER or auto")
    parser.add_argument("-h", "--help", action="store_true", help="show this, or NAME's fields")
    parser.set_defaults(carry_out=carry_out, usage=parser.print_help)


def carry_out(known: argparse.Namespace, rest: list[str]) -> None:
    """Run an experiment, or show what a finished run found."""
    earlier = _earlier(known) if known.source else None
    if known.name is None:
        known.usage()
        if not known.help:
            raise InputError("`NAME` must be given. `photonn list` shows what can be run.")
        return
    module = config.load_module(known.name)
    program = f"photonn run {known.name}"
    if known.help:
        print(f"{module.__doc__}\n{OPTIONS}\n{EXAMPLES}")
        rest = ["--help"]
    if earlier:
        origin = str(Path(known.source) / "config.toml")
        chosen = config.check(earlier.record["config"], module.Config, origin)
    else:
        chosen = config.read(known.name, module.Config, known.config)
    chosen = config.override(chosen, rest, program)

    from photonn.report import RunFolder
    from photonn.train.history import tracked

    label = Path(known.config).stem if known.config else "default"
    label = "again" if known.source else label
    out = known.out or config.default_folder(known.name, label, chosen)
    watched = tracked() if known.track else nullcontext()
    with watched, _parties(known, Path(out)) as (division, own):
        run = RunFolder(own, known.name, chosen, fresh=known.fresh)
        result = run.result
        if not division.of_first(result is not None):
            result = module.main(chosen, run)
        elif division.is_first:
            print("This run is finished; --fresh starts it anew.")
    if division.is_first and result is not None:
        _show(result, run.path)
        if earlier and earlier.result and earlier.record["config"] == result["config"]:
            same = earlier.result["claims"] == result["claims"]
            print(f"The claims are {'the same as' if same else 'not those'} in {known.source}.")


def _earlier(known: argparse.Namespace) -> "runs.Run":
    """The run to do again; its experiment is that of the command from now on.

    Raises:
        InputError: if it cannot be done again as it was.
    """
    from photonn.report import runs

    if known.config is not None:
        raise InputError("`--from` and `--config` both name a configuration. Give one of them.")
    earlier = runs.opened(Path(known.source))
    runs.check_configuration(earlier)
    if known.name not in (None, earlier.experiment):
        raise InputError(
            f"`NAME` must be {earlier.experiment}, as in {known.source}, but is {known.name}. "
            f"Fields come after it: photonn run {earlier.experiment} --from FOLDER --field VALUE."
        )
    known.name = earlier.experiment
    for what, there, here in runs.changed_since(earlier):
        print(f"{what} was {there} and is {here}: numbers may differ.", file=sys.stderr)
    return earlier


@contextmanager
def _parties(known: argparse.Namespace, out: Path) -> Iterator[tuple[Any, Path]]:
    """Over which devices fits are divided, and the folder of this process."""
    from photonn.train import sharding

    if known.hosts is not None:
        sharding.connect(known.hosts)
    devices = sharding.devices(known.devices or ("1" if known.hosts is None else "all"))
    with sharding.over(devices) as division, tempfile.TemporaryDirectory() as apart:
        # What others than the first write is thrown away.
        yield division, out if division.is_first else Path(apart)


def _show(result: dict[str, Any], path: Path) -> None:
    from rich.console import Console

    from photonn.report import table

    console = Console()
    console.print(table(result["claims"], f"{result['experiment']}, {result['seconds']} s"))
    console.print(f"Everything is in {path}", soft_wrap=True, highlight=False)
