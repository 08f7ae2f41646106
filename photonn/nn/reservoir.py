"""A reservoir: a delay line that is not trained, and a read-out that is."""

from typing import Literal

import jax
import jax.numpy as jnp
from flax import nnx
from jax import Array
from jaxtyping import ArrayLike, Float

from photonn.devices import delay_line
from photonn.errors import check_choice, check_integer, check_shape, mistake
from photonn.nn.streams import parameters
from photonn.nn.variables import Gain, Phase
from photonn.precision import real_array

KINDS = {"sine": delay_line.sine, "ikeda": delay_line.ikeda}


class Reservoir(nnx.Module):
    """A delay line with a random mask and a linear read-out; see `photonn.devices.delay_line`.

    `photonn.train.ridge.solve(model.states(inputs), targets)` gives weights and bias for
    `read_out`. Gradients go through everything as well.

    Attributes:
        mask: weight of the input at each node, fixed.
        feedback, gain: phase per state and per input [rad].
        bias: phase at rest [rad].
        weights: of the read-out, shape `(nodes, outputs)`.
        offset: of the read-out, shape `(outputs,)`.
    """

    def __init__(
        self,
        nodes: int,
        outputs: int = 1,
        *,
        kind: Literal["sine", "ikeda"] = "sine",
        feedback: float = 0.8,
        gain: float = 0.5,
        bias: float = 0.0,
        desync: int = 1,
        levels: int | None = None,
        rngs: nnx.Rngs,
    ):
        """A read-out of zeros, and a mask drawn from `rngs`.

        Args:
            nodes: in a turn of the delay.
            outputs: numbers read out.
            kind: `sine`, without inertia, or `ikeda`, behind a low-pass filter.
            feedback: phase per state [rad].
            gain: phase per input [rad].
            bias: phase at rest [rad].
            desync: delay less one turn, in nodes.
            levels: of the mask, evenly from -1 to 1; by default any number between.
            rngs: the stream `params` gives the key of the mask.
        """
        check_choice("kind", kind, KINDS)
        check_integer("nodes", nodes, 1)
        check_integer("outputs", outputs, 1)
        check_integer("desync", desync, 0)
        if desync >= nodes:
            raise mistake("desync", f"be below {nodes} nodes", f"is {desync}")
        self.kind, self.desync = kind, desync
        self.mask = nnx.Variable(_draw_mask(parameters(rngs)(), nodes, levels))
        self.feedback = Gain(jnp.asarray(feedback, float))
        self.gain = Gain(jnp.asarray(gain, float))
        self.bias = Phase(jnp.asarray(bias, float))
        self.weights = Gain(jnp.zeros((nodes, outputs)))
        self.offset = Gain(jnp.zeros(outputs))

    def states(
        self, inputs: Float[ArrayLike, "*batch turns"]
    ) -> Float[Array, "*batch turns nodes"]:
        """States of all nodes in every turn, for one number a turn."""
        return KINDS[self.kind](
            real_array(inputs, "inputs").astype(self.mask.dtype),
            self.mask[...],
            feedback=self.feedback[...],
            gain=self.gain[...],
            bias=self.bias[...],
            desync=self.desync,
        )

    def read_out(self, weights: Float[Array, "nodes outputs"], offset: Float[Array, " outputs"]):
        """Set the read-out."""
        hint = "Solve with the states of this reservoir."
        check_shape("weights", jnp.shape(weights), self.weights.shape, hint)
        check_shape("offset", jnp.shape(offset), self.offset.shape, hint)
        self.weights[...], self.offset[...] = weights, offset

    def __call__(
        self, inputs: Float[ArrayLike, "*batch turns"]
    ) -> Float[Array, "*batch turns outputs"]:
        """Numbers read out in every turn."""
        read = jnp.matmul(self.states(inputs), self.weights[...], precision="highest")
        return read + jnp.broadcast_to(self.offset[...], read.shape)


def _draw_mask(key: Array, nodes: int, levels: int | None) -> Array:
    if levels is None:
        return jax.random.uniform(key, (nodes,), minval=-1.0, maxval=1.0)
    check_integer("levels", levels, 2)
    return jnp.linspace(-1.0, 1.0, levels)[jax.random.randint(key, (nodes,), 0, levels)]
