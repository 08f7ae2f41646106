"""The command `photonn list`: what can be run."""

import argparse
from typing import Any

from photonn import config
from photonn.commands import new_parser

EXAMPLES = "example:\n  photonn list"


def add_parser(commands: Any) -> None:
    """Add the command to those of the command line."""
    help = "experiments and their configurations"
    parser = new_parser(commands, "list", help=help, examples=EXAMPLES)
    parser.set_defaults(carry_out=carry_out)


def carry_out(known: argparse.Namespace, rest: list[str]) -> None:
    """Print every experiment with its configurations."""
    from rich.console import Console
    from rich.table import Table

    shown = Table("experiment", "what", "configurations")
    for name, path in config.experiments().items():
        shown.add_row(name, config.summary(path), ", ".join(["(default)", *config.presets(name)]))
    Console().print(shown)
