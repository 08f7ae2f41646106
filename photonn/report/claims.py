"""What an experiment says, beside what was published."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

import numpy as np
from rich.table import Table

from photonn.errors import mistake

Aim = Literal["at least", "at most", "within"]


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
        target: what we set out to reach.
        aim: how: `at least` or `at most` the target, or `within` the tolerance of it.
        tolerance: largest distance from the target with the aim `within`.
        met: whether `ours` does; `None` without a target.
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
    aim: Aim = "at least"
    tolerance: float | None = None
    met: bool | None = None
    published: float | None = None
    published_kind: Literal["measured", "simulated", "theory"] | None = None
    source: str | None = None

    @classmethod
    def over_seeds(
        cls, name: str, values: Sequence[float], seeds: Sequence[int], **what: Any
    ) -> "Claim":
        """The mean and spread of one value for each seed, against a target if there is one.

        Args:
            name: what was built.
            values: one number for each seed.
            seeds: the seeds.
            **what: the other attributes.
        """
        ours = float(np.mean(values))
        spread = float(np.std(values, ddof=1)) if len(values) > 1 else None
        claim = cls(name=name, ours=ours, spread=spread, seeds=list(seeds), **what)
        if claim.target is None:
            return claim
        over = _shortfall(ours, claim.target, claim.aim, claim.tolerance)
        return replace(claim, met=bool(over <= 0))


def _shortfall(ours: float, target: float, aim: Aim, tolerance: float | None) -> float:
    """How far `ours` is beyond what the aim allows; not above zero where it is met."""
    if aim == "within" and (tolerance is None or not tolerance >= 0):
        raise mistake("tolerance", 'be at least 0 with the aim "within"', f"is {tolerance}")
    over = {"at least": target - ours, "at most": ours - target}
    return over[aim] if aim in over else abs(ours - target) - (tolerance or 0.0)


def checked(content: Any) -> list[dict[str, Any]]:
    """Claims as a `result.json` has them, whole: what an earlier version left out is filled in.

    Raises:
        TypeError: if they are none; says where.
    """
    from pydantic import TypeAdapter, ValidationError

    try:
        # By way of JSON: in Python, strict means instances of the class.
        claims = TypeAdapter(list[Claim]).validate_json(json.dumps(content), strict=True)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in ("claims", *first["loc"]))
        raise TypeError(f"`{where}`: {first['msg'].lower()}") from None
    return [asdict(claim) for claim in claims]


def verdict(claim: dict[str, Any]) -> str:
    """Whether a claim, as read from a `result.json`, was met; else by how much it was missed."""
    if claim["met"] is None:
        return ""
    if claim["met"]:
        return "met"
    aim, tolerance = claim.get("aim", "at least"), claim.get("tolerance")
    return f"missed by {_shortfall(claim['ours'], claim['target'], aim, tolerance):.4f}"


def goal(claim: dict[str, Any]) -> str:
    """What was to be reached: `0.95`, `at most 0.03`, `0.82 ± 0.02`, or nothing."""
    if claim["target"] is None:
        return ""
    number, aim = f"{claim['target']:g}", claim.get("aim", "at least")
    if aim == "within":
        return f"{number} ± {claim['tolerance']:g}"
    return f"at most {number}" if aim == "at most" else number


def reached(claim: dict[str, Any]) -> str:
    """Our number with its spread and the number of seeds."""
    spread = "" if claim["spread"] is None else f" ± {claim['spread']:.4f}"
    count = len(claim["seeds"])
    return f"{claim['ours']:.4f}{spread} ({count} seed{'s' if count > 1 else ''})"


def published(claim: dict[str, Any]) -> str:
    """The number in the literature, or nothing."""
    return "" if claim["published"] is None else f"{claim['published']:.4g}"


def table(claims: Sequence[dict[str, Any]], title: str) -> Table:
    """Claims, as read from a `result.json`, as a table for the terminal."""
    columns = {
        "what": [claim["name"] for claim in claims],
        "data": [claim["dataset"] for claim in claims],
        "published": [published(claim) for claim in claims],
        "ours": [f"{claim['metric']} {reached(claim)}" for claim in claims],
        "target": [goal(claim) for claim in claims],
        "": [verdict(claim) for claim in claims],
    }
    shown = {name: cells for name, cells in columns.items() if any(cells)}
    lines = Table(*shown, title=title, title_justify="left")
    for row in zip(*shown.values(), strict=True):
        lines.add_row(*row)
    return lines
