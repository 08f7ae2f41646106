"""An electro-optic activation between interferometer meshes, against meshes alone.

The lowest spatial frequencies of an image stand in the waveguides of a rectangular mesh; two
meshes follow each other, with the electro-optic activation behind each, or with nothing; ten
ports are detected. Without an activation the whole is one unitary, however many meshes there
are. Trained twice: with a softmax of the powers, and as published, with the share that a port
has of the light at all ten as the probability of its class.

Published, MNIST, two layers (simulated):
    16 modes   linear 82.15 %   electro-optic 90.66 %    36 / 64 / 144 modes  96.6 / 97.5 / 97.8 %
Williamson et al., "Reprogrammable electro-optic nonlinear activation functions for optical
neural networks", IEEE JSTQE 26, 7700412 (2020), and the notebooks of its authors: Adam at 0.001
for 200 epochs, the last one counts.

Here a validation part of the training images chooses the epoch, and the rate of Adam falls as a
cosine from a larger one. With a softmax, gain and bias of the activations are trained with the
phases. Every sample has the same power; there the mean amplitude is one, which is 1.5 W a mode on
average.
"""

import math
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from photonn import data, meshes, nn, plot, report, train
from photonn.config import Count, Fraction, Images, Positive, Seed

SETS = {"mnist": "MNIST", "fashion_mnist": "Fashion-MNIST", "digits": "digits 8x8"}
ACTIVATIONS = ("linear", "electro-optic")
PUBLISHED = {
    "linear": {16: 0.8215},
    "electro-optic": {16: 0.9066, 36: 0.966, 64: 0.975, 144: 0.978},
}
SOURCE = "Williamson et al., IEEE JSTQE 26, 7700412 (2020), authors' notebooks"


@dataclass(frozen=True)
class Training:
    """What is trained with one loss, and how."""

    radii: tuple[Count, ...]  # of the window of frequencies: 4 radius^2 modes
    epochs: Count
    learning_rate: Positive  # at the start


@dataclass(frozen=True)
class Config:
    """Sizes of the meshes and how they are trained."""

    seed: Seed = 0  # of the first run: phases, order of samples; and of the validation part
    seeds: Count = 1  # so many runs: seed, seed + 1, ...
    sets: tuple[Images, ...] = ("mnist",)
    layers: Count = 2
    power: Positive = 1.5  # of a mode on average [W]
    gain: Positive = 0.05 * math.pi  # of the activation at the start [rad/W], as published
    validation: Fraction = 0.1  # of the training images
    batch: Count = 512
    softmax: Training = field(default_factory=lambda: Training((2, 4), 30, 0.01))
    shares: Training = field(default_factory=lambda: Training((2,), 200, 0.003))


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


def encode(config: Config, radius: int):
    """Images into modes."""
    return nn.EncodeFourier(radius, power=4 * radius**2 * config.power)


def accuracies(config: Config, run, split: data.Split, name: str, loss: str) -> dict:
    """Test accuracies of all seeds, trained side by side, by activation and number of modes."""
    import optax

    losses = {"softmax": train.losses.cross_entropy, "shares": train.losses.share_entropy}
    training: Training = getattr(config, loss)
    # As published, the activations stay as they are, and a softmax has no temperature to find.
    groups = {"softmax": {}, "shares": {nn.Gain: optax.set_to_zero()}}

    def measure(activation: str, radius: int) -> list[float]:
        modes = 4 * radius**2
        light = split.map(partial(train.predict, encode(config, radius)))
        steps = train.steps(light.train, epochs=training.epochs, batch=config.batch)
        fitted = train.fit_seeds(
            partial(network, config, modes, activation),
            light.train,
            light.validation,
            train.optimizers.by_group(
                groups[loss], train.adam(training.learning_rate, steps=steps)
            ),
            seeds=range(config.seed, config.seed + config.seeds),
            epochs=training.epochs,
            batch=config.batch,
            loss=losses[loss],
            folder=run.path / name / f"{modes}_{activation}_{loss}",
            progress=f"{name}, {modes} modes, {activation}, {loss}",
        )
        return [float(train.accuracy(model, light.test)) for model, _ in fitted]

    return {
        activation: {4 * radius**2: measure(activation, radius) for radius in training.radii}
        for activation in ACTIVATIONS
    }


def baselines(config: Config, split: data.Split, radius: int) -> dict[str, float]:
    """Without optics, on the same frequencies as pairs of real numbers."""
    import numpy as np

    def pairs(images):
        light = np.asarray(train.predict(encode(config, radius), images))
        return np.concatenate([np.real(light), np.imag(light)], axis=-1)

    real, parameters = split.map(pairs), config.layers * (4 * radius**2) ** 2
    return {
        "linear classifier": train.baselines.linear(real, epochs=10, seed=config.seed),
        "MLP": train.baselines.mlp(real, parameters=parameters, epochs=10, seed=config.seed),
    }


def one_set(config: Config, run, name: str) -> dict[str, Any]:
    """Accuracies by loss, activation and modes; those of the baselines by modes."""
    split = getattr(data, name).load(seed=config.seed, validation=config.validation)
    measure = partial(accuracies, config, run, split, name)
    return {
        "losses": {loss: measure(loss) for loss in ("softmax", "shares")},
        "baselines": {4 * r**2: baselines(config, split, r) for r in config.softmax.radii},
    }


def claims_of(config: Config, name: str, found: dict[str, Any]) -> list[report.Claim]:
    """Every accuracy; published ones are of MNIST and compared with MNIST alone."""
    whole = config.seeds >= 3 and name == "mnist"
    close = {"target": 0.8215, "aim": "within", "tolerance": 0.02}
    targets = {
        ("linear", 16, "shares"): close,
        ("electro-optic", 16, "shares"): {"target": 0.907},
        ("electro-optic", 16, "softmax"): {"target": 0.907},
        ("electro-optic", 64, "softmax"): {"target": 0.97},
    }
    seeds = range(config.seed, config.seed + config.seeds)

    def claim(kind: str, modes: int, how: str, values):
        # Published networks were trained for shares.
        theirs = PUBLISHED.get(kind, {}) if name == "mnist" and how == "shares" else {}
        figure = theirs.get(modes)
        stated = {"published": figure, "published_kind": "simulated", "source": SOURCE}
        return report.Claim.over_seeds(
            f"{kind}, {modes} modes, {how}",
            values,
            seeds[: len(values)],
            dataset=f"{SETS[name]}, test",
            metric="accuracy",
            **(stated if figure else {}),
            **(targets.get((kind, modes, how), {}) if whole else {}),
        )

    optical = [
        claim(kind, modes, loss, values)
        for loss, kinds in found["losses"].items()
        for kind, sizes in kinds.items()
        for modes, values in sizes.items()
    ]
    plain = [
        claim(kind, modes, "no optics", [value])
        for modes, each in found["baselines"].items()
        for kind, value in each.items()
    ]
    return optical + plain


def draw(config: Config, run, found: dict[str, dict[str, Any]]) -> None:
    """Accuracy against the number of modes, with the published points."""
    import matplotlib.pyplot as plt
    import numpy as np

    figure, axes = plt.subplots(1, len(found), figsize=(5.5 * len(found), 4.4), squeeze=False)
    sizes = sorted({4 * r**2 for r in (*config.softmax.radii, *config.shares.radii)})
    missing = [math.nan] * config.seeds

    def panel(ax, name: str):
        ours = {
            f"{kind}, {loss}": np.transpose([at.get(modes, missing) for modes in sizes])
            for loss, kinds in found[name]["losses"].items()
            for kind, at in kinds.items()
        }
        published = {f"{kind}, shares": points for kind, points in PUBLISHED.items()}
        plot.beside_published(sizes, ours, published if name == "mnist" else {}, ax=ax)
        ax.set(title=SETS[name], xlabel="Modes", xscale="log")
        ticks = sorted({*sizes, *PUBLISHED["electro-optic"]}) if name == "mnist" else sizes
        ax.set_xticks(ticks, ticks)
        ax.tick_params(axis="x", which="minor", labelbottom=False)

    _ = [panel(ax, name) for ax, name in zip(axes[0], found, strict=True)]
    run.save_figure(figure, "electro_optic")


def main(config: Config, run) -> dict:
    """Train every network for every seed, draw, and compare with what was published."""
    found = {name: one_set(config, run, name) for name in config.sets}
    draw(config, run, found)
    claims = [claim for name in config.sets for claim in claims_of(config, name, found[name])]
    return run.finish(claims, range(config.seed, config.seed + config.seeds))
