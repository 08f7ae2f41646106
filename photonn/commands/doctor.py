"""The command `photonn doctor`: is this installation sound?"""

import argparse
from typing import Any

from photonn.commands import new_parser
from photonn.errors import RunError

EXAMPLES = "example:\n  photonn doctor"


def add_parser(commands: Any) -> None:
    """Add the command to those of the command line."""
    help = "versions, devices, and a short self-test of the physics"
    parser = new_parser(commands, "doctor", help=help, examples=EXAMPLES)
    parser.set_defaults(carry_out=carry_out)


def carry_out(known: argparse.Namespace, rest: list[str]) -> None:
    """Print versions and the self-test.

    Raises:
        RunError: if the self-test finds wrong physics.
    """
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
