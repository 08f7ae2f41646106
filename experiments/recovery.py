"""Train ideal, fabricate, evaluate, correct, fine-tune: what each step brings, chip by chip.

Two meshes of 16 modes with an electro-optic activation between them read the 16 lowest
spatial frequencies of a digit. The network is trained on a computer and made on several
chips. Each of them is then measured as made, corrected cell by cell with its errors known,
self-configured by nulling without knowing them, and trained on the chip: in situ from powers
at its phase shifters, and by SPSA from the loss alone, with as much light. Beside them stands
a network that was trained through errors of other chips. Every way meets the same chips.

Process: the published values of a preset, but for the splitters. Theirs, 0.01 rad, cost
hardly more than the losses do; the deviation taken is that of a stress test, so that there is
something to correct.

Data: 8 x 8 digits of scikit-learn, 1797 images, divided by the seed into training, validation
(which chooses the epoch) and test. No figure was published for this network on these data.
"""

from dataclasses import dataclass
from functools import cache

from photonn import data, hardware, meshes, nn, plot, report, train
from photonn.config import Count, NotNegative, Positive, Seed


@dataclass(frozen=True)
class Config:
    """Several chips for each seed."""

    seed: Seed = 0  # of the first run: weights, division of the data, chips
    seeds: Count = 1  # so many runs: seed, seed + 1, ...
    chips: Count = 3  # of each seed
    process: str = "silicon_thermo_optic"  # one of photonn.hardware.processes
    splitter_sigma: NotNegative = 0.05  # instead of that of the process [rad]
    radius: Count = 2  # of the window of frequencies: 4 radius^2 modes
    power: Positive = 16.0  # of a sample [W]; the activation works at about 1 W a mode
    gain: Positive = 0.3  # of the activation [rad/W]
    epochs: Count = 60  # on the computer
    learning_rate: Positive = 0.02
    batch: Count = 64
    chip_epochs: Count = 20  # on a chip
    chip_rate: Positive = 0.01  # in situ
    spsa_rate: Positive = 0.003  # its gradient is noisy
    reading_noise: NotNegative = 0.01  # of a power in situ, over the power of a sample


def network(config: Config, seed: int):
    """16 spatial frequencies in 16 waveguides; two meshes with an activation between them."""
    from flax import nnx

    layout, rngs = meshes.clements.layout(4 * config.radius**2), nnx.Rngs(seed)
    return nnx.Sequential(
        nn.EncodeFourier(config.radius, power=config.power),
        nn.MZIMesh(layout, rngs=rngs),
        nn.ElectroOptic(gain=config.gain),
        nn.MZIMesh(layout, rngs=rngs),
        nn.Intensity(10),
    )


@cache
def ways_to_set() -> dict:
    """Ways to set a chip anew, compiled once for all chips."""
    from flax import nnx

    def way(find):
        return nnx.jit(lambda chip, design: chip.reprogrammed(design, find))

    return {
        "corrected (errors known)": way(hardware.correct),
        "self-configured (errors unknown)": way(hardware.configure),
    }


@cache
def score():
    """Accuracy of a model on inputs and labels, compiled once for all chips."""
    from flax import nnx

    return nnx.jit(lambda model, part: train.accuracy(model, data.Dataset(*part)))


def one_chip(fit, measure, ideal, aware, process, key) -> dict:
    """Accuracies of one chip after every step."""
    made = hardware.Chip(ideal, process, key)
    ready = {name: set_anew(made, ideal) for name, set_anew in ways_to_set().items()}
    corrected = ready["corrected (errors known)"]
    in_situ = {
        "made, then in situ": fit("in_situ", made, "in situ"),
        "corrected, then in situ": fit("corrected_in_situ", corrected, "in situ"),
        "corrected, then SPSA": fit("corrected_spsa", corrected, "SPSA"),
    }
    robust = hardware.Chip(aware, process, key)
    chips = {"made": made, **ready, **in_situ, "noise-aware, made": robust}
    return {name: measure(chip) for name, chip in chips.items()}


def one_seed(config: Config, run, seed: int) -> dict:
    """Trained on a computer, plainly and through errors; then made on several chips."""
    import jax
    from flax import nnx

    split = data.digits.load(seed=seed)
    process = hardware.processes.find(config.process).replaced(splitter_sigma=config.splitter_sigma)
    # Keys of their own: no chip that is measured was ever trained through.
    of_chips, of_training = jax.random.split(jax.random.key(seed))
    estimates = {
        "computer": (train.autodiff, config.learning_rate, config.epochs),
        "in situ": (train.InSitu(noise=config.reading_noise), config.chip_rate, config.chip_epochs),
        # Two directions of two runs each: as many as the four of a measurement in situ.
        "SPSA": (train.SPSA(directions=2), config.spsa_rate, config.chip_epochs),
    }

    def fit(name: str, model, way: str):
        model = nnx.clone(model)
        estimate, rate, epochs = estimates[way]
        train.fit(
            model,
            split.train,
            split.validation,
            train.adam(rate, steps=train.steps(split.train, epochs=epochs, batch=config.batch)),
            epochs=epochs,
            batch=config.batch,
            estimate=estimate,
            seed=seed,
            folder=run.path / name / f"seed{seed}",
            progress=f"{name}, seed {seed}",
        )
        return model

    def measure(model) -> float:
        return float(score()(model, tuple(split.test)))

    design = network(config, seed)
    ideal = fit("ideal", design, "computer")
    # Validation through errors too: without them the epoch would be chosen by the wrong thing.
    noise = nnx.Rngs(noise=of_training)
    wrapped = hardware.Vaccinated(design, process, always=True, rngs=noise)
    aware = fit("noise_aware", wrapped, "computer").model

    def made(number: int, key) -> dict:
        def on_chip(name: str, chip, way: str):
            return fit(f"{name}/chip{number}", chip, way)

        return one_chip(on_chip, measure, ideal, aware, process, key)

    keys = jax.random.split(of_chips, config.chips)
    chips = [made(number, key) for number, key in enumerate(keys)]
    phases = sum(x.size for x in jax.tree.leaves(nnx.state(ideal, nn.Phase)))
    return {
        "ideal": measure(ideal),
        "chips": chips,
        "linear": train.baselines.linear(split, seed=seed),
        "mlp": train.baselines.mlp(split, parameters=phases, seed=seed),
    }


def draw(run, found: dict, levels: dict) -> None:
    """Every chip a dot."""
    import matplotlib.pyplot as plt

    figure, ax = plt.subplots(figsize=(8.5, 4.4), layout="constrained")
    plot.chips_by_stage(found, levels, ax=ax)
    ax.set_xlabel("Test accuracy, digits 8 x 8 (%)")
    run.save_figure(figure, "recovery")


def write(run, found: dict, seeds) -> None:
    """Every chip of every seed, as a table."""
    lines = [
        f'"{name}",{seed},{chip},{value:.6g}'
        for name, values in found.items()
        for seed, row in zip(seeds, values, strict=True)
        for chip, value in enumerate(row)
    ]
    table = "\n".join(["stage,seed,chip,accuracy", *lines])
    (run.path / "chips.csv").write_text(table + "\n")


def main(config: Config, run) -> dict:
    """Train, make, measure, correct and fine-tune for every seed; draw, and say what came back."""
    import numpy as np

    seeds = range(config.seed, config.seed + config.seeds)
    runs = [one_seed(config, run, seed) for seed in seeds]
    stages = runs[0]["chips"][0]
    found = {name: np.array([[c[name] for c in r["chips"]] for r in runs]) for name in stages}
    single = {
        "ideal, on the computer": "ideal",
        "linear baseline": "linear",
        "MLP baseline, as many numbers": "mlp",
    }
    alone = {name: [r[key] for r in runs] for name, key in single.items()}
    draw(run, found, {name: np.mean(values) for name, values in alone.items()})
    write(run, found, seeds)

    def claim(name: str, values, chips: str = ""):
        dataset = f"digits 8x8, test{chips}"
        return report.Claim.over_seeds(name, values, seeds, dataset=dataset, metric="accuracy")

    many = f", mean of {config.chips} chips"
    claims = [claim(name, values) for name, values in alone.items()]
    claims += [claim(name, values.mean(1), many) for name, values in found.items()]
    return run.finish(claims, seeds)
