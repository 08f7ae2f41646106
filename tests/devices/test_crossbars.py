"""Crossbars: coupler after coupler in plain NumPy, levels, noise and ageing of cells."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from photonn.devices import coherent_crossbar, ladder, phase_change
from photonn.devices.phase_change import Material
from photonn.errors import InputError

RNG = np.random.default_rng(0)
CELLS = RNG.uniform(0.1, 0.9, (3, 5))
THETA, PHI = RNG.uniform(0, np.pi, (3, 5)), RNG.uniform(0, 2 * np.pi, (3, 5))
SPLITTING, GATHERING = RNG.uniform(0.1, 0.9, 3), RNG.uniform(0.1, 0.9, 5)

weights = jax.jit(coherent_crossbar.weights)
program = jax.jit(phase_change.program, static_argnums=1)


def crossbar(cells, splitting, gathering):
    """Amplitudes of every column for each row, one coupler after another.

    Columns are met in order by a row; a column meets its last row first, so that the light
    of row j passes the couplers of the rows before it.
    """
    out = np.zeros(cells.shape, complex)
    for row in range(cells.shape[1]):
        along = 1.0
        for column in range(cells.shape[0]):
            tapped = 1j * np.sqrt(splitting[column]) * along
            along *= np.sqrt(1 - splitting[column])
            down = 1j * np.sqrt(gathering[row]) * cells[column, row] * tapped
            for later in range(row):
                down *= np.sqrt(1 - gathering[later])
            out[column, row] = down
    return out


def test_equal_couplers_share_equally():
    np.testing.assert_allclose(ladder.equal_couplers(4), [1 / 4, 1 / 3, 1 / 2, 1])
    np.testing.assert_allclose(ladder.shares(ladder.equal_couplers(4)), 1 / 4, atol=1e-15)


def test_any_couplers_are_met_one_by_one():
    want = np.abs(crossbar(np.sqrt(CELLS), SPLITTING, GATHERING)) ** 2
    got = phase_change.transmissions(CELLS, splitting=SPLITTING, gathering=GATHERING)
    np.testing.assert_allclose(got, want, atol=1e-15)
    cells = np.sin(THETA / 2) * np.exp(1j * PHI)
    got = weights(THETA, PHI, splitting=SPLITTING, gathering=GATHERING)
    # Two crossings of couplers: the common factor -1.
    np.testing.assert_allclose(got, -crossbar(cells, SPLITTING, GATHERING), atol=1e-15)


def test_an_ideal_crossbar_is_the_matrix():
    wanted = RNG.uniform(-1, 1, (3, 5))
    material = Material(levels=None)
    cells = program(wanted, material)
    got = phase_change.weights(cells, np.full(5, material.reference))
    np.testing.assert_allclose(got, phase_change.full_scale(3, 5, material) * wanted, atol=1e-16)
    assert (np.sum(phase_change.transmissions(CELLS), axis=0) <= 1).all()  # of each row


def test_a_coherent_crossbar_is_the_matrix_up_to_what_it_splits():
    matrix = RNG.uniform(0, 1, (3, 5)) * np.exp(1j * PHI) / np.sqrt(15)
    np.testing.assert_allclose(weights(*coherent_crossbar.program(matrix)), matrix, atol=1e-15)
    largest = weights(np.full((3, 5), np.pi), np.zeros((3, 5)))
    np.testing.assert_allclose(np.linalg.svd(largest)[1][0], 1, atol=1e-14)  # passive, just
    theta, phi = coherent_crossbar.program(2 * matrix)
    assert (theta <= np.pi).all()
    np.testing.assert_allclose(np.exp(1j * np.asarray(phi)), np.exp(1j * PHI), atol=1e-14)


def test_levels_are_uniform_and_rounding_has_variance_step_squared_over_12():
    material = Material(levels=5)
    levels = np.array([0.1, 0.3, 0.5, 0.7, 0.9])
    wanted = np.linspace(-1, 1, 20_001)
    cells = np.asarray(program(wanted, material))
    assert np.abs(cells[:, None] - levels).min(axis=1).max() < 1e-15
    asked = 0.5 + 0.4 * wanted
    assert np.abs(cells - asked).max() <= 0.1 + 1e-12
    # The sum over 20000 points is the integral to 1 in 1e4.
    np.testing.assert_allclose(np.var(cells - asked), 0.2**2 / 12, rtol=1e-3)


def test_rounding_lets_slopes_through_and_ends_do_not():
    slope = jax.jit(jax.vmap(jax.grad(lambda w: phase_change.program(w, Material()))))
    np.testing.assert_allclose(slope(np.array([-2.0, -0.3, 0.0, 0.8, 1.5])), [0, 0.4, 0.4, 0.4, 0])


def test_writing_scatters_by_sigma_and_ageing_follows_its_law():
    material = Material(sigma=0.02, drift=0.01)
    written = phase_change.write(np.full(4000, 0.5), material, key=jax.random.key(0))
    # 4000 draws: the deviation errs by 1 / sqrt(8000) = 1.1 %.
    np.testing.assert_allclose(np.std(written), 0.02 * 0.8, rtol=0.06)
    ends = phase_change.write(np.full(100, 0.9), material, key=jax.random.key(0))
    assert (ends <= 0.9).all()
    np.testing.assert_allclose(
        phase_change.age(CELLS, 1e4, material), CELLS * 10**-0.04, rtol=1e-14
    )
    np.testing.assert_array_equal(phase_change.age(CELLS, 1.0, material), CELLS)


def test_slopes_are_difference_quotients():
    def total(theta, phi, splitting):
        out = coherent_crossbar.weights(theta, phi, splitting=splitting, gathering=GATHERING)
        return jnp.sum(out.real**2 + 0.3 * out.imag)

    value = jax.jit(total)
    slopes = jax.jit(jax.grad(total, argnums=(0, 1, 2)))(THETA, PHI, SPLITTING)
    direction = RNG.normal(size=33)
    a, b, c = np.split(direction, [15, 30])
    step = [1e-6 * x for x in (a.reshape(3, 5), b.reshape(3, 5), c)]
    at = (THETA, PHI, SPLITTING)
    ahead, back = (value(*(x + s * d for x, d in zip(at, step, strict=True))) for s in (1, -1))
    want = (ahead - back) / 2e-6
    got = sum(np.vdot(s, d) for s, d in zip(slopes, (x * 1e6 for x in step), strict=True))
    np.testing.assert_allclose(got, want, rtol=1e-7)  # (1e-6)^2 and 1e-16 / 1e-6
    dark = jax.jit(jax.grad(total, argnums=(0, 1, 2)))(0 * THETA, PHI, np.array([0.0, 1.0, 0.5]))
    assert all(np.isfinite(s).all() for s in dark)


def test_float32():
    single = weights(THETA.astype(np.float32), PHI.astype(np.float32))
    assert single.dtype == jnp.complex64
    np.testing.assert_allclose(single, weights(THETA, PHI), atol=2e-7)
    assert phase_change.transmissions(CELLS.astype(np.float32)).dtype == jnp.float32


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"levels": 1}, "`levels` must be an integer of at least 2, but is 1"),
        ({"high": 1.2}, "`high` must be between 0 and 1"),
        ({"low": 0.9, "high": 0.2}, "`high` must be above low=0.9, but is 0.2"),
        ({"sigma": -0.1}, "`sigma` must be zero or more"),
    ],
)
def test_materials_that_cannot_be(options, message):
    with pytest.raises(InputError, match=message):
        Material(**options)


def test_cells_and_couplers_are_passive():
    with pytest.raises(InputError, match="`cells` must be between 0 and 1"):
        phase_change.transmissions(CELLS + 0.5)
    with pytest.raises(InputError, match="`couplers` must be between 0 and 1"):
        coherent_crossbar.weights(THETA, PHI, splitting=np.array([0.1, 1.1, 0.2]))
    with pytest.raises(InputError, match="`time` must be time0="):
        phase_change.age(CELLS, 0.5, Material())
