"""Phase masks as a module."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from photonn.errors import InputError
from photonn.meshes import phase_masks
from photonn.nn import Phase, PhaseMasks
from tests import oracles


def test_is_the_pure_function():
    mixer = phase_masks.couplers(3, 2)
    layer = PhaseMasks(3, 4, mixer=mixer, rngs=nnx.Rngs(0))
    field = oracles.random_complex(np.random.default_rng(0), 2, 3)
    want = phase_masks.propagate(field, layer.phase[...], mixer)
    np.testing.assert_allclose(nnx.jit(lambda m, f: m(f))(layer, field), want, atol=1e-15)
    assert type(layer.phase) is Phase
    assert layer.phase.shape == (4, 3)


def test_phases_are_trained_and_the_mixer_is_not():
    layer = PhaseMasks(3, rngs=nnx.Rngs(0))
    assert layer.phase.shape == (5, 3)
    np.testing.assert_array_equal(layer.mixer[...], phase_masks.dft(3))
    slopes = nnx.grad(lambda m: jnp.abs(m(jnp.eye(3))[:, 0] ** 4).sum())(layer)
    (leaf,) = jax.tree.leaves(slopes)
    assert (jnp.abs(leaf[1:-1]) > 1e-9).all()  # the first and last mask change no power here


def test_modes_that_do_not_fit_are_named():
    layer = PhaseMasks(3, rngs=nnx.Rngs(0))
    with pytest.raises(InputError, match=r"`field` must have shape \(..., modes=3\)"):
        layer(jnp.ones(4))
    with pytest.raises(InputError, match="`modes` must be an integer of at least 2"):
        PhaseMasks(1, rngs=nnx.Rngs(0))
    with pytest.raises(InputError, match=r"`mixer` must have shape \(..., 3, 3\)"):
        PhaseMasks(3, mixer=jnp.eye(4), rngs=nnx.Rngs(0))


def test_a_mixer_may_lose_light_and_not_give_any():
    PhaseMasks(3, mixer=0.9 * jnp.eye(3), rngs=nnx.Rngs(0))
    PhaseMasks(3, mixer=phase_masks.dft(3).astype(jnp.complex64), rngs=nnx.Rngs(0))
    with pytest.raises(InputError, match=r"`mixer` must be passive.* passes 4 times"):
        PhaseMasks(3, mixer=2 * jnp.eye(3), rngs=nnx.Rngs(0))
    with pytest.raises(InputError, match="`mixer` must be finite"):
        PhaseMasks(3, mixer=jnp.nan * jnp.eye(3), rngs=nnx.Rngs(0))
