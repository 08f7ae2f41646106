"""A digital twin of a chip: its errors fitted to measured powers, with their uncertainty.

What is known of the process is the prior: the numbers of the mesh that is given, each with
a standard deviation. Damped Gauss-Newton steps find the most probable errors, and the
curvature there their covariance (Laplace's approximation). What powers do not tell keeps
the deviation it had: the phases at the outputs, which no power shows, are not fitted.
"""

from dataclasses import dataclass, field, fields, replace
from functools import partial

import jax
import jax.numpy as jnp
from flax import nnx
from jax import Array
from jax.flatten_util import ravel_pytree
from jaxtyping import ArrayLike, Complex, Float, Num

from photonn.errors import (
    check_finite,
    check_not_negative,
    check_positive,
    check_shape,
    mistake,
)
from photonn.hardware.thermal_crosstalk import ThermalCrosstalk
from photonn.meshes import Phases
from photonn.nn import MZIMesh
from photonn.precision import complex_array

STEPS = 30  # of the fit: each is one Jacobian
NO_HEAT = ThermalCrosstalk(0.0)


@dataclass(frozen=True)
class Prior:
    """How well the errors of a chip are known before it is measured; 0 is not fitted.

    Attributes:
        split: standard deviation of each splitter's angle [rad].
        offset: of each phase shifter's offset, theta and phi [rad].
        split_loss: of each splitter's loss [dB].
        arm_loss: of each arm's loss [dB].
        crosstalk: of the `neighbour` of `heat` [1].
        heat: how heat spreads on this chip, and the most likely `neighbour`; that of a process
            stands among its sources.
    """

    split: float = 0.05
    offset: float = 0.2
    split_loss: float = 0.0
    arm_loss: float = 0.0
    crosstalk: float = 0.0
    heat: ThermalCrosstalk = NO_HEAT

    def __post_init__(self):
        names = [each.name for each in fields(self) if each.name != "heat"]
        for name in names:
            check_not_negative(name, getattr(self, name), "see Prior")
        if not any(getattr(self, name) for name in names):
            raise mistake("prior", "leave something to fit", "is zero everywhere")

    @property
    def deviations(self) -> dict[str, float]:
        """Of what is fitted, by its name in `MZIMesh`."""
        names = {
            "split": self.split,
            "theta_offset": self.offset,
            "phi_offset": self.offset,
            "split_loss": self.split_loss,
            "arm_loss": self.arm_loss,
            "crosstalk": self.crosstalk,
        }
        return {name: value for name, value in names.items() if value}


@jax.tree_util.register_dataclass
@dataclass(frozen=True)
class Measurement:
    """Powers of a chip for known phases and light.

    Attributes:
        phases: that were set, `(settings, ...)` each [rad].
        light: amplitudes at the inputs, `(shots, modes)` [sqrt(W)].
        powers: measured at the outputs, `(settings, shots, modes)` [W].
        noise: standard deviation of a power [W].
    """

    phases: Phases
    light: Complex[Array, "shots modes"]
    powers: Float[Array, "settings shots modes"]
    noise: ArrayLike

    def __post_init__(self):
        check_positive("noise", self.noise, "W")


@jax.tree_util.register_dataclass
@dataclass(frozen=True)
class Twin:
    """The errors of a chip as far as they are known.

    Attributes:
        errors: the most probable ones, by their name in `MZIMesh`, and `crosstalk`.
        deviations: their standard deviations, in the same shapes.
        heat: the law of crosstalk, that of the prior.
        covariance: of all in one row, in the order of `jax.tree.leaves(errors)`.
        misfit: sum of squared differences over noise, for each power: 1 if the noise is all.
    """

    errors: dict[str, Array]
    deviations: dict[str, Array]
    heat: ThermalCrosstalk
    covariance: Float[Array, "errors errors"] = field(repr=False)
    misfit: Float[Array, ""]

    def mesh(self, design: MZIMesh) -> MZIMesh:
        """A copy of the mesh with these errors, without crosstalk: see `correct`."""
        twin = nnx.clone(design)
        for name, value in self.errors.items():
            if name != "crosstalk":
                getattr(twin, name)[...] = value
        return twin


def calibrate(mesh: MZIMesh, measurement: Measurement, prior: Prior = Prior()) -> Twin:
    """The errors of a chip from powers.

    Settings that are drawn anew each time, `meshes.haar.phases`, with light in one input
    after another tell most. Offsets beyond 1 rad or so have more than one explanation: give
    a mesh with those of a first characterisation. Use float64.

    Args:
        mesh: as designed, or with errors that are known already; it is not changed.
        measurement: phases, light and powers.
        prior: how well the errors are known before.
    """
    _check(mesh, measurement)
    start = {name: _value(mesh, prior, name) for name in prior.deviations}
    spread = {name: jnp.full_like(start[name], s) for name, s in prior.deviations.items()}
    deviations, _ = ravel_pytree(spread)
    covariance = jnp.diag(deviations**2)
    return _solve(*nnx.split(mesh), start, prior.heat, covariance, measurement)


def track(mesh: MZIMesh, twin: Twin, measurement: Measurement, *, drift: ArrayLike) -> Twin:
    """The twin some time later: a few powers tell how the phases have moved.

    Args:
        mesh: as given to `calibrate`.
        twin: as it was.
        measurement: new phases, light and powers.
        drift: standard deviation of the movement of each phase since then [rad]: with
            `PhaseDrift`, the square root of diffusion times time.
    """
    _check(mesh, measurement)
    check_not_negative("drift", drift, "rad")
    moved = {
        name: jnp.full_like(value, drift if name.endswith("offset") else 0.0)
        for name, value in twin.errors.items()
    }
    added, _ = ravel_pytree(moved)
    covariance = twin.covariance + jnp.diag(added**2)
    return _solve(*nnx.split(mesh), twin.errors, twin.heat, covariance, measurement)


def predict(
    mesh: MZIMesh,
    errors: dict[str, Array],
    phases: Phases,
    light: Num[ArrayLike, "shots modes"],
    heat: ThermalCrosstalk = NO_HEAT,
) -> Float[Array, "settings shots modes"]:
    """Powers [W] of a chip with these errors.

    Args:
        mesh: as designed.
        errors: by their name in `MZIMesh`, and `crosstalk`: as in `Twin.errors`.
        phases: that are set, `(settings, ...)` each [rad].
        light: amplitudes at the inputs [sqrt(W)].
        heat: how heat spreads; its `neighbour` counts where `errors` has no `crosstalk`.
    """
    return _predict(*nnx.split(mesh), errors, heat, phases, complex_array(light))


def _check(mesh: MZIMesh, measured: Measurement) -> None:
    """Raise unless phases, light and powers belong together."""
    layout, hint = mesh.layout, "Powers are (settings, shots, modes)."
    shots, settings = len(measured.light), measured.powers.shape[:-2]
    check_shape("light", measured.light.shape, (shots, layout.modes))
    check_shape("powers", measured.powers.shape, (shots, layout.modes), hint)
    check_shape("phases", measured.phases.theta.shape, (*settings, layout.size), hint)
    if len(settings) != 1:
        must = "have shape (settings, shots, modes)"
        raise mistake("powers", must, f"has shape {measured.powers.shape}")
    check_finite("powers", measured.powers, "W")


def _value(mesh: MZIMesh, prior: Prior, name: str) -> Array:
    if name == "crosstalk":
        return jnp.asarray(prior.heat.neighbour, mesh.split.dtype)
    return getattr(mesh, name)[...]


@partial(jax.jit, static_argnums=0)
def _predict(
    graph, state: nnx.State, errors: dict, heat: ThermalCrosstalk, phases: Phases, light: Array
) -> Array:
    heat = replace(heat, neighbour=errors.get("crosstalk", heat.neighbour))

    def one(theta: Array, phi: Array, gamma: Array) -> Array:
        values = {**errors, "theta": theta, "phi": phi, "gamma": gamma}

        def put(path: tuple, variable: nnx.Variable) -> nnx.Variable:
            return variable.replace(values[path[-1]]) if path[-1] in values else variable

        made = heat(nnx.map_state(put, state), jax.random.key(0))
        out = nnx.merge(graph, made)(light)
        return out.real**2 + out.imag**2

    return jax.vmap(one)(phases.theta, phases.phi, phases.gamma)


@partial(jax.jit, static_argnums=0)
def _solve(
    graph,
    state: nnx.State,
    start: dict,
    heat: ThermalCrosstalk,
    covariance: Array,
    measured: Measurement,
) -> Twin:
    mean, unravel = ravel_pytree(start)
    # In units in which what was known is a standard normal: x = mean + root z.
    root = jnp.linalg.cholesky(covariance)

    def residual(z: Array) -> Array:
        errors = unravel(mean + root @ z)
        powers = _predict(graph, state, errors, heat, measured.phases, measured.light)
        return (powers - measured.powers).ravel() / measured.noise

    def cost(z: Array) -> Array:
        return jnp.sum(residual(z) ** 2) + jnp.sum(z**2)

    def curvature(z: Array) -> tuple[Array, Array]:
        """Gradient and Gauss-Newton matrix of half the cost."""
        jacobian = jax.jacfwd(residual)(z)
        return jacobian.T @ residual(z) + z, jacobian.T @ jacobian + jnp.eye(len(z), dtype=z.dtype)

    def step(carry: tuple[Array, Array, Array], _):
        z, least, damping = carry
        gradient, matrix = curvature(z)
        damped = matrix + damping * jnp.diag(jnp.diagonal(matrix))
        tried = z - jax.scipy.linalg.solve(damped, gradient, assume_a="pos")
        now = cost(tried)
        better = now < least
        z, least = jnp.where(better, tried, z), jnp.where(better, now, least)
        return (z, least, jnp.where(better, damping / 5, damping * 4)), None

    z = jnp.zeros_like(mean)
    carry = z, cost(z), jnp.full((), 1e-2, z.dtype)
    (z, _, _), _ = jax.lax.scan(step, carry, length=STEPS)
    factor = jnp.linalg.cholesky(curvature(z)[1])
    left = jax.scipy.linalg.solve_triangular(factor, root.T, lower=True)
    after = left.T @ left
    misfit = jnp.mean(residual(z) ** 2)
    deviations = unravel(jnp.sqrt(jnp.diagonal(after)))
    return Twin(unravel(mean + root @ z), deviations, heat, after, misfit)
