"""Electro-optic activation and modReLU: closed forms, passivity, slopes."""

import hypothesis.strategies as st
import jax
import numpy as np
import pytest
from hypothesis import given

from photonn.devices import electro_optic, modrelu, shifted_softplus
from photonn.errors import InputError
from tests import oracles

PARTS = st.floats(-4, 4)

electro = jax.jit(lambda z, gain, bias: electro_optic.activate(z, gain=gain, bias=bias, tap=0.1))
softplus = jax.jit(lambda z, t: shifted_softplus.activate(z, transmission=t))
relu = jax.jit(lambda z, bias: modrelu.activate(z, bias=bias))


@given(PARTS, PARTS, st.floats(-3, 3), st.floats(-7, 7))
def test_electro_optic_closed_form(real, imag, gain, bias):
    z = complex(real, imag)
    half = (gain * abs(z) ** 2 + bias) / 2
    want = 1j * np.sqrt(0.9) * np.exp(-1j * half) * np.cos(half) * z
    out = electro(z, gain, bias)
    # The phase is up to 100 rad: its rounding is 1e-14, times |z| below 6.
    np.testing.assert_allclose(out, want, atol=3e-13)
    assert abs(out) <= abs(z) * (1 + 1e-14)


@pytest.mark.parametrize("tap", [0.0, 0.1, 0.9])
def test_power_out_is_what_the_tap_leaves_at_most(tap):
    z = oracles.random_complex(np.random.default_rng(0), 200)
    out = electro_optic.activate(z, gain=1.3, bias=0.4, tap=tap)
    assert (np.abs(out) ** 2 <= (1 - tap) * np.abs(z) ** 2 * (1 + 1e-14)).all()


def test_bias_decides_about_weak_light():
    """pi blocks it, 0 passes all but the tap."""
    np.testing.assert_allclose(electro(1e-6 + 0j, 1.0, np.pi), 0, atol=1e-18)  # |z| 1e-12
    np.testing.assert_allclose(
        np.abs(electro(1e-6 + 0j, 1.0, 0.0)), np.sqrt(0.9) * 1e-6, rtol=1e-12
    )


def test_one_gain_for_each_mode():
    z = oracles.random_complex(np.random.default_rng(1), 5, 3)
    gain = np.array([[0.1, 0.2, 0.3]])
    out = electro_optic.activate(z, gain=gain, bias=0.5)
    for mode in range(3):
        alone = electro_optic.activate(z[:, mode], gain=gain[0, mode], bias=0.5)
        np.testing.assert_allclose(out[:, mode], alone, atol=1e-15)  # the same operations


@pytest.mark.parametrize("tap", [-0.1, 1.0, float("nan")])
def test_a_tap_is_a_fraction(tap):
    with pytest.raises(InputError, match="`tap` must be at least 0 and below 1"):
        electro_optic.activate(1 + 0j, gain=1.0, bias=0.0, tap=tap)


@given(PARTS, PARTS, st.floats(-3, 3))
def test_modrelu_closed_form(real, imag, bias):
    z = complex(real, imag)
    amplitude = abs(z)
    want = max(amplitude + bias, 0) * z / amplitude if amplitude**2 > 0 else 0
    np.testing.assert_allclose(relu(z, bias), want, atol=1e-14)  # a few roundings of 8


@given(PARTS, PARTS, st.floats(-3, 0))
def test_modrelu_with_a_threshold_is_passive(real, imag, bias):
    z = complex(real, imag)
    assert abs(relu(z, bias)) <= abs(z) * (1 + 1e-14)


@given(PARTS, PARTS, st.floats(0.01, 0.9))
def test_shifted_softplus_closed_form(real, imag, transmission):
    """In logarithms of plain numbers: (1 - T + T exp(2 |z|)) is what the softplus says."""
    z = complex(real, imag)
    amplitude = abs(z)
    passed = np.log(1 - transmission + transmission * np.exp(2 * amplitude)) / 2
    want = passed * z / amplitude if amplitude**2 > 0 else 0
    out = softplus(z, transmission)
    np.testing.assert_allclose(out, want, atol=1e-14)
    assert abs(out) <= amplitude * (1 + 1e-14)


def test_shifted_softplus_passes_weak_light_as_it_says():
    np.testing.assert_allclose(softplus(1e-9j, 0.03), 0.03e-9j, rtol=1e-6)
    slope = jax.grad(lambda x: abs(softplus(jax.lax.complex(x, 0.0), 0.03)))
    for faint in (1e-290, 1e-110, 1e-9):
        np.testing.assert_allclose(slope(faint), 0.03, rtol=1e-6)
    for edge in (0.0, 1.0, float("nan")):
        with pytest.raises(InputError, match="`transmission`"):
            shifted_softplus.activate(1 + 0j, transmission=edge)


def loss_of(activate, *more):
    def loss(x, y):
        out = activate(jax.lax.complex(x, y), *more)
        return 0.3 * out.real + 0.8 * out.imag

    return jax.jit(loss)


@pytest.mark.parametrize("point", [(0.8, -0.5), (-1.5, 0.2), (1e-3, 2e-3)])
@pytest.mark.parametrize(
    ("activate", "more"), [(electro, (0.9, 2.0)), (relu, (-0.4,)), (relu, (0.3,))]
)
def test_slopes_are_difference_quotients(activate, more, point):
    loss = loss_of(activate, *more)
    slopes = jax.grad(loss, argnums=(0, 1))(*point)
    # Step 1e-6 against features of size 2e-3 (the smallest amplitude): relative error of
    # the quotient (1e-6 / 2e-3)^2 = 3e-7, rounding 1e-16 / 1e-6 = 1e-10.
    want = (
        oracles.difference_quotient(lambda x: loss(x, point[1]), point[0], 1e-6),
        oracles.difference_quotient(lambda y: loss(point[0], y), point[1], 1e-6),
    )
    np.testing.assert_allclose(slopes, want, rtol=1e-4, atol=1e-8)


@pytest.mark.parametrize(
    ("activate", "more"),
    [(electro, (0.9, np.pi)), (electro, (0.9, 0.3)), (relu, (-0.4,)), (relu, (0.3,))],
)
def test_slopes_at_zero_power_are_finite(activate, more):
    arguments = (0.0, 0.0)
    slopes = jax.grad(loss_of(activate, *more), argnums=(0, 1))(*arguments)
    assert np.isfinite(slopes).all()
    more_slopes = jax.grad(lambda *m: activate(0j, *m).real, argnums=tuple(range(len(more))))(*more)
    assert np.isfinite(more_slopes).all()


def test_slope_of_electro_optic_at_zero_power():
    """f is linear there: i sqrt(0.9) exp(-i b/2) cos(b/2) z."""
    bias = 0.6
    factor = 1j * np.sqrt(0.9) * np.exp(-0.5j * bias) * np.cos(bias / 2)
    slopes = jax.grad(loss_of(electro, 2.0, bias), argnums=(0, 1))(0.0, 0.0)
    want = [0.3 * f.real + 0.8 * f.imag for f in (factor, 1j * factor)]
    np.testing.assert_allclose(slopes, want, atol=1e-15)  # the same few products
