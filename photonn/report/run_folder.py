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
import shutil
import sys
import time
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import filelock
import tomli_w

from photonn.errors import InputError, RunError
from photonn.report.claims import Claim
from photonn.train.checkpoint import write_atomically

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
        self._lock = filelock.FileLock(self.path / ".lock", is_singleton=True)
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
        path = self.path / "result.json"
        if not path.exists():
            return None
        try:
            result = json.loads(path.read_text())
            for claim in result["claims"]:
                Claim(**claim)
            return {"experiment": self.experiment, "seconds": result["seconds"], **result}
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise RunError(
                f"{path} cannot be read ({error}). Remove it to finish the run again, or start "
                "anew with --fresh."
            ) from error

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
        write_atomically(self.path / "result.json", json.dumps(result, indent=2) + "\n")
        return result

    def _claim(self, fresh: bool) -> None:
        record = self.path / "run.json"
        known = _read_record(record)
        held = {path.name for path in self.path.iterdir()} if self.path.exists() else set()
        # What is left of a run that was killed while it opened its folder is no one's.
        if known is None and held - {".lock", "config.toml", ".run.json.part"}:
            raise InputError(
                f"`out` must be a new folder or one of an earlier run, but {self.path} holds "
                "other files and no sound run.json. Choose another with --out FOLDER."
            )
        self.path.mkdir(parents=True, exist_ok=True)
        try:
            self._lock.acquire(timeout=0)
        except filelock.Timeout:
            raise InputError(
                f"`out` must be a folder in which nothing runs, but a run is under way in "
                f"{self.path}. Wait for it, or choose another with --out FOLDER."
            ) from None
        if known and not fresh:
            self._check_same(known)
            return
        for path in self.path.iterdir():
            if path.name != ".lock":
                shutil.rmtree(path) if path.is_dir() else path.unlink()
        about = {"experiment": self.experiment, "config": self.config, **environment()}
        resolved = tomli_w.dumps({"experiment": self.experiment, **self.config})
        write_atomically(self.path / "config.toml", resolved)
        write_atomically(record, json.dumps(about, indent=2) + "\n")

    def _check_same(self, earlier: dict[str, Any]) -> None:
        there = flat({"experiment": earlier["experiment"], **earlier["config"]})
        here = flat(json.loads(json.dumps({"experiment": self.experiment, **self.config})))
        for name in sorted(there | here):
            if there.get(name) != here.get(name):
                raise InputError(
                    f"`out` must be a folder of this same run, but in {self.path} `{name}` is "
                    f"{there.get(name)!r}, not {here.get(name)!r}. Choose another with "
                    "--out FOLDER, or throw the earlier run away with --fresh."
                )


def _read_record(path: Path) -> dict[str, Any] | None:
    """What `run.json` says, if it is one of ours."""
    try:
        record = json.loads(path.read_text())
        is_ours = isinstance(record["config"], dict) and {"experiment", "versions"} <= set(record)
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return record if is_ours else None


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
