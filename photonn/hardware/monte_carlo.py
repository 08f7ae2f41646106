"""Many chips of one process."""

from collections.abc import Callable, Sequence
from typing import Any

import jax
from flax import nnx
from jax import Array
from jax.errors import ConcretizationTypeError, TracerArrayConversionError

from photonn.errors import check_integer, check_key, mistake
from photonn.hardware.fabrication import ErrorSource, check_process, fabricate


def monte_carlo(
    model: nnx.Module,
    process: Sequence[ErrorSource],
    measure: Callable[[Any], Any],
    *,
    key: Array,
    chips: int,
    chunk: int = 16,
) -> Any:
    """Measure many chips, each with errors of its own.

    Args:
        model: the network as designed; it is not changed.
        process: error sources, such as `PhaseNoise(0.02)`.
        measure: what to know of a chip: from a model to an array, or a pytree of arrays. It
            is traced by JAX: `jnp`, not `np` or `float`.
        key: the batch of chips; chip `i` has the key `jax.random.split(key, chips)[i]`.
        chips: how many.
        chunk: how many at a time; it bounds the memory and changes no result.

    Returns:
        What `measure` gives, with a first axis of length `chips`.
    """
    check_integer("chips", chips, 1)
    check_integer("chunk", chunk, 1)
    check_process(process)
    check_key("key", key)
    graph, state = nnx.split(model)

    @jax.jit
    def run(state: nnx.State, keys: Array) -> Any:
        def one(key: Array) -> Any:
            return measure(fabricate(nnx.merge(graph, state), process, key))

        return jax.lax.map(one, keys, batch_size=min(chunk, chips))

    try:
        return run(state, jax.random.split(key, chips))
    except (ConcretizationTypeError, TracerArrayConversionError) as error:
        must, hint = "be a function that JAX can trace", "Use jnp; no float(...), no np, no `if`."
        raise mistake("measure", must, "asks for the values of a chip", hint) from error
