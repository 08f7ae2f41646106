"""Meshes with parameters."""

from collections.abc import Callable

import jax
import jax.numpy as jnp
from flax import nnx
from jax import Array
from jaxtyping import ArrayLike, Complex, Float, Num

from photonn import meshes
from photonn.devices import phase_shifter, waveguide
from photonn.devices.cell import MZI, Cell
from photonn.devices.waveguide import Dispersion
from photonn.errors import InputError, check_last_axis, check_wavelength, mistake
from photonn.meshes import Layout, Phases, Placement, haar
from photonn.nn.streams import parameters
from photonn.nn.variables import ArmLoss, Phase, PhaseOffset, SplitterAngle, SplitterLoss
from photonn.precision import complex_array, real_array, scale


class MZIMesh(nnx.Module):
    """A programmable unitary: light in `modes` waveguides, mixed by a mesh.

    Every imperfection is zero until it is set; `photonn.hardware` draws those of splitters.

    Example:
        >>> mesh = MZIMesh(meshes.clements.layout(4), rngs=nnx.Rngs(0))
        >>> mesh(jnp.ones(4)).shape
        (4,)

        A chip of other cells, at five wavelengths at once:

        >>> silicon = Dispersion(1550e-9, index=2.4, group_index=4.2, split_slope=3e6)
        >>> chip = MZIMesh(
        ...     meshes.clements.layout(4), cell=DIFFERENTIAL, dispersion=silicon, rngs=nnx.Rngs(0)
        ... )
        >>> wavelengths = jnp.linspace(1540e-9, 1560e-9, 5)
        >>> chip(jnp.ones((32, 4)), wavelength=wavelengths[:, None]).shape
        (5, 32, 4)

    Attributes:
        layout: the wiring.
        cell: the kind of cell.
        dispersion: how the chip depends on the wavelength.
        theta: first phase of each cell, shape `(layout.size,)` [rad].
        phi: second phase of each cell, shape `(layout.size,)` [rad].
        gamma: phase at each output, shape `(layout.modes,)` [rad].
        theta_offset, phi_offset, gamma_offset: what is added to them [rad].
        split: deviation of each splitter from its design, `(cell.splitters, layout.size)` [rad].
        split_loss: loss of each splitter, `(cell.splitters, layout.size)` [dB].
        arm_loss: loss of each arm, `(cell.arms, 2, layout.size)` [dB].
    """

    def __init__(
        self,
        layout: Layout,
        *,
        cell: Cell = MZI,
        dispersion: Dispersion | None = None,
        init: Callable[[Array, Layout], Phases] = haar.phases,
        rngs: nnx.Rngs,
    ):
        """Draw the first phases.

        Args:
            layout: the wiring.
            cell: the kind of cell, from `photonn.devices.cell`.
            dispersion: how the chip depends on the wavelength; needed for `wavelength`.
            init: gives the first phases, those of ideal `MZI` cells, for a random key and
                the layout. Other cells start as `meshes.conventions.like` has it: cells of
                your own with these phases as they are.
            rngs: the stream `params` gives the key.
        """
        if not isinstance(layout, Layout):
            hint = "For 8 modes take photonn.meshes.clements.layout(8)."
            raise mistake("layout", "be a photonn.meshes.Layout", f"is {layout!r}", hint)
        if not isinstance(cell, Cell):
            hint = "For example photonn.devices.cell.MZI."
            raise mistake("cell", "be a kind of cell", f"is {cell!r}", hint)
        phases = init(parameters(rngs)(), layout)
        if phases.layout != layout:
            raise mistake("init", f"give phases of {layout}", f"gives those of {phases.layout}")
        phases = meshes.conventions.like(phases, cell)
        self.layout, self.cell, self.dispersion = layout, cell, dispersion
        place = {part: Placement(layout, part) for part in ("theta", "phi", "gamma")}
        self.theta = Phase(phases.theta, place=place["theta"])
        self.phi = Phase(phases.phi, place=place["phi"])
        self.gamma = Phase(phases.gamma, place=place["gamma"])
        self.theta_offset = PhaseOffset(jnp.zeros_like(phases.theta))
        self.phi_offset = PhaseOffset(jnp.zeros_like(phases.phi))
        self.gamma_offset = PhaseOffset(jnp.zeros_like(phases.gamma))
        self.split = SplitterAngle(_per_cell(phases, cell.splitters), place=place["theta"])
        self.split_loss = SplitterLoss(_per_cell(phases, cell.splitters))
        self.arm_loss = ArmLoss(_per_cell(phases, cell.arms, 2))

    def cells(
        self, wavelength: Float[ArrayLike, "*batch"] | None = None
    ) -> Complex[Array, "*batch cells 2 2"]:
        """Transfer matrix of every cell as it was made, at one or many wavelengths [m]."""
        split = jnp.asarray(self.cell.ideal_split, self.split.dtype)[:, None] + self.split[...]
        if wavelength is not None:
            split = jax.vmap(lambda s: waveguide.split_at(s, *self._at(wavelength)))(split)
        return self.cell.transfer_matrix(
            self._phase(self.theta, self.theta_offset, wavelength),
            self._phase(self.phi, self.phi_offset, wavelength),
            split=split,
            split_loss_db=self.split_loss[...],
            arm_loss_db=self.arm_loss[...],
        )

    def __call__(
        self,
        field: Num[ArrayLike, "*fields modes"],
        *,
        wavelength: Float[ArrayLike, "..."] | None = None,
    ) -> Complex[Array, "*batch modes"]:
        """Amplitudes out for amplitudes in [sqrt(W)].

        Args:
            field: amplitudes at the inputs [sqrt(W)].
            wavelength: in vacuum [m]; broadcasts with the leading axes of `field`. Without
                it the chip is at its design wavelength.
        """
        hint = "Encode features into modes with photonn.nn.Encode."
        check_last_axis("field", jnp.shape(field), self.layout.modes, "modes", hint)
        out = meshes.propagate(field, self.cells(wavelength), self.layout)
        gamma = self._phase(self.gamma, self.gamma_offset, wavelength)
        return phase_shifter.modulate(out, gamma)

    def trace(
        self, field: Num[ArrayLike, " modes"], *, wavelength: Float[ArrayLike, ""] | None = None
    ) -> Complex[Array, "planes modes"]:
        """Amplitudes [sqrt(W)] before every column and behind the last, before `gamma`.

        Args:
            field: amplitudes at the inputs [sqrt(W)].
            wavelength: one, in vacuum [m].
        """
        field = complex_array(field)
        check_last_axis("field", field.shape, self.layout.modes, "modes")
        cells = self.cells(wavelength)
        if field.ndim > 1 or cells.ndim > 3:
            raise InputError(
                "`field` and `wavelength` must have no leading axes, but have "
                f"{field.shape[:-1]} and {cells.shape[:-3]}. Trace many under jax.vmap."
            )
        return meshes.columns.trace(field[:, None], cells, self.layout)[..., 0]

    def _phase(self, driven: Phase, offset: PhaseOffset, wavelength: ArrayLike | None) -> Array:
        phase = driven[...] + offset[...]
        return phase if wavelength is None else waveguide.phase_at(phase, *self._at(wavelength))

    def _at(self, wavelength: ArrayLike) -> tuple[Array, Dispersion]:
        """The wavelength, with an axis for cells or modes, and the dispersion."""
        if self.dispersion is None:
            must = "be left out for a mesh without `dispersion`"
            hint = "Make the mesh with dispersion=photonn.devices.waveguide.Dispersion(...)."
            raise mistake("wavelength", must, "is given", hint)
        check_wavelength("wavelength", wavelength)
        return real_array(wavelength)[..., None], self.dispersion


def _per_cell(phases: Phases, *axes: int) -> Array:
    """Zeros for every cell."""
    return jnp.zeros((*axes, phases.layout.size), phases.theta.dtype)


class SVDMesh(nnx.Module):
    """Any matrix: a mesh, an attenuator on each mode, a mesh.

    The attenuator is an interferometer that passes sin(theta / 2) of the amplitude, so
    singular values lie between 0 and `gain`. It does the same at every wavelength.

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
        cell: Cell = MZI,
        dispersion: Dispersion | None = None,
        gain: float = 1.0,
        init: Callable[[Array, Layout], Phases] = haar.phases,
        rngs: nnx.Rngs,
    ):
        """Draw the first phases; the attenuators are half open.

        Args:
            first: wiring in front of the attenuators; its modes are the inputs.
            second: wiring behind them; its modes are the outputs. By default the same.
            cell: the kind of cell of both meshes.
            dispersion: how both meshes depend on the wavelength; needed for `wavelength`.
            gain: amplitude gain that all modes share.
            init: gives the first phases of both meshes.
            rngs: the stream `params` gives the keys.
        """
        second = first if second is None else second
        options = {"cell": cell, "dispersion": dispersion, "init": init, "rngs": rngs}
        self.first, self.second = MZIMesh(first, **options), MZIMesh(second, **options)
        # Half open: the slope is as large as it can be without favouring a mode.
        self.attenuation = Phase(jnp.full(min(first.modes, second.modes), jnp.pi / 2, float))
        self.gain = gain

    @classmethod
    def from_matrix(
        cls, matrix: Num[ArrayLike, "outputs inputs"], *, key: Array | None = None
    ) -> "SVDMesh":
        """Rectangles and attenuators set to a matrix: `mesh(x)` is `matrix @ x`.

        Args:
            matrix: of at least 2 x 2; its largest singular value becomes the gain.
            key: shuffles the singular values; see `photonn.meshes.svd.decompose`.
        """
        factors = meshes.svd.decompose(matrix, key=key)
        first, second = factors.first, factors.second
        mesh = cls(first.layout, second.layout, gain=float(factors.gain), rngs=nnx.Rngs(0))
        for part, phases in ((mesh.first, first), (mesh.second, second)):
            part.theta[...], part.phi[...] = phases.theta, phases.phi
            part.gamma[...] = phases.gamma
        mesh.attenuation[...] = 2 * jnp.arcsin(jnp.minimum(factors.attenuation, 1))
        return mesh

    def __call__(
        self,
        field: Num[ArrayLike, "*fields inputs"],
        *,
        wavelength: Float[ArrayLike, "..."] | None = None,
    ) -> Complex[Array, "*batch outputs"]:
        """Amplitudes out for amplitudes in [sqrt(W)].

        Args:
            field: amplitudes at the inputs [sqrt(W)].
            wavelength: in vacuum [m]; as in `MZIMesh`.
        """
        inner = self.first(complex_array(field), wavelength=wavelength)
        kept = self.attenuation[...].shape[0]
        passed = self.gain * jnp.sin(self.attenuation[...] / 2)
        inner = inner[..., :kept]
        inner = scale(inner, jnp.broadcast_to(passed, inner.shape))
        dark = self.second.layout.modes - kept
        inner = jnp.pad(inner, [(0, 0)] * (inner.ndim - 1) + [(0, dark)])
        return self.second(inner, wavelength=wavelength)
