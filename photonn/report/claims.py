"""What an experiment says, beside what was published."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from rich.table import Table


@dataclass(frozen=True)
class Claim:
    """One number with everything that makes it honest.

    Attributes:
        name: what was built.
        dataset: data set and part of it.
        metric: what the number counts.
        ours: mean over the seeds.
        spread: sample standard deviation over the seeds; `None` for one seed.
        seeds: which seeds.
        target: what we set out to reach, at least.
        met: whether `ours` reaches the target; `None` without a target.
        published: the number in the literature.
        published_kind: how it was had.
        source: where it stands.
    """

    name: str
    dataset: str
    metric: str
    ours: float
    spread: float | None
    seeds: list[int]
    target: float | None = None
    met: bool | None = None
    published: float | None = None
    published_kind: Literal["measured", "simulated", "theory"] | None = None
    source: str | None = None

    @classmethod
    def over_seeds(
        cls,
        name: str,
        values: Sequence[float],
        seeds: Sequence[int],
        *,
        target: float | None = None,
        **what: Any,
    ) -> "Claim":
        """The mean and spread of one value for each seed, against a target.

        Args:
            name: what was built.
            values: one number for each seed.
            seeds: the seeds.
            target: what we set out to reach, at least.
            **what: the other attributes.
        """
        ours = float(np.mean(values))
        spread = float(np.std(values, ddof=1)) if len(values) > 1 else None
        met = None if target is None else ours >= target
        return cls(
            name=name, ours=ours, spread=spread, seeds=list(seeds), target=target, met=met, **what
        )


def table(claims: Sequence[dict[str, Any]], title: str) -> Table:
    """Claims, as read from a `result.json`, as a table for the terminal."""
    columns = {
        "what": [claim["name"] for claim in claims],
        "data": [claim["dataset"] for claim in claims],
        "published": [_number(claim["published"]) for claim in claims],
        "ours": [f"{claim['metric']} {_with_spread(claim)}" for claim in claims],
        "target": [_number(claim["target"]) for claim in claims],
        "": [_verdict(claim) for claim in claims],
    }
    shown = {name: cells for name, cells in columns.items() if any(cells)}
    lines = Table(*shown, title=title, title_justify="left")
    for row in zip(*shown.values(), strict=True):
        lines.add_row(*row)
    return lines


def _with_spread(claim: dict[str, Any]) -> str:
    spread = "" if claim["spread"] is None else f" ± {claim['spread']:.4f}"
    count = len(claim["seeds"])
    return f"{claim['ours']:.4f}{spread} ({count} seed{'s' if count > 1 else ''})"


def _verdict(claim: dict[str, Any]) -> str:
    if claim["met"] is None:
        return ""
    return "met" if claim["met"] else f"missed by {claim['target'] - claim['ours']:.4f}"


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:g}"
