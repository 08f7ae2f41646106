"""Many runs of one experiment, with some fields of its configuration varied.

A field with values makes a grid; one with a range is drawn at random; both are combined. Each
point is an ordinary run folder, as `photonn run` has it: one that is finished is not run
again, one that was interrupted goes on, and a sweep with more values keeps what it has.
"""

import copy
import dataclasses
import itertools
import json
import math
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from photonn import config
from photonn.errors import RunError, check_integer, mistake
from photonn.report.run_folder import flat, read_result

MOST = 10_000  # points: a slip in a range should not fill the memory


@dataclass(frozen=True)
class Range:
    """Numbers from `low` to `high`, whole ones if both are.

    Attributes:
        low, high: the ends, `high` included.
        logarithmic: whether ratios, not differences, are alike.
    """

    low: float
    high: float
    logarithmic: bool = False

    def draw(self, uniform: float) -> float:
        """The value at a share from 0 to 1 of the range, with six digits."""
        low, high = self.low, self.high
        whole = isinstance(low, int) and isinstance(high, int)
        if whole and not self.logarithmic:
            return low + min(int(uniform * (high - low + 1)), int(high - low))
        value = low * (high / low) ** uniform if self.logarithmic else low + uniform * (high - low)
        return round(value) if whole else float(f"{value:.6g}")


Values = Sequence[Any] | Range


@dataclass(frozen=True)
class Point:
    """One run of a sweep.

    Attributes:
        varied: the fields that are varied, with their values here.
        chosen: the whole configuration.
        folder: of the run.
    """

    varied: dict[str, Any]
    chosen: Any
    folder: Path


def read_grid(texts: Sequence[str]) -> dict[str, Values]:
    """Fields and what they take, from texts such as `mesh.learning-rate=0.003,0.01`.

    Args:
        texts: `FIELD=V1,V2,...`, `FIELD=FROM:TO` for whole numbers up to but not TO, or
            `FIELD=LOW..HIGH`, perhaps with `:log` behind, for a range to draw from.

    Raises:
        InputError: if a text is none of these, or a field stands twice.
    """
    grid: dict[str, Values] = {}
    for text in texts:
        name, sign, values = text.partition("=")
        field = name.strip().replace("-", "_")
        if not sign or not field or not values.strip():
            raise mistake("--grid", "be FIELD=VALUES", f"is {text!r}", "For example seed=0:5.")
        if field in grid:
            raise mistake("--grid", "name a field once", f"names `{field}` twice")
        grid[field] = _read_values(text, values.strip())
    if not grid:
        raise mistake("--grid", "be given", "is not", "For example --grid seed=0:5.")
    return grid


def points(
    name: str, base: Any, grid: dict[str, Values], out: Path, *, label: str, draws: int, seed: int
) -> list[Point]:
    """All points: the product of the values of a grid, with every draw from its ranges.

    Args:
        name: of the experiment.
        base: its configuration, a dataclass, where nothing is varied.
        grid: fields and what they take.
        out: folder that holds the run folders.
        label: in the names of run folders.
        draws: from the ranges; zero where there is none.
        seed: of the draws. Draw number i of a field depends on seed, field and i alone.

    Raises:
        InputError: if a field or a value does not fit the configuration, or there are too
            many points.
    """
    ranges = {field: values for field, values in grid.items() if isinstance(values, Range)}
    lists = {field: values for field, values in grid.items() if not isinstance(values, Range)}
    check_integer("--random", draws, 1 if ranges else 0, "It says how many to draw.")
    if draws and not ranges:
        hint = "For example --grid mesh.learning-rate=1e-3..1e-1:log."
        raise mistake("--random", "have a range to draw from", "has none in --grid", hint)
    check_integer("--random-seed", seed, 0)
    count = math.prod(len(values) for values in lists.values()) * max(draws, 1)
    if count > MOST:
        raise mistake("--grid", f"make at most {MOST} points", f"makes {count}")
    drawn = [{field: _draw(seed, field, r, i) for field, r in ranges.items()} for i in range(draws)]
    found: dict[Path, Point] = {}  # two draws of a whole number may be the same
    for once, values in itertools.product(drawn or [{}], itertools.product(*lists.values())):
        varied = {**once, **dict(zip(lists, values, strict=True))}
        varied = {field: varied[field] for field in grid}
        chosen = _with(base, varied)
        folder = out / config.default_folder(name, label, chosen).name
        found.setdefault(folder, Point(varied, chosen, folder))
    return list(found.values())


def row(point: Point, failure: str = "") -> dict[str, Any]:
    """The line of a point in the table: what was varied, the claims, and how it stands."""
    status, claims = f"failed: {failure}" if failure else "not run", {}
    try:
        if found := read_result(point.folder):
            status = "finished"
            claims = {f"{c['name']} ({c['metric']})": c["ours"] for c in found["claims"]}
    except RunError as error:
        status = f"failed: {error}"
    return {**point.varied, **claims, "status": status, "folder": str(point.folder)}


def _read_values(text: str, values: str) -> Values:
    if ".." in values:
        return _read_range(text, values)
    start, colon, stop = values.partition(":")
    if colon:
        try:
            whole = range(int(start), int(stop))
        except ValueError:
            whole = range(0)
        if not whole:
            must, hint = "be FROM:TO, whole and rising", "For example seed=0:5 for 0 to 4."
            raise mistake("--grid", must, f"is {text!r}", hint)
        return whole
    try:  # so that lists, for fields that are tuples, can stand between commas
        return json.loads(f"[{values}]")
    except (ValueError, RecursionError):
        return [_word(word.strip()) for word in values.split(",")]


def _read_range(text: str, values: str) -> Range:
    ends, _, kind = values.partition(":")
    low, high = (_word(end) for end in ends.split("..", 1))
    numbers = all(isinstance(end, int | float) and math.isfinite(end) for end in (low, high))
    if not numbers or not low < high or kind not in ("", "log") or (kind and low <= 0):
        must = "be LOW..HIGH, rising numbers, positive ones for LOW..HIGH:log"
        raise mistake("--grid", must, f"is {text!r}")
    return Range(low, high, kind == "log")


def _word(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _draw(seed: int, field: str, values: Range, number: int) -> float:
    # Of each its own: another field, or more draws, change none of those that were run.
    generator = np.random.default_rng([seed, zlib.crc32(field.encode()), number])
    return values.draw(generator.uniform())


def _with(base: Any, varied: dict[str, Any]) -> Any:
    tree = copy.deepcopy(dataclasses.asdict(base))
    for field, value in varied.items():
        *outer, last = field.split(".")
        inner = tree
        for part in outer:
            inner = inner.setdefault(part, {}) if isinstance(inner, dict) else None
        if not isinstance(inner, dict) or isinstance(inner.get(last), dict):
            known = ", ".join(flat(dataclasses.asdict(base)))
            raise mistake("--grid", f"vary one of {known}", f"varies `{field}`")
        inner[last] = value
    return config.check(tree, type(base), "--grid")
