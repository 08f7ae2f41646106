"""A linear network of incoherent light is one non-negative matrix, however deep it is.

Powers add where phases are random, so a layer is a matrix of transmissions of power, not
below zero, whose columns sum to at most 1; and so is a product of such matrices. Whatever
such a stack gives, a linear model of the powers gives it too, and trained on it does as well
or better.
"""

import jax
import jax.numpy as jnp
import numpy as np

from photonn import nn
from tests import oracles

MODES, CLASSES, SAMPLES = 6, 3, 60
RNG = np.random.default_rng(0)


def transmissions(*shape):
    """Passive layers: columns that sum to what is not absorbed, 0.5 to 1."""
    raw = RNG.exponential(size=shape)
    return raw / raw.sum(-2, keepdims=True) * RNG.uniform(0.5, 1, (*shape[:-2], 1, shape[-1]))


def test_random_phases_make_a_mesh_a_matrix_of_transmissions():
    """Phases that are rows of a Fourier matrix average exactly: beats cancel, powers stay."""
    unitary = oracles.random_unitary(RNG, MODES, MODES)
    powers = RNG.uniform(size=MODES)
    turns = np.outer(np.arange(MODES), np.arange(MODES)) / MODES
    light = np.sqrt(powers) * np.exp(2j * np.pi * turns)
    got = np.mean(np.asarray(nn.Intensity(MODES)(light @ unitary.T)), axis=0)
    np.testing.assert_allclose(got, np.abs(unitary) ** 2 @ powers, rtol=1e-12)


def test_a_stack_is_one_passive_matrix():
    stack = transmissions(4, MODES, MODES)
    powers = RNG.uniform(size=(SAMPLES, MODES))
    out = powers
    for layer in stack:
        out = out @ layer.T
    one = np.linalg.multi_dot(stack[::-1])
    np.testing.assert_allclose(out, powers @ one.T, rtol=1e-13)
    assert (one >= 0).all() and (one.sum(0) <= 1).all()


def loss(matrix, powers, labels):
    """Cross-entropy of a softmax of the signals, and its slope; convex in the matrix."""
    logits = powers @ matrix.T
    logits = logits - logits.max(1, keepdims=True)
    chance = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    right = np.eye(CLASSES)[labels]
    slope = (chance - right).T @ powers / len(powers)
    return -np.mean(np.log(chance[np.arange(len(labels)), labels])), slope


def test_a_linear_model_is_never_worse_than_an_incoherent_stack():
    powers = RNG.uniform(size=(SAMPLES, MODES))
    labels = (powers @ RNG.normal(size=(MODES, CLASSES))).argmax(1)
    gain = 3.0

    def whole(raw):
        """Non-negative columns that sum to 1: no light is lost, the best that can be."""
        first, last = (jax.nn.softmax(r, axis=0) for r in raw)
        return gain * last @ first

    def objective(raw):
        chance = jax.nn.log_softmax(powers @ whole(raw).T)
        return -jnp.mean(chance[np.arange(SAMPLES), labels])

    @jax.jit
    def train(raw):
        slope = jax.grad(objective)
        return jax.lax.fori_loop(
            0, 500, lambda _, r: jax.tree.map(lambda a, g: a - 0.5 * g, r, slope(r)), raw
        )

    start = RNG.normal(size=(MODES, MODES)), RNG.normal(size=(CLASSES, MODES))
    trained = train(start)
    stack = np.asarray(whole(trained))
    reached = loss(stack, powers, labels)[0]
    assert reached < loss(np.asarray(whole(start)), powers, labels)[0]

    # The linear model has the same loss with the same matrix, exactly; downhill from there
    # it can but fall: the slope changes at most by half the largest power of a sample.
    linear, losses = stack, [reached]
    step = 2 / (powers**2).sum(1).max()
    for _ in range(300):
        linear = linear - step * loss(linear, powers, labels)[1]
        losses.append(loss(linear, powers, labels)[0])
    assert (np.diff(losses) <= 1e-12).all()
    assert losses[-1] < 0.8 * reached  # no light that there is bounds its weights
