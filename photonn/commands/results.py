"""The command `photonn results`: what was published, what was found, what was missed."""

import argparse
from pathlib import Path
from typing import Any

from photonn import config, report
from photonn.commands import new_parser

EXAMPLES = """examples:
  photonn results                  the results that come with photonn
  photonn results runs/digits      those of your own runs
  photonn results --markdown       as a table for a README
"""


def add_parser(commands: Any) -> None:
    """Add the command to those of the command line."""
    help = "claims of finished runs beside what was published"
    parser = new_parser(commands, "results", help=help, examples=EXAMPLES)
    parser.add_argument(
        "folder", nargs="?", metavar="FOLDER", help="run folders [experiments/results]"
    )
    parser.add_argument("--markdown", action="store_true", help="one table in Markdown")
    parser.set_defaults(carry_out=carry_out)


def carry_out(known: argparse.Namespace, rest: list[str]) -> None:
    """Print every claim."""
    folder = Path(known.folder) if known.folder else config.results_folder()
    results = report.results.collect(folder)
    if known.markdown:
        print(report.results.markdown(results))
        return
    from rich.console import Console

    console = Console()
    for result in results:
        title = f"{result['experiment']}, {result['seconds']} s"
        console.print(report.table(result["claims"], title))
