"""Phase objects: transparent cells.

An image holds the phase that a specimen lends to the light that passes. A cell is an ellipse
with the thickness of an ellipsoid, sqrt(1 - r^2); its nucleus is a smaller and denser one.
"""

import numpy as np

from photonn.errors import check_integer, check_positive


def load(
    *,
    seed: int = 0,
    count: int = 100,
    samples: int = 64,
    cells: int = 4,
    phase: float = np.pi / 2,
) -> np.ndarray:
    """Phases [rad], shape `(count, samples, samples)`, float32; zero between the cells.

    Independent parts come from different seeds.

    Args:
        seed: of the draws.
        count: specimens.
        samples: pixels of a side.
        cells: in each specimen; they may overlap, and their phases add.
        phase: of the thickest cell at its middle, without its nucleus [rad].
    """
    for name, value in (("count", count), ("samples", samples), ("cells", cells)):
        check_integer(name, value, 1)
    check_positive("phase", phase, "rad")
    rng = np.random.default_rng(seed)
    axis = (np.arange(samples) + 0.5) / samples - 0.5  # the side is 1
    made = np.zeros((count, samples, samples))
    for image in made:
        for _ in range(cells):
            centre, radii = rng.uniform(-0.35, 0.35, 2), rng.uniform(0.06, 0.16, 2)
            turn, depth = rng.uniform(0, np.pi), phase * rng.uniform(0.5, 1)
            image += depth * thickness(axis, centre, radii, turn)
            nucleus = centre + rng.uniform(-0.2, 0.2, 2) * radii.min()
            image += 0.5 * depth * thickness(axis, nucleus, 0.4 * radii, turn)
    return made.astype(np.float32)


def thickness(axis: np.ndarray, centre: np.ndarray, radii: np.ndarray, turn: float) -> np.ndarray:
    """Thickness of an ellipsoid relative to its middle, shape `(y, x)`.

    Args:
        axis: coordinates of pixels along either side.
        centre: y and x.
        radii: half axes along y and x before the turn.
        turn: angle from x towards y [rad].
    """
    y, x = axis[:, None] - centre[0], axis[None, :] - centre[1]
    along, across = x * np.cos(turn) + y * np.sin(turn), y * np.cos(turn) - x * np.sin(turn)
    return np.sqrt(np.maximum(1 - (across / radii[0]) ** 2 - (along / radii[1]) ** 2, 0))
