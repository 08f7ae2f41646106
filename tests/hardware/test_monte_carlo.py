"""Many chips: failures are told, memory is bounded, devices share the work."""

import warnings
from importlib import import_module

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from photonn import hardware, meshes, nn
from photonn.errors import InputError
from photonn.hardware import PhaseNoise, memory
from tests import oracles

KEY = jax.random.key(0)


class One(nnx.Module):
    """A single phase."""

    def __init__(self):
        self.phase = nn.Phase(jnp.zeros(()))


def test_chips_that_give_nan_are_counted_and_kept():
    def measure(chip):
        phase = chip.phase[...]
        return {"root": jnp.sqrt(phase), "phase": phase}

    with pytest.warns(hardware.FailedChips, match=r"\d+ of 50 chips gave NaN") as caught:
        out = hardware.monte_carlo(One(), [PhaseNoise(1.0)], measure, key=KEY, chips=50)
    failed = np.isnan(out["root"])
    np.testing.assert_array_equal(failed, out["phase"] < 0)
    message = str(caught[0].message)
    assert message.startswith(f"{failed.sum()} of 50")
    assert f"the first is chip {np.argmax(failed)}" in message
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        hardware.monte_carlo(One(), [PhaseNoise(1.0)], lambda c: c.phase[...], key=KEY, chips=50)


def test_a_measure_of_something_else_than_the_chip_is_refused():
    model, many = One(), {"key": KEY, "chips": 3}
    with pytest.raises(InputError, match="`measure` must look at the chip that it is given"):
        hardware.monte_carlo(model, [PhaseNoise(0.1)], lambda chip: model.phase[...], **many)
    # Chips may be alike for a good reason.
    flat = hardware.monte_carlo(model, [PhaseNoise(0.0)], lambda chip: chip.phase[...], **many)
    good = hardware.monte_carlo(model, [PhaseNoise(0.1)], lambda c: c.phase[...] < 9, **many)
    assert not flat.any() and good.all()
    # Also where the measure looks at something beside the chip.
    how = many | {"given": [np.ones(2)]}
    flat = hardware.monte_carlo(model, [PhaseNoise(0.0)], lambda c, x: x * c.phase[...], **how)
    assert flat.shape == (3, 2) and not flat.any()
    with pytest.raises(InputError, match="`measure` must look at the chip that it is given"):
        hardware.monte_carlo(model, [PhaseNoise(0.1)], lambda chip, x: 2 * x, **how)


def test_a_measure_that_cannot_be_hashed_is_no_obstacle():
    class Measure:
        __hash__ = None

        def __call__(self, chip):
            return chip.phase[...]

    out = hardware.monte_carlo(One(), [PhaseNoise(1.0)], Measure(), key=KEY, chips=4)
    assert out.shape == (4,)


def test_what_is_given_reaches_the_measure_and_compiles_nothing_anew():
    traced = []

    def measure(chip, inputs):
        traced.append(inputs.shape)
        return inputs * chip.phase[...]

    def many(inputs):
        how = {"key": KEY, "chips": 3, "given": [inputs]}
        return hardware.monte_carlo(One(), [PhaseNoise(1.0)], measure, **how)

    ones, count = np.asarray(many(np.ones(2))), len(traced)
    np.testing.assert_allclose(many(np.array([2.0, -1.0])), ones * [2, -1], rtol=1e-15)
    assert count and len(traced) == count


def test_the_peak_is_what_is_held_at_one_time():
    def chain(x):  # two arrays of 1000 at a time, then one number
        for _ in range(5):
            x = jnp.sin(x)
        return x.sum()

    x = jnp.ones(1000)
    assert memory.peak_bytes(chain, x) == 2 * 8000
    assert memory.peak_bytes(jax.jit(chain), x) == 2 * 8000 + 8  # and the result of the call
    outer = memory.peak_bytes(lambda x: jnp.outer(x, x).sum(), x)
    assert 8_000_000 <= outer <= 3 * 8_000_000
    looped = memory.peak_bytes(lambda x: jax.lax.fori_loop(0, 9, lambda _, y: jnp.sin(y), x), x)
    assert 8000 <= looped <= 4 * 8000


def test_large_chips_are_measured_a_few_at_a_time(monkeypatch):
    sizes = []
    module = import_module("photonn.hardware.monte_carlo")
    in_blocks = module._in_blocks

    def seen(chip, keys, most):
        sizes.append(most)
        return in_blocks(chip, keys, most)

    monkeypatch.setattr(module, "_in_blocks", seen)

    def big(chip):  # two arrays of 32 MB or three
        return jnp.sin(jnp.full(4_000_000, chip.phase[...])).sum()

    def small(chip):
        return chip.phase[...]

    for measure in (big, small):
        hardware.monte_carlo(One(), [PhaseNoise(1.0)], measure, key=KEY, chips=10)
    assert 2 <= sizes[0] <= 4
    assert sizes[1] == 64


def test_devices_share_the_chips():
    """Eight virtual devices, a number of chips that they do not divide: the same chips."""
    done = oracles.python(
        "-c",
        """
import os
os.environ["XLA_FLAGS"] = "--xla_force_host_platform_device_count=8"
import jax, numpy as np
from flax import nnx
from photonn import hardware, meshes, nn
mesh = nn.MZIMesh(meshes.clements.layout(3), rngs=nnx.Rngs(0))
process, key = [hardware.PhaseNoise(0.1)], jax.random.key(0)
measure = lambda chip: chip.theta[...]
shared = hardware.monte_carlo(mesh, process, measure, key=key, chips=13)
assert len(jax.devices()) == 8
with jax.default_device(jax.devices()[0]):
    single = hardware.monte_carlo(mesh, process, measure, key=key, chips=13)
inside = jax.jit(
    lambda s: hardware.monte_carlo(
        mesh, [hardware.PhaseNoise(s)], measure, key=key, chips=13
    )
)(0.1)
np.testing.assert_array_equal(shared, single)
np.testing.assert_allclose(shared, inside, rtol=1e-6)
""",
    )
    assert done.returncode == 0, done.stderr


def test_chips_can_be_made_in_another_way():
    """Corrected before they are measured: the error is that of `fabricate_corrected`."""
    mesh = nn.MZIMesh(meshes.clements.layout(4), rngs=nnx.Rngs(0))
    process, key = [hardware.SplitterError(0.05)], jax.random.key(1)

    def matrix(chip):
        return chip(jnp.eye(4))

    make = hardware.fabricate_corrected
    many = hardware.monte_carlo(mesh, process, matrix, key=key, chips=2, make=make)
    one = matrix(make(mesh, process, jax.random.split(key, 2)[1]))
    np.testing.assert_allclose(many[1], one, atol=1e-12)
    raw = hardware.monte_carlo(mesh, process, matrix, key=key, chips=2)
    ideal = matrix(mesh)[None]
    assert np.linalg.norm(many - ideal) < 0.5 * np.linalg.norm(raw - ideal)
