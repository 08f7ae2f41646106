"""How the error of an interferometer mesh grows with its size, beside theory.

Rectangular meshes whose splitters are off by a random angle of deviation sigma, each chip
with a Haar-random unitary of its own; E is the Frobenius norm of the difference over
sqrt(N), as root mean square over chips.

    as made                           sqrt(2 (N - 1)) sigma, near sqrt(2 N) sigma
    corrected cell by cell            near sqrt(2/3) N sigma^2
    three-splitter cells, corrected   near sqrt(32) sigma^2: no growth with N

The laws as they stand in `photonn.hardware.error_laws` are derived there and hold for small
errors. The first two are those of Bandyopadhyay, Hamerly, Englund, Optica 8, 1247 (2021);
that the third does not grow is the result of Hamerly, Bandyopadhyay, Englund, Nature
Communications 13, 6831 (2022).
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

from photonn import devices, hardware, meshes, plot, report
from photonn.config import Count, Positive, Seed


@dataclass(frozen=True)
class Config:
    """Sizes of meshes and of errors."""

    seed: Seed = 0  # of the first run
    seeds: Count = 1  # so many runs: seed, seed + 1, ...
    modes: tuple[Count, ...] = (8, 16, 32, 64, 128)  # N, two or more sizes
    sigmas: tuple[Positive, ...] = (0.002, 0.005, 0.01, 0.02, 0.05)  # of a splitter [rad]
    shown: Positive = 0.02  # the sigma of the claims and of the figure against N [rad]
    # Of the largest mesh. Smaller ones get more, as 1/N: their cells are rarely out of reach.
    chips: Count = 100


class Curve(NamedTuple):
    """One kind of chip: errors `(modes, sigmas)` measured, for each seed, and in theory."""

    name: str
    measured: Any
    theory: Any


def measure(config: Config, kind, modes: int, seed: int):
    """Errors as made and corrected, `(2, sigmas)`."""
    import jax
    import numpy as np

    return np.stack(
        hardware.error_laws.measure(
            meshes.clements.layout(modes),
            [*config.sigmas, config.shown],
            kind=kind,
            key=jax.random.key(seed),
            chips=config.chips * max(config.modes) // modes,
        ).rms
    )


def curves(config: Config, seeds) -> list[Curve]:
    """All errors; the last sigma is the one that is shown."""
    import numpy as np

    laws, cell = hardware.error_laws, devices.cell
    modes, sigmas = np.asarray(config.modes)[:, None], np.asarray([*config.sigmas, config.shown])

    def errors(kind):
        runs = [[measure(config, kind, n, seed) for n in config.modes] for seed in seeds]
        return np.moveaxis(runs, 2, 0)  # as made or corrected, seed, modes, sigma

    made, corrected = errors(cell.MZI)
    made_of_three, three = errors(cell.THREE_SPLITTER)
    return [
        Curve("as made", made, laws.uncorrected(modes, sigmas)),
        Curve("corrected", corrected, laws.corrected(modes, sigmas)),
        Curve("three-splitter as made", made_of_three, laws.uncorrected(modes, sigmas, 3)),
        Curve("three-splitter corrected", three, laws.corrected_three_splitter(modes, sigmas)),
    ]


def draw(config: Config, run, found: list[Curve]) -> None:
    """Errors against N for one sigma, and against sigma for the largest N."""
    import matplotlib.pyplot as plt

    by_modes = {c.name: c.measured.mean(0)[:, -1] for c in found}
    by_sigma = {c.name: c.measured.mean(0)[-1, :-1] for c in found}
    figure, (left, right) = plt.subplots(1, 2, figsize=(11, 4.6), layout="constrained")
    theory = {c.name: c.theory[:, -1] for c in found}
    plot.laws(config.modes, by_modes, theory, ax=left)
    left.set(xlabel="Modes N", ylabel="Matrix error E", title=f"sigma = {config.shown:g} rad")
    theory = {c.name: c.theory[-1, :-1] for c in found}
    plot.laws(config.sigmas, by_sigma, theory, ax=right)
    right.set(xlabel="Splitter error sigma (rad)", title=f"N = {config.modes[-1]}")
    run.save_figure(figure, "mesh_error")


def write(config: Config, run, found: list[Curve]) -> None:
    """Every number, as a table."""
    lines = [
        f"{c.name},{n},{sigma:g},{c.measured[:, i, j].mean():.6g},{c.theory[i, j]:.6g}"
        for c in found
        for i, n in enumerate(config.modes)
        for j, sigma in enumerate(config.sigmas)
    ]
    table = "\n".join(["kind,modes,sigma [rad],measured,theory", *lines])
    (run.path / "errors.csv").write_text(table + "\n")


def main(config: Config, run) -> dict:
    """Measure, draw, and set the laws beside theory."""
    import numpy as np

    seeds = range(config.seed, config.seed + config.seeds)
    found = curves(config, seeds)
    draw(config, run, found)
    write(config, run, found)

    def claim(name: str, metric: str, values, theory: float):
        return report.Claim.over_seeds(
            name,
            values,
            seeds,
            dataset=f"Haar unitaries, sigma = {config.shown:g} rad",
            metric=metric,
            published=float(f"{theory:.4g}"),
            published_kind="theory",
            source="photonn.hardware.error_laws",
        )

    def growth(errors):
        return np.polyfit(np.log(config.modes), np.log(errors[..., -1].T), 1)[0]

    claims = [
        claim(f"{c.name}, N = {n}", "1000 E", 1e3 * c.measured[:, i, -1], 1e3 * c.theory[i, -1])
        for c in found
        for i, n in enumerate(config.modes)
    ]
    claims += [
        claim(f"{c.name}, power of N", "slope", growth(c.measured), growth(c.theory[None])[0])
        for c in found
    ]
    return run.finish(claims, seeds)
