"""Meshes with parameters."""

from collections.abc import Callable

import jax.numpy as jnp
from flax import nnx
from jax import Array
from jaxtyping import ArrayLike, Complex, Num

from photonn import meshes
from photonn.devices import mzi, phase_shifter
from photonn.errors import check_last_axis
from photonn.meshes import Layout, Phases, haar
from photonn.nn.variables import Phase, SplitterAngle
from photonn.precision import complex_array, scale


class MZIMesh(nnx.Module):
    """A programmable unitary: light in `modes` waveguides, mixed by a mesh.

    Example:
        >>> mesh = MZIMesh(meshes.clements.layout(4), rngs=nnx.Rngs(0))
        >>> mesh(jnp.ones(4)).shape
        (4,)

    Attributes:
        layout: the wiring.
        theta: internal phase of each interferometer, shape `(layout.size,)` [rad].
        phi: external phase of each interferometer, shape `(layout.size,)` [rad].
        gamma: phase at each output, shape `(layout.modes,)` [rad].
        split: deviation of the two splitters of each interferometer from 50:50, shape
            `(2, layout.size)` [rad].
    """

    def __init__(
        self,
        layout: Layout,
        *,
        init: Callable[[Array, Layout], Phases] = haar.phases,
        rngs: nnx.Rngs,
    ):
        """Draw the first phases.

        Args:
            layout: the wiring.
            init: gives the first phases for a random key and the layout.
            rngs: the stream `params` gives the key.
        """
        phases = init(rngs.params(), layout)
        self.layout = layout
        self.theta = Phase(phases.theta)
        self.phi = Phase(phases.phi)
        self.gamma = Phase(phases.gamma)
        self.split = SplitterAngle(jnp.zeros((2, layout.size), phases.theta.dtype))

    def cells(self) -> Complex[Array, "cells 2 2"]:
        """Transfer matrix of every interferometer as it was made."""
        split_in, split_out = jnp.pi / 4 + self.split[...]
        return mzi.transfer_matrix(
            self.theta[...], self.phi[...], split_in=split_in, split_out=split_out
        )

    def __call__(self, field: Num[ArrayLike, "*batch modes"]) -> Complex[Array, "*batch modes"]:
        """Amplitudes out for amplitudes in [sqrt(W)]."""
        hint = "Encode features into modes with photonn.nn.Encode."
        check_last_axis("field", jnp.shape(field), self.layout.modes, "modes", hint)
        out = meshes.propagate(field, self.cells(), self.layout)
        return phase_shifter.modulate(out, self.gamma[...])

    def trace(self, field: Num[ArrayLike, " modes"]) -> Complex[Array, "planes modes"]:
        """Amplitudes [sqrt(W)] before every column and behind the last, before `gamma`."""
        field = complex_array(field)
        check_last_axis("field", field.shape, self.layout.modes, "modes")
        return meshes.columns.trace(field[:, None], self.cells(), self.layout)[..., 0]


class SVDMesh(nnx.Module):
    """Any matrix: a mesh, an attenuator on each mode, a mesh.

    The attenuator is an interferometer that passes sin(theta / 2) of the amplitude, so
    singular values lie between 0 and `gain`.

    Attributes:
        first: the mesh in front of the attenuators.
        second: the mesh behind them.
        attenuation: phase theta of each attenuator, shape `(min(inputs, outputs),)` [rad].
        gain: common amplitude gain (1: passive).
    """

    def __init__(
        self,
        first: Layout,
        second: Layout | None = None,
        *,
        gain: float = 1.0,
        init: Callable[[Array, Layout], Phases] = haar.phases,
        rngs: nnx.Rngs,
    ):
        """Draw the first phases; the attenuators are half open.

        Args:
            first: wiring in front of the attenuators; its modes are the inputs.
            second: wiring behind them; its modes are the outputs. By default the same.
            gain: amplitude gain that all modes share.
            init: gives the first phases of both meshes.
            rngs: the stream `params` gives the keys.
        """
        second = first if second is None else second
        self.first = MZIMesh(first, init=init, rngs=rngs)
        self.second = MZIMesh(second, init=init, rngs=rngs)
        # Half open: the slope is as large as it can be without favouring a mode.
        self.attenuation = Phase(jnp.full(min(first.modes, second.modes), jnp.pi / 2, float))
        self.gain = gain

    def __call__(self, field: Num[ArrayLike, "*batch inputs"]) -> Complex[Array, "*batch outputs"]:
        """Amplitudes out for amplitudes in [sqrt(W)]."""
        inner = self.first(complex_array(field))
        kept = self.attenuation[...].shape[0]
        passed = self.gain * jnp.sin(self.attenuation[...] / 2)
        inner = inner[..., :kept]
        inner = scale(inner, jnp.broadcast_to(passed, inner.shape))
        dark = self.second.layout.modes - kept
        return self.second(jnp.pad(inner, [(0, 0)] * (inner.ndim - 1) + [(0, dark)]))
