"""One fit over many devices, and over many hosts.

The samples of every step are divided over the devices, and each device holds all parameters:
the gradient of a step is the sum of what the devices found. The result is that of one device
but for the order in which numbers are added up.

    with train.sharding.over(jax.devices()):
        train.fit(model, ...)

With several processes (`connect`), every process runs the same program. The first one alone
reads and writes checkpoints and metrics; it tells the others what it read.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.sharding import Mesh, NamedSharding, PartitionSpec

from photonn.errors import InputError, mistake
from photonn.train.checkpoint import Restored

AXIS = "samples"


@dataclass(frozen=True)
class Division:
    """Over which devices a fit is divided; over none, nothing is done.

    Attributes:
        devices: of this and perhaps of other processes.
    """

    devices: tuple[Any, ...] = ()

    @property
    def whole(self) -> NamedSharding | None:
        """Where numbers lie that every device holds."""
        return self._sharding(PartitionSpec()) if self.devices else None

    @property
    def spans_processes(self) -> bool:
        """Whether other processes take part."""
        return any(device.process_index != jax.process_index() for device in self.devices)

    @property
    def is_first(self) -> bool:
        """Whether this process reads, writes and shows."""
        return not self.spans_processes or jax.process_index() == 0

    def everywhere(self, tree: Any) -> Any:
        """Arrays on every device."""
        if not self.devices:
            return tree
        if not self.spans_processes:
            return jax.device_put(tree, self.whole)
        # Every process has the same numbers: each puts them on its own devices.
        whole: Any = self.whole
        return _from_numpy(
            _to_numpy(tree),
            tree,
            lambda value: jax.make_array_from_callback(value.shape, whole, value.__getitem__),
        )

    def divide(self, rows: Array) -> Array:
        """Inside `jit`: each device has its share of the rows, if they come out even."""
        if not self.devices or len(rows) % len(self.devices):
            return rows
        return jax.lax.with_sharding_constraint(rows, self._sharding(PartitionSpec(AXIS)))

    def here(self, tree: Any) -> Any:
        """Arrays that every device holds, as ordinary ones of this process."""
        return _from_numpy(_to_numpy(tree), tree) if self.devices else tree

    def of_first(self, number: int) -> int:
        """The number that the first process has."""
        if not self.spans_processes:
            return number
        from jax.experimental import multihost_utils

        return int(multihost_utils.broadcast_one_to_all(np.int32(number)))

    def any(self, flag: bool) -> bool:
        """Whether it holds in any process."""
        if not self.spans_processes:
            return flag
        from jax.experimental import multihost_utils

        return bool(np.any(multihost_utils.process_allgather(np.int32(flag))))

    def share(self, restored: Restored | None, like: Any) -> Restored | None:
        """What the first process read, in all of them."""
        if not self.spans_processes:
            return restored
        from jax.experimental import multihost_utils

        about = [] if restored is None else [restored.step, restored.notes]
        text = np.frombuffer(json.dumps(about).encode(), np.uint8)
        length = self.of_first(len(text))
        text = np.resize(text, length)
        step, notes = json.loads(
            np.asarray(multihost_utils.broadcast_one_to_all(text), np.uint8).tobytes()
        ) or (0, None)
        if notes is None:
            return None
        state = _to_numpy(like if restored is None else restored.state)
        state = multihost_utils.broadcast_one_to_all(state)
        return Restored(step, _from_numpy(state, like), notes)

    def _sharding(self, spec: PartitionSpec) -> NamedSharding:
        return NamedSharding(Mesh(np.asarray(self.devices), (AXIS,)), spec)


_CHOSEN: ContextVar[Division] = ContextVar("division", default=Division())  # noqa: B039


@contextmanager
def over(devices: Sequence[Any]) -> Iterator[Division]:
    """Divide every fit within over these devices.

    Args:
        devices: for example `jax.devices()`; one alone does nothing. With several processes,
            all devices of all of them.
    """
    if isinstance(devices, int) or not devices:
        hint = "Pass jax.devices(), or some of them."
        raise mistake("devices", "be a list of one or more devices", f"is {devices!r}", hint)
    division = Division(tuple(devices) if len(devices) > 1 else ())
    taken = _CHOSEN.set(division)
    try:
        yield division
    finally:
        _CHOSEN.reset(taken)


def chosen(batch: int) -> Division:
    """The division that `over` asks for, if a batch comes out even.

    Raises:
        InputError: if it does not.
    """
    division = _CHOSEN.get()
    count = max(len(division.devices), 1)
    if batch % count:
        raise mistake("batch", f"be a multiple of the {count} devices", f"is {batch}")
    return division


def devices(number: str) -> list[Any]:
    """So many devices, or `all` of them.

    Raises:
        InputError: if there are not so many.
    """
    there = jax.devices()
    if number == "all":
        return there
    must = f"be all, or from 1 to the {len(there)} that are there"
    if not number.isdecimal() or not 1 <= int(number) <= len(there):
        hint = "Where there is only a CPU, XLA_FLAGS=--xla_force_host_platform_device_count=8 "
        raise mistake("--devices", must, f"is {number!r}", hint + "makes 8 of it.")
    if jax.process_count() > 1 and int(number) < len(there):
        raise mistake("--devices", "be all where there are several hosts", f"is {number!r}")
    return there[: int(number)]


def connect(hosts: str) -> None:
    """Join the processes of a run; each of them calls this first.

    Args:
        hosts: `ADDRESS:PORT,COUNT,NUMBER`, of the first process, of processes, and of this
            one from 0 on; or `auto` where JAX can ask (Slurm, Open MPI, Cloud TPU).

    Raises:
        InputError: if it is neither, or the processes do not find each other.
    """
    options: dict[str, Any] = {}
    if hosts != "auto":
        try:
            address, count, number = hosts.split(",")
            options = {"num_processes": int(count), "process_id": int(number)}
        except ValueError:
            must = "be ADDRESS:PORT,COUNT,NUMBER or auto"
            raise mistake("--hosts", must, f"is {hosts!r}", "127.0.0.1:1234,2,0") from None
        if not 0 <= options["process_id"] < options["num_processes"]:
            must = "be ADDRESS:PORT,COUNT,NUMBER with a NUMBER from 0 to COUNT - 1"
            raise mistake("--hosts", must, f"is {hosts!r}")
        options["coordinator_address"] = address
    try:
        # The collectives of CPUs; other devices have their own.
        jax.config.update("jax_cpu_collectives_implementation", "gloo")
        jax.distributed.initialize(**options)
    except (RuntimeError, ValueError) as error:
        raise InputError(f"The hosts {hosts} do not come together: {error}.") from error


def _to_numpy(tree: Any) -> list[np.ndarray]:
    """Arrays, random keys as their words."""
    leaves = jax.tree.leaves(tree)
    return [np.asarray(jax.random.key_data(x) if _is_key(x) else x) for x in leaves]


def _from_numpy(
    values: list[np.ndarray], like: Any, put: Callable[[np.ndarray], Array] = jnp.asarray
) -> Any:
    leaves, structure = jax.tree.flatten(like)
    found = []
    for value, leaf in zip(values, leaves, strict=True):
        array = put(value)
        if _is_key(leaf):
            array = jax.random.wrap_key_data(array, impl=jax.random.key_impl(leaf))
        found.append(array)
    return jax.tree.unflatten(structure, found)


def _is_key(leaf: Any) -> bool:
    return jnp.issubdtype(leaf.dtype, jax.dtypes.prng_key)
