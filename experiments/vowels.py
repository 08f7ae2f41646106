"""Spoken vowels on two small chips: four by saturable absorbers, six by electro-optic units.

Four: the first four log area ratios of an utterance are the amplitudes in four waveguides; two
stages follow, each a matrix (mesh, attenuators, mesh) and a saturable absorber. Six: the first
six of them in six waveguides, three meshes with electro-optic activations between. The power at
the ports says which vowel it is. Then the chips get errors of their phases, and the detectors
noise of a share of their full scale.

Published:
    four vowels, 180 utterances to train with and 180 to test    91.7 % on a computer (165 right),
        76.7 % measured on a chip (138 right)
        Shen et al., "Deep learning with coherent nanophotonic circuits", Nat. Photonics 11, 441
        (2017)
    six vowels    92.5 % measured, on one chip
        Bandyopadhyay et al., "Single-chip photonic deep neural network with forward-only
        training", Nat. Photonics (2024)

Data: Deterding's vowels, 90 utterances of each. Which vowels were taken there is not known to us:
here they are the corners of the quadrilateral that phoneticians draw of the place of the tongue,
and its two sides at three heights. Utterances are divided in halves at random, as published, and
beside that by speakers, none of whom is heard on both sides.
"""

from dataclasses import dataclass
from typing import Any

from photonn import data, hardware, meshes, nn, plot, report, train
from photonn.config import Count, Fraction, NotNegative, Positive, Seed
from photonn.devices import receiver

SHEN = "Shen et al., Nat. Photonics 11, 441 (2017)"
SINGLE_CHIP = "Bandyopadhyay et al., Nat. Photonics (2024)"
COMPUTER, CHIP, SIX_CHIP = 165 / 180, 138 / 180, 0.925
STATED = 5e-3, 1e-3  # error of a phase [rad], noise of a detector over its full scale
DIVISIONS = ("mixed", "apart")  # what is done with the speakers


@dataclass(frozen=True)
class Config:
    """Two networks, two divisions of the data, many divisions of each kind."""

    seed: Seed = 0  # of the first division and its networks
    seeds: Count = 1  # so many divisions: seed, seed + 1, ...
    starts: Count = 4  # networks for each division, of which validation chooses one
    four: tuple[str, ...] = ("hid", "hAd", "hOd", "hud")  # heed, had, hod, who'd
    six: tuple[str, ...] = ("hid", "hEd", "hAd", "hOd", "hod", "hud")  # and head, hoard
    validation: Fraction = 0.1  # of all utterances, speakers mixed: a fifth of the first half
    speakers: Count = 2  # of the eight to train with, to validate by, speakers apart
    amplification: Positive = 3.0  # of the amplitude, by a stage of the four
    transmission: Positive = 0.1  # of weak light through an absorber [1]
    gain: Positive = 0.5  # of the activation of the six at the start [rad/W]
    epochs: Count = 300
    batch: Count = 36
    learning_rate: Positive = 0.03
    phase_errors: tuple[NotNegative, ...] = (0.0, 0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.2)  # [rad]
    # Of the full scale: the strongest light that a training utterance sends to a detector.
    detector_noises: tuple[NotNegative, ...] = (0.0, 0.001, 0.005, 0.01, 0.02, 0.03, 0.05, 0.1)
    chips: Count = 20  # of each error


def four_network(config: Config, rngs):
    """Two stages of a matrix and absorbers."""
    from flax import nnx

    layout = meshes.clements.layout(len(config.four))
    stages = [
        part
        for _ in range(2)
        for part in (
            nn.SVDMesh(layout, gain=config.amplification, rngs=rngs),
            nn.SaturableAbsorber(transmission=config.transmission),
        )
    ]
    encode = nn.Encode(layout.modes, power=None)
    return nnx.Sequential(encode, *stages, nn.Intensity(layout.modes))


def six_network(config: Config, rngs):
    """Three meshes with activations between them."""
    from flax import nnx

    layout = meshes.clements.layout(len(config.six))
    stages = [
        part
        for _ in range(2)
        for part in (nn.MZIMesh(layout, rngs=rngs), nn.ElectroOptic(gain=config.gain))
    ]
    encode = nn.Encode(layout.modes, power=None)
    last = nn.MZIMesh(layout, rngs=rngs)
    return nnx.Sequential(encode, *stages, last, nn.Intensity(layout.modes))


NETWORKS = {"four": four_network, "six": six_network}


def utterances(config: Config, name: str, division: str, seed: int) -> data.Split:
    """The vowels of a network, as many features as it has modes."""
    words = getattr(config, name)
    what = {"seed": seed, "words": words, "features": len(words)}
    if division == "mixed":
        return data.vowels.load_mixed(validation=config.validation, **what)
    return data.vowels.load(validation=config.speakers, **what)


def fitted(config: Config, run, name: str, division: str, seed: int, split: data.Split):
    """The network that validates best of those that were begun differently."""
    import jax
    from flax import nnx

    def build(start: int):
        key = jax.random.fold_in(jax.random.key(seed), start)
        return NETWORKS[name](config, nnx.Rngs(key))

    steps = train.steps(split.train, epochs=config.epochs, batch=config.batch)
    found = train.fit_seeds(
        build,
        split.train,
        split.validation,
        train.adam(config.learning_rate, steps=steps),
        seeds=range(config.starts),
        epochs=config.epochs,
        batch=config.batch,
        folder=run.path / f"{name}_{division}" / f"seed{seed}",
        progress=f"{name} vowels, speakers {division}, seed {seed}",
    )

    def merit(pair):
        best = pair[1].best
        return best["validation_accuracy"], -best["validation_loss"]

    return max(found, key=merit)[0]


def with_noise(config: Config, model, split: data.Split, seed: int):
    """Mean accuracy of chips, `(phase errors, detector noises)`; the same draws for all sizes."""
    import jax
    import numpy as np

    of_chips, of_detectors = jax.random.split(jax.random.key(seed))
    scale = float(train.predict(model, split.train.inputs).max())

    def accuracy(seen, noise: float):
        electronics = receiver.Receiver(bandwidth=1.0, amplifier_noise=noise * scale)
        read = receiver.receive(seen, electronics, key=of_detectors)
        return np.mean(np.argmax(read, axis=-1) == split.test.labels)

    def made(sigma: float):
        how = {"key": of_chips, "chips": config.chips, "given": [split.test.inputs]}
        return hardware.monte_carlo(model, [hardware.PhaseNoise(sigma)], train.predict, **how)

    seen = [made(sigma) for sigma in config.phase_errors]
    return np.array([[accuracy(s, noise) for noise in config.detector_noises] for s in seen])


def one_seed(config: Config, run, name: str, division: str, seed: int) -> dict[str, Any]:
    """A network and its baselines on one division, and what noise does to the network."""
    import jax
    from flax import nnx

    split = utterances(config, name, division, seed)
    model = fitted(config, run, name, division, seed, split)
    phases = sum(x.size for x in jax.tree.leaves(nnx.state(model, nn.Phase)))
    recipe = {name: getattr(config, name) for name in ("epochs", "batch", "learning_rate")}
    return {
        "network": float(train.accuracy(model, split.test)),
        "linear": train.baselines.linear(split, seed=seed, **recipe),
        "MLP": train.baselines.mlp(split, parameters=phases, seed=seed, **recipe),
        "noise": with_noise(config, model, split, seed) if division == "mixed" else None,
        "outputs": train.predict(model, split.test.inputs),
        "labels": split.test.labels,
    }


def draw_noise(config: Config, run, found: dict[tuple[str, str], list[dict]]) -> None:
    """Accuracy against phase errors and against noise of the detectors."""
    import matplotlib.pyplot as plt
    import numpy as np

    figure, axes = plt.subplots(2, 2, figsize=(11, 8.4), sharey="row", layout="constrained")
    levels = {"four": {"simulated": COMPUTER, "measured": CHIP}, "six": {"measured": SIX_CHIP}}
    phases, noises = config.phase_errors, config.detector_noises

    def shown(sizes):
        return [*enumerate(sizes)][::2]

    def panel(ax, name: str, against: str):
        grid = np.stack([each["noise"] for each in found[name, "mixed"]])
        if against == "phases":
            at, label = phases, "Error of the phases (rad)"
            ours = {f"detectors {100 * x:g} %": grid[..., n] for n, x in shown(noises)}
        else:
            at, label = [100 * x for x in noises], "Noise of the detectors (% of full scale)"
            ours = {f"phases {x:g} rad": grid[:, n] for n, x in shown(phases)}
        plot.beside_published(at, ours, {}, ax=ax)
        styles = {"simulated": "--", "measured": ":"}
        _ = [
            ax.axhline(100 * v, color="black", linestyle=styles[kind], label=f"published, {kind}")
            for kind, v in levels[name].items()
        ]
        ax.legend(title="band: all seeds", fontsize=7, title_fontsize=7)
        ax.set(xlabel=label, title=f"{name} vowels")

    [
        panel(ax, name, against)
        for row, name in zip(axes, NETWORKS, strict=True)
        for ax, against in zip(row, ("phases", "detectors"), strict=True)
    ]
    run.save_figure(figure, "noise")


def draw_confusion(config: Config, run, found: dict[tuple[str, str], list[dict]]) -> None:
    """Which vowel was taken for which, all divisions together."""
    import matplotlib.pyplot as plt
    import numpy as np

    figure, axes = plt.subplots(2, 2, figsize=(9, 8.6), layout="constrained")

    def panel(ax, name: str, division: str):
        parts = found[name, division]
        labels, outputs = (np.concatenate([p[key] for p in parts]) for key in ("labels", "outputs"))
        plot.confusion(labels, outputs, ax=ax)
        words = getattr(config, name)
        ax.set_xticks(range(len(words)), words)
        ax.set_yticks(range(len(words)), words)
        ax.set_title(f"{name} vowels, speakers {division}")

    [panel(ax, *which) for ax, which in zip(axes.flat, found, strict=True)]
    run.save_figure(figure, "confusion")


def claims_of(config: Config, found: dict[tuple[str, str], list[dict]]) -> list[report.Claim]:
    """Accuracies without noise; published ones stand beside the division that is theirs."""
    seeds = range(config.seed, config.seed + config.seeds)
    theirs = {
        "four": {"published": COMPUTER, "published_kind": "simulated", "source": SHEN},
        "six": {"published": SIX_CHIP, "published_kind": "measured", "source": SINGLE_CHIP},
    }
    targets = {"four": {"target": 0.917}, "six": {"target": 0.925}} if config.seeds >= 3 else {}

    def claim(name: str, division: str, kind: str):
        stated = theirs[name] | targets.get(name, {})
        return report.Claim.over_seeds(
            f"{name} vowels, speakers {division}, {kind}",
            [each[kind] for each in found[name, division]],
            seeds,
            dataset=f"Deterding vowels, {len(getattr(config, name))} of 11, test",
            metric="accuracy",
            **(stated if (division, kind) == ("mixed", "network") else {}),
        )

    return [claim(*which, kind) for which in found for kind in ("network", "linear", "MLP")]


def noise_claims(config: Config, found: dict[tuple[str, str], list[dict]]) -> list[report.Claim]:
    """What the noise that was stated costs, and what noise costs as much as was lost."""
    import numpy as np

    seeds = range(config.seed, config.seed + config.seeds)
    grid = np.stack([each["noise"] for each in found["four", "mixed"]])
    stated = (config.phase_errors, STATED[0]), (config.detector_noises, STATED[1])
    phase, detector = (int(np.argmin(np.abs(np.subtract(*pair)))) for pair in stated)

    def claim(name: str, values, metric: str, **what):
        where = {"dataset": "Deterding vowels, 4 of 11, test", "metric": metric}
        return report.Claim.over_seeds(f"four vowels, {name}", values, seeds, **where, **what)

    def where_lost(sizes, curves):
        return [float(np.interp(0, CHIP - curve, sizes)) for curve in curves]

    quiet, set_well = config.detector_noises[detector], config.phase_errors[phase]
    measured = {"published": CHIP, "published_kind": "measured", "source": SHEN}
    return [
        claim(
            f"phases {set_well:g} rad, detectors {100 * quiet:g} %",
            grid[:, phase, detector],
            "accuracy",
            **measured,
        ),
        claim(
            f"detectors {100 * quiet:g} %: down to {100 * CHIP:.1f} %",
            where_lost(config.phase_errors, grid[..., detector]),
            "error of phases [rad]",
        ),
        claim(
            f"phases {set_well:g} rad: down to {100 * CHIP:.1f} %",
            where_lost(config.detector_noises, grid[:, phase]),
            "noise over full scale",
        ),
    ]


def main(config: Config, run) -> dict:
    """Train on every division, add noise, draw, and compare with what was published."""
    seeds = range(config.seed, config.seed + config.seeds)
    found = {
        (name, division): [one_seed(config, run, name, division, seed) for seed in seeds]
        for name in NETWORKS
        for division in DIVISIONS
    }
    draw_noise(config, run, found)
    draw_confusion(config, run, found)
    return run.finish([*claims_of(config, found), *noise_claims(config, found)], seeds)
