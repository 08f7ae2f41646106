"""The phases that a decomposition gives."""

from dataclasses import dataclass, field

import jax
from jaxtyping import Array, Float

from photonn.meshes.layout import Layout


@jax.tree_util.register_dataclass
@dataclass(frozen=True)
class Phases:
    """Every phase of a mesh, with the layout that they belong to.

    Attributes:
        theta: internal phase of each cell, shape `(*batch, layout.size)` [rad].
        phi: external phase of each cell, shape `(*batch, layout.size)` [rad].
        gamma: phase at each output, shape `(*batch, layout.modes)` [rad].
        layout: the wiring (static).
    """

    theta: Float[Array, "*batch cells"]
    phi: Float[Array, "*batch cells"]
    gamma: Float[Array, "*batch modes"]
    layout: Layout = field(metadata={"static": True})
