"""An electro-optic activation between interferometer meshes, against meshes alone.

The lowest spatial frequencies of an image stand in the waveguides of a rectangular mesh; two
meshes follow each other, with the electro-optic activation behind each, or with nothing. The
powers at ten ports are the logits. Without an activation the whole is one unitary, however
many meshes there are.

Published, MNIST, two layers (simulated):
    16 modes   linear 82.15 %   electro-optic 90.66 %    36 / 64 / 144 modes  96.6 / 97.5 / 97.8 %
Williamson et al., "Reprogrammable electro-optic nonlinear activation functions for optical
neural networks", IEEE JSTQE 26, 7700412 (2020), and the notebooks of its authors.

Here the epoch is chosen by a validation part that is taken from the training images, and the
optimiser is Adam with a cosine; powers are in units in which the activation works near one.
"""

import math
from dataclasses import dataclass
from functools import partial
from typing import Any

from photonn import data, meshes, nn, plot, report, train
from photonn.config import Count, Fraction, Positive, Seed

SETS = {"mnist": "MNIST", "fashion_mnist": "Fashion-MNIST", "digits": "digits 8x8"}
PUBLISHED = {
    "linear": {16: 0.8215},
    "electro-optic": {16: 0.9066, 36: 0.966, 64: 0.975, 144: 0.978},
}
SOURCE = "Williamson et al., IEEE JSTQE 26, 7700412 (2020), authors' notebooks"


@dataclass(frozen=True)
class Config:
    """Sizes of the meshes and how they are trained."""

    seed: Seed = 0  # of the first run: phases, order of samples; and of the validation part
    seeds: Count = 1  # so many runs: seed, seed + 1, ...
    sets: tuple[str, ...] = ("mnist",)  # of SETS above
    radii: tuple[Count, ...] = (2, 4)  # of the window of frequencies: 4 radius^2 modes
    layers: Count = 2
    power: Positive = 1.0  # of a mode on average [W]
    gain: Positive = 0.05 * math.pi  # of the activation [rad/W], as published
    validation: Fraction = 0.1  # of the training images
    epochs: Count = 30
    batch: Count = 512
    learning_rate: Positive = 0.01


def network(config: Config, modes: int, activation: str, seed: int):
    """Meshes with or without an activation behind each, and the powers at ten ports."""
    from flax import nnx

    layout, rngs = meshes.clements.layout(modes), nnx.Rngs(seed)
    behind = {"linear": list, "electro-optic": lambda: [nn.ElectroOptic(gain=config.gain)]}
    layers = [
        layer
        for _ in range(config.layers)
        for layer in (nn.MZIMesh(layout, rngs=rngs), *behind[activation]())
    ]
    return nnx.Sequential(*layers, nn.Intensity(10))


def accuracies(config: Config, run, split: data.Split, name: str, radius: int, activation: str):
    """Test accuracy of every seed; all seeds are trained side by side."""
    modes, seeds = 4 * radius**2, range(config.seed, config.seed + config.seeds)
    encode = nn.EncodeFourier(radius, power=modes * config.power)
    light = split.map(partial(train.predict, encode))
    fitted = train.fit_seeds(
        partial(network, config, modes, activation),
        light.train,
        light.validation,
        train.adam(
            config.learning_rate,
            steps=train.steps(light.train, epochs=config.epochs, batch=config.batch),
        ),
        seeds=seeds,
        epochs=config.epochs,
        batch=config.batch,
        folder=run.path / name / f"{modes}_{activation}",
        progress=f"{name}, {modes} modes, {activation}",
    )
    return [float(train.accuracy(model, light.test)) for model, _ in fitted]


def baselines(config: Config, split: data.Split, radius: int) -> dict[str, float]:
    """Without optics, on the same frequencies as pairs of real numbers."""
    import numpy as np

    modes = 4 * radius**2
    encode = nn.EncodeFourier(radius, power=modes * config.power)

    def pairs(images):
        light = np.asarray(train.predict(encode, images))
        return np.concatenate([np.real(light), np.imag(light)], axis=-1)

    real, parameters = split.map(pairs), config.layers * modes**2
    return {
        "linear classifier": train.baselines.linear(real, epochs=10, seed=config.seed),
        "MLP": train.baselines.mlp(real, parameters=parameters, epochs=10, seed=config.seed),
    }


def one_set(config: Config, run, name: str) -> dict[str, Any]:
    """Accuracies by activation `(seeds, sizes)`, and those of the baselines by size."""
    import numpy as np

    split = getattr(data, name).load(seed=config.seed, validation=config.validation)
    measure = partial(accuracies, config, run, split, name)
    kinds = {
        kind: np.transpose([measure(radius, kind) for radius in config.radii])
        for kind in ("linear", "electro-optic")
    }
    return {"kinds": kinds, "baselines": [baselines(config, split, r) for r in config.radii]}


def claims_of(config: Config, name: str, found: dict[str, Any]) -> list[report.Claim]:
    """Every accuracy; published ones are of MNIST and compared with MNIST alone."""
    whole = config.seeds >= 3
    targets = {
        ("linear", 16): {"target": 0.8215, "aim": "within", "tolerance": 0.02},
        ("electro-optic", 16): {"target": 0.907},
        ("electro-optic", 64): {"target": 0.97},
    }
    seeds = range(config.seed, config.seed + config.seeds)

    def claim(kind: str, modes: int, values):
        figure = PUBLISHED.get(kind, {}).get(modes) if name == "mnist" else None
        stated = {"published": figure, "published_kind": "simulated", "source": SOURCE}
        aim = targets.get((kind, modes), {}) if whole and name == "mnist" else {}
        return report.Claim.over_seeds(
            f"{kind}, {modes} modes, {config.layers} layers",
            values,
            seeds[: len(values)],
            dataset=f"{SETS[name]}, test",
            metric="accuracy",
            **(stated if figure else {}),
            **aim,
        )

    sizes = [4 * radius**2 for radius in config.radii]
    optical = [
        claim(kind, modes, values[:, number])
        for number, modes in enumerate(sizes)
        for kind, values in found["kinds"].items()
    ]
    plain = [
        claim(f"{kind} on the frequencies", modes, [value])
        for modes, each in zip(sizes, found["baselines"], strict=True)
        for kind, value in each.items()
    ]
    return optical + plain


def draw(config: Config, run, found: dict[str, dict[str, Any]]) -> None:
    """Accuracy against the number of modes, with the published points."""
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(1, len(found), figsize=(5.5 * len(found), 4.4), squeeze=False)
    sizes = [4 * radius**2 for radius in config.radii]

    def panel(ax, name: str):
        published = PUBLISHED if name == "mnist" else {}
        plot.beside_published(sizes, found[name]["kinds"], published, ax=ax)
        ax.set(title=SETS[name], xlabel="Modes", xscale="log")
        ax.set_xticks(sizes, sizes)
        ax.tick_params(axis="x", which="minor", labelbottom=False)

    [panel(ax, name) for ax, name in zip(axes[0], found, strict=True)]
    run.save_figure(figure, "electro_optic")


def main(config: Config, run) -> dict:
    """Train every network for every seed, draw, and compare with what was published."""
    found = {name: one_set(config, run, name) for name in config.sets}
    draw(config, run, found)
    claims = [claim for name in config.sets for claim in claims_of(config, name, found[name])]
    return run.finish(claims, range(config.seed, config.seed + config.seeds))
