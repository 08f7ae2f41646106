"""Training on the chip itself: seven ways to a gradient, on one imperfect chip.

Two classes of points in a plane, one ring around the other, and three meshes of four modes.
The chip has large errors: what was trained on a computer is lost when it is made.

Published: more than 94 % on classification tasks, measured on a chip of three layers and four
ports; Pai et al., "Experimentally realized in situ backpropagation for deep learning in
photonic neural networks", Science 380, 398 (2023), abstract. Our points are not theirs.

Data: rings made from the seed, 600 points, divided into training, validation (which chooses
the epoch) and test (looked at once). The second figure shows what unbalanced loss does to the
gradient that is measured.
"""

from dataclasses import dataclass

from photonn import data, hardware, meshes, nn, plot, report, train
from photonn.config import Count, NotNegative, Positive, Seed


@dataclass(frozen=True)
class Config:
    """One chip for each seed."""

    seed: Seed = 0
    seeds: Count = 1  # so many runs: seed, seed + 1, ...
    modes: Count = 4
    epochs: Count = 100
    batch: Count = 50
    learning_rate: Positive = 0.02
    splitter_error: NotNegative = 0.15  # of the chip [rad]
    phase_noise: NotNegative = 0.3  # of the chip [rad]
    reading_noise: NotNegative = 0.01  # of a power in situ, over the power of a sample
    directions: Count = 4  # of SPSA in a step
    coordinates: Count = 8  # in a step


def rings(seed: int):
    """Two coordinates and two constants, and which ring it is."""
    import numpy as np

    def with_constants(part):
        return data.Dataset(
            np.concatenate([part.inputs, np.ones_like(part.inputs)], 1), part.labels
        )

    return data.Split(*map(with_constants, data.rings.load(seed=seed)))


def network(config: Config, seed: int):
    """Three meshes with activations between them."""
    from flax import nnx

    layout, rngs = meshes.clements.layout(config.modes), nnx.Rngs(seed)
    return nnx.Sequential(
        nn.Encode(config.modes, power=None),
        nn.MZIMesh(layout, rngs=rngs),
        nn.ElectroOptic(gain=1.0),
        nn.MZIMesh(layout, rngs=rngs),
        nn.ElectroOptic(gain=1.0),
        nn.MZIMesh(layout, rngs=rngs),
        nn.Intensity(2, gain=3.0),
    )


def ways(config: Config, design) -> dict:
    """The estimators that are compared."""
    return {
        "autodiff (chip known)": train.autodiff,
        "in situ": train.InSitu(noise=config.reading_noise),
        "physics-aware": train.PhysicsAware(design),
        "direct feedback": train.DirectFeedback(),
        "forward only": train.ForwardOnly(),
        "SPSA": train.SPSA(directions=config.directions),
        "coordinates": train.Coordinate(coordinates=config.coordinates),
    }


def one_seed(config: Config, run, seed: int) -> dict:
    """Trained on a computer and made; then trained on the same chip in every way."""
    import jax
    import optax
    from flax import nnx

    split = rings(seed)
    design = network(config, seed)
    process = [
        hardware.SplitterError(config.splitter_error),
        hardware.PhaseNoise(config.phase_noise),
    ]

    def made(model):
        return hardware.fabricate(model, process, jax.random.key(seed))

    def fit(name: str, model, estimate):
        optimizer = optax.adam(config.learning_rate)
        folder = run.path / name.split(" (")[0].replace(" ", "_") / f"seed{seed}"
        return train.fit(
            model,
            split.train,
            split.validation,
            optimizer,
            epochs=config.epochs,
            batch=config.batch,
            estimate=estimate,
            seed=seed,
            folder=folder,
            progress=f"{name}, seed {seed}",
        )

    computer, robust = nnx.clone(design), nnx.clone(design)
    # Noise-aware: other chips at every step and in validation, never the one that is made.
    noise = nnx.Rngs(noise=seed)
    aware = hardware.Vaccinated(robust, process, always=True, rngs=noise)
    histories = {
        "computer": fit("computer", computer, train.autodiff),
        "noise-aware": fit("noise-aware", aware, train.autodiff),
    }
    accuracies = {
        "computer, as designed": float(train.accuracy(computer, split.test)),
        "computer, made": float(train.accuracy(made(computer), split.test)),
        "computer, noise-aware, made": float(train.accuracy(made(aware.model), split.test)),
    }

    chips = {name: made(design) for name in ways(config, design)}
    histories |= {n: fit(n, chips[n], estimate) for n, estimate in ways(config, design).items()}
    accuracies |= {n: float(train.accuracy(chip, split.test)) for n, chip in chips.items()}
    return {"histories": histories, "accuracies": accuracies}


def bias(config: Config, losses_db) -> dict:
    """Relative error of the measured gradient of one mesh, for loss on its upper arms alone."""
    import jax
    import jax.numpy as jnp
    import numpy as np
    from flax import nnx
    from jax.flatten_util import ravel_pytree

    split = rings(config.seed)
    batch = jnp.asarray(split.train.inputs[:50]), jnp.asarray(split.train.labels[:50])
    key = jax.random.key(config.seed)

    @nnx.jit
    def error(mesh, loss_db):
        upper = jnp.asarray([1.0, 0.0])[:, None] * loss_db
        mesh.arm_loss.set_value(jnp.broadcast_to(upper, mesh.arm_loss.shape))
        model = nnx.Sequential(mesh, nn.Intensity(2, gain=3.0))

        def gradient(estimate):
            found = estimate(train.losses.cross_entropy, model, batch, key)[1]
            return ravel_pytree(nnx.to_pure_dict(found)["layers"][0])[0]

        exact = gradient(train.autodiff)
        found = [gradient(train.InSitu(adjoint)) for adjoint in ("backward", "reversed")]
        return [jnp.linalg.norm(x - exact) / jnp.linalg.norm(exact) for x in found]

    mesh = network(config, config.seed).layers[1]
    backward, reversed_ = np.asarray([error(mesh, db) for db in losses_db], float).T
    return {"adjoint read going backward": backward, "read reversed in time": reversed_}


def draw(run, config: Config, runs: list[dict]) -> None:
    """Learning curves of the first seed, and the bias."""
    import matplotlib.pyplot as plt
    import numpy as np

    figure, axes = plt.subplots(1, 2, figsize=(11, 4.4))
    histories = runs[0]["histories"].items()
    on_chip = {n: [h] for n, h in histories if n not in ("computer", "noise-aware")}
    plot.learning_curve(on_chip, ax=axes[0])
    axes[0].set_ylabel("Validation accuracy on the chip (%)")
    axes[0].legend(title="dot: epoch chosen", fontsize=7, ncols=2, loc="lower right")
    losses = np.asarray([0.01, 0.02, 0.05, 0.1, 0.2, 0.5])
    errors = bias(config, losses)
    shares = 100 * np.stack(list(errors.values()), axis=1)
    axes[1].loglog(losses, shares, "o-", label=list(errors))
    axes[1].set(xlabel="Loss of every upper arm (dB)", ylabel="Error of the gradient in situ (%)")
    axes[1].legend(fontsize=8)
    axes[1].grid(alpha=0.3)
    figure.tight_layout()
    run.save_figure(figure, "in_situ")


def main(config: Config, run) -> dict:
    """Train in every way for every seed, draw, and say what was reached."""
    seeds = range(config.seed, config.seed + config.seeds)
    runs = [one_seed(config, run, seed) for seed in seeds]
    draw(run, config, runs)

    def claim(name: str):
        published = {
            "published": 0.94,
            "published_kind": "measured",
            "source": "Pai et al., Science 380, 398 (2023)",
            "target": 0.94,
        }
        values = [r["accuracies"][name] for r in runs]
        return report.Claim.over_seeds(
            name,
            values,
            seeds,
            dataset="two rings, 180 test points",
            metric="accuracy",
            **(published if name == "in situ" else {}),
        )

    return run.finish([claim(name) for name in runs[0]["accuracies"]], seeds)
