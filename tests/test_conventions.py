"""Signs, orders and centres, pinned by numbers worked out by hand.

A change here is a change of physics for everyone who has a trained model or a chip.
"""

import jax.numpy as jnp
import numpy as np

from photonn import meshes
from photonn.devices import mzi, phase_shifter
from photonn.free_space import Grid, angular_spectrum
from photonn.meshes import Layout

ROUNDING = 1e-15  # a handful of operations on numbers of size one, in float64


def test_a_phase_shifter_multiplies_by_exp_plus_i_phi():
    np.testing.assert_allclose(phase_shifter.transmission(np.pi / 2), 1j, atol=ROUNDING)
    np.testing.assert_allclose(
        phase_shifter.modulate(np.array([2 + 0j]), np.array([np.pi / 6])),
        [np.sqrt(3) + 1j],
        atol=ROUNDING,
    )


def test_a_splitter_gives_the_crossing_light_a_factor_i():
    """theta = 0 in between makes one splitter of two: cos(a + b), i sin(a + b)."""
    matrix = mzi.transfer_matrix(0.0, 0.0, split_in=np.pi / 6, split_out=0.0)
    c, s = np.sqrt(3) / 2, 0.5
    np.testing.assert_allclose(matrix, [[c, 1j * s], [1j * s, c]], atol=ROUNDING)


def test_theta_zero_is_cross_and_theta_pi_is_bar():
    np.testing.assert_allclose(mzi.transfer_matrix(0.0, 0.0), [[0, 1j], [1j, 0]], atol=ROUNDING)
    np.testing.assert_allclose(mzi.transfer_matrix(np.pi, 0.0), [[-1, 0], [0, 1]], atol=ROUNDING)


def test_the_interferometer_has_phi_on_its_upper_input():
    """theta = pi/2, phi = pi/2: i exp(i pi/4) / sqrt 2 [[i, 1], [i, -1]] = (i - 1) / 2 [...]."""
    want = (1j - 1) / 2 * np.array([[1j, 1], [1j, -1]])
    np.testing.assert_allclose(mzi.transfer_matrix(np.pi / 2, np.pi / 2), want, atol=ROUNDING)


def test_the_first_splitter_is_the_one_that_light_meets_first():
    """split_in = 0 passes straight on: the upper input alone takes both phases."""
    matrix = mzi.transfer_matrix(0.3, 0.4, split_in=0.0, split_out=np.pi / 4)
    upper = np.exp(0.7j) / np.sqrt(2)
    want = [[upper, 1j / np.sqrt(2)], [1j * upper, 1 / np.sqrt(2)]]
    np.testing.assert_allclose(matrix, want, atol=ROUNDING)


NON_RECIPROCAL = np.array([[2, 3], [5, 7]], complex)  # every element has a value of its own


def test_the_first_mode_of_a_pair_is_the_upper_port():
    layout = Layout(3, [[(0, 1)]])
    want = [[2, 3, 0], [5, 7, 0], [0, 0, 1]]
    np.testing.assert_array_equal(meshes.matrix(NON_RECIPROCAL[None], layout), want)
    turned = Layout(3, [[(2, 0)]])
    want = [[7, 0, 5], [0, 1, 0], [3, 0, 2]]
    np.testing.assert_array_equal(meshes.matrix(NON_RECIPROCAL[None], turned), want)


def test_the_matrix_stands_left_of_the_input():
    layout = Layout(2, [[(0, 1)]])
    cells = NON_RECIPROCAL[None]
    np.testing.assert_array_equal(meshes.matrix(cells, layout), NON_RECIPROCAL)
    out = meshes.propagate(np.array([1.0, 10.0]), cells, layout)
    np.testing.assert_array_equal(out, [32, 75])
    # Samples are rows: modes stand on the last axis.
    batch = meshes.propagate(np.array([[1.0, 10.0], [0.0, 1.0]]), cells, layout)
    np.testing.assert_array_equal(batch, [[32, 75], [3, 7]])


def test_light_meets_the_first_column_first():
    layout = Layout(2, [[(0, 1)], [(0, 1)]])
    swap = np.array([[0, 1], [1, 0]], complex)
    mesh = meshes.matrix(np.stack([NON_RECIPROCAL, swap]), layout)
    np.testing.assert_array_equal(mesh, swap @ NON_RECIPROCAL)


def test_the_phase_screen_stands_at_the_output():
    layout = Layout(2, [[(0, 1)]])
    mesh = meshes.unitary(np.zeros(1), np.zeros(1), np.array([0.0, np.pi / 2]), layout)
    np.testing.assert_allclose(mesh, [[0, 1j], [-1, 0]], atol=ROUNDING)


def test_samples_lie_around_the_axis():
    np.testing.assert_array_equal(Grid((1, 4), 2.0).x, [-3, -1, 1, 3])
    np.testing.assert_array_equal(Grid((3, 4), 2.0).y, [-2, 0, 2])


def plane_wave(grid, fx):
    return np.broadcast_to(np.exp(2j * np.pi * fx * grid.x), grid.shape)


def test_a_tilted_wave_falls_behind_the_carrier():
    """Forward is exp(+i k z); relative to it a tilted wave turns by -k z s / (1 + sqrt(1 - s))."""
    grid, wavelength, index, distance = Grid((4, 10), 1e-6), 0.5e-6, 1.25, 3e-6
    fx = 2 / 10e-6  # two cycles over the window
    field = plane_wave(grid, fx)
    out = angular_spectrum.propagate(
        field, grid, distance=distance, wavelength=wavelength, index=index, pad=False
    )
    s = (0.5 * 0.2 / 1.25) ** 2
    phase = -2 * np.pi * 1.25 / 0.5 * 3 * s / (1 + np.sqrt(1 - s))
    assert -0.2 < phase < -0.1  # small enough to tell its sign
    np.testing.assert_allclose(out / field, np.exp(1j * phase), atol=1e-14)  # an FFT and back


def test_the_axial_wave_is_the_carrier_and_does_not_turn():
    grid = Grid(4, 1e-6)
    out = angular_spectrum.propagate(
        np.ones((4, 4)), grid, distance=0.1, wavelength=0.5e-6, pad=False
    )
    np.testing.assert_allclose(out, 1, atol=ROUNDING)


def test_transfer_functions_stand_in_fft_order_and_rows_are_y():
    grid = Grid((2, 5), (1e-6, 2e-6))
    transfer = angular_spectrum.transfer_function(grid, distance=1e-6, wavelength=0.5e-6)
    assert transfer.shape == (2, 5)
    f = jnp.array([[0.0, 0.1, 0.2, -0.2, -0.1]]) * 1e6
    s = (0.5e-6 * f) ** 2
    want = np.exp(-2j * np.pi / 0.5 * np.asarray(s / (1 + jnp.sqrt(1 - s))))
    np.testing.assert_allclose(transfer[:1], want, atol=1e-14)  # phases of a tenth of a radian
