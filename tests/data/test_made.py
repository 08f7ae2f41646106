"""Sets that are made from a seed: against closed forms, other integrators, brute force."""

import itertools

import jax
import numpy as np
import pytest
from scipy.integrate import solve_ivp

from photonn.data import (
    mackey_glass,
    moons,
    phase_objects,
    point_spreads,
    pulses,
    spin_glasses,
    unitaries,
)
from photonn.devices import pulse
from photonn.errors import InputError

SMALL = {"train": 20, "validation": 10, "test": 10}


def arrays(made):
    return jax.tree.leaves(made)


@pytest.mark.parametrize(
    ("make", "kinds"),
    [
        (moons.load, "float32 int32"),
        (lambda seed: unitaries.load(seed=seed, modes=4, count=300), "complex64"),
        (lambda seed: phase_objects.load(seed=seed, count=3, samples=16), "float32"),
        (lambda seed: point_spreads.load(seed=seed, samples=16, **SMALL), "float32"),
        (lambda seed: pulses.load(seed=seed, count=3), "complex64"),
        (lambda seed: mackey_glass.load(seed=seed, **SMALL), "float32"),
        (lambda seed: spin_glasses.load(seed=seed, spins=4), "float32"),
    ],
    ids=["moons", "unitaries", "phase", "psf", "pulses", "mackey_glass", "spins"],
)
def test_the_seed_decides(make, kinds):
    one, same, other = (arrays(make(seed=seed)) for seed in (3, 3, 4))
    for a, b, c in zip(one, same, other, strict=True):
        np.testing.assert_array_equal(a, b)
        assert not np.array_equal(a, c)
        assert a.dtype.name in kinds and np.isfinite(a).all()


def test_moons_are_half_circles():
    parts = moons.load(noise=0.0, points=100)
    assert [len(part.labels) for part in parts] == [50, 20, 30]
    for part in parts:
        upper, lower = (part.inputs[part.labels == label] for label in (0, 1))
        np.testing.assert_allclose(np.hypot(*upper.T), 1, rtol=1e-6)
        np.testing.assert_allclose(np.hypot(*(lower - np.array([1, 0.5])).T), 1, rtol=1e-6)
        assert upper[:, 1].min() > -1e-6 and lower[:, 1].max() < 0.5 + 1e-6


def test_unitaries_are_unitary_and_haar():
    drawn = unitaries.load(seed=1, modes=4, count=300)
    product = drawn @ drawn.conj().swapaxes(-1, -2)
    np.testing.assert_allclose(product, np.broadcast_to(np.eye(4), drawn.shape), atol=1e-6)
    # |U_ij|^2 has the mean 1/n and the second moment 2 / (n (n + 1)); 4800 values.
    powers = np.abs(drawn) ** 2
    np.testing.assert_allclose((powers**2).mean(), 2 / 20, rtol=0.1)
    np.testing.assert_allclose(unitaries.load(seed=1, modes=4, count=1), drawn[:1], atol=1e-6)


def test_the_thickness_of_an_ellipsoid():
    axis = (np.arange(400) + 0.5) / 400 - 0.5
    got = phase_objects.thickness(axis, np.array([0.1, -0.05]), np.array([0.2, 0.1]), 0.0)
    np.testing.assert_allclose(got.max(), 1, atol=1e-3)
    # The volume under sqrt(1 - r^2) is two thirds of the ellipse; pixels of 1/400 at its rim.
    np.testing.assert_allclose(got.sum() / 400**2, 2 / 3 * np.pi * 0.2 * 0.1, rtol=1e-3)
    weights = got / got.sum()
    assert weights.sum(1) @ axis == pytest.approx(0.1, abs=1e-4)  # y comes first
    assert weights.sum(0) @ axis == pytest.approx(-0.05, abs=1e-4)
    spread = lambda weight, centre: weight @ (axis - centre) ** 2  # noqa: E731
    assert spread(weights.sum(1), 0.1) == pytest.approx(4 * spread(weights.sum(0), -0.05), rel=1e-2)
    turned = phase_objects.thickness(axis, np.array([0.1, -0.05]), np.array([0.2, 0.1]), np.pi / 2)
    weights = turned / turned.sum()
    assert spread(weights.sum(0), -0.05) == pytest.approx(4 * spread(weights.sum(1), 0.1), rel=1e-2)


def test_phase_objects_are_dark_between_cells():
    made = phase_objects.load(seed=0, count=20, samples=32, cells=1, phase=2.0)
    assert made.shape == (20, 32, 32) and made.min() == 0
    assert 0.9 < made.max() <= 2.0 * 1.5  # a nucleus adds half
    assert (made == 0).mean() > 0.8
    assert not made[:, [0, -1]].any() and not made[:, :, [0, -1]].any()


def test_zernike_polynomials_are_orthonormal_and_in_the_order_of_noll():
    axis = (np.arange(400) + 0.5) / 200 - 1
    radius, angle = np.hypot(axis[:, None], axis), np.arctan2(axis[:, None], axis)
    inside = radius <= 1
    rows = np.stack([point_spreads.zernike(n, radius, angle)[inside] for n in range(1, 16)])
    # Sums over pixels of 1/200: their error is at the rim.
    np.testing.assert_allclose(rows @ rows.T / inside.sum(), np.eye(15), atol=0.02)
    y, x = axis[:, None], axis[None, :]
    known = {
        2: 2 * x + 0 * y,
        3: 2 * y + 0 * x,
        4: np.sqrt(3) * (2 * radius**2 - 1),
        5: np.sqrt(6) * 2 * x * y,
        6: np.sqrt(6) * (x**2 - y**2),
        7: np.sqrt(8) * (3 * radius**2 - 2) * y,
        8: np.sqrt(8) * (3 * radius**2 - 2) * x,
        9: np.sqrt(8) * radius**3 * np.sin(3 * angle),
        11: np.sqrt(5) * (6 * radius**4 - 6 * radius**2 + 1),
        12: np.sqrt(10) * (4 * radius**2 - 3) * (x**2 - y**2),
    }
    for number, want in known.items():
        np.testing.assert_allclose(point_spreads.zernike(number, radius, angle), want, atol=1e-12)


def test_point_spreads():
    airy = point_spreads.image(np.zeros(3), 32)
    assert np.unravel_index(airy.argmax(), airy.shape) == (16, 16)
    parts = point_spreads.load(samples=32, modes=3, rms=0.3, **SMALL)
    assert parts.train.inputs.shape == (20, 32, 32) and parts.train.labels.shape == (20, 3)
    np.testing.assert_allclose(parts.train.inputs.sum((1, 2)), 1, rtol=1e-5)
    # Small aberrations take exp(-sigma^2) of the peak (Marechal); here to the second order.
    weak = point_spreads.image(np.array([0.1, 0.05, 0.0]), 64)
    airy = point_spreads.image(np.zeros(3), 64)
    assert weak[32, 32] / airy[32, 32] == pytest.approx(np.exp(-(0.1**2) - 0.05**2), abs=2e-3)
    # The sign of an even aberration cannot be seen.
    np.testing.assert_allclose(
        point_spreads.image(np.array([0.5, 0, 0]), 32),
        point_spreads.image(np.array([-0.5, 0, 0]), 32),
        atol=1e-12,
    )
    expected = 0.3 / np.sqrt(3)
    assert np.std(parts.train.labels) == pytest.approx(expected, rel=0.3)  # 60 draws


def test_pulses_fit_into_their_window():
    fields = pulses.load(seed=2, count=200)
    assert fields.shape == (200, 64)
    powers = np.abs(fields) ** 2
    np.testing.assert_allclose(powers.max(-1), 1, rtol=1e-5)
    assert powers[:, [0, -1]].max() < 0.02


def test_a_pulse_without_chirp_is_the_gaussian_of_devices():
    fields = pulses.load(seed=0, count=50, chirp=0.0)
    want = pulse.gaussian(pulse.times(64, 5e-15), duration=20e-15, power=1.0)
    want = np.asarray(want) / np.abs(want).max()  # no sample is at the peak
    alone = [field for field in fields if np.allclose(np.abs(field), want.real, atol=1e-5)]
    assert len(alone) > 10  # those without a satellite
    np.testing.assert_allclose(alone[0], want, atol=1e-5)


def test_a_chirp_is_a_polynomial_phase_in_the_spectrum():
    """In the sign and normalisation of `devices.pulse.spectrum`, which counts from sample 0."""
    offsets = 2 * np.pi * np.fft.fftfreq(64, 5e-15) * 20e-15
    inside = np.abs(offsets) < 2.5
    chirps = []
    for field in pulses.load(seed=5, count=20, chirp=2.0):
        spectrum = np.asarray(pulse.spectrum(field, 5e-15))[inside]
        shape = np.abs(spectrum) / np.abs(spectrum).max()
        if not np.allclose(shape, np.exp(-(offsets[inside] ** 2) / 2), atol=1e-4):
            continue  # with a satellite
        middle = (64 - 1) / 2 * 5e-15 / 20e-15
        order = np.argsort(offsets[inside])
        phase = np.unwrap(np.angle(spectrum * np.exp(-1j * middle * offsets[inside]))[order])
        fitted = np.polynomial.polynomial.polyfit(offsets[inside][order], phase, 5)
        np.testing.assert_allclose(fitted[[1, 4, 5]], 0, atol=1e-3)
        chirps.append([2 * fitted[2], 6 * fitted[3]])
    assert len(chirps) > 5
    assert 1 < np.abs(chirps).max() <= 2 + 1e-3


def test_mackey_glass_is_its_equation():
    """By the method of steps, with SciPy: each delay is an ordinary equation with a known past."""
    past, delay = 1.2, 17
    got = mackey_glass.series(np.array([past]), 40, delay)[0]
    pieces = [lambda t: np.full_like(t, past)]
    for n in range(3):
        before, start = pieces[-1], n * delay
        value = past if n == 0 else before(np.array([float(start)]))[0]

        def slope(t, x, before=before):
            then = before(np.atleast_1d(t - delay))
            return 0.2 * then / (1 + then**10) - 0.1 * x

        solved = solve_ivp(
            slope, (start, start + delay), [value], dense_output=True, rtol=1e-9, atol=1e-10
        )
        pieces.append(lambda t, solved=solved: solved.sol(t)[0])
    for time in (1, 10, 17, 25, 34, 40):
        want = pieces[1 + (time - 1) // delay](np.array([float(time)]))[0]
        # The delayed value is linear over a step of 0.1: second order.
        assert got[time - 1] == pytest.approx(want, abs=2e-4)


def test_mackey_glass_labels_come_later():
    parts = mackey_glass.load(seed=1, ahead=5, **SMALL)
    assert [len(part.inputs) for part in parts] == [20, 10, 10]
    for part in parts:
        np.testing.assert_array_equal(part.inputs[5:], part.labels[:-5])
        assert 0.2 < part.inputs.min() < part.inputs.max() < 1.6  # the attractor
    with pytest.raises(InputError, match="`ahead` must be an integer of at least 1"):
        mackey_glass.load(ahead=0)


def test_spin_glasses_and_their_energy():
    drawn = spin_glasses.load(seed=0, count=200, spins=10)
    np.testing.assert_array_equal(drawn, drawn.swapaxes(-1, -2))
    assert not drawn.diagonal(axis1=-2, axis2=-1).any()
    pairs = drawn[:, *np.triu_indices(10, 1)]
    # 9000 draws: chi-square to five deviations.
    assert pairs.var() == pytest.approx(1 / 10, rel=0.08)
    signs = spin_glasses.load(spins=10, kind="signs")
    assert set(np.unique(signs[0][np.triu_indices(10, 1)] * np.sqrt(10)).round(6)) == {-1.0, 1.0}

    few = np.asarray(drawn[0, :4, :4])
    spins = np.array(list(itertools.product([-1.0, 1.0], repeat=4)))
    want = [-sum(few[i, j] * s[i] * s[j] for i in range(4) for j in range(i)) for s in spins]
    np.testing.assert_allclose(spin_glasses.energy(few, spins), want, rtol=1e-5)
    with pytest.raises(InputError, match="Did you mean `gaussian`"):
        spin_glasses.load(kind="gauss")
