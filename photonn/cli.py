"""The command `photonn`. Only the standard library is imported before it is known what to do."""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from photonn import __version__, config, mesh_command
from photonn.errors import InputError, RunError

EXAMPLES = """examples:
  photonn list                                   what can be run
  photonn run digits                             train on handwritten digits
  photonn run digits --config small --seed 7     another configuration and seed
  photonn run digits --mesh.epochs 20            one field changed
  photonn mesh --modes 16 --draws 100            what a chip costs, and its yield
  photonn doctor                                 is this installation sound?
"""

RUN_EXAMPLES = """examples:
  photonn run digits
  photonn run digits --config small --out runs/mine
  photonn run digits --config my.toml --mesh.learning-rate 0.005

A run that was interrupted goes on when the same command is given again. A finished
one is shown; --fresh throws it away and starts anew.
`photonn run NAME --help` lists every field of the experiment.
"""


RUN_OPTIONS = """options of every experiment:
  --config NAME|FILE   small, smoke, ... or a TOML file
  --out FOLDER         run folder
  --fresh              throw an earlier run there away
"""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit: 0 done, 1 a run that failed, 2 a wrong request."""
    arguments = sys.argv[1:] if arguments is None else list(arguments)
    try:
        _dispatch(list(arguments))
    except InputError as error:
        _stop(2, str(error))
    except RunError as error:
        _stop(1, str(error))
    except KeyboardInterrupt:
        _stop(130, "Interrupted. Give the same command again to go on.")
    except BrokenPipeError:
        # The reader (`| head`) has seen enough; keep the interpreter from complaining too.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as error:
        where = f" {error.filename}:" if error.filename else ""
        _stop(1, f"A file cannot be used:{where} {error.strerror or error}.")


def _dispatch(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(
        prog="photonn",
        description="A differentiable simulator of photonic neural networks.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"photonn {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    commands.add_parser(
        "list",
        help="experiments and their configurations",
        description="Experiments and their configurations.",
        epilog="example:\n  photonn list",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands.add_parser(
        "doctor",
        help="versions, devices, and a short self-test of the physics",
        description="Versions, devices, and a short self-test of the physics.",
        epilog="example:\n  photonn doctor",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    mesh_command.add_parser(commands)
    # `--help` belongs to the experiment as soon as one is named.
    run = commands.add_parser(
        "run",
        help="run an experiment",
        description="Run an experiment; fields of its configuration follow as --field.sub VALUE.",
        epilog=RUN_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        add_help=False,
        allow_abbrev=False,
    )
    run.add_argument("name", nargs="?", metavar="NAME", help="see `photonn list`")
    run.add_argument("--config", metavar="NAME|FILE", help="small, smoke, ... or a TOML file")
    run.add_argument("--out", metavar="FOLDER", help="run folder [runs/NAME/CONFIG-HASH]")
    run.add_argument("--fresh", action="store_true", help="throw an earlier run there away")
    run.add_argument("-h", "--help", action="store_true", help="show this, or NAME's fields")

    known, rest = parser.parse_known_args(arguments)
    if known.command == "run":
        if known.name is None:
            run.print_help()
            if not known.help:
                raise InputError("`NAME` must be given. `photonn list` shows what can be run.")
            return
        _run(known, rest)
        return
    if rest:
        parser.error(f"unrecognized arguments: {' '.join(rest)}")
    if known.command == "mesh":
        mesh_command.run(known)
        return
    {"list": _list, "doctor": _doctor}[known.command]()


def _run(known: argparse.Namespace, fields: list[str]) -> None:
    module = config.load_module(known.name)
    program = f"photonn run {known.name}"
    if known.help:
        print(f"{module.__doc__}\n{RUN_OPTIONS}\n{RUN_EXAMPLES}")
        fields = ["--help"]
    chosen = config.read(known.name, module.Config, known.config)
    chosen = config.override(chosen, fields, program)

    from photonn.report import RunFolder

    label = Path(known.config).stem if known.config else "default"
    out = known.out or config.default_folder(known.name, label, chosen)
    run = RunFolder(out, known.name, chosen, fresh=known.fresh)
    result = run.result
    if result is None:
        result = module.main(chosen, run)
    else:
        print("This run is finished; --fresh starts it anew.")
    _show(result, run.path)


def _show(result: dict[str, Any], path: Path) -> None:
    from rich.console import Console

    from photonn.report import table

    console = Console()
    console.print(table(result["claims"], f"{result['experiment']}, {result['seconds']} s"))
    console.print(f"Everything is in {path}", soft_wrap=True, highlight=False)


def _list() -> None:
    from rich.console import Console
    from rich.table import Table

    shown = Table("experiment", "what", "configurations")
    for name, path in config.experiments().items():
        shown.add_row(name, config.summary(path), ", ".join(["(default)", *config.presets(name)]))
    Console().print(shown)


def _doctor() -> None:
    from rich.console import Console
    from rich.table import Table

    from photonn import doctor

    console = Console()
    shown = Table("what", "value")
    for what, value in doctor.facts().items():
        shown.add_row(what, value)
    console.print(shown)
    shown = Table("self-test", "error", "allowed", "")
    checks = doctor.self_test()
    for check in checks:
        verdict = "sound" if check.passed else "WRONG"
        shown.add_row(check.name, f"{check.error:.1e}", f"{check.allowed:.0e}", verdict)
    console.print(shown)
    if not all(check.passed for check in checks):
        raise RunError(
            "The self-test found wrong physics. Check the versions above against the README, "
            "and reinstall JAX for this device."
        )


def _stop(code: int, message: str) -> None:
    print(f"photonn: {message}", file=sys.stderr)
    raise SystemExit(code)


if __name__ == "__main__":
    main()
