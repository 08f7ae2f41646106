"""Strict settings for every test: shapes and types are checked, nothing is promoted silently.

The import hook must stand before the first import of photonn. Experiments run in
subprocesses, with the ordinary settings of a user.
"""

import os

os.environ.setdefault("MPLBACKEND", "Agg")
# Nearly all the time of a test is compiling, and hardly any of it is running.
os.environ["XLA_FLAGS"] = (
    "--xla_backend_optimization_level=0 --xla_llvm_disable_expensive_passes=true "
    + os.environ.get("XLA_FLAGS", "")
)

import hypothesis
import jax
import jaxtyping
import pytest

jax.config.update("jax_enable_x64", True)
jax.config.update("jax_numpy_dtype_promotion", "strict")
jax.config.update("jax_numpy_rank_promotion", "raise")
# As type checkers do: where a float is asked for, an int will do.
CHECKER = "beartype.beartype(conf=beartype.BeartypeConf(is_pep484_tower=True))"
jaxtyping.install_import_hook("photonn", CHECKER)

# A first example compiles: no deadline holds for it.
hypothesis.settings.register_profile("photonn", deadline=None, max_examples=20)
hypothesis.settings.load_profile("photonn")


def pytest_configure(config):
    # Flax names a type by its old name; beartype tells everyone who imports it.
    kind = "beartype.roar.BeartypeDecorHintPep585DeprecationWarning"
    config.addinivalue_line("filterwarnings", f"ignore::{kind}")


@pytest.fixture(autouse=True)
def close_figures():
    """Matplotlib keeps every figure until it is closed."""
    yield
    import matplotlib.pyplot as plt

    plt.close("all")
