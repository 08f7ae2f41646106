"""Every way through a mesh under every transformation of JAX, against the dense product."""

from functools import partial

import jax
import jax.export
import jax.numpy as jnp
import numpy as np
import pytest

from photonn import meshes
from photonn.meshes import clements
from tests import oracles

MODES, CHIPS, SAMPLES = 8, 3, 5
LAYOUT = clements.layout(MODES)
# Each of its own kind in every run; `bricks` and `matrix` share their code.
WAYS = ["columns", "reversible", pytest.param("bricks", marks=pytest.mark.slow), "matrix"]
ways = pytest.mark.parametrize("method", WAYS)
ways_and_auto = pytest.mark.parametrize("method", ["auto", *WAYS])
# 8 columns of unitary cells, there and back, and sums over 5 samples: a few hundred
# roundings of 1e-16 at most.
EXACT = 1e-13


def by_hand(field, cells):
    """The columns, one by one, as ordinary sums over indexed modes."""
    for column in range(LAYOUT.depth):
        at = slice(LAYOUT.starts[column], LAYOUT.starts[column + 1])
        pairs = LAYOUT.pairs[at]
        field = field.at[:, pairs].set(jnp.einsum("cij,bcj->bci", cells[at], field[:, pairs]))
    return field


def way(method):
    return partial(meshes.propagate, layout=LAYOUT, method=method)


def loss(run, weight, field, cells):
    return jnp.sum(weight * jnp.abs(run(field, cells)) ** 2)


def slopes_of(run, weight):
    return jax.grad(partial(loss, run, weight), argnums=(0, 1))


def check(got, want, tolerance=EXACT):
    for mine, reference in zip(*map(jax.tree.leaves, (got, want)), strict=True):
        np.testing.assert_allclose(mine, reference, rtol=0, atol=tolerance)


@pytest.fixture(scope="module")
def case():
    """Light, chips, and what plain sums make of them: values and gradients, chip by chip."""
    rng = np.random.default_rng(0)
    field = jnp.asarray(oracles.random_complex(rng, SAMPLES, MODES))
    cells = jnp.asarray(oracles.random_unitary(rng, CHIPS, LAYOUT.size, 2, 2))
    weight = jnp.asarray(rng.normal(size=(SAMPLES, MODES)))
    each = jax.jit(slopes_of(by_hand, weight))
    back, slope = map(jnp.stack, zip(*[each(field, chip) for chip in cells], strict=True))
    chips = np.asarray(cells)
    dense = [oracles.dense_mesh(chip, LAYOUT.pairs, MODES) for chip in chips]
    return field, cells, weight, np.stack([field @ chip.T for chip in dense]), (back, slope)


@ways_and_auto
def test_chips_under_vmap(method, case):
    field, cells, weight, out, (back, slope) = case
    run = way(method)

    @jax.jit
    def everything(field, cells):
        def over_chips(function):
            return jax.vmap(function, in_axes=(None, 0))

        def total(field, cells):
            return over_chips(partial(loss, run, weight))(field, cells).sum()

        mapped_slopes = over_chips(slopes_of(run, weight))(field, cells)
        slopes_of_mapped = jax.grad(total, argnums=(0, 1))(field, cells)
        return over_chips(run)(field, cells), mapped_slopes, slopes_of_mapped

    check(everything(field, cells), (out, (back, slope), (back.sum(axis=0), slope)))


@ways
def test_samples_under_vmap_and_checkpoint(method, case):
    field, cells, weight, out, (back, slope) = case
    run = way(method)

    @jax.jit
    def everything(field, cells):
        def one(field, weight):
            return loss(run, weight, field, cells)

        mapped = jax.vmap(partial(run, cells=cells))(field)
        again = slopes_of(jax.checkpoint(run), weight)(field, cells)
        return mapped, jax.vmap(jax.grad(one))(field, weight), again

    check(everything(field, cells[0]), (out[0], back[0], (back[0], slope[0])))


@ways
def test_phases_of_each_sample(method, case):
    field, cells, weight, out, (back, _) = case
    first, first_weight = (jnp.broadcast_to(x[:1], (CHIPS, MODES)) for x in (field, weight))
    run = way(method)
    light, got = jax.jit(lambda *x: (run(*x), slopes_of(run, first_weight)(*x)))(first, cells)
    alone = jax.jit(slopes_of(by_hand, weight[:1]))
    check((light, got[0]), (out[:, 0], back[:, 0]))
    check(got[1], jnp.stack([alone(field[:1], chip)[1] for chip in cells]))


@ways
def test_a_scan_over_layers(method, case):
    field, cells, weight, *_ = case

    def slopes(run):
        def layer(field, cells):
            light = run(field, cells)
            return light / (1 + jnp.abs(light) ** 2).astype(light.dtype), None

        def network(field, cells):
            return jax.lax.scan(layer, field, cells)[0]

        return jax.jit(slopes_of(network, weight))(field, cells)

    check(slopes(way(method)), slopes(by_hand))


@ways
def test_a_donated_buffer_is_taken(method, case):
    field, cells, _, out, _ = case
    given = jnp.array(field)
    check(jax.jit(way(method), donate_argnums=0)(given, cells[0]), out[0])
    assert given.is_deleted()
    assert not cells.is_deleted()


@ways
def test_single_precision_stays_single(method, case):
    field, cells, weight, out, slopes = case
    short = field.astype("complex64"), cells[0].astype("complex64")
    run = way(method)
    each = slopes_of(run, weight.astype("float32"))
    light, got = jax.jit(lambda *x: (run(*x), each(*x)))(*short)
    assert {x.dtype for x in jax.tree.leaves((light, got))} == {np.dtype("complex64")}
    # The same roundings as above, of 6e-8 each, that add like a random walk.
    check(light, out[0], 3e-6)
    check(got, [slope[0] for slope in slopes], 2e-5)


@ways
def test_exported_and_read_back(method, case):
    pytest.importorskip("flatbuffers", reason="the extra `export`")
    field, cells, weight, out, slopes = case
    exported = jax.export.export(jax.jit(way(method)))(field, cells[0])
    again = jax.export.deserialize(exported.serialize(vjp_order=1))
    check(again.call(field, cells[0]), out[0])
    got = slopes_of(again.call, weight)(field, cells[0])
    check(got, [slope[0] for slope in slopes])


@pytest.mark.parametrize("modes", [5, 8])
def test_the_unitary_exported_and_read_back(modes):
    pytest.importorskip("flatbuffers", reason="the extra `export`")
    layout = clements.layout(modes)
    phases = np.split(np.random.default_rng(1).normal(size=(2, 2 * layout.size + modes)),
                      [layout.size, 2 * layout.size], axis=1)  # fmt: skip
    run = jax.jit(partial(meshes.unitary, layout=layout))
    again = jax.export.deserialize(jax.export.export(run)(*phases).serialize())
    check(again.call(*phases), run(*phases), 1e-14)


SHARDED = """
import os
os.environ["XLA_FLAGS"] = "--xla_force_host_platform_device_count=8"
from functools import partial
import jax, jax.numpy as jnp, numpy as np
from jax.sharding import Mesh, NamedSharding, PartitionSpec
from photonn import meshes
from photonn.devices import mzi

layout = meshes.clements.layout(16)
devices = Mesh(np.array(jax.devices()), ("data",))
split, whole = (NamedSharding(devices, PartitionSpec(*axes)) for axes in (("data",), ()))
keys = jax.random.split(jax.random.key(0), 3)
theta, phi = 6 * jax.random.uniform(keys[0], (2, 8, layout.size))
cells = mzi.transfer_matrix(theta, phi)
field = jax.lax.complex(*jax.random.normal(keys[1], (2, 64, 16)))
weight = jax.random.normal(keys[2], (64, 16))

def step(field, cells, weight, method, chips):
    def loss(field, cells):
        run = partial(meshes.propagate, layout=layout, method=method)
        out = (jax.vmap(run, in_axes=(None, 0)) if chips else run)(field, cells)
        return jnp.sum(weight * jnp.abs(out) ** 2), out
    slopes, out = jax.grad(loss, (0, 1), has_aux=True)(field, cells)
    return out, slopes

def check(name, methods, chips, *arguments):
    alone = jax.jit(partial(step, method="columns", chips=chips))(*map(np.asarray, arguments))
    for method in methods:
        run = jax.jit(partial(step, method=method, chips=chips)).lower(*arguments).compile()
        out, slopes = run(*arguments)
        # The first axis of the output is the batch or the chips.
        kept = out.sharding.is_equivalent_to(split, out.ndim)
        close = all(
            np.allclose(a, b, rtol=0, atol=1e-5 * np.abs(b).max())
            for a, b in zip(jax.tree.leaves((out, slopes)), jax.tree.leaves(alone))
        )
        print(name, method, kept, close, "all-gather" in run.as_text())

place = jax.device_put
batch = place(field, split), place(cells[0], whole), place(weight, split)
check("batch", ("columns", "reversible", "matrix"), False, *batch)
chips = place(field, whole), place(cells, split), place(weight, whole)
check("chips", ("reversible",), True, *chips)
"""


def test_batches_and_chips_over_eight_devices():
    done = oracles.python("-c", SHARDED)
    assert done.returncode == 0, done.stderr
    rows = [line.split() for line in done.stdout.splitlines()]
    assert len(rows) == 4
    for name, method, kept, close, gathers in rows:
        # No device may see the light of another one.
        assert (kept, close, gathers) == ("True", "True", "False"), (name, method)
