"""One chip that is set again and again: other phases, the same errors."""

from collections.abc import Callable, Sequence
from typing import Any

import jax
from flax import nnx
from jax import Array

from photonn.hardware.correction import correct, program
from photonn.hardware.fabrication import ErrorSource, draw_errors, fabricate
from photonn.nn import Phase


class Chip(nnx.Module):
    """A model on one chip of a process; its phases are those that are asked for.

    `fabricate` gives a chip as it is after it was set once. Here the errors of the same draw
    come at every call, so that each new setting is rounded, warmed and missed as the first one
    was, and training runs with that. The gradient goes to what is asked for. `train()` and
    `eval()` change nothing about the errors.

    Example:
        >>> chip = Chip(model, process, key)  # as fabricate(model, process, key)
        >>> corrected = chip.reprogrammed(model)
        >>> train.fit(corrected, ..., estimate=train.InSitu())

    Attributes:
        model: the network as made, with the phases that are asked for; these are trained.
        process: error sources, such as `PhaseNoise(0.02)`.
        draw: the key of the chip, as plain numbers.
    """

    def __init__(self, model: nnx.Module, process: Sequence[ErrorSource], key: Array):
        """Make the chip.

        Args:
            model: any NNX model that is called with its inputs; it is not changed.
            process: error sources with plain numbers.
            key: the chip; `fabricate` with the same key gives the same one.
        """
        made = fabricate(model, process, key)
        self.model = program(made, model)  # errors are drawn, phases as they are asked for
        self.process = nnx.static(tuple(process))
        self.draw = nnx.Variable(jax.random.key_data(key))

    def __call__(self, inputs: Any) -> Any:
        """What the chip gives as it is set now."""
        graph, state = nnx.split(self.model)  # not copied: streams and statistics inside go on
        made: Any = nnx.merge(graph, self._set(state))
        return made(inputs)

    def made(self) -> Any:
        """A copy of the model as it is on the chip: what `fabricate` gives."""
        graph, state = nnx.split(self.model)
        return nnx.merge(graph, self._set(state), copy=True)

    def reprogrammed(
        self, design: nnx.Module, find: Callable[[Any, Any], nnx.Module] = correct
    ) -> "Chip":
        """The same chip with phases found anew for what was made.

        Args:
            design: the network as designed, without errors.
            find: from the design and the model as made to one with new phases: `correct`, which
                knows the errors, or `configure`, which does not.
        """
        chip = nnx.clone(self)
        chip.model = program(self.model, find(design, self.made()))
        return chip

    def _set(self, state: nnx.State) -> nnx.State:
        """The phases as they are set; all else was drawn when the chip was made."""
        key = jax.random.wrap_key_data(self.draw[...])
        phases = nnx.filter_state(draw_errors(state, self.process, key), Phase)
        return nnx.merge_state(state, phases)
