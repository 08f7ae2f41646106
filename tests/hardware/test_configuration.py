"""Self-configuration ends where local correction does, and is told no error."""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from photonn import hardware, nn
from photonn.devices import cell
from photonn.errors import InputError
from photonn.hardware import ComponentLoss, SplitterError
from photonn.meshes import Layout, clements, reck

PROCESS = [SplitterError(0.01), ComponentLoss(0.1, 0.1)]
KEY = jax.random.key(5)
ODD = Layout(5, [[(3, 0), (1, 4)], [(0, 1)], [(4, 2), (1, 3)]])


def matrix(model):
    return model(jnp.eye(model.layout.modes, dtype=complex)).T


def error(made, wanted):
    off = made - wanted
    return jnp.sqrt(jnp.sum(off.real**2 + off.imag**2) / len(wanted))


@partial(jax.jit, static_argnums=(0, 1, 2))
def errors(configure, layout, kind, sigma):
    """Of 16 chips, each of a unitary of its own: raw, corrected, and set by nulling."""

    def one(key):
        model = nn.MZIMesh(layout, cell=kind, rngs=nnx.Rngs(params=key))
        chip = nnx.clone(hardware.fabricate(model, [SplitterError(sigma)], key))
        chip.phi_offset[...] = 0.01 * jax.random.normal(key, chip.phi_offset.shape)
        chips = chip, hardware.correct(model, chip), configure(model, chip)
        return jnp.stack([error(matrix(chip), matrix(model)) for chip in chips])

    return jax.vmap(one)(jax.random.split(KEY, 16)).T


@pytest.mark.parametrize(
    ("configure", "layout", "kind"),
    [
        (hardware.configure, clements.layout(12), cell.MZI),
        pytest.param(*(hardware.configure, ODD, cell.THREE_SPLITTER), marks=pytest.mark.slow),
        (hardware.configure_triangle, reck.layout(8), cell.DIFFERENTIAL),
    ],
    ids=lambda x: getattr(x, "name", getattr(x, "__name__", "")),
)
def test_nulling_reaches_the_corrected_error(configure, layout, kind):
    raw, corrected, found = np.sqrt(np.mean(errors(configure, layout, kind, 0.05) ** 2, axis=1))
    # Cells out of reach leave light for those behind them: not the same, but about as much.
    np.testing.assert_allclose(found, corrected, rtol=0.15 if layout.size > 20 else 3)
    assert found < 0.3 * raw
    # Where all is in reach, both are exact.
    raw, corrected, found = np.median(errors(configure, layout, kind, 1e-3), axis=1)
    assert raw > 1e-3
    np.testing.assert_allclose([corrected, found], 0, atol=1e-6)


def test_a_dark_output_stays_dark_whatever_both_arms_lose():
    model = nn.MZIMesh(clements.layout(4), rngs=nnx.Rngs(0))
    chip = nnx.clone(hardware.fabricate(model, PROCESS, KEY))
    made = matrix(nnx.jit(hardware.configure)(model, chip))
    # Every path has as many columns, but for edges: nearly the same loss on all.
    passed = jnp.vdot(matrix(model), made) / 4
    assert error(made / passed, matrix(model)) < 0.05


def test_only_triangles_have_an_output_for_each_diagonal():
    model = nn.MZIMesh(clements.layout(3), rngs=nnx.Rngs(0))
    with pytest.raises(InputError, match=r"must be a triangle.*hardware\.configure"):
        hardware.configure_triangle(model, model)
