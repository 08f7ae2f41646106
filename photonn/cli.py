"""The command `photonn`. Only the standard library is imported before it is known what to do."""

import argparse
import os
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

from photonn import __version__
from photonn.commands import data, doctor, experiments, mesh, results, run, runs, sweep
from photonn.errors import InputError, RunError, Terminated

COMMANDS = (experiments, run, sweep, runs, mesh, results, data, doctor)

EXAMPLES = """examples:
  photonn list                                   what can be run
  photonn run digits                             train on handwritten digits
  photonn run digits --config small --seed 7     another configuration and seed
  photonn run digits --mesh.epochs 20            one field changed
  photonn sweep digits --grid seed=0:5           many runs, one table
  photonn runs                                   what was run, and what came of it
  photonn mesh --modes 16 --draws 100            what a chip costs, and its yield
  photonn results                                what was published, and what came out here
  photonn data fetch mnist                       get a data set
  photonn doctor                                 is this installation sound?
"""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit: 0 done, 1 a run that failed, 2 a wrong request.

    130 and 143 are a run that was interrupted (SIGINT, SIGTERM) and can go on.
    """
    arguments = sys.argv[1:] if arguments is None else list(arguments)
    try:
        with _sigterm_ends():
            _dispatch(list(arguments))
    except InputError as error:
        _stop(2, str(error))
    except RunError as error:
        _stop(1, str(error))
    except KeyboardInterrupt:
        _stop(130, "Interrupted. Give the same command again to go on.")
    except Terminated as error:
        _stop(143, str(error))
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
    for command in COMMANDS:
        command.add_parser(commands)
    known, rest = parser.parse_known_args(arguments)
    # Fields of these two are read once it is known what runs.
    if rest and known.command not in ("run", "sweep"):
        parser.error(f"unrecognized arguments: {' '.join(rest)}")
    known.carry_out(known, rest)


@contextmanager
def _sigterm_ends() -> Iterator[None]:
    """SIGTERM ends the run at once and without a traceback; a fit takes it over to save first."""
    if threading.current_thread() is not threading.main_thread():
        yield  # no other thread may listen
        return

    def end(number: int, frame: object) -> None:
        # Raised inside a callback of JAX, an exception would be printed and forgotten. Nothing
        # is lost here: whatever is being written is put in place whole or not at all.
        with suppress(Exception):
            sys.stdout.flush()
        stopped = Terminated()
        os.write(2, f"photonn: {stopped}\n".encode())
        os._exit(128 + signal.SIGTERM)

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL if before is None else before)


def _stop(code: int, message: str) -> None:
    print(f"photonn: {message}", file=sys.stderr)
    raise SystemExit(code)


if __name__ == "__main__":
    main()
