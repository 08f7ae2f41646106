"""A fit finds what is there to be found, and tells how far it is from the rest."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from photonn import meshes
from photonn.errors import InputError
from photonn.meshes import Layout, clements, fit, haar
from tests import oracles

BUTTERFLY = Layout(8, [[(m, m + s) for m in range(8) if not m & s] for s in (1, 2, 4)])
REDUNDANT = Layout(6, clements.columns(6, 12))


def ideal(phases):
    return meshes.unitary(phases.theta, phases.phi, phases.gamma, phases.layout)


@pytest.mark.parametrize("layout", [BUTTERFLY, REDUNDANT], ids=["butterfly", "redundant"])
def test_a_matrix_of_the_layout_is_found(layout):
    target = ideal(haar.phases(jax.random.key(1), layout))
    phases, residual = fit.fit(target, layout, key=jax.random.key(2))
    # The bound is the optimiser's: 2000 steps end at 1e-12 or below in these cases.
    assert residual < 1e-6
    off = np.linalg.norm(ideal(phases) - target) / np.sqrt(layout.modes)
    np.testing.assert_allclose(off, residual, atol=1e-13)
    assert ((phases.theta >= 0) & (phases.theta < 2 * np.pi)).all()


def test_the_distance_that_is_left_is_told():
    # Three columns of a butterfly cannot be just any unitary.
    target = jnp.asarray(oracles.random_unitary(np.random.default_rng(0), 8, 8))
    phases, residual = fit.fit(target, BUTTERFLY, key=jax.random.key(0), steps=300)
    assert residual > 0.1
    off = np.linalg.norm(ideal(phases) - target) / np.sqrt(8)
    np.testing.assert_allclose(off, residual, rtol=1e-9)


def test_same_key_same_phases_with_or_without_progress(capsys):
    target = ideal(haar.phases(jax.random.key(3), BUTTERFLY))
    quiet, _ = fit.fit(target, BUTTERFLY, key=jax.random.key(4), steps=60)
    assert capsys.readouterr().out == ""
    shown, _ = fit.fit(target, BUTTERFLY, key=jax.random.key(4), steps=60, label="butterfly")
    assert "butterfly" in capsys.readouterr().out
    # Chunks are compiled apart from the whole, and may round otherwise.
    np.testing.assert_allclose(quiet.theta, shown.theta, atol=1e-9)


def masks(phases):
    """Masks with a Fourier mixer between them."""
    mixer = jnp.asarray(np.fft.fft(np.eye(4), norm="ortho"))
    total = jnp.eye(4, dtype=complex)
    for number, mask in enumerate(phases):
        total = total if number == 0 else mixer @ total
        total = jnp.exp(jax.lax.complex(jnp.zeros_like(mask), mask))[:, None] * total
    return total


def test_anything_with_phases_can_be_fitted():
    angles = 2 * np.pi * np.random.default_rng(5).uniform(size=(9, 6, 4))
    phases, residual = fit.minimise(masks(angles[0]), masks, jnp.asarray(angles[1:]))
    assert residual < 1e-6
    np.testing.assert_allclose(masks(phases), masks(angles[0]), atol=1e-5)


def test_bad_targets_are_refused():
    with pytest.raises(InputError, match="U U\\^H"):
        fit.fit(np.ones((8, 8)), BUTTERFLY, key=jax.random.key(0))
    with pytest.raises(InputError, match="modes of the layout"):
        fit.fit(np.eye(6), BUTTERFLY, key=jax.random.key(0))
    with pytest.raises(InputError, match="restarts"):
        fit.fit(np.eye(8), BUTTERFLY, key=jax.random.key(0), restarts=0)
