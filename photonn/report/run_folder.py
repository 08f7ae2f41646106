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
            result["claims"]
            return result
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise RunError(
                f"{path} cannot be read ({error}). Remove it to finish the run again."
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
        if self.path.exists() and any(self.path.iterdir()):
            if not record.exists():
                raise InputError(
                    f"`out` must be a new folder or one of an earlier run, but {self.path} holds "
                    "other files. Choose another with --out FOLDER."
                )
            if fresh:
                shutil.rmtree(self.path)
            else:
                self._check_same(record)
        self.path.mkdir(parents=True, exist_ok=True)
        (self.path / "config.toml").write_bytes(
            tomli_w.dumps({"experiment": self.experiment, **self.config}).encode()
        )
        about = {"experiment": self.experiment, "config": self.config, **environment()}
        write_atomically(record, json.dumps(about, indent=2) + "\n")

    def _check_same(self, record: Path) -> None:
        try:
            earlier = json.loads(record.read_text())
            there = flat({"experiment": earlier["experiment"], **earlier["config"]})
        except (ValueError, KeyError, TypeError) as error:
            raise RunError(
                f"{record} cannot be read ({error}). Use --fresh to start anew in this folder."
            ) from error
        here = flat(json.loads(json.dumps({"experiment": self.experiment, **self.config})))
        for name in sorted(there | here):
            if there.get(name) != here.get(name):
                raise InputError(
                    f"`out` must be a folder of this same run, but in {self.path} `{name}` is "
                    f"{there.get(name)!r}, not {here.get(name)!r}. Choose another with "
                    "--out FOLDER, or throw the earlier run away with --fresh."
                )


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
