"""Is this installation sound? Versions, devices, and a little physics."""

from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from photonn import meshes
from photonn.free_space import Grid, angular_spectrum
from photonn.report.run_folder import environment


class Check(NamedTuple):
    """An identity of physics and how far it is from holding."""

    name: str
    error: float
    allowed: float

    @property
    def passed(self) -> bool:
        """NaN does not pass."""
        return self.error <= self.allowed


def facts() -> dict[str, str]:
    """Versions and devices."""
    about = environment()
    precision = "float64" if jax.config.jax_enable_x64 else "float32"  # type: ignore
    return {
        **about["versions"],
        "platform": about["platform"],
        "device": about["device"],
        "default precision": precision,
    }


def self_test() -> list[Check]:
    """A few identities in the default precision; most of the time is compilation."""
    eps = float(jnp.finfo(jnp.zeros(()).dtype).eps)
    return [
        Check("a decomposed unitary is rebuilt", _rebuild(), 200 * eps),
        Check("a mesh conserves power, and so does its gradient", _gradient(), 500 * eps),
        Check("light keeps its power in free space", _free_space(), 200 * eps),
    ]


def _rebuild() -> float:
    unitary = meshes.haar.unitary(jax.random.key(0), 8)
    phases = meshes.clements.decompose(unitary)
    again = meshes.unitary(phases.theta, phases.phi, phases.gamma, phases.layout)
    return float(jnp.abs(again - unitary).max())


def _gradient() -> float:
    """The total power does not depend on any phase: its gradient is zero."""
    phases = meshes.haar.phases(jax.random.key(1), meshes.clements.layout(8))

    def power(theta):
        matrix = meshes.unitary(theta, phases.phi, phases.gamma, phases.layout)
        return jnp.sum(jnp.abs(matrix[:, 0]) ** 2)

    value, slope = jax.value_and_grad(power)(phases.theta)
    return float(jnp.maximum(jnp.abs(value - 1), jnp.abs(slope).max()))


def _free_space() -> float:
    grid = Grid(64, 10e-6)
    beam = jnp.asarray(np.exp(-(grid.y[:, None] ** 2 + grid.x**2) / (100e-6) ** 2), float)
    out = angular_spectrum.propagate(beam, grid, distance=5e-3, wavelength=532e-9, pad=False)
    return float(jnp.abs(jnp.sum(jnp.abs(out) ** 2) / jnp.sum(beam**2) - 1))
