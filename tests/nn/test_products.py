"""Layers of realised matrices: the pure functions, their noise, and what is trained."""

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
from flax import nnx

from photonn import data, nn, train
from photonn.devices import circulant, homodyne, multiport
from photonn.errors import InputError
from tests import oracles

RNG = np.random.default_rng(0)


def test_homodyne_is_its_matrix_and_noise_falls_with_photons():
    layer = nn.HomodyneProduct(64, 3, gain=2.0, rngs=nnx.Rngs(0))
    values = RNG.normal(size=(2, 64))
    want = 2 * values @ np.asarray(layer.weight[...]).T
    np.testing.assert_allclose(layer(values), want, atol=1e-13)
    noisy = nn.HomodyneProduct(64, 3, gain=2.0, photons=4.0, rngs=nnx.Rngs(0))
    first, second = noisy(values), noisy(values)
    assert np.abs(first - second).max() > 0
    scale = 2 * np.linalg.norm(values, axis=-1)[:, None] * np.linalg.norm(layer.matrix(), axis=-1)
    # Errors of 1 / sqrt(4 * 64) of the norms; five of them.
    assert (np.abs(first - want) < 5 / 16 * scale).all()


def test_few_bits_are_levels_of_the_largest_number():
    rounded = np.asarray(homodyne.quantize(np.array([[1.0, 0.4, -0.3, 0.0], [0.0] * 4]), bits=2))
    np.testing.assert_array_equal(rounded, [[1, 0, 0, 0], [0] * 4])  # levels -1, 0, 1
    layer = nn.HomodyneProduct(16, 4, bits=8, rngs=nnx.Rngs(0))
    values = RNG.normal(size=16)
    want = np.asarray(layer.weight[...]) @ values
    # 254 steps over twice the peak: half a step of each factor, of random signs.
    error = np.abs(layer(values) - want)
    assert 0 < error.max() < 16 * np.abs(values).max() * np.abs(layer.weight[...]).max() / 254


def dense_attention(layer, tokens):
    """Softmax attention with loops over heads, in NumPy."""
    heads = layer.heads
    q, k, v = (tokens @ np.asarray(p.weight[...]).T for p in (layer.query, layer.key, layer.value))
    size, out = tokens.shape[-1] // heads, []
    for h in range(heads):
        part = slice(h * size, (h + 1) * size)
        scores = np.exp(q[:, part] @ k[:, part].T / np.sqrt(size))
        out.append(scores / scores.sum(axis=-1, keepdims=True) @ v[:, part])
    return np.concatenate(out, axis=-1) @ np.asarray(layer.out.weight[...]).T


def test_attention_without_noise_is_that_of_numpy_and_of_flax():
    layer = nn.OpticalAttention(12, heads=3, rngs=nnx.Rngs(1))
    tokens = RNG.normal(size=(2, 5, 12))
    want = [dense_attention(layer, t) for t in tokens]
    np.testing.assert_allclose(layer(tokens), want, atol=1e-13)
    q, k, v = RNG.normal(size=(3, 2, 5, 3, 4))  # Flax has heads behind the tokens
    with jax.numpy_dtype_promotion("standard"):
        want = nnx.dot_product_attention(q, k, v)
    got = homodyne.attend(*(a.swapaxes(1, 2) for a in (q, k, v)))
    np.testing.assert_allclose(got.swapaxes(1, 2), want, atol=1e-6)  # Flax: softmax in float32


def test_noise_of_attention_falls_with_the_root_of_the_photons():
    q, k, v = RNG.normal(size=(3, 16, 16))
    clean = homodyne.attend(q, k, v)
    errors = []
    for photons in (1e2, 1e4):
        out = homodyne.attend(q, k, v, photons=photons, key=jax.random.key(0))
        errors.append(np.std(out - clean))
    np.testing.assert_allclose(errors[0] / errors[1], 10, rtol=0.3)  # 256 numbers, correlated


def test_a_layer_is_trained_by_fit_with_its_noise():
    values = RNG.normal(size=(24, 6)).astype(np.float32)
    samples = data.Dataset(values, (values[:, 0] > 0).astype(int))
    model = nn.HomodyneProduct(6, 2, photons=5.0, rngs=nnx.Rngs(2))
    with jax.numpy_dtype_promotion("standard"):  # Optax counts in 32 bits
        history = train.fit(model, samples, samples, optax.adam(0.1), epochs=5, batch=12)
    assert history.epochs[-1]["validation_loss"] < history.epochs[0]["validation_loss"]


@pytest.mark.parametrize("shape", [(2, 3), (1, 4)])
def test_convolution_by_a_comb_as_windows_one_by_one(shape):
    layer = nn.TimeWavelength(2, shape, gain=3.0, rngs=nnx.Rngs(0))
    images = RNG.uniform(size=(2, 4, 6))
    got, kernels = layer(images), np.asarray(layer.kernels())
    want = np.zeros((2, 2, 5 - shape[0], 7 - shape[1]))
    for n, k, y, x in np.ndindex(*want.shape):
        window = images[n, y : y + shape[0], x : x + shape[1]]
        want[n, k, y, x] = 3 * np.sum(window * kernels[k])
    np.testing.assert_allclose(got, want, atol=1e-14)
    layer.loss[...] = layer.loss[...].at[-1].set(3.0)  # the last line is the first pixel
    weak = np.asarray(layer.kernels())
    np.testing.assert_allclose(weak[:, 0, 0], 10**-0.3 * kernels[:, 0, 0])
    np.testing.assert_array_equal(weak.reshape(2, -1)[:, 1:], kernels.reshape(2, -1)[:, 1:])


def test_block_circulant_is_its_dense_matrix():
    layer = nn.BlockCirculant(8, 12, size=4, rngs=nnx.Rngs(0))
    assert layer.vector[...].size == 24
    values = RNG.normal(size=(2, 8))
    want = values @ np.asarray(circulant.matrix(layer.vector[...])).T
    np.testing.assert_allclose(layer(values), want, atol=1e-14)
    np.testing.assert_allclose(layer(values), values @ np.asarray(layer.matrix()).T, atol=1e-14)


def test_fourier_filter_and_multiport_are_matrices_that_keep_or_lose_light():
    field = oracles.random_complex(RNG, 3, 6)
    power = np.sum(np.abs(field) ** 2, axis=-1)
    fourier = np.asarray(multiport.dft(6))
    layer = nn.FourierFilter(6, rngs=nnx.Rngs(0))
    want = fourier.conj().T @ np.diag(np.exp(1j * np.asarray(layer.phase[...]))) @ fourier
    np.testing.assert_allclose(layer(field), field @ want.T, atol=1e-14)
    mixer = 0.8 * fourier[:4]
    layer = nn.Multiport(mixer, rngs=nnx.Rngs(0))
    phases = np.exp(1j * np.asarray(layer.phase[...]))
    np.testing.assert_allclose(layer(field), (field * phases) @ mixer.T, atol=1e-14)
    assert (np.sum(np.abs(layer(field)) ** 2, axis=-1) <= 0.64 * power).all()
    assert type(layer.phase) is nn.Phase


def test_complex_layers():
    field = oracles.random_complex(RNG, 3, 6)
    layer = nn.ComplexDense(6, 4, rngs=nnx.Rngs(0))
    real, imaginary = np.asarray(layer.weight[...])
    np.testing.assert_allclose(layer(field), field @ (real + 1j * imaginary).T, atol=1e-14)
    # Real parameters: the gradient of a loss is a way down it, for any optimiser.
    slopes = nnx.grad(lambda m: jnp.sum(jnp.abs(m(field)) ** 2))(layer)
    assert slopes["weight"][...].dtype == jnp.float64
    want = 2 * np.einsum("no,ni->oi", np.asarray(layer(field)), field.conj())
    np.testing.assert_allclose(slopes["weight"][...], [want.real, want.imag], atol=1e-12)
    norm = nn.PowerNorm(6)
    np.testing.assert_allclose(np.sum(np.abs(norm(field)) ** 2, axis=-1), 6)
    np.testing.assert_allclose(np.angle(norm(field)), np.angle(field), atol=1e-14)
    dark = jax.grad(lambda x: jnp.sum(jnp.abs(norm(x * field)) ** 2))(0.0)
    assert np.isfinite(dark)


def test_sizes_that_do_not_fit_are_named():
    with pytest.raises(InputError, match="`features` must be a multiple of 3 heads"):
        nn.OpticalAttention(8, heads=3, rngs=nnx.Rngs(0))
    with pytest.raises(InputError, match="`outputs` must be a multiple of the block size 4"):
        nn.BlockCirculant(8, 6, size=4, rngs=nnx.Rngs(0))
    with pytest.raises(InputError, match="`mixer` must be passive"):
        nn.Multiport(2 * np.eye(3), rngs=nnx.Rngs(0))
    with pytest.raises(InputError, match=r"`field` must have shape \(..., inputs=3\)"):
        nn.Multiport(np.eye(3), rngs=nnx.Rngs(0))(np.ones(2))
    with pytest.raises(InputError, match="`photons` must be positive"):
        nn.HomodyneProduct(2, 2, photons=0.0, rngs=nnx.Rngs(0))(np.ones(2))
