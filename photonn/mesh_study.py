"""A study of meshes on a process: budget and many chips of each layout, as a run folder.

What `photonn mesh` does once it knows what is asked for. Everything that is shown is read
from the claims of `result.json`.
"""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from photonn import hardware, meshes, nn, plot, report

if TYPE_CHECKING:
    import numpy as np

LAYOUTS = ("blocks", "butterfly", "clements", "permuting", "reck", "redundant")
SWEPT = 16  # chips at most whose wavelength is swept: a chip costs as much as all its points


@dataclass(frozen=True)
class Study:
    """What is asked for: the configuration of the run.

    Attributes:
        layout: names from `LAYOUTS`.
        modes: waveguides.
        process: name of a process.
        draws: chips of each layout.
        correct: `none`, or `local` for the same chips corrected as well.
        wavelength: a sweep as `FROM:TO:POINTS` in nm.
        limit: largest error that passes.
        bits: of converters and read-out.
        seed: of the matrix and the chips.
    """

    layout: tuple[str, ...]
    modes: int
    process: str
    draws: int
    correct: str
    wavelength: str | None
    limit: float
    bits: int
    seed: int


@dataclass(frozen=True)
class Found:
    """What was found of one layout: by `as made` and `corrected`, where chips are meant."""

    count: "meshes.Count"
    budget: "hardware.Budget"
    chips: dict[str, "hardware.MeshChips"]
    swept: dict[str, "np.ndarray"]


def carry_out(
    study: Study,
    process: "hardware.Process",
    wavelengths: list[float],
    folder: "report.RunFolder",
) -> dict[str, Any]:
    """Measure, write tables and figures, and finish the run.

    Args:
        study: what is asked for.
        process: that of the study.
        wavelengths: of the sweep [m].
        folder: where it goes.
    """
    names = dict.fromkeys(study.layout)
    found = {name: _measure(name, study, process, wavelengths) for name in names}
    _write(folder.path, found, process)
    _draw(folder, found, study, wavelengths)
    return folder.finish(_claims(found, study), [study.seed])


def _layout(name: str, modes: int) -> "meshes.Layout":
    if name == "redundant":  # a quarter more columns
        return meshes.redundant.layout(modes, max(1, modes // 4))
    return getattr(meshes, name).layout(modes)


def _measure(name: str, study: Study, process: "hardware.Process", points: list[float]) -> Found:
    import jax
    import numpy as np
    from flax import nnx

    wiring, rngs = _layout(name, study.modes), nnx.Rngs(study.seed)
    mesh = nn.MZIMesh(wiring, dispersion=process.dispersion, rngs=rngs)
    budget = hardware.budget(mesh, process, bits=study.bits)
    ways = {"as made": False} | ({"corrected": True} if study.correct == "local" else {})
    chips, swept = {}, {}
    for way, correct in ways.items():
        draw = {"key": jax.random.key(study.seed), "correct": correct}
        chips[way] = hardware.mesh_chips(mesh, process, chips=study.draws, **draw)
        if points:
            count = min(study.draws, SWEPT)
            light = np.asarray(points)
            swept[way] = hardware.mesh_over_wavelength(mesh, process, light, chips=count, **draw)
    return Found(wiring.count(), budget, chips, swept)


def _claims(found: Mapping[str, Found], study: Study) -> list["report.Claim"]:
    """Every number: those of chips have no source, those of budgets have theirs."""
    claims = []

    def claim(name: str, dataset: str, metric: str, value: float, source: str | None = None):
        what = {"dataset": dataset, "metric": metric, "source": source}
        claims.append(report.Claim.over_seeds(name, [float(value)], [study.seed], **what))

    for layout, of in found.items():
        named = f"{layout}, {study.modes} modes"
        for metric in ("cells", "depth", "shortest_path", "mean_path", "worst_path"):
            value = getattr(of.count, metric)
            claim(named, study.process, metric.replace("_", " "), value, "counted")
        for line in of.budget:
            metric = line.name + (f" ({line.unit})" if line.unit != "1" else "")
            source = line.source + ("" if line.confirmed else " (unconfirmed)")
            claim(named, study.process, metric, line.value, source)
        for way, chips in of.chips.items():
            dataset = f"{study.draws} chips of {study.process}"
            for metric, value in _of_chips(chips, study).items():
                claim(f"{named}, {way}", dataset, metric, value)
    return claims


def _of_chips(chips: "hardware.MeshChips", study: Study) -> dict[str, float]:
    import jax
    import numpy as np

    summary = hardware.summarize(chips.error, key=jax.random.key(study.seed))
    share = hardware.yield_of(chips.error, at_most=study.limit)
    numbers = {f"error, {100 * q:g} %": e.value for q, e in summary.quantiles.items()}
    median = summary.quantiles[0.5]
    numbers |= {"median from": median.low, "median to": median.high}
    numbers |= {f"yield, error <= {study.limit:g}": share.value}
    numbers |= {"yield from": share.low, "yield to": share.high, "failed": summary.failed}
    numbers |= {"worst loss (dB)": np.nanmedian(chips.loss_db)}
    return {name: float(np.asarray(value)) for name, value in numbers.items()}


def show(result: dict[str, Any], path: Path) -> None:
    """Print a finished study: its budgets beside each other, and its chips.

    Args:
        result: what `result.json` holds.
        path: the run folder.
    """
    from rich.console import Console

    console = Console()
    chips = [claim for claim in result["claims"] if claim["source"] is None]
    budget = [claim for claim in result["claims"] if claim["source"] is not None]
    tables, notes = _budgets(budget, console.width)
    console.print(*tables, sep="\n")
    console.print(notes, highlight=False, markup=False, soft_wrap=True)
    title = f"{chips[0]['dataset']}, {_modes(chips)}, {result['seconds']} s"
    console.print(*_side_by_side(chips, title, console.width), sep="\n")
    console.print(f"Everything is in {path}", soft_wrap=True, highlight=False)


def _modes(claims: list[dict[str, Any]]) -> str:
    return claims[0]["name"].split(", ")[1]


def _head(name: str) -> str:
    """What stands above a column: the number of modes is that of all."""
    layout, _, *way = name.split(", ")
    return " ".join([layout, *way])


def _budgets(claims: list[dict[str, Any]], width: int) -> tuple[Any, str]:
    """Tables whose lines name their sources by number, and the sources."""
    names = list(dict.fromkeys(claim["name"] for claim in claims))
    lines: dict[str, dict[str, Any]] = {}
    for claim in claims:
        lines.setdefault(claim["metric"], {})[claim["name"]] = claim
    numbers: dict[str, int] = {}
    rows = []
    for metric, of in lines.items():
        marks = []
        for text in next(iter(of.values()))["source"].removesuffix(" (unconfirmed)").split("; "):
            plain = text in ("counted", "lines above")
            marks.append(text if plain else str(numbers.setdefault(text, len(numbers) + 1)))
        star = " *" if any(c["source"].endswith("(unconfirmed)") for c in of.values()) else ""
        values = [f"{of[name]['ours']:.4g}" if name in of else "" for name in names]
        rows.append([metric, ", ".join(marks) + star, *values])
    title = f"{_modes(claims)}; * unconfirmed"
    heads = [_head(name) for name in names]
    tables = report.tables.in_parts(("budget", "source"), heads, rows, width=width, title=title)
    return tables, "\n".join(f"  {number}  {text}" for text, number in numbers.items())


def _side_by_side(claims: list[dict[str, Any]], title: str, width: int) -> Any:
    names = list(dict.fromkeys(claim["name"] for claim in claims))
    lines: dict[str, dict[str, float]] = {}
    for claim in claims:
        lines.setdefault(claim["metric"], {})[claim["name"]] = claim["ours"]
    rows = [[m, *(f"{of[name]:.4g}" for name in names)] for m, of in lines.items()]
    heads = [_head(name) for name in names]
    return report.tables.in_parts(("chips",), heads, rows, width=width, title=title)


def _write(path: Path, found: Mapping[str, Found], process: "hardware.Process") -> None:
    """Budgets as CSV and JSON, every chip as CSV, the process with its sources."""
    lines = [{"layout": n, **row} for n, of in found.items() for row in of.budget.rows()]
    chips = [
        {"layout": name, "way": way, "chip": number, "error": error, "loss_db": loss}
        for name, of in found.items()
        for way, made in of.chips.items()
        for number, (error, loss) in enumerate(
            zip(made.error.tolist(), made.loss_db.tolist(), strict=True)
        )
    ]
    for name, rows in {"budget": lines, "chips": chips, "process": process.rows()}.items():
        (path / f"{name}.csv").write_text(_csv(rows))
    tables = {"process": process.rows(), "budget": lines}
    (path / "budget.json").write_text(json.dumps(tables, indent=2) + "\n")


def _csv(rows: Sequence[Mapping[str, Any]]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, rows[0], lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def _draw(
    folder: "report.RunFolder", found: Mapping[str, Found], study: Study, points: list[float]
) -> None:
    import matplotlib
    import numpy as np

    matplotlib.use("Agg")
    errors = {
        f"{name}, {way}": chips.error
        for name, of in found.items()
        for way, chips in of.chips.items()
    }
    folder.save_figure(plot.error_shares(errors, limit=study.limit).figure, "errors")
    budgets = {name: of.budget for name, of in found.items()}
    folder.save_figure(plot.power(budgets).figure, "power")
    if not points:
        return
    axes = None
    for name, of in found.items():
        for way, values in of.swept.items():
            nanometres = 1e9 * np.asarray(points)
            axes = plot.error_over(nanometres, values, label=f"{name}, {way}", ax=axes)
    if axes is not None:
        axes.set_xlabel("Wavelength (nm)")
        folder.save_figure(axes.figure, "wavelength")
