"""Sampling conditions against light that is propagated, and what the report says."""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from photonn import free_space
from photonn.errors import InputError
from photonn.free_space import Grid, angular_spectrum, sampling, sampling_report
from photonn.free_space.propagation import METHODS
from tests import oracles

GREEN = 532e-9
GRID = Grid((40, 50), (8e-6, 6e-6))
LIN = {"grid": Grid(200, 0.4e-3), "distance": 30e-3, "wavelength": 0.75e-3}
VISIBLE = {"grid": Grid(200, 36e-6), "distance": 0.3, "wavelength": GREEN}
COMPACT = {"grid": Grid(200, 0.53 * GREEN), "distance": 40 * GREEN, "wavelength": GREEN}


def test_numbers_of_the_report_by_hand():
    """532 nm in n = 1.33 is 400 nm; 8 um: sin = 0.025; 6 um: sin = 1 / 30."""
    report = sampling_report(GRID, distance=1e-2, wavelength=GREEN, index=1.33)
    sines = np.array([0.4 / 16, 0.4 / 12])
    tangents = sines / np.sqrt(1 - sines**2)
    np.testing.assert_allclose(report.diffraction_angle, np.arcsin(sines), rtol=1e-12)
    windows = np.array([40 * 8e-6, 50 * 6e-6])
    lengths = np.array([79 * 8e-6, 99 * 6e-6])
    np.testing.assert_allclose(report.critical_distance, lengths / (2 * tangents), rtol=1e-12)
    np.testing.assert_allclose(report.fresnel_number, (windows / 2) ** 2 / (4e-7 * 1e-2))
    np.testing.assert_allclose(report.connectivity, np.minimum(1, 1e-2 * tangents / windows))
    needed = np.array([40, 50]) * 1.5 + 1e-2 * tangents / GRID.pitch
    np.testing.assert_allclose(report.padding, needed, rtol=1e-12)
    s = np.sum(np.minimum(sines, windows / np.hypot(windows, 1e-2)) ** 2)
    phase = 2 * np.pi * 1e-2 / 4e-7 * (1 - s / 2 - np.sqrt(1 - s))
    np.testing.assert_allclose(report.paraxial_error, phase, rtol=1e-6)


@pytest.mark.parametrize("distance", [2e-3, 8e-3])
def test_the_estimated_wrap_around_is_what_wraps(distance):
    """Light that fills the window and all its frequencies, with and without padding."""
    fields = oracles.random_complex(np.random.default_rng(0), 30, *GRID.shape)
    request = {"distance": distance, "wavelength": GREEN}

    @partial(jax.jit, static_argnums=1)
    def go(field, pad):
        return angular_spectrum.propagate(field, GRID, **request, pad=pad)

    lost = 1 - np.linalg.norm(go(fields, True)) ** 2 / np.linalg.norm(fields) ** 2
    report = sampling_report(GRID, **request)
    assert np.linalg.norm(go(fields, False)) ** 2 == pytest.approx(np.linalg.norm(fields) ** 2)
    # Geometry against diffraction at the edges of 40 and 50 samples, and 30 draws.
    assert report.wrap_around == pytest.approx(lost, rel=0.06)


def test_transfer_function_and_kernel_share_one_critical_distance():
    grid = Grid(40, 8e-6)
    for factor, kernel in ((0.99, False), (1.01, True)):
        light = sampling.known(grid, None, distance=1.0, wavelength=GREEN)
        critical = sampling.critical_distance(light, 0, sampling.farthest(grid, grid, light, 0))
        light = sampling.known(grid, None, distance=factor * critical, wavelength=GREEN)
        assert sampling.kernel_is_sampled(grid, grid, light, 0) is kernel


@pytest.mark.parametrize(
    ("request_", "method"),
    [
        (LIN, "rayleigh_sommerfeld"),
        (VISIBLE, "angular_spectrum"),
        (COMPACT, "rayleigh_sommerfeld"),
        (VISIBLE | {"distance": 0.0}, "angular_spectrum"),
        (VISIBLE | {"distance": -3.0}, "rayleigh_sommerfeld"),
        (VISIBLE | {"grid": Grid((16, 200), 36e-6), "distance": 0.3}, "angular_spectrum"),
        # Half a wave is the pitch: grazing waves, and a kernel narrower than a sample.
        ({"grid": Grid(64, 0.2e-6), "distance": 0.05e-6, "wavelength": GREEN}, "band_limited"),
        (VISIBLE | {"output": Grid(50, 40e-6)}, "dense_fresnel"),
        (VISIBLE | {"output": Grid(50, 40e-6), "distance": 1.0}, "chirp_z"),
    ],
)
def test_the_method_that_fits(request_, method):
    report = sampling_report(**request_)
    assert report.method == method
    assert method in str(report) and report.reason in str(report)


@pytest.mark.parametrize("factor", [0.3, 0.9, 1.1, 4.0])
def test_auto_is_right_on_both_sides_of_the_critical_distance(factor):
    """A beam that spreads past the window, against plane waves in a window 8 times as wide."""
    grid, waist = Grid((32, 28), 4e-6), 24e-6
    report = sampling_report(grid, distance=1e-3, wavelength=GREEN)
    distance = factor * report.critical_distance[0]
    large = Grid((32 * 8, 28 * 8), 4e-6)
    beams = [np.exp(-(g.y[:, None] ** 2 + g.x**2) / waist**2) + 0j for g in (grid, large)]
    want = oracles.plane_waves(
        np.where(np.abs(large.y[:, None]) < 64e-6, beams[1], 0) * (np.abs(large.x) < 56e-6),
        large.pitch, distance, GREEN,
    )[112:144, 98:126]  # fmt: skip
    out = free_space.propagate(beams[0], grid, distance=distance, wavelength=GREEN)
    # The window cuts the beam at exp(-(56 / 24)^2) = 4e-3: that edge is sampled, not smooth.
    np.testing.assert_allclose(out, want, rtol=0, atol=2e-3 * np.abs(want).max())


def test_a_traced_length_takes_the_method_that_suits_every_distance():
    field = oracles.random_complex(np.random.default_rng(0), *GRID.shape)

    def go(method, distance):
        return free_space.propagate(field, GRID, distance=distance, wavelength=GREEN, method=method)

    traced = jax.jit(lambda z: (go("auto", z), go("band_limited", z)))(1e-2)
    np.testing.assert_array_equal(*traced)
    assert np.isfinite(jax.jit(jax.grad(lambda z: jnp.sum(jnp.abs(go("auto", z)) ** 2)))(1e-2))


def test_every_method_goes_by_its_name():
    names = (
        "angular_spectrum band_limited fresnel fresnel_impulse fresnel_single fraunhofer "
        "rayleigh_sommerfeld chirp_z dense_fresnel"
    )
    assert set(METHODS) == set(names.split())
    with pytest.raises(InputError, match=r"`method` must be one of .*Did you mean `fresnel`"):
        free_space.propagate(np.ones((4, 4)), Grid(4, 1e-5), distance=1e-3, wavelength=GREEN,
                             method="fresnell")  # fmt: skip


def test_a_periodic_window_is_asked_for():
    field, request = np.ones((4, 6)), {"distance": 1e-3, "wavelength": GREEN, "pad": False}
    out = free_space.propagate(field, Grid((4, 6), 1e-5), **request)
    np.testing.assert_allclose(out, field, atol=1e-14)  # a plane wave without an edge
    with pytest.raises(InputError, match=r"`pad` must be True for band_limited.*fresnel"):
        free_space.propagate(field, Grid((4, 6), 1e-5), method="band_limited", **request)


def test_a_report_needs_numbers():
    with pytest.raises(InputError, match="Report outside jit"):
        jax.jit(lambda z: sampling_report(GRID, distance=z, wavelength=GREEN).wrap_around)(1e-3)
    with pytest.raises(InputError, match="`wavelength` must be positive"):
        sampling_report(GRID, distance=1e-3, wavelength=-GREEN)


def test_methods_agree_where_both_hold():
    """At the critical distance, up to the paraxial error that the report names."""
    grid = Grid((32, 36), 3e-6)
    distance = sampling_report(grid, distance=1.0, wavelength=GREEN).critical_distance[1] * 1.02
    report = sampling_report(grid, distance=distance, wavelength=GREEN)
    beam = np.exp(-(grid.y[:, None] ** 2 + grid.x**2) / (14e-6) ** 2) + 0j

    @jax.jit
    def go(field):
        request = {"grid": grid, "distance": distance, "wavelength": GREEN}
        names = set(METHODS) - {"fresnel_single", "fraunhofer"}
        return {name: METHODS[name](field, **request) for name in names}

    fields = {name: np.asarray(field) for name, field in go(beam).items()}
    peak = np.abs(fields["fresnel"]).max()
    exact = [fields[name] for name in ("angular_spectrum", "band_limited", "rayleigh_sommerfeld")]
    near = [fields[name] for name in ("fresnel", "fresnel_impulse", "chirp_z", "dense_fresnel")]
    for group in (exact, near):
        # The beam is cut at exp(-(48 / 14)^2) = 1e-5, and bands end sharply.
        assert max(np.abs(one - group[0]).max() for one in group) < 1e-4 * peak
    between = np.abs(exact[0] - near[0]).max() / peak
    assert 1e-5 < between < report.paraxial_error


def test_a_coarse_output_far_wider_than_the_field_meets_no_copy():
    """With a traced distance too: the period of the dense products covers the output."""
    grid, wide = Grid(16, 8e-6), Grid(12, 80e-6)
    beam = np.exp(-(grid.y[:, None] ** 2 + grid.x**2) / (30e-6) ** 2) + 0j
    go = METHODS["dense_fresnel"]
    out = jax.jit(lambda z: go(beam, grid, distance=z, wavelength=GREEN, output=wide))(1e-3)
    assert np.abs(out[0]).max() < 1e-3 * np.abs(out).max()  # 440 um from a beam of 30 um


def test_nanometres_for_metres_are_noticed():
    with pytest.raises(InputError, match=r"`wavelength` must be below 100 .* 1550 nm is 1550e-9"):
        free_space.propagate(np.ones(GRID.shape), GRID, distance=1e-3, wavelength=532.0)
    with pytest.warns(UserWarning, match=r"wavelength of 0.532 m .* 532 nm is 532e-9"):
        free_space.propagate(np.ones(GRID.shape), GRID, distance=1e-3, wavelength=0.532)
