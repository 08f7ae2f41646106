"""States on disk that can be trusted: Orbax writes them, hashes vouch for them.

A folder holds, for each of the last few steps, an Orbax checkpoint `STEP/` and a manifest
`STEP.json`: the SHA-256 of every file, the notes of the run, and a hash of its own. The
manifest is put in place last and at once; a step without a sound one does not exist.
Orbax restores flipped bytes without a word, so every file is hashed before it is read.
"""

import hashlib
import json
import logging
import os
import shutil
from pathlib import Path
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from photonn.errors import RunError

logger = logging.getLogger(__name__)


class Restored(NamedTuple):
    """What a folder of checkpoints held."""

    step: int
    state: Any
    notes: dict[str, Any]


class Checkpoints:
    """The checkpoints of one run in one folder.

    Attributes:
        folder: where they lie; made when the first one is saved.
        keep: how many are kept.
    """

    def __init__(self, folder: Path | str, *, keep: int = 3):
        self.folder = Path(folder).absolute()
        self.keep = keep

    def steps(self) -> list[int]:
        """Steps that have a manifest, oldest first."""
        return sorted(int(p.stem) for p in self.folder.glob("*.json") if p.stem.isdigit())

    def save(self, step: int, state: Any, notes: dict[str, Any]) -> None:
        """Write a pytree of arrays and the notes (JSON), then drop what is too old.

        Raises:
            RunError: if the folder cannot be written; earlier checkpoints stay as they are.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            target = self.folder / str(step)
            with _checkpointer() as checkpointer:
                checkpointer.save(target, _flatten(state), force=True)
            body = {"step": step, "notes": notes, "files": _hashes(target)}
            manifest = {"body": body, "sha256": _digest(body)}
            write_atomically(self.folder / f"{step}.json", json.dumps(manifest))
            self._drop_old()
        except OSError as error:
            raise RunError(
                f"The checkpoint of step {step} could not be written to {self.folder}: {error}. "
                "Earlier checkpoints are untouched; make room there or choose another folder, "
                "then run again to go on."
            ) from error

    def restore(self, like: Any) -> Restored | None:
        """The newest sound checkpoint, or `None` where there is none.

        Args:
            like: a pytree of the same structure, shapes and types.

        Raises:
            RunError: if there are checkpoints but none is sound, or one is of another model.
        """
        steps = self.steps()
        for step in reversed(steps):
            fault, body = self._examine(step)
            if fault:
                message = "Checkpoint %s is damaged (%s); going back to an earlier one in %s."
                logger.warning(message, step, fault, self.folder)
                continue
            return Restored(step, self._read(step, like), body["notes"])
        if steps:
            raise RunError(
                f"None of the checkpoints {steps} in {self.folder} is sound. Remove the folder "
                "to start anew, or restore it from a copy."
            )
        return None

    def _examine(self, step: int) -> tuple[str, dict[str, Any]]:
        """What is wrong with a checkpoint (nothing: an empty string), and its manifest."""
        try:
            manifest = json.loads((self.folder / f"{step}.json").read_text())
            body = manifest["body"]
            if manifest["sha256"] != _digest(body):
                return "its manifest does not match its own hash", {}
            found = _hashes(self.folder / str(step))
        except (OSError, ValueError, KeyError, TypeError) as error:
            return f"unreadable: {error}", {}
        wrong = [name for name, digest in body["files"].items() if found.get(name) != digest]
        return (f"{wrong[0]} is missing or changed" if wrong else ""), body

    def _read(self, step: int, like: Any) -> Any:

        wanted = _flatten(like)
        with _checkpointer() as checkpointer:
            metadata = checkpointer.metadata(self.folder / str(step)).item_metadata
            held = {name: f"{leaf.dtype}{list(leaf.shape)}" for name, leaf in metadata.items()}
            needs = {name: f"{leaf.dtype}{list(leaf.shape)}" for name, leaf in wanted.items()}
            if held != needs:
                odd = sorted(name for name in held | needs if held.get(name) != needs.get(name))[0]
                raise RunError(
                    f"The checkpoint in {self.folder} is of another model or optimiser: {odd} "
                    f"is {held.get(odd, 'absent')} there and {needs.get(odd, 'absent')} here. "
                    "Use another folder."
                )
            return _unflatten(checkpointer.restore(self.folder / str(step), wanted), like)

    def _drop_old(self) -> None:
        kept = {str(step) for step in self.steps()[-self.keep :]}
        for path in self.folder.iterdir():
            # Also what a killed save left behind: folders without a manifest.
            if path.name.removesuffix(".json") not in kept:
                shutil.rmtree(path) if path.is_dir() else path.unlink()


def _checkpointer() -> Any:
    """Of Orbax, which would otherwise wait for the other processes of a run."""
    import orbax.checkpoint as ocp

    if jax.process_count() == 1:
        return ocp.StandardCheckpointer()
    own = jax.process_index()
    alone = ocp.options.MultiprocessingOptions(
        primary_host=own, active_processes={own}, barrier_sync_key_prefix=f"photonn{own}"
    )
    return ocp.StandardCheckpointer(multiprocessing_options=alone)


def write_atomically(path: Path, text: str) -> None:
    """Put a file in place whole or not at all, also through a power cut."""
    temporary = path.with_name(f".{path.name}.part")
    with open(temporary, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, path)


def _flatten(state: Any) -> dict[str, np.ndarray]:
    """Arrays by their path; typed random keys as their words."""
    leaves = jax.tree_util.tree_leaves_with_path(state)
    return {
        f"{number:04d} {jax.tree_util.keystr(path)}": _plain(leaf)
        for number, (path, leaf) in enumerate(leaves)
    }


def _plain(leaf: Any) -> np.ndarray:
    if isinstance(leaf, jax.Array) and jnp.issubdtype(leaf.dtype, jax.dtypes.prng_key):
        leaf = jax.random.key_data(leaf)
    return np.asarray(leaf)


def _unflatten(arrays: dict[str, np.ndarray], like: Any) -> Any:
    leaves, tree = jax.tree.flatten(like)
    values = []
    for leaf, value in zip(leaves, (arrays[name] for name in _flatten(like)), strict=True):
        if isinstance(leaf, jax.Array) and jnp.issubdtype(leaf.dtype, jax.dtypes.prng_key):
            values.append(
                jax.random.wrap_key_data(jnp.asarray(value), impl=jax.random.key_impl(leaf))
            )
        else:
            values.append(jnp.asarray(value))
    return jax.tree.unflatten(tree, values)


def _hashes(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
    }


def _digest(body: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
