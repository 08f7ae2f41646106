"""Training through errors: a model that is made anew at every step."""

from collections.abc import Sequence
from typing import Any

from flax import nnx

from photonn.hardware.fabrication import ErrorSource, check_process, with_errors


class Vaccinated(nnx.Module):
    """A model that has errors of its own every time it is called, as Dropout has.

    Each call in training draws every error of the process anew; the gradient goes to the
    design. After `eval()` it is the design itself, and `model` is that at any time: measure
    that one, with other keys, to see what the training was good for. It works on any model
    and with `train.fit`.

    Example:
        >>> process = [LayerErrors(Tolerances(shift=4e-6))]
        >>> robust = Vaccinated(model, process, rngs=nnx.Rngs(noise=0))

    Attributes:
        model: the network as designed; its parameters are trained.
        process: error sources, such as `PhaseNoise(0.02)`.
        deterministic: no errors; `train()` and `eval()` set it.
    """

    def __init__(self, model: nnx.Module, process: Sequence[ErrorSource], *, rngs: nnx.Rngs):
        """Wrap a model.

        Args:
            model: any NNX model that is called with its inputs.
            process: error sources with plain numbers.
            rngs: its `noise` stream draws.
        """
        check_process(process)
        self.model = model
        self.process = nnx.static(tuple(process))
        self.deterministic = False
        self.noise = rngs.noise.fork()

    def __call__(self, inputs: Any) -> Any:
        """What the model gives with new errors, or without any after `eval()`."""
        model: Any = self.model
        if not self.deterministic:
            # Shared, so that what the model itself counts and draws goes on.
            model = with_errors(model, self.process, self.noise())
        return model(inputs)
