"""Read-outs with noise: none unless asked for, and then of the right size."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from photonn import nn
from photonn.devices import receiver
from photonn.devices.receiver import Receiver
from photonn.errors import InputError
from photonn.free_space import Grid
from tests import oracles

DRAWS = 4000
NOISY = Receiver(responsivity=0.8, bandwidth=1e9, load=50.0)
FIELD = oracles.random_complex(np.random.default_rng(0), 1, 4)
SHINING = np.repeat(1e-2 * FIELD, DRAWS, axis=0)  # tenths of a milliwatt


def matches(samples, mean, variance):
    """Mean and variance within five standard errors of Gaussian samples."""
    samples = np.asarray(samples)
    assert (np.abs(samples.mean(0) - mean) <= 5 * np.sqrt(variance / DRAWS)).all()
    np.testing.assert_allclose(samples.var(0), variance, rtol=5 * np.sqrt(2 / DRAWS))


def test_without_a_receiver_nothing_fluctuates():
    powers = np.abs(FIELD) ** 2
    np.testing.assert_allclose(nn.Balanced(2)(FIELD), powers[:, :2] - powers[:, 2:], rtol=1e-13)
    np.testing.assert_allclose(nn.PhotonCounts(3)(FIELD), powers[:, :3], rtol=1e-15)
    got = nn.Clicks(2, photons=3.0, dark_counts=0.1, gain=2.0)(FIELD)
    np.testing.assert_allclose(got, 2 - 2 * np.exp(-3 * powers[:, :2] - 0.1), rtol=1e-14)
    got = nn.Quadratures(3, local=7.0, gain=2.0)(FIELD)
    np.testing.assert_allclose(got, 2 * FIELD[:, :3].real, rtol=1e-14)
    want = np.concatenate([FIELD[:, :3].real, FIELD[:, :3].imag], axis=-1)
    np.testing.assert_allclose(nn.Quadratures(3, local=7.0, both=True)(FIELD), want, rtol=1e-14)


def test_intensities_have_the_noise_of_their_receiver():
    read = nn.Intensity(3, receiver=NOISY, rngs=nnx.Rngs(noise=0))
    powers = np.abs(SHINING[0, :3]) ** 2
    matches(read(SHINING), 0.8 * powers, np.asarray(receiver.noise_variance(powers, NOISY)))


def test_pairs_have_the_noise_of_their_sum():
    read = nn.Balanced(2, receiver=NOISY, rngs=nnx.Rngs(noise=0))
    plus, minus = np.split(np.abs(SHINING[0]) ** 2, 2)
    variance = np.asarray(receiver.noise_variance(plus + minus, NOISY))
    matches(read(SHINING), 0.8 * (plus - minus), variance)


def test_amplitudes_have_the_noise_of_the_oscillator():
    shots, local = Receiver(bandwidth=1e9), 0.1
    read = nn.Quadratures(2, local=local, receiver=shots, rngs=nnx.Rngs(noise=0))
    field = SHINING[:, :2]
    total = np.abs(field[0]) ** 2 + local
    variance = np.asarray(receiver.noise_variance(total, shots)) / (4 * local)
    matches(read(field), field[0].real, variance)


def test_counts_have_the_variance_of_their_mean():
    photons, dark = 50.0, 2.0
    read = nn.PhotonCounts(2, photons=photons, dark_counts=dark, rngs=nnx.Rngs(noise=0))
    field = np.repeat(FIELD, DRAWS, axis=0)
    power = np.abs(FIELD[0, :2]) ** 2
    counts = np.asarray(read(field)) * photons + dark
    np.testing.assert_allclose(counts, np.round(counts), atol=1e-10)
    matches(counts, photons * power + dark, photons * power + dark)
    clicks = nn.Clicks(2, photons=1.0, rngs=nnx.Rngs(noise=0))(field)
    assert set(np.unique(clicks)) == {0.0, 1.0}
    chance = 1 - np.exp(-power)
    matches(clicks, chance, chance * (1 - chance))


def test_every_call_and_every_read_out_draws_anew_and_the_same_seed_the_same():
    rngs = nnx.Rngs(noise=3)
    first, second = (nn.Intensity(2, receiver=NOISY, rngs=rngs) for _ in range(2))
    again = nn.Intensity(2, receiver=NOISY, rngs=nnx.Rngs(noise=3))
    draws = [read(SHINING[0]) for read in (first, first, second)]
    assert not any(np.allclose(draws[i], draws[j]) for i, j in ((0, 1), (0, 2), (1, 2)))
    np.testing.assert_array_equal(again(SHINING[0]), draws[0])


def test_regions_take_a_receiver():
    grid = Grid(8, 1e-3)

    def read(field, **more):
        return nn.Regions(grid, 2, mode="differential", **more)(field)

    field = oracles.random_complex(np.random.default_rng(1), 3, 8, 8)
    quiet = read(field, receiver=Receiver(responsivity=0.5), rngs=nnx.Rngs(noise=0))
    np.testing.assert_allclose(quiet, read(field), rtol=1e-13)  # a difference has no unit
    noisy = read(1e-6 * field, receiver=NOISY, rngs=nnx.Rngs(noise=0))
    assert (np.abs(noisy) <= 10).all()  # the gain, although noise is all there is


def test_a_noisy_network_trains_under_jit_and_draws_anew_each_time():
    model = nnx.Sequential(
        nn.ModReLU(4, bias=0.01), nn.Intensity(2, receiver=NOISY, rngs=nnx.Rngs(noise=0))
    )

    @nnx.jit
    def slopes(model):
        return nnx.grad(lambda m: (m(SHINING[:2]) ** 2).sum())(model)

    first, second = (jax.tree.leaves(slopes(model)) for _ in range(2))
    assert len(first) == 2 and all(np.isfinite(leaf).all() for leaf in first)
    assert first[1] != second[1]


def test_dark_modes_have_finite_slopes():
    reads = [
        nn.Intensity(2, receiver=NOISY, rngs=nnx.Rngs(noise=0)),
        nn.PhotonCounts(2, photons=5.0, rngs=nnx.Rngs(noise=0)),
        nn.Quadratures(2, receiver=Receiver(bandwidth=1e9), rngs=nnx.Rngs(noise=0)),
    ]

    @nnx.jit
    def slopes(reads):
        def signal(x, read):
            return read(jnp.stack([x, 2 * x]).astype(complex)).sum()

        return [nnx.grad(signal)(0.0, read) for read in reads]

    assert np.isfinite(slopes(nnx.List(reads))).all()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: nn.Intensity(2, receiver=NOISY), "`rngs` must be given with `receiver`.*noise=0"),
        (lambda: nn.PhotonCounts(2, photons=4.0), "`rngs` must be given with `photons`"),
        (lambda: nn.Clicks(2, photons=-1.0), r"`photons` must be positive and finite \[1/W\]"),
        (lambda: nn.Balanced(3)(FIELD), "`field` must have at least 6 modes.*has 4"),
        (lambda: nn.Quadratures(3, local=0.0), r"`local` must be positive and finite \[W\]"),
    ],
)
def test_what_cannot_be_is_refused(call, message):
    with pytest.raises(InputError, match=message):
        call()
