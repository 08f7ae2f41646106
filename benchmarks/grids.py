"""Records as tables in Markdown, whatever was measured.

A record is what `race.Result.record` gives: who did what, for which size, and how long it took.
"""

import math
from collections.abc import Callable, Iterable

Record = dict
FIGURES = 3


def name(record: Record) -> str:
    """Who it was."""
    return " ".join(filter(None, (record["worker"], record.get("method"))))


def grid(
    records: list[Record],
    cell: Callable[[Record], str],
    column: Callable[[Record], object],
    last: tuple[str, Callable[[list[Record]], str]] | None = None,
) -> str:
    """A row for each entrant, a column for each size, and perhaps one more."""
    columns = list(dict.fromkeys(map(column, records)))
    rows = {}
    for record in records:
        rows.setdefault(name(record), {})[column(record)] = record
    lines = [["", *map(str, columns), *([last[0]] if last else [])]]
    for who, found in rows.items():
        cells = [cell(found[c]) if c in found else "-" for c in columns]
        lines.append([who, *cells, *([last[1](list(found.values()))] if last else [])])
    return table(lines)


def table(lines: list[list[str]]) -> str:
    """Lines of cells, the first one the head."""
    head, *body = lines
    rule = ["---", *["---:"] * (len(head) - 1)]
    return "\n".join("| " + " | ".join(line) + " |" for line in (head, rule, *body))


# What is compared: the default of photonn, or its only way.
OURS = ("photonn auto", "photonn")


def ratios(
    records: list[Record], column: Callable, key: str = "median_s", who: tuple[str, ...] = OURS
) -> dict:
    """For each size the time of the best peer over that of photonn, as `who` names it."""
    found = {}
    for size in dict.fromkeys(map(column, records)):
        here = [r for r in records if column(r) == size and key in r]
        ours = [r[key] for r in here if name(r) in who]
        peers = {name(r): r[key] for r in here if r["worker"] != "photonn"}
        if ours and peers:
            best = min(peers, key=peers.__getitem__)
            found[size] = peers[best] / ours[0], best
    return found


def versus(records: list[Record], column: Callable, who: tuple[str, ...] = OURS) -> Iterable[str]:
    """The best peer of each size against photonn: how many times as long it takes."""
    found, least = (ratios(records, column, key, who) for key in ("median_s", "min_s"))
    if not found:
        return
    label = "photonn" if who == OURS else who[0]
    factors = [f"best peer / {label}", *(number(ratio, 2) for ratio, _ in found.values())]
    yield table([["", *map(str, found)], factors, ["best peer", *(b for _, b in found.values())]])
    medians, minima = (geometric_mean([r for r, _ in x.values()]) for x in (found, least))
    yield (
        f"Geometric mean of {len(found)} sizes: **{medians:.1f}** by medians, "
        f"{minima:.1f} by the shortest runs."
    )


def geometric_mean(values: list[float]) -> float:
    """exp(mean(log))."""
    return math.exp(sum(map(math.log, values)) / len(values))


def exponent(points: list[tuple[float, float]]) -> float | None:
    """Slope of the straight line through the last four points, both axes logarithmic."""
    last = [(math.log(x), math.log(y)) for x, y in points[-4:]]
    if len(last) < 2:
        return None
    mean_x, mean_y = (sum(values) / len(last) for values in zip(*last, strict=True))
    spread = sum((x - mean_x) ** 2 for x, _ in last)
    return sum((x - mean_x) * (y - mean_y) for x, y in last) / spread


def milliseconds(record: Record) -> str:
    """Median time of a run."""
    return number(record.get("median_s"), scale=1e3)


def megabytes(value: float | None) -> str:
    """Bytes as MB."""
    return number(value, scale=1e-6)


def number(value: float | None, figures: int = FIGURES, scale: float = 1.0) -> str:
    """A few figures; a dash for nothing."""
    if value is None:
        return "-"
    value *= scale
    if value == 0 or 1e-2 <= abs(value) < 1e5:
        places = max(0, figures - 1 - math.floor(math.log10(abs(value)))) if value else 0
        return f"{value:.{places}f}"
    return f"{value:.{figures - 1}e}"
