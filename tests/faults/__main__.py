"""The command `python -m tests.faults`."""

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path


def main() -> int:
    """Do what was asked for and say what came of it; 1 if anything was lost."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--kills", type=int, default=0, help="so many kills of a fit")
    parser.add_argument("--damage", action="store_true", help="of every file, in every way")
    parser.add_argument("--seed", type=int, default=0, help="of the moments")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        bad = show_kills(asked.kills, asked.seed, Path(folder)) if asked.kills else 0
        return (show_damage(Path(folder)) if asked.damage else 0) or bad


def show_kills(kills: int, seed: int, folder: Path) -> int:
    """Kill, compare, and print a table."""
    from tests.faults import kills as faults

    began = time.monotonic()
    tally = faults.run(kills, seed, folder)
    rows = {
        "kills": tally.kills,
        "fits they fell into": tally.fits,
        "inside saves": tally.inside_saves,
        "before the first save": tally.before_first_save,
        **{f"by {end}": number for end, number in sorted(tally.ends.items())},
        "epochs saved between kills": tally.epochs_run,
        "epochs run again": tally.epochs_repeated,
        "saved epochs lost": tally.epochs_lost,
        "result": "; ".join(tally.different) or "bit for bit that of unbroken fits",
        "seconds": round(time.monotonic() - began, 1),
    }
    for name, value in rows.items():
        print(f"{name:34}{value}")
    return 1 if tally.different or tally.epochs_lost else 0


def show_damage(folder: Path) -> int:
    """Damage, use, and print how often what came of it."""
    from tests.commands.toy import write
    from tests.faults import damage

    write(folder)
    os.chdir(folder)
    tallies = {
        "file of a checkpoint": damage.checkpoints(folder / "states"),
        "file of a run folder": damage.run_folders(folder / "runs", "toy"),
    }
    bad = 0
    for what, tally in tallies.items():
        print(f"{what:26}{'tried':7}outcome")
        for (kind, outcome), count in sorted(tally.items()):
            print(f"  {kind:24}{count:<7}{outcome}")
            bad += not damage.is_good(outcome)
        print(f"  {'together':24}{tally.total()}")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
