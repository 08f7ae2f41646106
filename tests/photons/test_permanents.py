"""Permanents against the sum over permutations, and against another package."""

from itertools import permutations

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from photonn.errors import InputError
from photonn.photons import permanent
from tests import oracles

RNG = np.random.default_rng(0)

# thewalrus 0.22.0, `thewalrus.perm` (its Ryser formula agrees to 1e-11) of `wave(n)` and of
# its real part.
THEWALRUS = {
    5: (-0.06734441389847316 + 0.04399240538988093j, 0.004691035741740646),
    12: (-0.03488282710951757 + 0.17930127500117382j, -0.0004253951297271416),
    20: (-0.24957201856040565 - 0.06770752415755227j, 5.08586308831178e-08),
}


def wave(n):
    j = np.arange(n)
    angle = 1.0 + j[:, None] * j + 0.3 * j[:, None] - 0.7 * j
    return (np.cos(angle) + 1j * np.sin(0.5 * j[:, None] ** 2 - 1.1 * j)) / np.sqrt(n)


def brute_force(matrix):
    n = len(matrix)
    return sum(np.prod([matrix[s[j], j] for j in range(n)]) for s in permutations(range(n)))


@pytest.mark.parametrize("n", [0, 1, 2, 3, 6])
def test_it_is_the_sum_over_permutations(n):
    matrix = oracles.random_complex(RNG, n, n)
    # 720 terms of size 1 and rounding 1e-16 each.
    np.testing.assert_allclose(permanent(matrix), brute_force(matrix), atol=1e-13)


@pytest.mark.parametrize("n", THEWALRUS)
def test_it_is_what_thewalrus_gives(n):
    want, want_real = THEWALRUS[n]
    assert abs(permanent(wave(n)) - want) < 1e-11 * abs(want) * 10
    # Of the real one all digits but eight cancel (its entries allow values near 1).
    assert abs(permanent(wave(n).real) - want_real) < 1e-13


def test_twenty_photons_in_single_precision():
    matrix = wave(20).astype(np.complex64)
    value = permanent(matrix)
    assert value.dtype == jnp.complex64
    # Typical errors are 2e-6 of the permanent; the entries are rounded too: 20 x 6e-8.
    assert abs(value - THEWALRUS[20][0]) < 2e-5 * abs(THEWALRUS[20][0])


def test_closed_forms():
    """All ones: n!. Shifted identity: derangements and their like."""
    np.testing.assert_allclose(permanent(np.ones((7, 7), int)), 5040.0, rtol=1e-14)
    np.testing.assert_allclose(permanent(np.ones((7, 7)) - np.eye(7)), 1854.0, rtol=1e-13)


def test_a_batch_is_one_after_another():
    many = RNG.normal(size=(3, 2, 4, 4))
    want = [[brute_force(one) for one in some] for some in many]
    np.testing.assert_allclose(permanent(many), want, atol=1e-13)
    mapped = jax.vmap(permanent)(jnp.asarray(many))
    np.testing.assert_allclose(mapped, want, atol=1e-13)


def test_a_large_batch_is_cut(monkeypatch):
    from photonn.photons import permanents

    monkeypatch.setattr(permanents, "_BLOCK", 200)
    many = RNG.normal(size=(11, 5, 5))  # 5 x 2^5 numbers each: one at a time
    np.testing.assert_allclose(permanent(many), [brute_force(m) for m in many], atol=1e-13)


def test_derivatives_are_permanents_of_minors():
    matrix = oracles.random_complex(RNG, 5, 5)
    matrix[1] = 0  # an edge: a product with zeros has derivatives too
    slopes = jax.grad(permanent, holomorphic=True)(jnp.asarray(matrix))
    want = [
        [brute_force(np.delete(np.delete(matrix, i, 0), j, 1)) for j in range(5)] for i in range(5)
    ]
    np.testing.assert_allclose(slopes, want, atol=1e-13)


def test_derivatives_through_the_loop():
    """13 rows: two steps of the loop; forward and reverse mode agree with a quotient."""
    matrix = oracles.random_complex(RNG, 13, 13) / 4
    other = oracles.random_complex(RNG, 13, 13) / 4

    def power(t):
        return jnp.abs(permanent(jnp.asarray(matrix) + t * jnp.asarray(other))) ** 2

    quotient = oracles.difference_quotient(jax.jit(power), 0.0, 1e-5)
    # Error of the quotient: 1e-10 relative to the third derivative, some thousand times larger.
    both = jax.jit(lambda t: (jax.grad(power)(t), jax.jvp(power, (t,), (1.0,))[1]))
    np.testing.assert_allclose(both(0.0), quotient, rtol=1e-5)


def test_what_is_too_large_is_refused_with_its_cost():
    with pytest.raises(InputError, match=r"at most 28 rows.*has 40.*2\^39 terms.*about 2e\+04 s"):
        permanent(np.ones((40, 40)))
