"""What the tests of training share."""

import jax
import pytest


@pytest.fixture(scope="module")
def standard_promotion():
    """Optax counts steps in int32, and Flax layers are float32: neither knows strict types."""
    with jax.numpy_dtype_promotion("standard"):
        yield
