"""Training through errors: a model that is made anew at every step."""

from collections.abc import Sequence
from typing import Any

from flax import nnx

from photonn.hardware.fabrication import ErrorSource, check_process, draw_errors
from photonn.nn.streams import draw_key, noise_stream


class Vaccinated(nnx.Module):
    """A model that has errors of its own every time it is called, as Dropout has.

    Each call in training draws every error of the process anew; the gradient goes to the
    design. After `eval()` it is the design itself, but with `always`; and `model` is that at any
    time: measure that one, with other keys, to see what the training was good for. It works on
    any model and with `train.fit`.

    Example:
        >>> process = [LayerErrors(Tolerances(shift=4e-6))]
        >>> robust = Vaccinated(model, process, rngs=nnx.Rngs(noise=0))

    Attributes:
        model: the network as designed; its parameters are trained.
        process: error sources, such as `PhaseNoise(0.02)`.
        always: errors after `eval()` too, so that validation chooses the epoch by them.
        deterministic: no errors; `train()` and `eval()` set it.
    """

    def __init__(
        self,
        model: nnx.Module,
        process: Sequence[ErrorSource],
        *,
        always: bool = False,
        rngs: nnx.Rngs,
    ):
        """Wrap a model.

        Args:
            model: any NNX model that is called with its inputs.
            process: error sources with plain numbers.
            always: errors after `eval()` too.
            rngs: its `noise` stream draws.
        """
        check_process(process)
        self.model = model
        self.process = nnx.static(tuple(process))
        self.always = always
        self.deterministic = False
        self.noise = noise_stream(rngs, "process")

    def __call__(self, inputs: Any) -> Any:
        """What the model gives with new errors; without any after `eval()`, but with `always`."""
        model: Any = self.model
        if self.always or not self.deterministic:
            graph, state = nnx.split(model)  # not copied: streams and statistics inside go on
            model = nnx.merge(graph, draw_errors(state, self.process, draw_key(self.noise)))
        return model(inputs)
