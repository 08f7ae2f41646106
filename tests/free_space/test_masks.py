"""Masks, and where detectors lie."""

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given

from photonn.errors import InputError
from photonn.free_space import Grid, masks
from tests import oracles

SIDES = st.integers(12, 48)


@given(
    shape=st.tuples(SIDES, SIDES),
    count=st.integers(1, 20),
    fill=st.floats(0.1, 1) | st.just(1.0),
)
def test_detectors_are_equal_squares_apart(shape, count, fill):
    try:
        regions = masks.detector_regions(Grid(shape, 8e-6), count, fill=fill)
    except InputError:
        # At most 5 detectors in a row on at least 12 pixels: 2.4 pixels for each.
        assert fill * 2.4 < 1
        return
    assert regions.shape == (count, *shape)
    assert regions.sum(axis=0).max() == 1  # nowhere two
    areas = regions.sum(axis=(1, 2))
    side = round(np.sqrt(areas[0]))
    assert (areas == side**2).all()
    for region in regions:
        rows, columns = np.nonzero(region)
        assert np.ptp(rows) == np.ptp(columns) == side - 1


@pytest.mark.parametrize(("count", "rows"), [(10, [3, 4, 3]), (1, [1]), (2, [2]), (4, [2, 2])])
def test_rows(count, rows):
    regions = masks.detector_regions(Grid(60, 8e-6), count)
    tops = [np.nonzero(region)[0].min() for region in regions]
    assert list(np.unique(tops, return_counts=True)[1]) == rows


@pytest.mark.parametrize("count", [1, 4, 10])
def test_detectors_lie_around_the_middle(count):
    total = masks.detector_regions(Grid(60, 8e-6), count).sum(axis=0)
    rows, columns = np.nonzero(total)
    # Whole pixels: half a pixel from the middle at most, for rows of their own too.
    assert abs(rows.mean() - 29.5) <= 0.5
    assert abs(columns.mean() - 29.5) <= 0.5


@pytest.mark.parametrize("fill", [0.0, -0.5, 1.1, float("nan")])
def test_fill_is_a_fraction(fill):
    with pytest.raises(InputError, match="`fill` must be above 0 and at most 1"):
        masks.detector_regions(Grid(20, 8e-6), 4, fill=fill)


def test_too_few_pixels_are_refused():
    with pytest.raises(InputError, match=r"4 x 3 detectors.*\(4, 4\).*more pixels"):
        masks.detector_regions(Grid(4, 8e-6), 10)
    with pytest.raises(InputError, match="`count` must be an integer of at least 1"):
        masks.detector_regions(Grid(4, 8e-6), 0)


def test_a_mask_adds_its_phase_to_every_sample():
    rng = np.random.default_rng(0)
    field, phase = oracles.random_complex(rng, 3, 4, 5), rng.normal(size=(4, 5))
    out = masks.modulate_phase(field, phase)
    np.testing.assert_allclose(out, field * np.exp(1j * phase), atol=1e-15)  # one product


def test_a_mask_of_any_kind_broadcasts_and_keeps_the_precision_of_the_field():
    rng = np.random.default_rng(0)
    field, colours = oracles.random_complex(rng, 2, 1, 4, 5), oracles.random_complex(rng, 3, 4, 5)
    np.testing.assert_allclose(masks.modulate(field, colours), field * colours, rtol=1e-14)
    real = rng.uniform(size=(4, 5))
    np.testing.assert_allclose(masks.modulate(field[0, 0], colours), field[0] * colours, rtol=1e-14)
    single = masks.modulate(field.astype(np.complex64), real)
    assert single.dtype == np.complex64
    np.testing.assert_allclose(single, field * real, rtol=1e-6)


def test_phase_and_amplitude_make_a_transmission():
    rng = np.random.default_rng(1)
    phase, amplitude = rng.normal(size=(2, 3, 4))
    np.testing.assert_allclose(masks.transmission(phase), np.exp(1j * phase), rtol=1e-14)
    got = masks.transmission(phase, amplitude)
    np.testing.assert_allclose(got, amplitude * np.exp(1j * phase), rtol=1e-13)
