"""States on disk that can be trusted: Orbax writes them, hashes vouch for them.

A folder holds, for each of the last few steps, an Orbax checkpoint `STEP/` and a manifest
`STEP.json`: the SHA-256 of every file, the notes of the run, and a hash of its own. The
manifest is put in place last and at once; a step without a sound one does not exist.
Orbax restores flipped bytes without a word, so every file is hashed before it is read.
"""

import logging
import re
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

import filelock
import jax
import jax.numpy as jnp
import numpy as np

from photonn.durable import hold, remove
from photonn.errors import InputError, RunError
from photonn.train import manifest
from photonn.train.sealed import Damaged

logger = logging.getLogger(__name__)


class Restored(NamedTuple):
    """What a folder of checkpoints held."""

    step: int
    state: Any
    notes: dict[str, Any]


class Checkpoints:
    """The checkpoints of one run in one folder.

    Attributes:
        folder: where they lie; made when it is owned.
        keep: how many are kept.
    """

    def __init__(self, folder: Path | str, *, keep: int = 3):
        self.folder = Path(folder).absolute()
        self.keep = keep
        self._damaged: set[int] = set()
        self._lock: filelock.BaseFileLock | None = None

    def steps(self) -> list[int]:
        """Steps that have a manifest, oldest first."""
        return manifest.steps(self.folder)

    def save(self, step: int, state: Any, notes: dict[str, Any]) -> None:
        """Write a pytree of arrays and the notes (JSON), then drop what is too old.

        Raises:
            InputError: if another process writes into the folder.
            RunError: if the folder cannot be written; earlier checkpoints stay as they are.
        """
        self.own()
        try:
            self._drop_left_overs()
            name = self._free_name(step)
            _write(self.folder / name, state)
            manifest.write(self.folder, step, name, notes)
            self._damaged.discard(step)
            self._drop_old()
        except OSError as error:
            with suppress(OSError):
                self._drop_left_overs()  # half a checkpoint only takes room
            raise RunError(
                f"The checkpoint of step {step} could not be written to {self.folder}: {error}. "
                "Earlier checkpoints are untouched; make room there or choose another folder, "
                "then run again to go on."
            ) from error

    def own(self) -> None:
        """Keep other processes out of the folder, which is made, as long as this one lives.

        Raises:
            InputError: if another process is in it.
            RunError: if it cannot be written.
        """
        if self._lock is not None:
            return
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self._lock = hold(self.folder)
        except filelock.Timeout:
            raise InputError(
                f"`folder` must be one in which nothing runs, but another process fits in "
                f"{self.folder}. Wait for it, or choose another folder."
            ) from None
        except OSError as error:
            raise RunError(
                f"The folder {self.folder} cannot be written: {error}. Choose another one."
            ) from error

    def restore(self, like: Any) -> Restored | None:
        """The newest sound checkpoint, or `None` where there is none.

        Args:
            like: a pytree of the same structure, shapes and types.

        Raises:
            InputError: if another process writes into the folder.
            RunError: if there are checkpoints but none is sound, or one is of another model.
        """
        steps = self.steps()
        if steps:
            self.own()
            for path in self._left_overs():
                if path.name.isdigit():
                    logger.warning("The save of step %s was cut short; it does not count.", path)
            with suppress(OSError):
                self._drop_left_overs()
        for step in reversed(steps):
            try:
                sound = manifest.read(self.folder, step)
                return Restored(step, self._read(sound.folder, like), sound.notes)
            except Damaged as fault:
                self._damaged.add(step)
                message = "Checkpoint %s is damaged (%s); going back to an earlier one in %s."
                logger.warning(message, step, fault, self.folder)
        if steps:
            raise RunError(
                f"None of the checkpoints {steps} in {self.folder} is sound. Remove the folder "
                "to start anew, or restore it from a copy."
            )
        return None

    def _read(self, name: str, like: Any) -> Any:
        """The state in a folder of Orbax, once its bytes are known to be sound."""
        import orbax.checkpoint as ocp

        wanted = _flatten(like)
        with _checkpointer() as checkpointer:
            try:
                metadata = checkpointer.metadata(self.folder / name).item_metadata
                held = {key: f"{leaf.dtype}{list(leaf.shape)}" for key, leaf in metadata.items()}
            except Exception as error:  # whatever Orbax says to what it did not write
                raise Damaged(f"Orbax cannot read it: {error}") from error
            needs = {key: f"{leaf.dtype}{list(leaf.shape)}" for key, leaf in wanted.items()}
            if held != needs:
                odd = sorted(key for key in held | needs if held.get(key) != needs.get(key))[0]
                raise RunError(
                    f"The checkpoint in {self.folder} is of another model, optimiser or ema: {odd} "
                    f"is {held.get(odd, 'absent')} there and {needs.get(odd, 'absent')} here. "
                    "Use another folder."
                )
            try:
                arrays = checkpointer.restore(
                    self.folder / name, args=ocp.args.StandardRestore(wanted)
                )
            except Exception as error:
                raise Damaged(f"Orbax cannot read it: {error}") from error
        return _unflatten(arrays, like)

    def _free_name(self, step: int) -> str:
        """A folder for a step: what stands for it is kept until there is something better."""
        number = 0
        while (self.folder / (name := f"{step}.{number}" if number else str(step))).exists():
            number += 1
        return name

    def _drop_old(self) -> None:
        """Keep the last few; those found to be damaged do not count."""
        sound = [step for step in self.steps() if step not in self._damaged]
        for step in set(self.steps()) - set(sound[-self.keep :]):
            remove(manifest.path_of(self.folder, step))  # first: no manifest, no checkpoint
        self._drop_left_overs()

    def _drop_left_overs(self) -> None:
        for path in self._left_overs():
            remove(path)

    def _left_overs(self) -> list[Path]:
        """What no manifest vouches for: old steps, and what a killed save left."""
        named = {self._folder_of(step) for step in self.steps()}
        ours = re.compile(r"[0-9]+(\..*)?|\.[0-9]+\.json\.part")
        found = [path for path in self.folder.iterdir() if ours.fullmatch(path.name)]
        return [path for path in found if path.suffix != ".json" and path.name not in named]

    def _folder_of(self, step: int) -> str:
        try:
            return manifest.read_alone(self.folder, step).folder
        except Damaged:
            return str(step)  # left for whoever wants to look at it


def _checkpointer() -> Any:
    """Of Orbax, which else would wait for the other processes of a run: one alone writes."""
    import orbax.checkpoint as ocp

    own, several = jax.process_index(), jax.process_count() > 1
    alone = ocp.options.MultiprocessingOptions(
        primary_host=own if several else 0,
        active_processes={own} if several else None,
        barrier_sync_key_prefix=f"photonn{own}" if several else None,
    )
    handler = ocp.StandardCheckpointHandler(multiprocessing_options=alone)
    return ocp.Checkpointer(handler, multiprocessing_options=alone)


def _write(folder: Path, state: Any) -> None:
    import orbax.checkpoint as ocp

    try:
        with _quiet(), _checkpointer() as checkpointer:
            checkpointer.save(folder, args=ocp.args.StandardSave(_flatten(state)))
    except OSError:
        raise
    except Exception as error:  # TensorStore reports a full disk as a ValueError
        raise OSError(str(error).partition(" [tensorstore_spec")[0]) from error


@contextmanager
def _quiet() -> Iterator[None]:
    """The threads of Orbax and TensorStore print as tracebacks what is raised anyhow."""
    log = logging.getLogger("absl")
    before, log.disabled = log.disabled, True
    hook, sys.unraisablehook = sys.unraisablehook, lambda _: None
    try:
        yield
    except Exception:
        time.sleep(0.2)  # until the last of them has failed too
        raise
    finally:
        log.disabled, sys.unraisablehook = before, hook


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
