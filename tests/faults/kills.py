"""Kill a fit at random instants, again and again, until it is done.

A process that has loaded everything and computed nothing forks a child for every life of
the fit: so a life costs a fraction of a second, not the seconds of an import. Programs come
compiled from a cache. The same seed chooses the same moments, but the machine is not the same.
"""

import contextlib
import json
import os
import random
import signal
import time
import traceback
import warnings
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import jax
import numpy as np
import optax
from flax import nnx

from photonn import train
from photonn.data import Dataset
from photonn.train import fit  # loaded before the fork

EPOCHS = 80
warnings.filterwarnings("ignore", message=r".*os\.fork", category=RuntimeWarning)


@dataclass
class Tally:
    """What was done, and what came of it."""

    kills: int = 0
    fits: int = 0
    inside_saves: int = 0
    before_first_save: int = 0
    ends: Counter = field(default_factory=Counter)
    epochs_run: int = 0
    epochs_repeated: int = 0
    epochs_lost: int = 0
    different: list = field(default_factory=list)


def run(kills: int, seed: int, folder: Path) -> Tally:
    """Kill fits so many times in a folder, and compare each with an unbroken one."""
    jax.config.update("jax_compilation_cache_dir", str(folder / "cache"))
    jax.config.update("jax_persistent_cache_min_compile_time_secs", 0.0)
    jax.config.update("jax_persistent_cache_min_entry_size_bytes", -1)
    chance, tally = random.Random(seed), Tally()
    while tally.kills < kills:
        tally.fits += 1
        whole, broken = (folder / f"{name}{tally.fits}" for name in ("whole", "broken"))
        wait(start(whole, tally.fits, save_seconds=1e9))
        while tally.kills < kills and not (broken / "final.npz").exists():
            one_life(broken, chance, tally)
        wait(start(broken, tally.fits))
        tally.different += differences(whole, broken)
    return tally


def one_life(folder: Path, chance: random.Random, tally: Tally) -> None:
    """Start or go on, and kill at a moment of some kind."""
    before, old = saved_epochs(folder), left_overs(folder)
    number = signal.SIGTERM if chance.random() < 0.2 else signal.SIGKILL
    kind = chance.choices(["start", "any", "save"], [1 if before else 5, 3, 4])[0]
    child = start(folder, tally.fits, save_seconds=chance.choice([0.0, 0.05]))
    if kind == "start":
        time.sleep(chance.uniform(0, 2.0))
    else:
        until(child, lambda: saved_epochs(folder) > before)
        time.sleep(chance.uniform(0, 0.3))
        if kind == "save":
            until(child, lambda: left_overs(folder) - old)
            time.sleep(chance.uniform(0, 0.05))
    os.kill(child, number)
    status = wait(child, killed=True)
    if status == 0:
        return  # it was done before
    tally.kills += 1
    tally.ends[f"{number.name}, ended with {status}"] += 1
    tally.inside_saves += bool(left_overs(folder) - old)
    tally.before_first_save += saved_epochs(folder) == 0
    now, rows = saved_epochs(folder), len(metrics(folder))
    tally.epochs_repeated += max(rows - now, 0)
    tally.epochs_lost += max(before - now, 0)
    tally.epochs_run += now - before


def start(folder: Path, seed: int, save_seconds: float = 0.0) -> int:
    """The process of a fit, which goes on with what is in the folder."""
    folder.mkdir(exist_ok=True)
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        with open(folder / "errors.txt", "a") as errors:
            os.dup2(errors.fileno(), 2)
        fit_and_keep(folder, seed, save_seconds)
        code = 0
    except SystemExit as end:
        code = end.code
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)


def fit_and_keep(folder: Path, seed: int, save_seconds: float) -> None:
    """A model with parameters, random numbers of its own, and Adam's moments."""
    rng = np.random.default_rng(seed)
    inputs = rng.normal(size=(96, 4)).astype(np.float32)
    data = Dataset(inputs, (inputs[:, 0] > inputs[:, 1]).astype(np.int32))
    rngs = nnx.Rngs(seed)
    model = nnx.Sequential(
        nnx.Linear(4, 8, rngs=rngs), nnx.Dropout(0.1, rngs=rngs), nnx.Linear(8, 2, rngs=rngs)
    )
    history = fit(
        model,
        data,
        data,
        optax.adam(0.01),
        epochs=EPOCHS,
        batch=8,
        seed=seed,
        folder=folder,
        save_seconds=save_seconds,
    )
    timed = {"seconds", "rate"}
    rows = [[v for name, v in row.items() if name not in timed] for row in history.epochs]
    leaves = jax.tree.leaves(jax.tree.map(train.checkpoint._plain, nnx.state(model)))
    np.savez(folder / "final.npz", rows, *leaves)


def wait(child: int, *, killed: bool = False) -> int:
    """How a process ended: its code, or minus its signal."""
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if status not in ((0, 143, -signal.SIGKILL, -signal.SIGTERM) if killed else (0,)):
        raise RuntimeError(f"The fit ended with {status}; errors.txt says why.")
    return status


def until(child: int, condition: Callable[[], object]) -> None:
    """Look every millisecond whether something is so, or the child has ended."""
    options = os.WEXITED | os.WNOHANG | os.WNOWAIT
    while not condition() and os.waitid(os.P_PID, child, options) is None:
        time.sleep(0.001)


def left_overs(folder: Path) -> set[tuple[str, int]]:
    """What a save has begun and not yet vouched for: its names and inodes."""
    found = {path.name: path for path in (folder / "checkpoints").glob("*")}
    whole = {name.removesuffix(".json") for name in found if name.endswith(".json")}
    half = [path for name, path in found.items() if name.removesuffix(".json") not in whole]
    with contextlib.suppress(FileNotFoundError):  # done or dropped while we looked
        return {(path.name, path.stat().st_ino) for path in half if path.name != ".lock"}
    return set()


def saved_epochs(folder: Path) -> int:
    """Epochs in the newest checkpoint."""
    found = [0]
    for path in (folder / "checkpoints").glob("[0-9]*.json"):
        try:
            found.append(len(json.loads(path.read_text())["notes"]["epochs"][0]))
        except FileNotFoundError:  # dropped while we looked
            continue
    return max(found)


def metrics(folder: Path) -> list[str]:
    """Lines of the metrics that were written whole."""
    path = folder / "metrics.jsonl"
    return path.read_text().split("\n")[:-1] if path.exists() else []


def differences(whole: Path, broken: Path) -> list[str]:
    """What is not bit for bit the same in two fits that are done."""
    one, other = np.load(whole / "final.npz"), np.load(broken / "final.npz")
    wrong = [f"{broken.name}: {n}" for n in one if one[n].tobytes() != other[n].tobytes()]
    if sorted(one) != sorted(other):
        wrong.append(f"{broken.name}: other arrays")
    epochs = [json.loads(line)["epoch"] for line in metrics(broken)]
    if epochs != list(range(1, EPOCHS + 1)):
        wrong.append(f"{broken.name}: metrics of epochs {epochs}")
    if left_overs(broken):
        wrong.append(f"{broken.name}: {left_overs(broken)} left over")
    return wrong
