"""Interference of photons: Hong-Ou-Mandel, unitarity, particles, loss, measurement."""

from itertools import permutations

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from photonn import photons
from photonn.devices import phase_shifter
from photonn.errors import InputError
from photonn.photons import (
    detection,
    distinguishability,
    fock,
    heralding,
    kerr,
    loss,
    states,
)
from tests import oracles

RNG = np.random.default_rng(3)
UNITARY = oracles.random_unitary(RNG, 3, 3)
OTHER = oracles.random_unitary(RNG, 3, 3)
INPUTS = (2, 0, 1)
BASIS = states.basis(3, 3)
SPLITTER = oracles.splitter(0.3)  # T = cos^2, R = sin^2


def test_probability_and_distribution_are_the_same():
    every = photons.probabilities(UNITARY, INPUTS)
    single = [photons.probability(UNITARY, INPUTS, tuple(state)) for state in BASIS.tolist()]
    np.testing.assert_allclose(every, single, atol=1e-15)
    np.testing.assert_allclose(every.sum(), 1, atol=1e-14)


def test_amplitudes_by_first_quantisation():
    """The symmetric part of a tensor product, in plain NumPy."""
    one_by_one = np.einsum("a,b,c->abc", *(UNITARY[:, m] for m in (0, 0, 2)))
    symmetric = sum(one_by_one.transpose(s) for s in permutations(range(3))) / 6
    symmetric = symmetric * np.sqrt(6 / 2)  # 3! / (2! 1!) orders of the inputs
    for state, value in zip(BASIS, photons.fock.amplitudes(UNITARY, INPUTS), strict=True):
        orders = 6 / np.prod([[1, 1, 2, 6][k] for k in state])
        want = np.sqrt(orders) * symmetric[tuple(states.positions(state))]
        np.testing.assert_allclose(value, want, atol=1e-15)


def test_hong_ou_mandel():
    t, r = np.cos(0.3) ** 2, np.sin(0.3) ** 2
    coincidence = photons.probability(SPLITTER, (1, 1), (1, 1))
    np.testing.assert_allclose(coincidence, (t - r) ** 2, atol=1e-15)
    apart = distinguishability.classical(SPLITTER, (1, 1), (1, 1))
    np.testing.assert_allclose(apart, t**2 + r**2, atol=1e-15)


def test_coincidences_follow_the_overlap():
    even = oracles.splitter(np.pi / 4)
    for overlap in (0.0, 0.3 + 0.4j, 1j):
        gram = np.array([[1, overlap], [np.conj(overlap), 1]])
        value = distinguishability.probability(even, (1, 1), (1, 1), gram)
        np.testing.assert_allclose(value, (1 - abs(overlap) ** 2) / 2, atol=1e-15)
    gram = distinguishability.delayed(np.array([0.0, 1e-12]), 1e12)
    np.testing.assert_allclose(gram[0, 1], np.exp(-0.5), rtol=1e-14)


def test_partial_distinguishability_lies_between_waves_and_particles():
    for state in BASIS.tolist():
        equal = distinguishability.probability(UNITARY, INPUTS, state, np.ones((3, 3)))
        np.testing.assert_allclose(equal, photons.probability(UNITARY, INPUTS, state), atol=1e-15)
        apart = distinguishability.probability(UNITARY, INPUTS, state, np.eye(3))
        want = distinguishability.classical(UNITARY, INPUTS, state)
        np.testing.assert_allclose(apart, want, atol=1e-15)


def test_partial_distinguishability_by_orthogonal_parts():
    """Inner states as more modes: the photons of both colours are followed and summed."""
    angle = 0.7
    inner = np.array([[1, 0], [1, 0], [np.cos(angle), np.sin(angle)]])
    gram = inner @ inner.T
    # Photon 3 is a superposition of colour 0 and colour 1, which do not interfere.
    alike = photons.probabilities(UNITARY, INPUTS)
    two, one = photons.probabilities(UNITARY, (2, 0, 0)), photons.probabilities(UNITARY, (0, 0, 1))
    mixed = np.zeros(len(BASIS))
    for a, p in zip(states.basis(2, 3), two, strict=True):
        for b, q in zip(states.basis(1, 3), one, strict=True):
            mixed[states.rank(a + b)] += p * q
    want = np.cos(angle) ** 2 * alike + np.sin(angle) ** 2 * mixed
    got = [distinguishability.probability(UNITARY, INPUTS, s, gram) for s in BASIS.tolist()]
    np.testing.assert_allclose(got, want, atol=1e-15)


def test_networks_in_series():
    vector = photons.fock.amplitudes(UNITARY, INPUTS)
    behind = fock.propagate(vector, OTHER, 3)
    np.testing.assert_allclose(behind, fock.amplitudes(OTHER @ UNITARY, INPUTS), atol=1e-15)
    matrix = fock.matrix(UNITARY, 3)
    np.testing.assert_allclose(matrix @ matrix.conj().T, np.eye(10), atol=1e-14)


def test_kerr_gives_pairs_a_phase():
    vector = np.ones(10, complex)
    chi = np.array([0.1, 0.2, 0.3])
    want = np.exp(1j * (BASIS * (BASIS - 1)) @ chi)
    np.testing.assert_allclose(kerr.modulate(vector, chi, 3), want, atol=1e-15)


def test_kerr_in_an_interferometer_undoes_bunching():
    """Two photons bunch as |20> + |02>, get pi each: the same, but chi on one mode alone
    turns the sign and the second splitter then gives a coincidence for certain or never."""
    even = oracles.splitter(np.pi / 4)
    bunched = fock.amplitudes(even, (1, 1))
    for chi, want in ((0.0, 1.0), (np.pi / 2, 0.0)):  # two photons get 2 chi
        vector = kerr.modulate(bunched, np.array([chi, 0.0]), 2)
        out = fock.propagate(vector, even, 2)
        np.testing.assert_allclose(abs(out[1]) ** 2, want, atol=1e-15)


def test_heralding_is_the_conditional_state():
    vector = fock.amplitudes(UNITARY, INPUTS)
    chance, kept = heralding.herald(vector, {1: 1}, photons=3, modes=3)
    rows = [r for r, state in enumerate(BASIS.tolist()) if state[1] == 1]
    np.testing.assert_allclose(chance, (np.abs(vector[np.array(rows)]) ** 2).sum(), atol=1e-15)
    for state, value in zip(states.basis(2, 2).tolist(), kept, strict=True):
        whole = (state[0], 1, state[1])
        want = np.asarray(photons.amplitude(UNITARY, INPUTS, whole)) / np.sqrt(chance)
        np.testing.assert_allclose(value, want, atol=1e-15)


def test_an_impossible_herald_has_no_state_and_finite_slopes():
    even = jnp.asarray(oracles.splitter(np.pi / 4))

    def norm(angle):
        vector = fock.amplitudes(even, (1, 1)) * jax.lax.complex(jnp.cos(angle), jnp.sin(angle))
        vector = vector * jnp.array([1, 0, 1], complex)  # no coincidence, exactly
        chance, kept = heralding.herald(vector, {0: 1}, photons=2, modes=2)
        return chance + jnp.sum(jnp.abs(kept) ** 2)

    value, slope = jax.value_and_grad(norm)(0.3)
    assert value == 0
    assert slope == 0


def test_detectors():
    chances = photons.probabilities(UNITARY, INPUTS)
    patterns, clicks = detection.detect(chances, BASIS)
    want = sorted({tuple(min(k, 1) for k in state) for state in BASIS.tolist()})
    assert list(map(tuple, patterns.tolist())) == want
    np.testing.assert_allclose(clicks.sum(), 1, atol=1e-14)
    alone = chances[states.rank((3, 0, 0))]
    np.testing.assert_allclose(clicks[patterns.tolist().index([1, 0, 0])], alone, atol=1e-15)
    pairs = chances[states.rank((0, 1, 2))] + chances[states.rank((0, 2, 1))]
    np.testing.assert_allclose(clicks[patterns.tolist().index([0, 1, 1])], pairs, atol=1e-15)
    _, resolved = detection.detect(chances, BASIS[:, :1], most=3)
    want = [chances[np.flatnonzero(BASIS[:, 0] == k)].sum() for k in range(4)]
    np.testing.assert_allclose(resolved, want, atol=1e-15)


def test_loss_of_detectors_and_of_the_network():
    eta = np.array([0.3, 0.8, 1.0])
    thinned = loss.thin(photons.probabilities(UNITARY, INPUTS), eta, 3)
    np.testing.assert_allclose(thinned.sum(), 1, atol=1e-14)
    lossy = loss.probabilities(np.sqrt(eta)[:, None] * UNITARY, INPUTS)
    np.testing.assert_allclose(thinned, lossy, atol=1e-14)
    whole = loss.dilate(np.sqrt(eta)[:, None] * UNITARY)
    np.testing.assert_allclose(whole @ whole.conj().T, np.eye(6), atol=1e-14)
    # Photons that come through, on average.
    mean = np.asarray(thinned) @ states.basis(3, 4)[:, :3]
    before = np.asarray(photons.probabilities(UNITARY, INPUTS)) @ BASIS
    np.testing.assert_allclose(mean, before * eta, atol=1e-14)


def test_slopes_are_difference_quotients():
    first, second = jnp.asarray(UNITARY), jnp.asarray(OTHER)

    def chances(t):
        unitary = second @ jnp.diag(phase_shifter.transmission(t * jnp.arange(3.0))) @ first
        wave = photons.probabilities(unitary, INPUTS)[3]
        part = distinguishability.probability(
            unitary, INPUTS, (1, 1, 1), distinguishability.uniform(t, 3)
        )
        few = photons.probability(unitary, INPUTS, (1, 2, 0))
        lossy = loss.thin(photons.probabilities(unitary, INPUTS), jnp.stack([1 - t, 1.0, t]), 3)
        return jnp.stack([wave, part, few, lossy[7]])

    quotient = oracles.difference_quotient(jax.jit(chances), 0.4, 1e-5)
    np.testing.assert_allclose(jax.jit(jax.jacrev(chances))(0.4), quotient, atol=1e-8)


def test_slopes_of_loss_are_finite_at_the_ends():
    before = photons.probabilities(UNITARY, INPUTS)
    eta = jnp.array([0.0, 1.0, 0.5])
    slopes = jax.jacrev(lambda e: loss.thin(before, e, 3))(eta)
    assert np.isfinite(slopes).all()
    # The sum stays 1.
    np.testing.assert_allclose(slopes.sum(axis=0), 0, atol=1e-13)


def test_single_precision():
    small = UNITARY.astype(np.complex64)
    chances = photons.probabilities(small, INPUTS)
    assert chances.dtype == jnp.float32
    np.testing.assert_allclose(chances, photons.probabilities(UNITARY, INPUTS), atol=1e-6)
    value = photons.probability(small, INPUTS, (1, 1, 1))
    assert value.dtype == jnp.float32
    vector = kerr.modulate(fock.amplitudes(small, INPUTS), np.ones(3, np.float32), 3)
    assert heralding.herald(vector, {0: 1}, photons=3, modes=3)[1].dtype == jnp.complex64


def test_samples_follow_the_probabilities():
    shots = photons.sample(jax.random.key(1), UNITARY, INPUTS, shots=4000)
    counts = np.bincount(states.rank(np.asarray(shots)), minlength=10)
    expected = 4000 * np.asarray(photons.probabilities(UNITARY, INPUTS))
    # Chi-square of 9 degrees of freedom: above 27.9 one time in a thousand; the key is fixed.
    assert ((counts - expected) ** 2 / expected).sum() < 27.9
    again = photons.sample(jax.random.key(1), UNITARY, INPUTS, shots=4000)
    np.testing.assert_array_equal(shots, again)


def test_another_number_of_photons_never_comes_out():
    assert photons.probability(UNITARY, INPUTS, (1, 1, 0)) == 0
    assert photons.probability(UNITARY, (0, 0, 0), (0, 0, 0)) == 1
    assert not photons.sample(jax.random.key(0), UNITARY, (0, 0, 0), shots=2).any()
    assert distinguishability.classical(UNITARY, INPUTS, (1, 1, 0)) == 0


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: photons.probability(UNITARY, (1, -1, 2), INPUTS), "`inputs`.*negative.*-1"),
        (lambda: photons.probability(UNITARY, INPUTS, (1, 1)), "`outputs`.*3 modes.*gives 2"),
        (lambda: photons.probability(1.1 * UNITARY, INPUTS, INPUTS), "U U.*2.1e-01.*dilate"),
        (lambda: photons.probability(np.nan * UNITARY, INPUTS, INPUTS), "be finite.*NaN"),
        (lambda: photons.probability(UNITARY, (30, 0, 0), (30, 0, 0)), "28 photons.*2\\^29 terms"),
        (lambda: photons.probabilities(UNITARY, np.array([1.0, 0, 0])), "whole numbers"),
        (lambda: photons.sample(jax.random.key(0), UNITARY, INPUTS, shots=0), "`shots`"),
        (lambda: loss.dilate(1.1 * UNITARY), "no gain.*1.21"),
        (lambda: loss.thin(np.ones(10), np.array([1.1, 1, 1]), 3), "between 0 and 1"),
        (lambda: heralding.herald(np.ones(10), {3: 1}, photons=3, modes=3), "modes 0 to 2"),
        (lambda: heralding.herald(np.ones(10), {0: 4}, photons=3, modes=3), "at most 3"),
        (
            lambda: distinguishability.probability(UNITARY, INPUTS, INPUTS, 2 * np.eye(3)),
            "ones on the diagonal",
        ),
        (
            lambda: distinguishability.probability(UNITARY, (13, 0, 0), INPUTS, np.eye(13)),
            "at most 12 photons.*1.7e\\+07 terms",
        ),
        (lambda: fock.matrix(np.eye(10), 6), "4096.*5005"),
    ],
)
def test_mistakes_are_named(call, words):
    with pytest.raises(InputError, match=words):
        call()
