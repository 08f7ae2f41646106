"""Steps a second of `train.fit` beside loops in Python with the same update, in one run.

    python benchmarks/training.py            to benchmarks/results/training.json and .md
    python benchmarks/training.py --quick    a small size, to benchmarks/results/preview

The model is the chip of experiments/digits.py (mesh, activation, mesh, ten detectors), at 64
modes and smaller; the data, on the device for all, are the digits. The loops take turns, an
epoch each, and all validate at its end; the median of all epochs is kept.

    fit      train.fit: the steps of an epoch are one compiled loop
    jit      Python calls a compiled step of plain arrays with the rows of a batch
    nnx      Python calls a step under nnx.jit with nnx.Optimizer, as Flax's examples do
"""

import argparse
import json
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import machine
import numpy as np
import optax
from flax import nnx

from photonn import data, meshes, nn, train
from photonn.train.epoch import Recipe
from photonn.train.losses import predict
from photonn.train.pieces import Plan, Run
from photonn.train.samples import Samples

SIZES, BATCH, EPOCHS = (4, 16, 32, 64), 64, 40
OPTIMIZER = optax.adam(0.01)
LOSS = train.losses.cross_entropy
Epoch = Callable[[], Any]  # trains one epoch, and gives the parameters after it


def build(modes: int) -> nnx.Module:
    """The chip."""
    rngs, layout = nnx.Rngs(0), meshes.clements.layout(modes)
    return nnx.Sequential(
        nn.Encode(modes, power=float(modes)),
        nn.MZIMesh(layout, rngs=rngs),
        nn.ElectroOptic(gain=0.157),
        nn.MZIMesh(layout, rngs=rngs),
        nn.Intensity(min(10, modes)),
    )


def digits(modes: int) -> tuple[data.Dataset, data.Dataset]:
    """Digits of as many classes as there are detectors, with as many pixels as modes."""

    def reduce(part: data.Dataset) -> data.Dataset:
        pixels = np.linspace(0, 63, modes).round().astype(int)
        return data.Dataset(part.inputs[:, pixels], part.labels % min(10, modes))

    split = data.digits.load(seed=0).flatten()
    return reduce(split.train), reduce(split.validation)


def fit(modes: int) -> Epoch:
    """What `train.fit` runs, an epoch at a time."""
    graph, params, rest = nnx.split(build(modes), nnx.Param, ...)
    recipe = Recipe(graph, lambda point: OPTIMIZER, lambda point: LOSS)
    training, validation = (Samples(part, BATCH) for part in digits(modes))
    run = Run(recipe, training, validation, _plan(0), recipe.start(params, rest, {}))

    def epoch():
        run.plan = _plan(run.epoch + 1)
        run.go()
        return run.state.params

    return epoch


def jit(modes: int) -> Epoch:
    """A compiled step of parameters and rows, called from Python."""
    graph, params, rest = nnx.split(build(modes), nnx.Param, ...)
    loader = _Loader(modes)
    state: list[Any] = [params, OPTIMIZER.init(params)]

    @jax.jit
    def step(params, optimizer, inputs, labels, rows):
        def measure(params):
            return LOSS(nnx.merge(graph, params, rest)(inputs[rows]), labels[rows])

        grads = jax.grad(measure)(params)
        updates, optimizer = OPTIMIZER.update(grads, optimizer, params)
        return optax.apply_updates(params, updates), optimizer

    @jax.jit
    def validate(params, inputs, labels):
        outputs = predict(nnx.merge(graph, params, rest), inputs)
        return LOSS(outputs, labels), train.losses.is_right(outputs, labels).mean()

    def epoch():
        for rows in loader.epoch():
            state[:] = step(*state, *loader.train, rows)
        jax.device_get(validate(state[0], *loader.validation))
        return state[0]

    return epoch


def flax(modes: int) -> Epoch:
    """The loop of Flax's examples."""
    model, loader = build(modes), _Loader(modes)
    optimizer = nnx.Optimizer(model, OPTIMIZER, wrt=nnx.Param)

    @nnx.jit
    def step(model, optimizer, inputs, labels):
        grads = nnx.grad(lambda model: LOSS(model(inputs), labels))(model)
        optimizer.update(model, grads)

    @nnx.jit
    def validate(model, inputs, labels):
        outputs = predict(model, inputs)
        return LOSS(outputs, labels), train.losses.is_right(outputs, labels).mean()

    def epoch():
        inputs, labels = loader.train
        for rows in loader.epoch():
            step(model, optimizer, inputs[rows], labels[rows])
        jax.device_get(validate(model, *loader.validation))
        return nnx.state(model, nnx.Param)

    return epoch


class _Loader:
    """The same batches as those of `train.fit`, as rows on the device."""

    def __init__(self, modes: int):
        parts = [(jnp.asarray(p.inputs), jnp.asarray(p.labels)) for p in digits(modes)]
        self.train, self.validation = parts
        self.count, self.done = len(self.train[0]), 0

    def epoch(self) -> Any:
        steps = self.count // BATCH
        key = jax.random.fold_in(jax.random.key(0), self.done)
        order = np.asarray(jax.random.permutation(key, self.count))
        self.done += 1
        return order[: steps * BATCH].reshape(steps, BATCH)


def measure(modes: int, epochs: int) -> list[dict]:
    """All loops at one size, in turns; they must end in the same parameters."""
    loops = {"fit": fit(modes), "jit": jit(modes), "nnx": flax(modes)}
    for loop in loops.values():
        for _ in range(3):  # compile, and find the pace
            loop()
    seconds: dict[str, list[float]] = {name: [] for name in loops}
    after: dict[str, Any] = {}
    for _ in range(epochs):
        for name, loop in loops.items():
            began = time.perf_counter()
            after[name] = jax.block_until_ready(loop())
            seconds[name].append(time.perf_counter() - began)
    steps = len(digits(modes)[0].inputs) // BATCH
    return [
        {
            "loop": name,
            "modes": modes,
            "batch": BATCH,
            "step_s": statistics.median(times) / steps,
            "fastest_s": min(times) / steps,
            "difference": _difference(after[name], after["fit"]),
        }
        for name, times in seconds.items()
    ]


def _difference(one: Any, two: Any) -> float:
    """The largest difference of two sets of parameters [rad]."""
    pairs = zip(jax.tree.leaves(one), jax.tree.leaves(two), strict=True)
    return max(float(jnp.abs(a - b).max()) for a, b in pairs)


def _plan(epochs: int) -> Plan:
    return Plan(epochs, ({"seed": 0},), False, None, 1e9, None, False)


def page(results: dict) -> str:
    """The tables: by medians, and by the fastest epoch, which other work delays least."""
    versions = ", ".join(f"{k} {v}" for k, v in results["versions"].items())
    about = (
        f"Steps a second, batch {BATCH}, float32. {results['machine']['processor']}, "
        f"{results['machine']['cores']} cores; {versions}. {results['epochs']} epochs each; the "
        "loops took turns: `fit` is `train.fit`, `jit` a compiled step of plain arrays called from "
        "Python, `nnx` a step under `nnx.jit` with `nnx.Optimizer`. The difference is the largest "
        "between the parameters at the end [rad]."
    )
    tables = [table(results["records"], by) for by in ("step_s", "fastest_s")]
    parts = ["# Training steps", about, "By the median:", tables[0], "By the fastest:", tables[1]]
    return "\n\n".join(parts) + "\n"


def table(records: list[dict], by: str) -> str:
    """Rates and ratios, a line for each size."""
    rows = [["modes", "fit", "jit", "nnx", "fit : jit", "fit : nnx", "difference"]]
    for modes in sorted({r["modes"] for r in records}):
        of = {r["loop"]: r for r in records if r["modes"] == modes}
        each = [of[name][by] for name in ("fit", "jit", "nnx")]
        apart = max(r["difference"] for r in of.values())
        rates = [f"{1 / s:.0f}" for s in each]
        ratios = [f"{s / each[0]:.2f}" for s in each[1:]]
        rows.append([str(modes), *rates, *ratios, f"{apart:.0e}"])
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    lines.insert(1, "|" + "---|" * len(rows[0]))
    return "\n".join(lines)


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="a small size only")
    quick = parser.parse_args().quick
    epochs = 5 if quick else EPOCHS
    records = [r for modes in (SIZES[:1] if quick else SIZES) for r in measure(modes, epochs)]
    packages = {"jax": jax.__version__, "optax": optax.__version__}
    results = {
        "machine": machine.describe(),
        "versions": packages,
        "epochs": epochs,
        "records": records,
    }
    folder = Path(__file__).parent / "results" / ("preview" if quick else "")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "training.json").write_text(json.dumps(results, indent=1) + "\n")
    (folder / "training.md").write_text(page(results))
    print(page(results))


if __name__ == "__main__":
    main()
