"""Where waveguides and cells lie in a picture of a mesh.

Light goes from left to right and every mode has a lane. To meet in a cell, two modes leave
their lanes, run side by side through it, and go back. Where columns after one another
would all join neighbours if the lanes were in another order (behind a permutation), the
lanes change to that order.
"""

from itertools import pairwise
from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from photonn.meshes.layout import Layout

# In units of the distance of two lanes.
HALF_CELL = 0.22, 0.31
HALF_GAP = 0.16  # between the arms of a cell
LEAD = 0.4  # straight waveguide at the inputs and outputs
BEND = 0.42  # length of the bend into a cell of neighbours
PIXELS = 22  # of a lane, in SVG
MANY = 5000  # cells beyond which a notebook is better off with a line of text


class Drawing(NamedTuple):
    """A picture as numbers, in units of the distance of two lanes.

    Attributes:
        knots: x and y of the points that each waveguide goes through, level at each of
            them: six from the middle of one cell to the middle of the next.
        cells: x and y of the middle of each cell.
        columns: x of the middle of each column.
    """

    knots: Float[np.ndarray, "planes modes 6 2"]
    cells: Float[np.ndarray, "cells 2"]
    columns: Float[np.ndarray, " depth"]


def draw(layout: Layout) -> Drawing:
    """Place every waveguide and every cell."""
    lanes = _lanes(layout).astype(float)
    middle = np.concatenate([np.zeros(0), *map(_middles, lanes, layout.columns())])
    upper, lower = layout.pairs.T
    track = lanes.copy()
    track[layout.column, upper] = middle - HALF_GAP
    track[layout.column, lower] = middle + HALF_GAP
    # Far travel takes more room, but less than in proportion.
    travel = np.abs(track - lanes).max(axis=1, initial=0)
    shift = np.abs(np.diff(lanes, axis=0)).max(axis=1, initial=0)
    bend = BEND * np.maximum(travel / (0.5 - HALF_GAP), 1) ** 0.7
    half = HALF_CELL[0] + bend
    x = LEAD + np.cumsum(half + np.append(0, half[:-1] + BEND * shift**0.7))

    # A plane lies between two columns; at the inputs and outputs stand columns of no width.
    ends = lanes if layout.depth else np.arange(float(layout.modes))[None]
    outputs = x[-1] + half[-1] + LEAD if layout.depth else 2 * LEAD
    level = np.append(np.full(layout.depth, HALF_CELL[0]), 0)
    bend = np.append(bend, 0)
    left, right = np.append(0, x), np.append(x, outputs)
    past, near = left + np.roll(level, 1), right - level
    xs = [left, past, past + np.roll(bend, 1), near - bend, near, right]
    lane, next_lane = np.concatenate([ends[:1], lanes]), np.concatenate([lanes, ends[-1:]])
    here, there = np.concatenate([ends[:1], track]), np.concatenate([track, ends[-1:]])
    ys = np.stack([here, here, lane, next_lane, there, there], axis=-1)
    xs = np.broadcast_to(np.stack(xs, axis=-1)[:, None, :], ys.shape)
    knots = np.stack([xs, ys], axis=-1)
    # On the way up or down from one cell to the next a lane in between is no stop.
    passing = (lane == next_lane) & ((lane - here) * (there - lane) > 0)
    knots[passing, 2:4] = knots[passing, 1:2]
    return Drawing(knots, np.stack([x[layout.column], middle], axis=-1), x)


def svg(layout: Layout) -> str:
    """The picture as an SVG image."""
    knots, cells, _ = draw(layout)
    width, height = knots[-1, 0, -1, 0], float(layout.modes)
    lines = []
    for mode in range(layout.modes):
        x, y = PIXELS * (knots[:, mode].reshape(-1, 2) + np.array([0, 0.5])).T
        bends = [
            f"C{(x0 + x1) / 2:.1f} {y0:.1f} {(x0 + x1) / 2:.1f} {y1:.1f} {x1:.1f} {y1:.1f}"
            if y0 != y1
            else f"H{x1:.1f}"
            for (x0, y0), (x1, y1) in pairwise(zip(x, y, strict=True))
            if x0 != x1
        ]
        lines.append(f'<path d="M{x[0]:.1f} {y[0]:.1f}{"".join(bends)}"/>')
    corners = PIXELS * (cells - HALF_CELL + [0, 0.5])
    box = 'width="{:.1f}" height="{:.1f}" rx="3"'.format(*(2 * PIXELS * np.array(HALF_CELL)))
    boxes = [f'<rect x="{x:.1f}" y="{y:.1f}" {box}/>' for x, y in corners]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{PIXELS * width:.0f}" '
        f'height="{PIXELS * height:.0f}"><g fill="#b9cbe6">{"".join(boxes)}</g>'
        f'<g fill="none" stroke="#5f7590" stroke-width="1.8">{"".join(lines)}</g></svg>'
    )


def _middles(lanes: np.ndarray, pairs: np.ndarray) -> np.ndarray:
    """Height of each cell of a column: between two lanes, and none on top of another."""
    at = lanes[pairs]
    between = np.floor(at.mean(axis=1)) + 0.5
    # Below the upper mode there is always a place of its own.
    return between if len(np.unique(between)) == len(between) else at.min(axis=1) + 0.5


def _lanes(layout: Layout) -> np.ndarray:
    """The lane of each mode in each column, shape `(depth, modes)`."""
    runs: list[tuple[dict[int, int], int]] = []  # columns that one order makes neighbours of
    for pairs in layout.columns():
        joined = _join(runs[-1][0], pairs) if runs else None
        if joined is None:
            runs.append((dict(pairs.tolist()), 1))
        else:
            runs[-1] = joined, runs[-1][1] + 1
    order, lanes = np.arange(layout.modes), []
    for below, columns in runs:
        # A single column is clearer as it is.
        order = _order(below, order) if columns > 1 else order
        lanes += columns * [np.argsort(order)]
    return np.array(lanes, int).reshape(layout.depth, layout.modes)


def _join(below: dict[int, int], pairs: np.ndarray) -> dict[int, int] | None:
    """Which mode stands below which with more pairs, or nothing if there is no such order."""
    joined = below | dict(pairs.tolist())
    lower = set(joined.values())
    if any(joined[mode] != below[mode] for mode in below) or len(lower) < len(joined):
        return None
    chained = sum(len(_chain(joined, head)) for head in joined.keys() - lower)
    return joined if chained == len(joined.keys() | lower) else None  # else a circle


def _order(below: dict[int, int], order: np.ndarray) -> np.ndarray:
    """Modes from the first lane to the last: chains, each near where it was."""
    lane = np.argsort(order)
    heads = [mode for mode in order.tolist() if mode not in below.values()]
    chains = [_chain(below, head) for head in heads]
    chains.sort(key=lambda chain: float(lane[chain].mean()))
    return np.concatenate(chains)


def _chain(below: dict[int, int], head: int) -> list[int]:
    chain = [head]
    while chain[-1] in below:
        chain.append(below[chain[-1]])
    return chain
