"""Ridge regression against the normal equations."""

import numpy as np

from photonn.train import ridge


def test_ridge_solves_the_normal_equations_for_every_penalty():
    rng = np.random.default_rng(0)
    states, targets = rng.normal(size=(40, 6)) + 2, rng.normal(size=(40, 2)) - 1
    penalties = np.array([1e-3, 0.5])
    weights, offset = ridge.solve(states, targets, penalties)
    centred = states - states.mean(axis=0)
    gram = centred.T @ centred
    for number, penalty in enumerate(penalties * np.linalg.eigvalsh(gram)[-1]):
        right = centred.T @ (targets - targets.mean(axis=0))
        want = np.linalg.solve(gram + penalty * np.eye(6), right)
        np.testing.assert_allclose(weights[number], want, rtol=1e-10)
        level = targets.mean(axis=0) - states.mean(axis=0) @ want
        np.testing.assert_allclose(offset[number], level, rtol=1e-10)


def test_error_is_one_for_the_mean():
    targets = np.array([1.0, 2.0, 4.0])
    guesses = np.stack([targets, np.full(3, targets.mean())])
    np.testing.assert_allclose(ridge.error(guesses, targets), [0, 1], rtol=1e-14)
