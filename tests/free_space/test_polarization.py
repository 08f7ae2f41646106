"""Jones matrices against what polarisers and wave plates do, beam splitters and mirrors."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from photonn.errors import InputError
from photonn.free_space import beam_splitter, polarization
from tests import oracles

RNG = np.random.default_rng(0)


def linear(angle):
    return np.array([np.cos(angle), np.sin(angle)], complex)


def test_malus():
    for angle in (0.0, 0.4, np.pi / 2):
        out = np.asarray(polarization.polarizer(angle)) @ linear(0.1)
        np.testing.assert_allclose(np.linalg.norm(out) ** 2, np.cos(angle - 0.1) ** 2, atol=1e-15)
    leak = np.asarray(polarization.polarizer(0.0, extinction=1e-4)) @ linear(np.pi / 2)
    np.testing.assert_allclose(np.linalg.norm(leak) ** 2, 1e-4, rtol=1e-12)


def test_a_half_wave_plate_mirrors_and_a_quarter_makes_circular():
    half = np.asarray(polarization.wave_plate(np.pi, 0.3)) @ linear(0.1)
    np.testing.assert_allclose(np.abs(np.vdot(half, linear(0.5))), 1, rtol=1e-14)
    # Fast axis at -45 degrees: light along x comes out with y a quarter behind or before.
    field = polarization.transform(
        linear(0.0)[:, None, None], polarization.wave_plate(np.pi / 2, -np.pi / 4)
    )
    stokes = np.asarray(polarization.stokes(field))[:, 0, 0]
    np.testing.assert_allclose(np.abs(stokes), [1, 0, 0, 1], atol=1e-15)


def test_the_slow_axis_is_delayed():
    """Forward is exp(+i k z): a longer optical path adds phase, here to y."""
    plate = np.asarray(polarization.wave_plate(0.7, 0.0))
    np.testing.assert_allclose(np.angle(plate[1, 1] / plate[0, 0]), 0.7, rtol=1e-14)
    np.testing.assert_allclose(np.linalg.det(plate), 1, rtol=1e-14)
    np.testing.assert_allclose(plate @ plate.conj().T, np.eye(2), atol=1e-15)


def test_two_half_wave_plates_are_a_rotator():
    one, two = (np.asarray(polarization.wave_plate(np.pi, a)) for a in (0.2, 0.9))
    turned = np.asarray(polarization.rotator(2 * 0.7))
    np.testing.assert_allclose(two @ one, -turned, atol=1e-15)  # each has determinant 1


def test_a_matrix_for_every_sample():
    field = oracles.random_complex(RNG, 3, 2, 4, 5)
    jones = oracles.random_complex(RNG, 4, 5, 2, 2)
    want = np.einsum("yxij,bjyx->biyx", jones, field)
    np.testing.assert_allclose(polarization.transform(field, jones), want, atol=1e-14)
    with pytest.raises(InputError, match=r"`field` must have shape \(..., 2, y, x\)"):
        polarization.transform(oracles.random_complex(RNG, 3, 4, 5), np.eye(2))


def test_gradient_of_a_plate():
    def passed(retardance):
        out = polarization.wave_plate(retardance, 0.3) @ jnp.asarray(linear(0.0))
        return jnp.abs(out[0]) ** 2

    # cos^2(d/2) + sin^2(d/2) cos^2(2 a)
    want = -np.sin(0.8) / 2 * (1 - np.cos(0.6) ** 2)
    np.testing.assert_allclose(jax.grad(passed)(0.8), want, rtol=1e-12)


def test_a_beam_splitter_keeps_the_power_and_mirrors_what_it_reflects():
    first, second = oracles.random_complex(RNG, 2, 3, 4, 5)
    for angle in (0.0, 0.3, np.pi / 4):
        out = beam_splitter.mix(first, second, angle=angle)
        power = sum(np.sum(np.abs(o) ** 2) for o in out)
        want = np.sum(np.abs(first) ** 2) + np.sum(np.abs(second) ** 2)
        np.testing.assert_allclose(power, want, rtol=1e-14)
    through, reflected = beam_splitter.mix(first, np.zeros_like(first), angle=0.3)
    np.testing.assert_allclose(through, np.cos(0.3) * first, rtol=1e-14)
    np.testing.assert_allclose(reflected, 1j * np.sin(0.3) * first[..., ::-1], rtol=1e-14)


def test_a_michelson_sends_the_light_by_the_difference_of_its_arms():
    """A quarter wave further: half a wave of path, and the light changes its port."""
    beam = np.ones((2, 2), complex)
    for way, share in ((0.0, 1.0), (532e-9 / 4, 0.0)):
        one, two = beam_splitter.mix(beam, 0 * beam)
        one = beam_splitter.reflect_relief(one, np.full((2, 2), -way), wavelength=532e-9)
        two = beam_splitter.reflect(two)
        _, there = beam_splitter.mix(one, two)
        np.testing.assert_allclose(np.abs(there) ** 2, share, atol=1e-15)
    kept = np.abs(beam_splitter.reflect(beam, reflectivity=0.9)) ** 2
    np.testing.assert_allclose(kept, 0.9, rtol=1e-14)
