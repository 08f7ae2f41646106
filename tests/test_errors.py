"""The grammar of messages, and numbers at the door."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from photonn import errors, precision


def test_one_grammar():
    message = str(errors.mistake("batch", "be even", "is 3", "Use 4."))
    assert message == "`batch` must be even, but is 3. Use 4."
    assert str(errors.mistake("batch", "be even", "is 3")) == "`batch` must be even, but is 3."


def test_a_mistake_is_a_value_error_and_a_failed_run_a_runtime_error():
    assert issubclass(errors.InputError, ValueError)
    assert issubclass(errors.RunError, RuntimeError)


@pytest.mark.parametrize("value", [1, 7, np.int32(3)])
def test_integers_pass(value):
    errors.check_integer("n", value, 1)


@pytest.mark.parametrize("value", [0, 1.0, True, "2", None])
def test_others_do_not(value):
    with pytest.raises(errors.InputError, match="`n` must be an integer of at least 1"):
        errors.check_integer("n", value, 1)


@pytest.mark.parametrize("value", [0, -1.0, float("nan"), float("inf"), np.float32(-2)])
def test_lengths_are_positive(value):
    with pytest.raises(errors.InputError, match=r"`d` must be positive and finite \[m\]"):
        errors.check_positive("d", value, "m")


def test_text_in_a_field_is_no_number():
    """NumPy would read it without a word, and a source of error would take it."""
    for text in ("0.1", "nan", "a"):
        with pytest.raises(errors.InputError, match=f"`sigma` must be zero or more.*is '{text}'"):
            errors.check_not_negative("sigma", errors.number(text), "rad")
    errors.check_not_negative("sigma", errors.number(object()), "rad")  # a leaf of a pytree


def test_zero_is_not_negative():
    errors.check_not_negative("d", 0, "m")
    with pytest.raises(errors.InputError):
        errors.check_not_negative("d", -1e-9, "m")


@pytest.mark.parametrize(
    "check", [errors.check_positive, errors.check_not_negative, errors.check_finite]
)
def test_arrays_are_looked_at_unless_they_are_traced(check):
    values = jnp.array([1.0, -jnp.inf])
    with pytest.raises(errors.InputError, match="but is -inf"):
        check("d", values, "m")
    jax.jit(lambda v: check("d", v, "m"))(values)


@pytest.mark.parametrize("shape", [(), (3,), (4, 5)])
def test_a_last_axis_that_does_not_fit(shape):
    with pytest.raises(errors.InputError, match="modes=4"):
        errors.check_last_axis("field", shape, 4, "modes")
    errors.check_last_axis("field", (*shape, 4), 4, "modes")


def test_too_few_axes_do_not_fit():
    for shape in ((), (4,), (5, 4), (4, 5, 4)):
        with pytest.raises(errors.InputError, match=r"\(..., 4, 4\)"):
            errors.check_shape("field", shape, (4, 4))
    errors.check_shape("field", (7, 4, 4), (4, 4))


def test_the_nearest_choice_is_suggested_if_there_is_one():
    with pytest.raises(errors.InputError, match=r"one of linear, mlp.*Did you mean `linear`"):
        errors.check_choice("kind", "liner", ["mlp", "linear"])
    assert errors.did_you_mean("zzz", ["linear"]) == ""


@pytest.mark.parametrize(
    ("values", "dtype"),
    [
        (np.float32([1, 2]), np.complex64),
        (np.float64([1, 2]), np.complex128),
        (np.int32([1, 2]), np.complex128),  # the standard float, here float64
        (np.complex64([1j, 2]), np.complex64),
    ],
)
def test_complex_numbers_of_the_same_precision(values, dtype):
    out = precision.complex_array(values)
    assert out.dtype == dtype
    np.testing.assert_array_equal(out, values)


def test_scale_keeps_the_precision():
    field = jnp.asarray(np.complex64([1 + 2j, 3]))
    out = precision.scale(field, jnp.float32([2, -1]))
    np.testing.assert_array_equal(out, [2 + 4j, -3])
    assert out.dtype == np.complex64
