"""An experiment that takes no time, in a folder of its own."""

TOY = '''"""Sums of random numbers."""

from dataclasses import dataclass

from photonn import report
from photonn.config import Positive, Seed


@dataclass(frozen=True)
class Config:
    """What can be set."""

    seed: Seed = 0
    scale: Positive = 1.0  # of the numbers
    sizes: tuple[int, ...] = (2, 3)
    note: str | None = None


def main(config: Config, run) -> dict:
    """Draw and sum."""
    import numpy as np

    value = float(np.random.default_rng(config.seed).normal(scale=config.scale, size=4).sum())
    claim = report.Claim.over_seeds("sum", [value], [config.seed], dataset="toy", metric="value")
    (run.path / "net" / "checkpoints").mkdir(parents=True, exist_ok=True)
    (run.path / "net" / "checkpoints" / "1.json").write_text("{}")
    return run.finish([claim], [config.seed])
'''


def write(folder):
    """Put the experiment and a configuration of it into a folder."""
    (folder / "experiments").mkdir()
    (folder / "experiments" / "toy.py").write_text(TOY)
    (folder / "configs" / "toy").mkdir(parents=True)
    (folder / "configs" / "toy" / "small.toml").write_text("scale = 0.5\n")


def settle_in(folder, monkeypatch):
    """Make a folder with the experiment the working folder."""
    write(folder)
    monkeypatch.chdir(folder)
    monkeypatch.setenv("COLUMNS", "200")
