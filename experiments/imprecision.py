"""GridNet and FFTNet: two networks of interferometers under errors of phases and splitters.

Both have three layers, 392 inputs to 256 to 256 to 10, and a shifted softplus of the amplitude
between them; two pixels stand in a waveguide, as real and imaginary part. GridNet is a complex
network that is trained as plain matrices and then decomposed: rectangles and attenuators, the
singular values shuffled. FFTNet has butterflies in place of the rectangles and is trained in its
phases. Every phase gets a normal error of deviation sigma, the amplitude of every splitter
another of sigma: sqrt(2) sigma of its angle.

Published, MNIST, mean of 20 draws (simulated; from the authors' logs):
    sigma      0    .005   .01   .015   .02
    GridNet  97.6   96.2  86.4   55.6  29.5 %
    FFTNet   95.1   95.0  94.8   94.4  93.7 %
Fang et al., "Design of optical neural networks with component imprecisions", Opt. Express 27,
14009 (2019). GridNet is trained here as there: its start, momentum, ten epochs.

Two ways to win back what GridNet loses follow: its splitters known and corrected for, cell by
cell, with the errors of setting as before; and its phases trained on through errors.
"""

import math
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import Any

from photonn import compile, data, hardware, meshes, nn, plot, report, train
from photonn.config import Count, Fraction, Images, NotNegative, Positive, Seed

THEIRS = (0.0, 0.005, 0.01, 0.015, 0.02)
SIGMAS = (0.0, 0.005, 0.006, 0.007, 0.01, 0.015, 0.02)  # finer where the curves cross
PUBLISHED = {
    "GridNet": dict(zip(THEIRS, (0.976, 0.962, 0.864, 0.556, 0.295), strict=True)),
    "FFTNet": dict(zip(THEIRS, (0.951, 0.950, 0.948, 0.944, 0.937), strict=True)),
}
SOURCE = "Fang et al., Opt. Express 27, 14009 (2019), authors' logs"


@dataclass(frozen=True)
class Config:
    """Sizes, training, and the errors."""

    seed: Seed = 0  # of the first run
    seeds: Count = 1  # so many runs: seed, seed + 1, ...
    dataset: Images = "mnist"
    hidden: tuple[Count, ...] = (256, 256)
    transmission: Positive = 0.03  # of weak light through an activation [1]
    validation: Fraction = 0.1  # of the training images
    sigmas: tuple[NotNegative, ...] = SIGMAS  # of phases [rad] and splitters' amplitudes [1]
    chips: Count = 20  # of each sigma
    epochs: Count = 10  # GridNet, as published; the last half at a fifth of the rate
    batch: Count = 100
    rate: Positive = 0.005
    fft_epochs: Count = 10
    fft_rate: Positive = 0.01
    fft_gain: Positive = 6.0  # amplitude gain of every layer
    aware_epochs: Count = 1
    aware_rate: Positive = 0.002
    aware_sigma: Positive = 0.01


def is_theirs(config: Config) -> bool:
    """Whether data and sizes are those of the paper: else nothing is published."""
    return config.dataset == "mnist" and config.hidden == (256, 256)


def widths(config: Config, split: data.Split) -> tuple[int, ...]:
    """Modes before every layer and behind the last one."""
    return split.train.inputs.shape[-1] // 2, *config.hidden, 10


def chain(config: Config, layers: list, modes: int):
    """Encoders, layers with an activation between them, detectors."""
    from flax import nnx

    bend = partial(nn.ShiftedSoftplus, config.transmission)
    inner = [part for layer in layers[:-1] for part in (layer, bend())]
    encode = nn.Encode(modes, method="pairs", power=None)
    return nnx.Sequential(encode, *inner, layers[-1], nn.Intensity(10))


def free_network(config: Config, sizes: tuple[int, ...], seed: int):
    """The network of plain matrices that GridNet is made of."""
    from flax import nnx

    rngs = nnx.Rngs(seed)

    def layer(inputs: int, outputs: int):
        start = partial(meshes.haar.matrix, scale=20 / math.sqrt(inputs + outputs))
        return nn.ComplexDense(inputs, outputs, init=start, rngs=rngs)

    return chain(config, [layer(*shape) for shape in pairwise(sizes)], sizes[0])


def fft_net(config: Config, sizes: tuple[int, ...], seed: int):
    """Butterflies of the next powers of two in place of the rectangles."""
    from flax import nnx

    rngs = nnx.Rngs(seed)
    wide = [1 << (size - 1).bit_length() for size in sizes]
    layouts = [meshes.butterfly.layout(size) for size in wide]
    layers = [
        nn.SVDMesh(first, second, gain=config.fft_gain, rngs=rngs)
        for first, second in pairwise(layouts)
    ]
    return chain(config, layers, wide[0])


def fitted(config: Config, run, split, seed: int, name: str, model, optimizer, epochs: int):
    """The model, trained."""
    train.fit(
        model,
        split.train,
        split.validation,
        optimizer,
        epochs=epochs,
        batch=config.batch,
        seed=seed,
        folder=run.path / name / f"seed{seed}",
        progress=f"{name}, seed {seed}",
    )
    return model


def networks(config: Config, run, split: data.Split, seed: int) -> dict[str, Any]:
    """GridNet, FFTNet, and GridNet trained on through errors."""
    import jax
    import optax
    from flax import nnx

    sizes, fit = widths(config, split), partial(fitted, config, run, split, seed)

    def steps(epochs: int) -> int:
        return train.steps(split.train, epochs=epochs, batch=config.batch)

    rate = optax.piecewise_constant_schedule(config.rate, {steps(config.epochs) // 2: 0.2})
    momentum = optax.sgd(rate, momentum=0.9)
    free = fit("free", free_network(config, sizes, seed), momentum, config.epochs)
    of_order, of_training = jax.random.split(jax.random.key(seed))
    grid = compile.lower.to_meshes(free, key=of_order)
    adam = train.adam(config.fft_rate, steps=steps(config.fft_epochs))
    fft = fit("fft", fft_net(config, sizes, seed), adam, config.fft_epochs)
    noise = nnx.Rngs(noise=of_training)
    wrapped = hardware.Vaccinated(
        nnx.clone(grid), errors(config.aware_sigma), always=True, rngs=noise
    )
    gentle = train.adam(config.aware_rate, steps=steps(config.aware_epochs))
    aware = fit("aware", wrapped, gentle, config.aware_epochs).model
    return {"GridNet": grid, "FFTNet": fft, "GridNet, noise-aware": aware}


def errors(sigma: float) -> list:
    """Of every phase, and of the amplitude of every splitter."""
    return [hardware.PhaseNoise(sigma), hardware.SplitterError(math.sqrt(2) * sigma)]


def one_seed(config: Config, run, seed: int) -> dict[str, Any]:
    """Accuracies `(sigmas, chips)` of every network, and those of the baselines."""
    import jax
    import numpy as np

    split = getattr(data, config.dataset).load(seed=seed, validation=config.validation)
    split = split.flatten().standardize()
    made = networks(config, run, split, seed)
    keys = jax.random.split(jax.random.fold_in(jax.random.key(seed), 1), len(config.sigmas))

    def score(model):
        return train.accuracy(model, split.test)

    def accuracies(model, make=hardware.fabricate):
        draws = zip(config.sigmas, keys, strict=True)
        many = partial(hardware.monte_carlo, model, measure=score, chips=config.chips, make=make)
        return np.stack([many(errors(sigma), key=key) for sigma, key in draws])

    found = {name: accuracies(model) for name, model in made.items()}
    found["GridNet, corrected"] = accuracies(made["GridNet"], hardware.fabricate_corrected)
    sizes = widths(config, split)
    parameters = 2 * sum(a * b for a, b in pairwise(sizes))
    return {
        "accuracies": found,
        "linear classifier": train.baselines.linear(split, epochs=10, seed=seed),
        "MLP": train.baselines.mlp(split, parameters=parameters, epochs=10, seed=seed),
    }


def crossing(config: Config, runs: list[dict]) -> list[float]:
    """The sigma from which on FFTNet is the better one, of every seed."""
    import numpy as np

    def of(found):
        ahead = (found["GridNet"] - found["FFTNet"]).mean(axis=-1)
        return float(np.interp(0, -ahead, config.sigmas))

    return [of(each["accuracies"]) for each in runs]


def draw(config: Config, run, runs: list[dict]) -> None:
    """Accuracy against the size of the errors, with the published points."""
    import numpy as np

    names = runs[0]["accuracies"]
    ours = {name: np.stack([r["accuracies"][name].mean(axis=-1) for r in runs]) for name in names}
    ax = plot.beside_published(config.sigmas, ours, PUBLISHED if is_theirs(config) else {})
    ax.set(xlabel="sigma: phases (rad), amplitudes of splitters", title=config.dataset)
    run.save_figure(ax.figure, "imprecision")


def main(config: Config, run) -> dict:
    """Train, make chips, draw, and compare with what was published."""
    seeds = range(config.seed, config.seed + config.seeds)
    runs = [one_seed(config, run, seed) for seed in seeds]
    draw(config, run, runs)
    theirs = is_theirs(config)
    whole = theirs and len(runs) >= 3
    where = {"dataset": f"{config.dataset}, test", "metric": "accuracy"}

    def claim(name: str, number: int, sigma: float):
        values = [float(r["accuracies"][name][number].mean()) for r in runs]
        figure = PUBLISHED.get(name, {}).get(sigma) if theirs else None
        stated = {"published": figure, "published_kind": "simulated", "source": SOURCE}
        aim = {"target": figure, "aim": "within", "tolerance": 0.03}
        what = where | (stated if figure else {}) | (aim if figure and whole else {})
        return report.Claim.over_seeds(f"{name}, sigma {sigma:g}", values, seeds, **what)

    claims = [
        claim(name, number, sigma)
        for name in runs[0]["accuracies"]
        for number, sigma in enumerate(config.sigmas)
    ]
    stated = {"published": 0.0065, "published_kind": "simulated", "source": SOURCE}
    aim = {"target": 0.0065, "aim": "within", "tolerance": 0.0005} if whole else {}
    meets = report.Claim.over_seeds(
        "FFTNet overtakes GridNet",
        crossing(config, runs),
        seeds,
        **where | {"metric": "sigma"} | (stated if theirs else {}) | aim,
    )
    plain = [
        report.Claim.over_seeds(name, [r[name] for r in runs], seeds, **where)
        for name in ("linear classifier", "MLP")
    ]
    return run.finish([*claims, meets, *plain], seeds)
