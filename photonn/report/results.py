"""Results of many runs, read from their folders and shown side by side."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from photonn.errors import InputError
from photonn.report.claims import checked, goal, published, reached, verdict
from photonn.train import sealed
from photonn.train.sealed import Damaged

REMEDY = "Remove it, or make it anew with `photonn run`."


def read(path: Path) -> dict[str, Any]:
    """A `result.json`, if it is sound.

    Raises:
        InputError: if it cannot be read or is not the result of a run.
    """
    try:
        result = sealed.read(path)
        result["claims"] = checked(result["claims"])
        if not isinstance(result["experiment"], str) or not isinstance(result["seconds"], float):
            raise TypeError("its experiment or its seconds are none")
        return result
    except (KeyError, TypeError, Damaged) as error:
        raise InputError(f"{path} is not the result of a run ({error}). {REMEDY}") from None


def collect(folder: Path) -> list[dict[str, Any]]:
    """The results of a folder of run folders, or of one run folder, by name of the folder.

    Raises:
        InputError: if there is none, or one cannot be read.
    """
    paths = sorted([*folder.glob("result.json"), *folder.glob("*/result.json")])
    if not paths:
        raise InputError(
            f"`FOLDER` must hold results (result.json or NAME/result.json), but {folder} "
            f"{'holds none' if folder.is_dir() else 'is no folder'}. `photonn run NAME` makes one."
        )
    return [read(path) for path in paths]


def markdown(results: Sequence[dict[str, Any]]) -> str:
    """Claims that have a published number or a target, as one Markdown table.

    Numbers that stand beside a theory are many; they are counted, in one line.
    """
    lines = [
        "| experiment | what | data | published | ours | target | |",
        "|---|---|---|---|---|---|---|",
    ]
    for result in results:
        rows = [_row(claim) for claim in result["claims"] if _is_shown(claim)]
        lines += [_line(result["experiment"], *row) for row in [*rows, *_of_theory(result)]]
    return "\n".join(lines)


def _is_shown(claim: dict[str, Any]) -> bool:
    told = claim["published"] is not None or claim["target"] is not None
    return told and claim["published_kind"] != "theory"


def _row(claim: dict[str, Any]) -> tuple[str, ...]:
    kind = f" ({claim['published_kind']})" if claim["published_kind"] else ""
    return (
        f"{claim['name']}: {claim['metric']}",
        claim["dataset"],
        f"{published(claim)}{kind}".strip(),
        reached(claim),
        goal(claim),
        verdict(claim),
    )


def _of_theory(result: dict[str, Any]) -> Iterator[tuple[str, ...]]:
    verdicts = [
        claim["met"]
        for claim in result["claims"]
        if claim["published_kind"] == "theory" and claim["met"] is not None
    ]
    if verdicts:
        met, count = sum(verdicts), len(verdicts)
        yield f"{count} numbers beside theory", "", "", "", "", f"{met} met, {count - met} missed"


def _line(*cells: str) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
