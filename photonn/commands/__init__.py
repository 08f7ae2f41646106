"""The commands of `photonn`: one command, one file.

    run           run an experiment
    sweep         run it many times, with fields varied
    runs          list, compare and prune run folders
    experiments   `photonn list`: what can be run
    mesh          what a mesh is, costs, and loses to the errors of many chips
    results       claims of finished runs beside what was published
    data          list, fetch and check data sets
    doctor        is this installation sound?

A file has `add_parser(commands)`, which names the function that carries the command out:
`carry_out(known, rest)`, with what was parsed and what was not. Only the standard library is
imported before it is known what to do.
"""

import argparse
from typing import Any


def new_parser(
    commands: Any, name: str, *, help: str, examples: str, **options: Any
) -> argparse.ArgumentParser:
    """The parser of a command.

    Args:
        commands: what `argparse` calls the sub-parsers.
        name: of the command.
        help: what it does, in a line.
        examples: shown below its options.
        **options: more for `argparse`.
    """
    return commands.add_parser(
        name,
        help=help,
        description=f"{help[0].upper()}{help[1:]}.",
        epilog=examples,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
        **options,
    )
