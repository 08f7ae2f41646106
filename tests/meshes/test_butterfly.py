"""The butterfly is the wiring of the fast Fourier transform."""

import jax
import numpy as np
import pytest

from photonn import meshes
from photonn.errors import InputError
from photonn.meshes import butterfly
from tests import oracles


@pytest.mark.parametrize("modes", [2, 4, 16])
def test_with_its_phases_it_is_the_fourier_transform(modes):
    phases = butterfly.fourier(modes)
    unitary = meshes.unitary(phases.theta, phases.phi, phases.gamma, phases.layout)
    field = oracles.random_complex(np.random.default_rng(0), modes)
    out = unitary @ field[butterfly.reverse(modes)]
    # At most four columns of rounding.
    np.testing.assert_allclose(out, np.fft.fft(field, norm="ortho"), atol=1e-14)
    assert ((phases.phi >= 0) & (phases.phi < 2 * np.pi)).all()


def test_bits_are_reversed():
    assert butterfly.reverse(2).tolist() == [0, 1]
    assert butterfly.reverse(8).tolist() == [0, 4, 2, 6, 1, 5, 3, 7]


@pytest.mark.parametrize("modes", [2, 8, 64])
def test_one_route_from_every_input_to_every_output(modes):
    routes = np.eye(modes, dtype=int)
    for pairs in butterfly.layout(modes).columns():
        routes[pairs] = routes[pairs].sum(axis=1, keepdims=True)
    np.testing.assert_array_equal(routes, 1)


@pytest.mark.parametrize(("modes", "hint"), [(6, "Take 8 and leave 2"), (9, "16 and leave 7")])
def test_other_sizes_are_refused_with_a_way_out(modes, hint):
    with pytest.raises(InputError, match=f"`modes` must be a power of two, but is {modes}.*{hint}"):
        butterfly.layout(modes)


def test_phases_are_right_in_single_precision():
    phases = jax.tree.map(lambda x: x.astype(np.float32), butterfly.fourier(8))
    unitary = meshes.unitary(phases.theta, phases.phi, phases.gamma, phases.layout)
    assert unitary.dtype == np.complex64
    want = np.fft.fft(np.eye(8), norm="ortho")[:, butterfly.reverse(8)]
    np.testing.assert_allclose(unitary, want, atol=2e-6)  # phases of 2 pi to 6e-8, 3 columns
