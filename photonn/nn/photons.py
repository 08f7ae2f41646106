"""Photons in a trainable network."""

from collections.abc import Sequence

import jax.numpy as jnp
import numpy as np
from flax import nnx
from jax import Array
from jaxtyping import ArrayLike, Complex, Float

from photonn import photons
from photonn.devices import phase_shifter
from photonn.errors import check_integer, check_last_axis, mistake
from photonn.meshes import Layout
from photonn.nn.mesh import MZIMesh
from photonn.nn.variables import Gain
from photonn.photons import states
from photonn.photons.states import Occupation


class QuantumLayer(nnx.Module):
    """Features into probabilities of photons: a mesh, features as phases, a mesh, counting.

    With n photons the probabilities are Fourier series of degree n in every encoded phase.

    Example:
        >>> layer = QuantumLayer(meshes.clements.layout(4), (1, 0, 1, 0), features=2,
        ...     rngs=nnx.Rngs(0))
        >>> layer(jnp.ones((32, 2))).shape
        (32, 10)

    Attributes:
        before, after: the meshes in front of and behind the encoded phases.
        rate: phase for a feature of 1, shape `(features,)` [rad], trainable.
        inputs: photons at each input.

    References:
        Gan, Leykam and Angelakis, "Fock state-enhanced expressivity of quantum machine
        learning models", EPJ Quantum Technol. 9, 16 (2022).
    """

    def __init__(
        self,
        layout: Layout,
        inputs: Occupation,
        *,
        features: int,
        outcomes: Sequence[Occupation] | None = None,
        rate: float = 1.0,
        rngs: nnx.Rngs,
    ):
        """Draw the first phases of both meshes.

        Args:
            layout: the wiring of both meshes.
            inputs: photons at each input.
            features: how many; feature k is a phase of mode k.
            outcomes: occupations whose probabilities come out, each with as many photons as
                the inputs; by default all, in the order of `photons.states.basis`.
            rate: phase for a feature of 1 [rad].
            rngs: the stream `params` gives the keys.
        """
        check_integer("features", features, 1)
        self.before, self.after = MZIMesh(layout, rngs=rngs), MZIMesh(layout, rngs=rngs)
        if features > layout.modes:
            must = f"be at most {layout.modes}, one a mode"
            raise mistake("features", must, f"is {features}", "Use more modes.")
        taken = states.read(inputs, "inputs", layout.modes)
        self.inputs = tuple(map(int, taken))
        every = states.basis(sum(self.inputs), layout.modes)
        chosen = every if outcomes is None else np.array(outcomes)
        chosen = states.read(chosen, "outcomes", layout.modes)
        if (chosen.sum(axis=-1) != taken.sum()).any():
            must = f"have {taken.sum()} photons each, as the inputs have"
            raise mistake("outcomes", must, f"have {sorted(set(chosen.sum(axis=-1).tolist()))}")
        self.rows = tuple(states.rank(chosen).tolist())
        self.rate = Gain(jnp.full(features, rate, float))

    @property
    def outcomes(self) -> np.ndarray:
        """Occupation of each output of the layer."""
        return states.basis(sum(self.inputs), len(self.inputs))[list(self.rows)]

    def matrix(
        self, values: Float[ArrayLike, "*batch features"]
    ) -> Complex[Array, "*batch modes modes"]:
        """Of the whole network for these features: `out = matrix @ in`."""
        values = jnp.asarray(values)
        check_last_axis("values", values.shape, self.rate.shape[0], "features")
        phases = values * jnp.broadcast_to(self.rate[...], values.shape)
        modes = len(self.inputs)
        dark = [(0, 0)] * (phases.ndim - 1) + [(0, modes - phases.shape[-1])]
        phases = jnp.pad(phases, dark)[..., None, :]
        light = self.before(jnp.eye(modes, dtype=phases.dtype))
        light, phases = jnp.broadcast_arrays(light[(None,) * (phases.ndim - 2)], phases)
        return self.after(phase_shifter.modulate(light, phases)).mT

    def __call__(
        self, values: Float[ArrayLike, "*batch features"]
    ) -> Float[Array, "*batch outcomes"]:
        """Probability of each outcome; of a lossy chip, that it comes and no photon is lost."""
        vector = photons.fock.transmitted(self.matrix(values), self.inputs)
        vector = vector[..., np.array(self.rows)]
        return vector.real**2 + vector.imag**2
