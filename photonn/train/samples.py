"""Samples within reach of the device: all of them there, or each block sent ahead of its use.

A small set lies on the device, and its rows are gathered there. A large one stays on the
host; while the device works on one block of steps, NumPy gathers the next. Both give the
same numbers.
"""

import zlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jaxtyping import ArrayLike, Int, Num

from photonn.data import Dataset
from photonn.train import losses
from photonn.train.sharding import Division

RESIDENT = 2**30  # a set of so many bytes lies on the device
PART = 2**14  # samples that are read at once: what lies on disk need not fit into memory
CHUNK = 256  # samples that are judged together
BLOCK = 2**26  # bytes of a larger one that are sent at once


@jax.tree_util.register_dataclass
@dataclass(frozen=True)
class Block:
    """Some steps of an epoch, on the device.

    Attributes:
        inputs, labels: samples; only those of these steps, or all.
        chosen: the rows of each step.
        first: number of the first step in its epoch.
    """

    inputs: Num[Array, "rows ..."]
    labels: Num[Array, "rows ..."]
    chosen: Int[Array, "*lanes steps batch"]
    first: Int[ArrayLike, ""]


class Samples:
    """A data set that gives blocks of steps.

    Attributes:
        steps: in an epoch.
    """

    def __init__(self, data: Dataset, batch: int, division: Division = Division()):  # noqa: B008
        self.division = division
        self.inputs, self.labels = np.asarray(data.inputs), np.asarray(data.labels)
        self.batch, self.steps = batch, len(self.inputs) // batch
        size = self.inputs.nbytes + self.labels.nbytes
        rows = max(1, BLOCK * len(self.inputs) // max(size, 1))
        self.length = max(1, min(rows // batch, self.steps))
        self.held = self._send(slice(None)) if size <= RESIDENT else None

    def checksum(self) -> str:
        """Of inputs and labels, so that a fit goes on with the data that it began with."""
        total = 0
        for values in (self.inputs, self.labels):
            total = zlib.crc32(f"{values.dtype} {values.shape}".encode(), total)
            for start in range(0, len(values), PART):
                total = zlib.crc32(values[start : start + PART].tobytes(), total)
        return f"data with the checksum {total:08x}"

    def blocks(self, order: Array, step: int) -> Iterator[tuple[int, Block]]:
        """The blocks from the one that holds a step on, each with the step behind its last.

        Args:
            order: rows of each step, shape `(..., steps, batch)`.
            step: of the epoch, from which to go on.
        """
        if self.held:
            yield self.steps, Block(*self.held, order, 0)
            return
        rows = np.asarray(order)
        starts = list(range(step // self.length * self.length, self.steps, self.length))
        with ThreadPoolExecutor(1) as ahead:
            coming = ahead.submit(self._block, rows, starts[0])
            for start, following in zip(starts, [*starts[1:], None], strict=True):
                block = coming.result()
                if following is not None:
                    coming = ahead.submit(self._block, rows, following)
                yield min(start + self.length, self.steps), block

    def parts(self) -> Iterator[Array]:
        """Inputs in their own order, whole or in parts; the last is filled up to the others."""
        count = len(self.inputs)
        # Whole chunks of `predict`: the same sums as without parts.
        length = max(CHUNK, self.length * self.batch // CHUNK * CHUNK)
        if self.held or length >= count:
            yield self.held[0] if self.held else self._send(slice(None))[0]
            return
        for start in range(0, count, length):
            rows = np.minimum(np.arange(start, start + length), count - 1)
            yield self._send(rows)[0]

    def _block(self, order: np.ndarray, start: int) -> Block:
        chosen = order[..., start : start + self.length, :]
        # The last block is filled up, so that one compiled program takes them all.
        missing = [(0, 0)] * (chosen.ndim - 2) + [(0, self.length - chosen.shape[-2]), (0, 0)]
        chosen = np.pad(chosen, missing, mode="edge")
        here = np.arange(chosen.size, dtype=chosen.dtype).reshape(chosen.shape)
        here = self.division.everywhere(jnp.asarray(here))
        return Block(*self._send(chosen.ravel()), here, start)

    def _send(self, rows: slice | np.ndarray) -> tuple[Array, Array]:
        pair = self.inputs[rows], self.labels[rows]
        return self.division.everywhere(tuple(map(losses.standard_float, pair)))
