"""Levels of a converter: how many, where, and the gradient through them."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from photonn.devices import converter, receiver
from photonn.errors import InputError


@pytest.mark.parametrize("bits", [1, 2, 8])
def test_bits_are_two_to_the_bits_levels(bits):
    """A fault seen elsewhere: a converter of 2 bits with 7 levels."""
    signal = np.linspace(-0.5, 1.5, 4001)
    values = np.unique(converter.convert(signal, bits=bits))
    np.testing.assert_allclose(values, np.linspace(0, 1, 2**bits), atol=1e-16)


def test_every_value_is_the_nearest_one():
    rng = np.random.default_rng(0)
    signal = rng.uniform(-2, 3, 1000)
    values = np.linspace(-1, 2, 5)
    want = values[np.abs(np.clip(signal, -1, 2)[:, None] - values).argmin(1)]
    got = converter.quantize(signal, 5, low=-1.0, high=2.0)
    np.testing.assert_allclose(got, want, atol=1e-15)
    np.testing.assert_array_equal(converter.quantize(got, 5, low=-1.0, high=2.0), got)


def test_ends_of_the_scale_are_exact_in_float32():
    ends = np.array([-0.7, 0.1, 5.0], np.float32)
    for levels in (2, 3, 7, 255):
        got = converter.quantize(ends, levels, low=0.0, high=0.1)
        assert got.dtype == jnp.float32
        np.testing.assert_array_equal(got, np.array([0, 0.1, 0.1], np.float32))


def test_a_full_scale_sine_keeps_the_bits():
    """The step is (high - low) / (2^b - 1): SNR = 1.5 (2^b - 1)^2, the error of a uniform one."""
    sine = 0.5 + 0.5 * np.sin(np.arange(100_000) * np.sqrt(2))
    error = np.asarray(converter.convert(sine, bits=8)) - sine
    bits = receiver.effective_bits(sine.var() / error.var())
    # 1.76 and 6.02 are rounded, and the error is smaller where the sine turns.
    np.testing.assert_allclose(bits, np.log2(255), atol=0.02)


def test_the_gradient_passes_between_the_ends_and_stops_outside():
    signal = np.array([-0.1, 0.0, 0.3, 1.0, 1.1])
    slope = jax.grad(lambda s: converter.convert(s, bits=2).sum())(signal)
    np.testing.assert_array_equal(slope, [0, 1, 1, 1, 0])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: converter.quantize(0.3, 1), "`levels` must be an integer of at least 2.*4 levels"),
        (lambda: converter.convert(0.3, bits=0), "`bits` must be an integer of at least 1"),
        (lambda: converter.convert(0.3, bits=2, low=1.0), "`high` must be above `low`, 1.0"),
        (lambda: converter.convert(0.3, bits=2, high=float("inf")), "`high` must be finite"),
    ],
)
def test_what_cannot_be_is_refused(call, message):
    with pytest.raises(InputError, match=message):
        call()
