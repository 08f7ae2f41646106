"""Handwritten digits by two optical networks: an interferometer chip and a stack of masks.

The chip sees one pixel in each waveguide: mesh, electro-optic activation, mesh, and the
power at ten ports. The masks see the image itself: diffractive layers in free space, and
the light on ten detectors. Beside them stand a linear model and a multilayer perceptron
with about as many numbers as the chip has phases.

Data: 8 x 8 digits of scikit-learn, 1797 images, divided by the seed into training,
validation (which chooses the epoch) and test (looked at once).
No figure was published for these networks on these data; the targets, for the mean of at
least three seeds, are our own.
"""

from dataclasses import dataclass, field
from functools import partial
from typing import Any, NamedTuple

from photonn import data, free_space, hardware, meshes, nn, plot, report, train
from photonn.config import Count, Fraction, NotNegative, Positive, Seed


@dataclass(frozen=True)
class Mesh:
    """The interferometer chip."""

    power: Positive = 64.0  # of a sample [W]; the activation works at about 1 W a mode
    gain: Positive = 0.157  # of the activation [rad/W]
    epochs: Count = 80
    batch: Count = 64
    learning_rate: Positive = 0.01


@dataclass(frozen=True)
class Diffractive:
    """The stack of phase masks."""

    pixels: Count = 64  # a side
    pitch: Positive = 8e-6  # [m]
    distance: Positive = 0.02  # from mask to mask [m]
    wavelength: Positive = 532e-9  # [m]
    layers: Count = 3
    magnification: Count = 4  # pixels a side for each pixel of the image
    epochs: Count = 30
    batch: Count = 64
    learning_rate: Positive = 0.3  # [rad] a step: a phase has far to go


@dataclass(frozen=True)
class Config:
    """Two networks on the same data, for one or more seeds."""

    seed: Seed = 0  # of the first run: weights, division of the data, order of samples
    seeds: Count = 1  # so many runs: seed, seed + 1, ...
    mesh: Mesh = field(default_factory=Mesh)
    diffractive: Diffractive = field(default_factory=Diffractive)
    smoothing: Fraction = 0.1  # of the labels, for both networks
    phase_noise: NotNegative = 0.02  # of the chips with errors [rad]
    splitter_error: NotNegative = 0.02  # of the chips with errors [rad]
    chips: Count = 20


class Fitted(NamedTuple):
    """A trained network."""

    model: Any
    history: Any
    accuracy: float


def chip(config: Mesh, seed: int):
    """64 pixels in 64 waveguides; two meshes with an activation between them."""
    from flax import nnx

    rngs, layout = nnx.Rngs(seed), meshes.clements.layout(64)
    return nnx.Sequential(
        nn.Encode(64, power=config.power),
        nn.MZIMesh(layout, rngs=rngs),
        nn.ElectroOptic(gain=config.gain),
        nn.MZIMesh(layout, rngs=rngs),
        nn.Intensity(10),
    )


def stack(config: Diffractive):
    """The image as an amplitude, phase masks, ten detectors."""
    from flax import nnx

    grid = free_space.Grid(config.pixels, config.pitch)
    masks = [
        nn.Diffractive(grid, distance=config.distance, wavelength=config.wavelength)
        for _ in range(config.layers)
    ]
    return nnx.Sequential(
        nn.Image(grid, magnification=config.magnification), *masks, nn.Regions(grid, 10)
    )


def fitted(name: str, model, split, settings, smoothing: float, run, seed: int) -> Fitted:
    """A trained network with its history and its accuracy on the test set."""
    steps = train.steps(split.train, epochs=settings.epochs, batch=settings.batch)
    history = train.fit(
        model,
        split.train,
        split.validation,
        train.adam(settings.learning_rate, steps=steps),
        epochs=settings.epochs,
        batch=settings.batch,
        loss=partial(train.losses.cross_entropy, smoothing=smoothing),
        seed=seed,
        folder=run.path / name / f"seed{seed}",
        progress=f"{name}, seed {seed}",
    )
    return Fitted(model, history, float(train.accuracy(model, split.test)))


def one_seed(config: Config, run, seed: int) -> dict:
    """Both networks, chips of the first with errors, and both baselines, on one division."""
    import jax

    images = data.digits.load(seed=seed)
    vectors = images.flatten()
    mesh = fitted(
        "mesh", chip(config.mesh, seed), vectors, config.mesh, config.smoothing, run, seed
    )
    masks = fitted(
        "diffractive",
        stack(config.diffractive),
        images,
        config.diffractive,
        config.smoothing,
        run,
        seed,
    )
    process = [
        hardware.PhaseNoise(config.phase_noise),
        hardware.SplitterError(config.splitter_error),
    ]
    chips = hardware.monte_carlo(
        mesh.model,
        process,
        lambda chip: train.accuracy(chip, vectors.test),
        key=jax.random.key(seed),
        chips=config.chips,
    )
    return {
        "images": images,
        "mesh": mesh,
        "diffractive": masks,
        "chips": float(chips.mean()),
        "linear": train.baselines.linear(vectors, seed=seed),
        "mlp": train.baselines.mlp(vectors, parameters=2 * 64**2, seed=seed),
    }


def draw(run, runs: list[dict]) -> None:
    """Learning curves of all seeds; the rest from the first one."""
    import jax.numpy as jnp
    import matplotlib.pyplot as plt

    first = runs[0]
    mesh, masks = first["mesh"].model, first["diffractive"].model
    test = first["images"].test
    example = jnp.asarray(test.inputs[0])

    histories = {name: [r[name].history for r in runs] for name in ("mesh", "diffractive")}
    run.save_figure(plot.learning_curve(histories).figure, "learning_curve")

    figure, axes = plt.subplots(1, 2, figsize=(10, 4.6))
    plot.confusion(test.labels, train.predict(mesh, test.flatten().inputs), ax=axes[0])
    plot.confusion(test.labels, train.predict(masks, test.inputs), ax=axes[1])
    axes[0].set_title("Mesh")
    axes[1].set_title("Diffractive")
    run.save_figure(figure, "confusion")

    encode, layer = mesh.layers[:2]
    light = layer.trace(encode(example.ravel()))
    ax = plot.mesh(layer.layout, abs(light) ** 2)
    ax.set_title(f"The first mesh with the light of a {test.labels[0]}")
    run.save_figure(ax.figure, "mesh")

    fields = nn.trace(masks, example)[:-1]
    *layers, detectors = masks.layers[1:]
    phases = [layer.phase[...] for layer in layers]
    axes = plot.diffractive(phases, fields, detectors.grid, regions=detectors.regions[...])
    run.save_figure(axes[0, 0].figure, "diffractive")


def main(config: Config, run) -> dict:
    """Train for every seed, draw, and say what was reached."""
    seeds = range(config.seed, config.seed + config.seeds)
    runs = [one_seed(config, run, seed) for seed in seeds]
    draw(run, runs)

    def claim(name: str, key: str, target: float | None = None):
        # The targets are for a mean over seeds; one division of the data says little.
        target = target if len(runs) >= 3 else None
        values = [float(getattr(r[key], "accuracy", r[key])) for r in runs]
        return report.Claim.over_seeds(
            name, values, seeds, dataset="digits 8x8, test", metric="accuracy", target=target
        )

    errors = f"phase {config.phase_noise} rad, splitter {config.splitter_error} rad"
    claims = [
        claim("mesh, 64 modes, 2 layers", "mesh", target=0.975),
        claim(f"diffractive, {config.diffractive.layers} masks", "diffractive", target=0.97),
        claim(f"mesh, mean of {config.chips} chips with errors ({errors})", "chips"),
        claim("linear baseline", "linear"),
        claim("MLP baseline", "mlp"),
    ]
    return run.finish(claims, seeds)
