"""How the error of an interferometer mesh grows with its size, beside theory.

Rectangular meshes whose splitters are off by a random angle of deviation sigma, each chip
with a Haar-random unitary of its own; E is the Frobenius norm of the difference over
sqrt(N), as root mean square over chips.

    as made                           sqrt(2 (N - 1)) sigma, near sqrt(2 N) sigma
    corrected cell by cell            near sqrt(2/3) N sigma^2
    three-splitter cells, corrected   near sqrt(32) sigma^2: no growth with N

A fourth kind, meshes configured by nulling, without knowledge of the errors, is held against
the corrected ones. A point holds where it lies within 10 % of its law, and is off where its
whole 95 % interval does not. In between, too few chips had a cell out of reach to tell.

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
    # Of the largest mesh. Smaller ones get more, as 1/N^2: their cells are rarely out of reach.
    chips: Count = 25
    nulled: tuple[Count, ...] = (8, 32)  # sizes that are configured by nulling too
    nulled_chips: Count = 25  # of the largest of these


class Curve(NamedTuple):
    """One kind of chip, at `(modes, sigmas)`.

    Attributes:
        name: of the kind.
        modes: the sizes.
        chips: for every size the errors `(seeds, sigmas, chips)`.
        theory: the law.
    """

    name: str
    modes: Any
    chips: Any
    theory: Any

    @property
    def each(self):
        """Root mean squares of every seed, `(seeds, modes, sigmas)`."""
        import numpy as np

        rms = hardware.error_laws.root_mean_square
        return np.stack([rms(errors).value for errors in self.chips], axis=1)

    @property
    def all(self):
        """Root mean squares of all chips, and both ends of their intervals."""
        import numpy as np

        rms = hardware.error_laws.root_mean_square
        points = [rms(np.concatenate(errors, axis=-1)) for errors in self.chips]
        return hardware.Estimate(*map(np.stack, zip(*points, strict=True)))

    @property
    def verdict(self):
        """Whether the law holds at each point."""
        import numpy as np

        pairs = zip(self.chips, self.theory, strict=True)
        judge = hardware.error_laws.verdict
        return np.stack([judge(np.concatenate(errors, axis=-1), law) for errors, law in pairs])


def measure(config: Config, seeds, modes, chips: int, **options) -> list:
    """For each kind, and each size, errors `(seeds, sigmas, chips)`."""
    import jax
    import numpy as np

    def errors(count: int):
        found = [
            hardware.error_laws.measure(
                meshes.clements.layout(count),
                [*config.sigmas, config.shown],
                key=jax.random.key(seed),
                chips=chips * (max(modes) // count) ** 2,
                **options,
            )
            for seed in seeds
        ]
        return np.stack([[x for x in f if x is not None] for f in found], axis=1)

    return list(zip(*map(errors, modes), strict=True))


def curves(config: Config, seeds) -> list[Curve]:
    """All errors; the last sigma is the one that is shown."""
    import numpy as np

    laws, cell = hardware.error_laws, devices.cell
    sizes = np.asarray(config.modes)[:, None]
    sigmas = np.asarray([*config.sigmas, config.shown])
    made, corrected = measure(config, seeds, config.modes, config.chips)
    three_made, three = measure(config, seeds, config.modes, config.chips, kind=cell.THREE_SPLITTER)
    *_, known, nulled = measure(config, seeds, config.nulled, config.nulled_chips, configured=True)
    same_chips = Curve("corrected", config.nulled, known, None).all.value
    return [
        Curve("as made", config.modes, made, laws.uncorrected(sizes, sigmas)),
        Curve("corrected", config.modes, corrected, laws.corrected(sizes, sigmas)),
        Curve(
            "three-splitter as made", config.modes, three_made, laws.uncorrected(sizes, sigmas, 3)
        ),
        Curve(
            "three-splitter corrected",
            config.modes,
            three,
            laws.corrected_three_splitter(sizes, sigmas),
        ),
        Curve("self-configured", config.nulled, nulled, same_chips),
    ]


def draw(config: Config, run, found: list[Curve]) -> None:
    """Errors against N for one sigma and against sigma for one N; then where the laws hold."""
    import matplotlib.pyplot as plt

    figure, (left, right) = plt.subplots(1, 2, figsize=(11, 4.6), layout="constrained")
    curves = found[:4]
    plot.laws(
        config.modes,
        {c.name: [x[:, -1] for x in c.all] for c in curves},
        {c.name: c.theory[:, -1] for c in curves},
        holds={c.name: c.verdict[:, -1] == "holds" for c in curves},
        ax=left,
    )
    left.set(xlabel="Modes N", ylabel="Matrix error E", title=f"sigma = {config.shown:g} rad")
    plot.laws(
        config.sigmas,
        {c.name: [x[-1, :-1] for x in c.all] for c in curves},
        {c.name: c.theory[-1, :-1] for c in curves},
        holds={c.name: c.verdict[-1, :-1] == "holds" for c in curves},
        ax=right,
    )
    right.set(xlabel="Splitter error sigma (rad)", title=f"N = {config.modes[-1]}")
    run.save_figure(figure, "mesh_error")
    figure, axes = plt.subplots(2, 3, figsize=(13, 7.6), sharey=True, layout="constrained")
    axes[1, 2].axis("off")

    def ratios(curve: Curve, ax):
        share = [x[:, :-1] / curve.theory[:, :-1] for x in curve.all]
        plot.law_ratios(curve.modes, share, curve.verdict[:, :-1], config.sigmas, ax=ax)
        law = "corrected, the same chips" if curve.name == "self-configured" else "law"
        ax.set(xlabel="Modes N", ylabel="measured / theory", title=f"{curve.name} / {law}")

    _ = [ratios(curve, ax) for curve, ax in zip(found, axes.ravel(), strict=False)]
    run.save_figure(figure, "validity")


def write(config: Config, run, found: list[Curve]) -> None:
    """Every number, as a table."""
    lines = [
        f"{c.name},{n},{sigma:g},{','.join(f'{x[i, j]:.6g}' for x in c.all)},"
        f"{c.theory[i, j]:.6g},{c.verdict[i, j]}"
        for c in found
        for i, n in enumerate(c.modes)
        for j, sigma in enumerate(config.sigmas)
    ]
    head = "kind,modes,sigma [rad],measured,low,high,theory,within 10 %"
    (run.path / "errors.csv").write_text("\n".join([head, *lines]) + "\n")


def main(config: Config, run) -> dict:
    """Measure, draw, and set the laws beside theory."""
    import numpy as np

    seeds = range(config.seed, config.seed + config.seeds)
    found = curves(config, seeds)
    draw(config, run, found)
    write(config, run, found)

    def claim(name: str, metric: str, values, theory: float, **aim):
        return report.Claim.over_seeds(
            name,
            values,
            seeds,
            dataset=f"Haar unitaries, sigma = {config.shown:g} rad",
            metric=metric,
            published=float(f"{theory:.4g}"),
            published_kind="theory",
            source="photonn.hardware.error_laws, after Bandyopadhyay 2021 and Hamerly 2022",
            **aim,
        )

    def error(curve: Curve, i: int):
        theory = 1e3 * curve.theory[i, -1]
        name, values = f"{curve.name}, N = {curve.modes[i]}", 1e3 * curve.each[:, i, -1]
        aim = {"target": theory, "aim": "within", "tolerance": 0.1 * theory}
        return claim(name, "1000 E", values, theory, **aim)

    def growth(errors):
        return np.polyfit(np.log(config.modes), np.log(errors[..., -1].T), 1)[0]

    def within(curve: Curve):
        held = curve.verdict[:, :-1]
        counts = {word: int((held == word).sum()) for word in ("holds", "off", "undecided")}
        return report.Claim.over_seeds(
            f"{curve.name}: {counts['off']} points off, {counts['undecided']} undecided",
            [counts["holds"] / held.size],  # one number for all seeds
            seeds,
            dataset=f"{held.size} points of N and sigma, all seeds together",
            metric="share of points within 10 %",
        )

    claims = [error(curve, i) for curve in found for i in range(len(curve.modes))]
    claims += [
        claim(f"{c.name}, power of N", "slope", growth(c.each), growth(c.theory[None])[0])
        for c in found[:4]
    ]
    return run.finish([*claims, *map(within, found)], seeds)
