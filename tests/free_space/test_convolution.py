"""Convolution of a field with a kernel, against SciPy's sum."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.signal import convolve2d

from photonn.free_space import convolution
from tests import oracles

RNG = np.random.default_rng(0)


@pytest.mark.parametrize("shape", [(4, 9), (7, 5), (1, 12)])
def test_a_kernel_by_its_samples(shape):
    """Output (i, j) is the sum over samples with displacements counted from the first."""
    field = oracles.random_complex(RNG, 6, 5)
    full = oracles.random_complex(RNG, *(n + m - 1 for n, m in zip((6, 5), shape, strict=True)))
    lengths = [convolution.fast_length(n) for n in full.shape]
    # `full` runs over the displacements -(n - 1), ..., m - 1; a kernel starts at zero.
    kernel = np.zeros(lengths, complex)
    for i in range(full.shape[0]):
        for j in range(full.shape[1]):
            kernel[(i - 5) % lengths[0], (j - 4) % lengths[1]] = full[i, j]
    out = convolution.convolve(jnp.asarray(field), jnp.fft.fft2(kernel), shape)
    want = convolve2d(field, full)[5 : 5 + shape[0], 4 : 4 + shape[1]]
    np.testing.assert_allclose(out, want, rtol=0, atol=1e-13)


@pytest.mark.parametrize("samples", [(6, 6), (6, 3), (5, 8)])
def test_displacements_run_from_centre_to_centre(samples):
    """Sample i out less sample j in, for planes around one axis, moved by 0.3."""
    n, m = samples
    length = n + m + 2
    steps = convolution.displacements(samples, length, jnp.asarray(2.0), jnp.asarray(0.3))
    for i in range(m):
        for j in range(n):
            way = 2.0 * ((i - (m - 1) / 2) - (j - (n - 1) / 2)) + 0.3
            assert steps[(i - j) % length] == pytest.approx(way, abs=1e-12)


@pytest.mark.parametrize("length", [1, 2, 7, 8])
def test_frequencies_are_those_of_the_transform(length):
    """Not a line from -1/2 to 1/2, whose steps are too long by a part in `length`."""
    f = convolution.frequencies(length, jnp.asarray(0.5))
    np.testing.assert_allclose(f, oracles.frequencies(length, 0.5), rtol=1e-15)


def test_whole_turns_cost_no_digits():
    turns = np.array([1e6 + 0.25, -3e5 - 0.125], np.float32)
    want = np.exp(2j * np.pi * turns.astype(float))
    out = convolution.turn(jnp.asarray(turns))
    np.testing.assert_allclose(out, want, atol=3e-7)  # the turns are exact in float32


def test_a_large_window_is_convolved_as_a_small_one(monkeypatch):
    """Beyond the cache a doubled window is put together from four tilted ones."""
    field = jnp.asarray(oracles.random_complex(RNG, 3, 6, 5))
    spectrum = jnp.asarray(oracles.random_complex(RNG, 1, 12, 10))

    def loss(field, spectrum):
        out = convolution.convolve(field, spectrum, (6, 4))
        return jnp.sum(jnp.abs(out) ** 2), out

    run = jax.value_and_grad(loss, argnums=(0, 1), has_aux=True)
    (_, want), slopes = run(field, spectrum)
    direct = np.fft.ifft2(np.fft.fft2(field, (12, 10)) * spectrum)[:, :6, :4]
    monkeypatch.setattr(convolution, "_CACHE", 0)
    (_, out), found = run(field, spectrum)
    np.testing.assert_allclose(want, direct, rtol=0, atol=1e-13)
    np.testing.assert_allclose(out, direct, rtol=0, atol=1e-13)
    for slope, other in zip(found, slopes, strict=True):
        np.testing.assert_allclose(slope, other, rtol=0, atol=1e-12)
