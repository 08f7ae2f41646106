"""Layered phase masks: phase shifters on every mode, with the same fixed mixer between them.

    U = D_L F D_(L-1) F ... F D_0,    D = diag(exp(i phases))

The mixer F is passive and needs no precision: a Fourier transform (a multimode coupler, a
star coupler), an array of couplers, or whatever matrix was measured. No formula gives the
phases of a unitary; `meshes.fit.minimise` finds them:

    mixer = phase_masks.dft(modes)
    starts = jax.vmap(lambda key: phase_masks.start(key, modes + 2, modes))(keys)
    phases, distance = fit.minimise(target, partial(phase_masks.matrix, mixer=mixer), starts)

References:
    Saygin et al., "Robust architecture for programmable universal unitaries",
    Phys. Rev. Lett. 124, 010501 (2020).
"""

import jax
import jax.core
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, ArrayLike, Complex, Float, Num

from photonn.devices import phase_shifter
from photonn.devices.multiport import dft as dft
from photonn.errors import check_integer, check_last_axis, mistake
from photonn.meshes import clements, propagation
from photonn.meshes.layout import Layout
from photonn.precision import common_shape, complex_array, real_array


def couplers(modes: int, columns: int) -> Complex[Array, "modes modes"]:
    """Columns of 50:50 couplers on even and odd pairs in turn, as one matrix."""
    check_integer("modes", modes, 2)
    check_integer("columns", columns, 1)
    layout = Layout(modes, clements.columns(modes, columns), "couplers")
    half = np.array([[1, 1j], [1j, 1]]) / np.sqrt(2)
    cells = np.broadcast_to(half, (layout.size, 2, 2))
    return propagation.matrix(jnp.asarray(cells, complex), layout)


def check_passive(mixer: Num[ArrayLike, "outputs inputs"]) -> None:
    """Raise if a mixer is not finite or gives gain; under `jit` it passes."""
    if isinstance(mixer, jax.core.Tracer):
        return
    mixer = np.asarray(mixer)
    if not np.isfinite(mixer).all():
        raise mistake("mixer", "be finite", "holds NaN or infinity")
    most = np.linalg.norm(mixer, 2) ** 2
    # Room for rounding, as for unitary matrices.
    if most > 1 + 200 * len(mixer) * np.finfo(np.result_type(mixer, np.float32)).eps:
        must, got = "be passive, U U^H <= 1", f"passes {most:.6g} times the power of some light"
        raise mistake("mixer", must, got, "Divide it by its largest singular value.")


def start(key: Array, masks: int, modes: int) -> Float[Array, "masks modes"]:
    """Random phases, uniform in [0, 2 pi) [rad].

    Args:
        key: random key.
        masks: how many; `modes + 1` have as many phases as a unitary has, and one or two
            more make them easier to find.
        modes: number of waveguides.
    """
    check_integer("masks", masks, 1)
    check_integer("modes", modes, 2)
    return 2 * jnp.pi * jax.random.uniform(key, (masks, modes))


def propagate(
    field: Num[ArrayLike, "*fields modes"],
    phases: Float[ArrayLike, "*batch masks modes"],
    mixer: Num[ArrayLike, "modes modes"],
) -> Complex[Array, "*out modes"]:
    """Amplitudes [sqrt(W)] behind the last mask.

    Args:
        field: amplitudes in front of the first mask [sqrt(W)].
        phases: of every mask, in the order light meets them [rad]. Leading axes broadcast
            against those of `field`.
        mixer: matrix between two masks, `out = mixer @ in`.

    Raises:
        InputError: if shapes do not fit.
    """
    field, phases, mixer = complex_array(field), _masks(phases), complex_array(mixer)
    if field.ndim == 0:
        raise mistake("field", "have shape (..., modes)", "is one number")
    modes = field.shape[-1]
    check_last_axis("phases", phases.shape, modes, "modes")
    if mixer.shape != (modes, modes):
        must = f"have shape {(modes, modes)}, that of the field's modes"
        raise mistake("mixer", must, f"has shape {mixer.shape}", "Try phase_masks.dft(modes).")
    masks = jnp.moveaxis(phase_shifter.transmission(phases), -2, 0)
    dtype = np.result_type(field.dtype, masks.dtype, mixer.dtype)
    shape = common_shape(field=field.shape, mask=masks.shape[1:])
    masks = masks.reshape(len(masks), *(1,) * (len(shape) + 1 - masks.ndim), *masks.shape[1:])
    field, masks, mixer = (x.astype(dtype) for x in (field, masks, mixer))

    def layer(field: Array, mask: Array):
        return jnp.matmul(field, mixer.T, precision="highest") * mask, None

    first = jnp.broadcast_to(field, shape) * masks[0]
    return jax.lax.scan(layer, first, masks[1:])[0]


def matrix(
    phases: Float[ArrayLike, "*batch masks modes"], mixer: Num[ArrayLike, "modes modes"]
) -> Complex[Array, "*batch modes modes"]:
    """The matrix of all masks and the mixers between them, `out = matrix @ in`."""
    phases = _masks(phases)
    inputs = jnp.eye(phases.shape[-1], dtype=phases.dtype)
    return propagate(inputs, phases[..., None, :, :], mixer).swapaxes(-1, -2)


def _masks(phases: Float[ArrayLike, "..."]) -> Float[Array, "*batch masks modes"]:
    phases = real_array(phases, "phases")
    if phases.ndim < 2:
        hint = "For one mask: phases[None]."
        raise mistake("phases", "have shape (..., masks, modes)", f"has shape {phases.shape}", hint)
    return phases
