"""Diffractive networks, rung by rung: loss, depth, modulation, detectors, electronics.

An image is the amplitude of a plane wave. Masks follow each other in free space, and the light
on ten detectors says which class it is. The ladder begins with five masks trained for the
squared error of the detectors, as they were first; cross-entropy takes its place. Beside five
phase masks stand fewer, and complex ones. Two detectors for a class give signed signals; a
sensor of 10 x 10 pixels with one electronic layer behind it is the hybrid.

Published, five layers of 200 x 200 pixels at 0.75 mm (simulated):
                                       MNIST   Fashion-MNIST
    phase, squared error               91.75            [1]
    phase, cross-entropy               97.18     89.13  [2]
    complex, cross-entropy             97.81     89.32  [2]
    phase, differential detectors      98.54     90.54  [3]
    phase, 10 x 10 pixels and a layer  98.71     90.04  [2]
[1] Lin et al., Science 361, 1004 (2018). [2] Mengu et al., IEEE JSTQE 26, 3700114 (2020).
[3] Li et al., Advanced Photonics 1, 046001 (2019).

Here, but for `full`, layers are smaller and in visible light, for a CPU. Every rung is trained
alike. A validation part of the training images chooses the epoch; the papers report the best.
"""

from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Literal

from photonn import data, free_space, nn, plot, report, train
from photonn.config import Count, Fraction, Images, Positive, Seed

SETS = {"mnist": "MNIST", "fashion_mnist": "Fashion-MNIST", "digits": "digits 8x8"}
LIN = "Lin et al., Science 361, 1004 (2018)"
MENGU = "Mengu et al., IEEE JSTQE 26, 3700114 (2020)"
LI = "Li et al., Advanced Photonics 1, 046001 (2019)"
SOURCES = {
    "squared error": LIN,
    "single": MENGU,
    "complex": MENGU,
    "differential": LI,
    "hybrid": MENGU,
}
PUBLISHED = {
    "mnist": {
        "squared error": 0.9175,
        "single": 0.9718,
        "complex": 0.9781,
        "differential": 0.9854,
        "hybrid": 0.9871,
    },
    "fashion_mnist": {
        "single": 0.8913,
        "complex": 0.8932,
        "differential": 0.9054,
        "hybrid": 0.9004,
    },
}
FLOOR = {"mnist": {"single": 0.95}, "fashion_mnist": {"single": 0.86}}  # of layers that are small


@dataclass(frozen=True)
class Config:
    """Optics, detectors, and how all rungs are trained."""

    seed: Seed = 0  # of the first run: order of samples, electronics; and of the validation part
    seeds: Count = 1  # of single, differential and hybrid: seed, seed + 1, ...
    ladder_seeds: Count = 1  # of the other rungs, at most `seeds`
    sets: tuple[Images, ...] = ("mnist",)
    pixels: Count = 64  # a side of a layer
    pitch: Positive = 8e-6  # [m]
    wavelength: Positive = 532e-9  # [m]
    distance: Positive = 7.7e-3  # from layer to layer and to the detectors [m]
    method: str = "dense_fresnel"  # how light propagates in training; slopes are at most 0.03
    magnification: Count = 2  # pixels a side for each pixel of the image
    layers: Count = 5
    depths: tuple[Count, ...] = (1, 2, 3, 4)  # fewer layers
    fill: Positive = 0.9  # side of a detector over the distance between detectors
    gain: Positive = 10.0  # of shares and differences before the softmax, at the start
    sensor: Count = 100  # pixels in front of the electronic layer
    validation: Fraction = 0.1  # of the training images
    epochs: Count = 5
    batch: Count = 64
    rate: Positive = 0.1  # of the masks [rad]
    electronic_rate: Positive = 0.03  # of gains and weights


@dataclass(frozen=True)
class Rung:
    """What is built, and what it is trained for."""

    layers: int
    loss: str = "cross_entropy"
    mode: Literal["phase", "complex"] = "phase"
    read: str = "single"


def rungs(config: Config) -> dict[str, Rung]:
    """All networks by name, from the first to the last."""
    five = config.layers
    return {
        "squared error": Rung(five, loss="one_hot_error"),
        **{depth_name(depth): Rung(depth) for depth in config.depths},
        "single": Rung(five),
        "complex": Rung(five, mode="complex"),
        "differential": Rung(five, read="differential"),
        "hybrid": Rung(five, read="hybrid"),
    }


def depth_name(depth: int) -> str:
    """Name of the rung with fewer layers."""
    return f"single, {depth} layer{'s' if depth > 1 else ''}"


def detectors(config: Config, grid: free_space.Grid, read: str, seed: int) -> list:
    """What stands behind the last layer."""
    from flax import nnx

    if read == "hybrid":
        # Gain: so that shares are about one.
        sensor = nn.Regions(grid, config.sensor, fill=1.0, gain=config.sensor)
        return [sensor, nnx.Linear(config.sensor, 10, rngs=nnx.Rngs(seed))]
    mode = "differential" if read == "differential" else "fraction"
    return [nn.Regions(grid, 10, mode=mode, fill=config.fill, gain=config.gain)]


def network(config: Config, rung: Rung, seed: int):
    """The image, flat masks, detectors."""
    from flax import nnx

    grid = free_space.Grid(config.pixels, config.pitch)
    mask = partial(
        nn.Diffractive,
        grid,
        distance=config.distance,
        wavelength=config.wavelength,
        mode=rung.mode,
        method=config.method,
    )
    masks = [mask() for _ in range(rung.layers)]
    image = nn.Image(grid, magnification=config.magnification)
    return nnx.Sequential(image, *masks, *detectors(config, grid, rung.read, seed))


def fitted(config: Config, run, split: data.Split, label: str, rung: Rung, seeds) -> list:
    """A trained network for every seed."""
    steps = train.steps(split.train, epochs=config.epochs, batch=config.batch)
    optics = train.adam(config.rate, steps=steps)
    electronics = train.adam(config.electronic_rate, steps=steps)
    found = train.fit_seeds(
        partial(network, config, rung),
        split.train,
        split.validation,
        train.optimizers.by_group({nn.Phase: optics, nn.Amplitude: optics}, electronics),
        seeds=seeds,
        epochs=config.epochs,
        batch=config.batch,
        loss=getattr(train.losses, rung.loss),
        folder=run.path / label.replace(", ", "_").replace(" ", "_"),
        progress=label,
    )
    return [model for model, _ in found]


def propagated_exactly(config: Config, model):
    """The same masks, with light that makes no approximation between them."""
    from flax import nnx

    exact = network(replace(config, method="auto"), Rung(config.layers), config.seed)
    nnx.update(exact, nnx.state(model))
    return exact


def one_set(config: Config, run, name: str) -> dict[str, Any]:
    """Test accuracies of every rung and baseline, and what the figures need."""
    split = getattr(data, name).load(seed=config.seed, validation=config.validation)
    seeds = range(config.seed, config.seed + config.seeds)
    headline = ("single", "differential", "hybrid")

    def fit(rung: str, what: Rung):
        chosen = seeds if rung in headline else seeds[: config.ladder_seeds]
        return fitted(config, run, split, f"{name}, {rung}", what, chosen)

    def measure(each) -> list[float]:
        return [float(train.accuracy(model, split.test)) for model in each]

    models = {rung: fit(rung, what) for rung, what in rungs(config).items()}
    exact = [propagated_exactly(config, model) for model in models["single"]]
    flat, numbers = split.flatten(), config.layers * config.pixels**2
    linear = partial(train.baselines.linear, flat, epochs=10)
    mlp = partial(train.baselines.mlp, flat, parameters=numbers, epochs=10)
    plain = {"linear classifier": linear, "MLP, as many numbers": mlp}
    return {
        "rungs": {rung: measure(each) for rung, each in models.items()},
        "exact": measure(exact),
        "baselines": {kind: [of(seed=seed) for seed in seeds] for kind, of in plain.items()},
        "models": {rung: each[0] for rung, each in models.items()},
        "test": split.test,
    }


def claims_of(config: Config, name: str, found: dict[str, Any]) -> list[report.Claim]:
    """Every accuracy, what the read-outs bring, and the baselines."""
    import numpy as np

    seeds = range(config.seed, config.seed + config.seeds)
    published = PUBLISHED.get(name, {}) if config.layers == 5 else {}
    # The size of the paper aims at what the paper has.
    aims = published if config.pixels >= 200 else FLOOR.get(name, {})
    whole = config.seeds >= 3 and config.layers == 5

    def claim(what: str, values, *, metric: str = "accuracy", target=None, rung: str = ""):
        figure = published.get(rung)
        stated = {"published": figure, "published_kind": "simulated", "source": SOURCES.get(rung)}
        return report.Claim.over_seeds(
            what,
            values,
            seeds[: len(values)],
            dataset=f"{SETS[name]}, test",
            metric=metric,
            target=target if whole and len(values) == config.seeds else None,
            **(stated if figure else {}),
        )

    values = found["rungs"]
    built = {rung: f"{rung}, {what.layers} layers" for rung, what in rungs(config).items()}
    shown = built | {depth_name(depth): depth_name(depth) for depth in config.depths}
    single, signed, hybrid = (
        np.array(values[rung]) for rung in ("single", "differential", "hybrid")
    )
    ahead = {
        "differential over single": (signed - single, 0.01),
        "hybrid over the better of both": (hybrid - np.maximum(single, signed), 0.0),
    }
    metric, compared = "difference in accuracy", name in PUBLISHED
    return [
        *(claim(shown[r], each, rung=r, target=aims.get(r)) for r, each in values.items()),
        *(
            claim(what, each, metric=metric, target=least if compared else None)
            for what, (each, least) in ahead.items()
        ),
        claim("single, the same masks propagated exactly", found["exact"]),
        *(claim(f"{kind} on the pixels", each) for kind, each in found["baselines"].items()),
    ]


def draw_accuracies(config: Config, run, found: dict[str, dict[str, Any]]) -> None:
    """The ladder, and below it accuracy against depth, with the published points."""
    import matplotlib.pyplot as plt
    import numpy as np

    figure, axes = plt.subplots(
        2, len(found), figsize=(5.5 * len(found), 8.5), squeeze=False, layout="constrained"
    )
    depths = [*config.depths, config.layers]

    def column(upper, lower, name: str):
        values, points = found[name]["rungs"], PUBLISHED.get(name, {})
        levels = {kind: np.mean(each) for kind, each in found[name]["baselines"].items()}
        plot.ladder(values, points, levels, ax=upper)
        upper.set(title=SETS[name], xlabel="Test accuracy (%)", ylabel="")
        by_depth = [values[depth_name(depth)] for depth in config.depths]
        both = [*by_depth, values["single"][: len(values["squared error"])]]
        theirs = {kind: {5: figure} for kind, figure in points.items() if kind == "single"}
        plot.beside_published(depths, {"single": np.transpose(both)}, theirs, ax=lower)
        lower.set(xlabel="Phase layers", xticks=depths)

    [column(upper, lower, name) for (upper, lower), name in zip(axes.T, found, strict=True)]
    run.save_figure(figure, "diffractive")


def draw_light(run, found: dict[str, dict[str, Any]]) -> None:
    """Masks with the light of one test image, and which classes are taken for which."""
    import jax.numpy as jnp
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(1, len(found), figsize=(5 * len(found), 4.6), squeeze=False)

    def one(ax, name: str):
        test, model = found[name]["test"], found[name]["models"]["differential"]
        plot.confusion(test.labels, train.predict(model, test.inputs), ax=ax)
        ax.set_title(f"{SETS[name]}, differential")
        fields = nn.trace(model, jnp.asarray(test.inputs[0]))[:-1]
        *masks, last = model.layers[1:]
        phases = [mask.phase[...] for mask in masks]
        planes = plot.diffractive(phases, fields, last.grid, regions=last.regions[...])
        run.save_figure(planes[0, 0].figure, f"{name}_masks")

    [one(ax, name) for ax, name in zip(axes[0], found, strict=True)]
    run.save_figure(figure, "confusion")


def main(config: Config, run) -> dict:
    """Train every rung on every set, draw, and compare with what was published."""
    found = {name: one_set(config, run, name) for name in config.sets}
    draw_accuracies(config, run, found)
    draw_light(run, found)
    claims = [claim for name in config.sets for claim in claims_of(config, name, found[name])]
    return run.finish(claims, range(config.seed, config.seed + config.seeds))
