"""Many chips of one process."""

import math
import warnings
from collections.abc import Callable, Sequence
from functools import lru_cache, partial
from typing import Any

import jax
import jax.core
import jax.numpy as jnp
import numpy as np
from flax import nnx
from jax import Array
from jax.errors import ConcretizationTypeError, TracerArrayConversionError
from jax.sharding import NamedSharding, PartitionSpec

from photonn.errors import check_integer, check_key, mistake
from photonn.hardware.fabrication import ErrorSource, check_process, fabricate
from photonn.hardware.memory import peak_bytes

# Enough chips at a time to keep the cores busy; more only fall out of the caches.
_MOST, _MEMORY = 64, 2**28
_Measure = Callable[..., Any]
_Make = Callable[[Any, Sequence[ErrorSource], Array], Any]


class FailedChips(UserWarning):
    """A metric gave NaN for some chips."""


def monte_carlo(
    model: nnx.Module,
    process: Sequence[ErrorSource],
    measure: _Measure,
    *,
    key: Array,
    chips: int,
    chunk: int | None = None,
    make: _Make = fabricate,
    given: Sequence[Any] = (),
) -> Any:
    """Measure many chips, each with errors of its own, over all devices of this machine.

    Warns if some chips give NaN, and says how many: `hardware.summarize` counts them and
    `hardware.yield_of` never lets them pass. Called again with the same `measure` and other
    sizes of errors it is not compiled again. Under an outer `jit` it runs on one device and
    does not warn.

    Args:
        model: the network as designed; it is not changed.
        process: error sources, such as `PhaseNoise(0.02)`.
        measure: what to know of a chip: from a model to an array, or a pytree of arrays. It
            is traced by JAX: `jnp`, not `np` or `float`; and what it reads from outside is
            read at the first call.
        key: the batch of chips; chip `i` has the key `jax.random.split(key, chips)[i]`.
        chips: how many.
        chunk: how many at a time on a device; it bounds the memory and changes no result. By
            default as many as fit in 256 MB.
        make: from model, process and key to a chip: `fabricate`, or `fabricate_corrected`.
        given: arrays that `measure` gets behind the chip: with others of the same shapes it is
            not compiled again.

    Returns:
        What `measure` gives, with a first axis of length `chips`.
    """
    check_integer("chips", chips, 1)
    if chunk is not None:
        check_integer("chunk", chunk, 1)
    check_process(process)
    check_key("key", key)
    graph, state = nnx.split(model)
    leaves, structure = jax.tree.flatten(tuple(process))
    numbers = [leaf if _is_number(leaf) else None for leaf in leaves]
    fixed = tuple(None if _is_number(leaf) else leaf for leaf in leaves)
    inputs = state, numbers, tuple(given), jax.random.split(key, chips)
    traced = any(isinstance(leaf, jax.core.Tracer) for leaf in jax.tree.leaves(inputs))
    devices = () if traced else _devices()
    parts = graph, structure, fixed, measure, make
    try:
        program = _program(parts, chunk, devices)
    except TypeError:  # what cannot be hashed cannot be kept
        program = _new_program(parts, chunk, devices)
    try:
        results = program(*inputs)
    except (ConcretizationTypeError, TracerArrayConversionError) as error:
        must, hint = "be a function that JAX can trace", "Use jnp; no float(...), no np, no `if`."
        raise mistake("measure", must, "asks for the values of a chip", hint) from error
    if not traced:
        _warn_of_failures(results, chips)
        if _all_alike(results, chips) and _ignores_the_chip(graph, state, measure, given):
            hint = "Use its argument, as in lambda chip: train.accuracy(chip, test)."
            raise mistake("measure", "look at the chip that it is given", "does not", hint)
    return results


def _all_alike(results: Any, chips: int) -> bool:
    leaves = [np.asarray(leaf) for leaf in jax.tree.leaves(results)]
    return chips > 1 and all((leaf == leaf[:1]).all() for leaf in leaves)


def _ignores_the_chip(
    graph: nnx.GraphDef, state: nnx.State, measure: _Measure, given: Sequence[Any]
) -> bool:
    """Whether many chips give a result that has no axis for them."""
    two = jax.eval_shape(partial(jax.tree.map, lambda leaf: jnp.stack([leaf, leaf])), state)
    alone = jax.vmap(lambda state: measure(nnx.merge(graph, state), *given), out_axes=None)
    try:
        jax.eval_shape(alone, two)
    except ValueError:  # JAX refuses to drop the axis
        return False
    return True


def _new_program(parts: tuple, chunk: int | None, devices: tuple[Any, ...]) -> Callable:
    """The computation for any state, sizes of errors and keys, compiled at its first call."""
    graph, structure, fixed, measure, make = parts

    def one(state: nnx.State, numbers: list, given: tuple, key: Array) -> Any:
        leaves = [f if n is None else n for n, f in zip(numbers, fixed, strict=True)]
        process = jax.tree.unflatten(structure, leaves)
        return measure(make(nnx.merge(graph, state, copy=True), process, key), *given)

    def many(state: nnx.State, numbers: list, given: tuple, keys: Array) -> Any:
        chip = partial(one, state, numbers, given)
        return _in_blocks(chip, keys, chunk or _fitting(chip, keys[0]))

    return jax.jit(many) if len(devices) < 2 else _sharded(many, devices)


# A loop over sizes of errors compiles once; a few programs are kept, not those of a lifetime.
_program = lru_cache(maxsize=8)(_new_program)


def _in_blocks(chip: Callable, keys: Array, most: int) -> Any:
    """All chips, in even blocks of at most so many: a smaller last one would compile anew."""
    count = len(keys)
    blocks = math.ceil(count / most)
    size = math.ceil(count / blocks)
    keys = keys[np.arange(blocks * size) % count].reshape(blocks, size)
    results = jax.lax.map(jax.vmap(chip), keys)
    return jax.tree.map(lambda x: x.reshape(-1, *x.shape[2:])[:count], results)


def _sharded(many: Callable, devices: tuple[Any, ...]) -> Callable:
    """The same, the chips divided evenly over devices; keys are repeated to fill the last."""
    mesh = jax.sharding.Mesh(np.asarray(devices), ("chips",))
    everywhere, divided = PartitionSpec(), PartitionSpec("chips")
    specs = everywhere, everywhere, everywhere, divided
    run = jax.jit(jax.shard_map(many, mesh=mesh, in_specs=specs, out_specs=divided))

    def over_all(state: nnx.State, numbers: list, given: tuple, keys: Array) -> Any:
        chips = len(keys)
        each = math.ceil(chips / len(devices))
        keys = keys[np.arange(each * len(devices)) % chips]
        keys = jax.device_put(keys, NamedSharding(mesh, divided))
        same = jax.device_put((state, numbers, given), NamedSharding(mesh, everywhere))
        return jax.tree.map(lambda result: result[:chips], run(*same, keys))

    return over_all


def _devices() -> tuple[Any, ...]:
    """Those of this process; none to choose from if the user chose one."""
    chosen = getattr(jax.config, "jax_default_device", None)
    return () if chosen else tuple(jax.local_devices())


def _fitting(chip: Callable, key: Array) -> int:
    return max(1, min(_MOST, _MEMORY // max(peak_bytes(chip, key), 1)))


def _is_number(leaf: Any) -> bool:
    return isinstance(leaf, float | np.floating | np.ndarray | jax.Array)


def _warn_of_failures(results: Any, chips: int) -> None:
    failed = np.zeros(chips, bool)
    for leaf in jax.tree.leaves(results):
        if jnp.issubdtype(leaf.dtype, jnp.inexact):
            failed |= np.asarray(_has_nan(leaf))
    if failed.any():
        first = int(np.argmax(failed))
        warnings.warn(
            f"{failed.sum()} of {chips} chips gave NaN, the first is chip {first}. "
            "They stand in the result as NaN: hardware.summarize counts them.",
            FailedChips,
            stacklevel=3,
        )


@jax.jit
def _has_nan(values: Array) -> Array:
    return jnp.isnan(values).reshape(len(values), -1).any(axis=-1)
