"""One run, one folder: enough to know what was done, and to do it again.

    config.toml    every field of the configuration, resolved
    run.json       experiment, versions, device
    NAME/metrics.jsonl, NAME/checkpoints/    of every network that was fitted
    figures/       PNG and SVG
    result.json    claims; written last: a folder that has one is finished

The same request gets the same folder, so a run that was interrupted goes on.
"""

import dataclasses
import json
import platform
import sys
import time
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import filelock
import tomli_w

from photonn.durable import hold, remove, write_atomically
from photonn.errors import InputError, RunError
from photonn.report.claims import Claim, checked
from photonn.train import sealed
from photonn.train.sealed import Damaged

# What is left of a run that was killed while it opened its folder.
BEGUN = {".lock", "config.toml", ".config.toml.part", ".run.json.part"}
PACKAGES = ("photonn", "jax", "jaxlib", "flax", "optax", "orbax-checkpoint", "numpy")


class RunFolder:
    """The folder of one run of one experiment.

    Attributes:
        path: where it is.
    """

    def __init__(self, path: Path | str, experiment: str, config: Any, *, fresh: bool = False):
        """Open a new folder, or one in which the same run was begun.

        Args:
            path: where; made if it is not there.
            experiment: name of the experiment.
            config: its resolved configuration, a dataclass.
            fresh: throw away what an earlier run left there.

        Raises:
            InputError: if the folder belongs to something else.
            RunError: if it cannot be written.
        """
        self.path = Path(path).absolute()
        self.experiment = experiment
        self.config = without_none(dataclasses.asdict(config))
        self._began = time.monotonic()
        self._lock: filelock.BaseFileLock | None = None
        try:
            self._claim(fresh)
        except OSError as error:
            raise RunError(
                f"The run folder {self.path} cannot be written: {error.strerror or error}. "
                "Choose another with --out FOLDER."
            ) from error

    @property
    def result(self) -> dict[str, Any] | None:
        """What a finished run found; `None` while it is not finished."""
        found = read_result(self.path)
        mine = (self.experiment, _as_json(self.config))
        if found and (found["experiment"], found["config"]) != mine:
            raise RunError(
                f"{self.path / 'result.json'} is of another run. Remove it to finish this one "
                "again, or start anew with --fresh."
            )
        return found

    def save_figure(self, figure: Any, name: str) -> None:
        """Write a Matplotlib figure as PNG and SVG and close it."""
        import matplotlib.pyplot as plt

        folder = self.path / "figures"
        folder.mkdir(exist_ok=True)
        figure.savefig(folder / f"{name}.png", dpi=150, bbox_inches="tight")
        figure.savefig(folder / f"{name}.svg", bbox_inches="tight")
        plt.close(figure)

    def finish(self, claims: Sequence[Claim], seeds: Sequence[int]) -> dict[str, Any]:
        """Write `result.json` and give it back."""
        result = {
            "experiment": self.experiment,
            "config": self.config,
            "seeds": list(seeds),
            **environment(),
            "seconds": round(time.monotonic() - self._began, 1),
            "claims": [dataclasses.asdict(claim) for claim in claims],
        }
        sealed.write(self.path / "result.json", result, indent=2)
        return _as_json(result)

    def _claim(self, fresh: bool) -> None:
        record = self.path / "run.json"
        known = read_record(record)
        held = {path.name for path in self.path.iterdir()} if self.path.exists() else set()
        if known is None and held - BEGUN:
            raise InputError(
                f"`out` must be a new folder or one of an earlier run, but {self.path} holds "
                "other files and no sound run.json. Choose another with --out FOLDER."
            )
        self.path.mkdir(parents=True, exist_ok=True)
        try:
            self._lock = hold(self.path)
        except filelock.Timeout:
            raise InputError(
                f"`out` must be a folder in which nothing runs, but a run is under way in "
                f"{self.path}. Wait for it, or choose another with --out FOLDER."
            ) from None
        known = read_record(record)  # of a run that has ended while we waited
        if known and not fresh:
            self._check_same(known)
            return
        if others := runs_inside(self.path):
            raise InputError(
                f"`out` must be a folder of one run to be emptied, but {others[0]} is another run. "
                "Choose another with --out FOLDER."
            )
        clear(self.path)
        about = {"experiment": self.experiment, "config": self.config, **environment()}
        resolved = tomli_w.dumps({"experiment": self.experiment, **self.config})
        write_atomically(self.path / "config.toml", resolved)
        sealed.write(record, about, indent=2)

    def _check_same(self, earlier: dict[str, Any]) -> None:
        there = flat({"experiment": earlier["experiment"], **earlier["config"]})
        here = flat(_as_json({"experiment": self.experiment, **self.config}))
        for name in sorted(there | here):
            if there.get(name) != here.get(name):
                raise InputError(
                    f"`out` must be a folder of this same run, but in {self.path} `{name}` is "
                    f"{there.get(name)!r}, not {here.get(name)!r}. Choose another with "
                    "--out FOLDER, or throw the earlier run away with --fresh."
                )


def read_record(path: Path) -> dict[str, Any] | None:
    """What `run.json` says, if it is one of ours."""
    try:
        record = sealed.read(path)
    except Damaged:
        return None
    match record:
        case {"experiment": str(), "config": dict(), "versions": dict()}:
            return record
    return None


def runs_inside(folder: Path) -> list[Path]:
    """Other run folders below one: they must not go with it."""
    return sorted(path.parent for path in folder.glob("*/**/run.json"))


def clear(folder: Path) -> None:
    """Remove all of a run but its lock."""
    # Killed in between, it is still a run folder, and none that is finished.
    order = {"result.json": 0, "run.json": 2}
    for path in sorted(folder.iterdir(), key=lambda path: order.get(path.name, 1)):
        if path.name != ".lock":
            remove(path)


def read_result(folder: Path) -> dict[str, Any] | None:
    """What a finished run found; `None` while it is not finished.

    Raises:
        RunError: if it is not as it was written.
    """
    path = folder / "result.json"
    if not path.exists():
        return None
    try:
        match result := sealed.read(path):
            case {"experiment": str(), "config": dict(), "seconds": float(), "claims": claims}:
                return result | {"claims": checked(claims)}
        fault = "it is not of a run"
    except (Damaged, TypeError) as damage:
        fault = str(damage)
    raise RunError(
        f"{path} cannot be read: {fault}. Remove it to finish the run again, or start anew "
        "with --fresh."
    )


def _as_json(tree: dict[str, Any]) -> dict[str, Any]:
    """As it is read back: tuples are lists."""
    return json.loads(json.dumps(tree))


def environment() -> dict[str, Any]:
    """Versions and device: what a result may depend on besides its configuration."""
    import jax

    device = jax.devices()[0]
    return {
        "versions": {
            "python": platform.python_version(),
            **{package: version(package) for package in PACKAGES},
        },
        "device": f"{device.platform} ({device.device_kind}), {jax.device_count()} device(s)",
        "platform": f"{sys.platform} {platform.machine()}",
    }


def flat(tree: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    """Nested keys joined by dots."""
    out: dict[str, Any] = {}
    for name, value in tree.items():
        inner = flat(value, f"{prefix}{name}.") if isinstance(value, dict) else None
        out |= inner if inner is not None else {f"{prefix}{name}": value}
    return out


def without_none(tree: dict[str, Any]) -> dict[str, Any]:
    """Leave out what is `None`: TOML has no word for it, and absent means the default."""
    return {
        name: without_none(value) if isinstance(value, dict) else value
        for name, value in tree.items()
        if value is not None
    }
