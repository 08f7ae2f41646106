"""Numbers in a file: they come back as they were, or one message says why not."""

import json
import resource
import struct

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import safetensors.numpy
from flax import nnx
from hypothesis import given, settings

from photonn import hardware, meshes, nn
from photonn.compile import safetensors as ours
from photonn.devices import cell
from photonn.errors import InputError, RunError
from tests.compile.damage import damaged


def network(seed, topology=meshes.clements, kind=cell.MZI):
    mesh = nn.MZIMesh(topology.layout(6), cell=kind, rngs=nnx.Rngs(seed))
    return nnx.Sequential(nn.Encode(6), mesh, nn.Intensity(3))


@pytest.fixture(scope="module")
def chip():
    process = [hardware.SplitterError(0.05), hardware.PhaseNoise(0.1)]
    return hardware.fabricate(network(0), process, jax.random.key(3))


@pytest.fixture(scope="module")
def file(chip, tmp_path_factory):
    path = tmp_path_factory.mktemp("numbers") / "chip.safetensors"
    ours.save(chip, path)
    return path


def assert_same(one, other):
    one, other = nnx.state(one, ours.KEPT), nnx.state(other, ours.KEPT)
    assert jax.tree.structure(one) == jax.tree.structure(other)
    jax.tree.map(lambda a, b: np.testing.assert_array_equal(a, b, strict=True), one, other)


def test_parameters_and_imperfections_come_back(chip, file):
    model = network(1)
    assert not np.allclose(model.layers[1].split[...], chip.layers[1].split[...])
    ours.load(model, file)
    assert_same(model, chip)


def test_the_package_safetensors_reads_it(chip, file):
    with safetensors.safe_open(file, framework="numpy") as opened:
        about = opened.metadata()
        theta = opened.get_tensor("layers.1.theta")
    np.testing.assert_array_equal(theta, chip.layers[1].theta[...])
    assert about["sign_of_time"] == "exp(-i omega t)"
    assert json.loads(about["variables"])["layers.1.split"] == "SplitterAngle"
    assert "clements" in about["meshes"] and "cells mzi" in about["meshes"]


class Everything(nnx.Module):
    def __init__(self, value):
        self.complex = nnx.Param(jnp.full((2, 3), value + 2j * value))
        self.single = nnx.Param(jnp.full((), value + 1j, jnp.complex64))
        self.brain = nnx.Param(jnp.full((), value, jnp.bfloat16))
        self.flag = nnx.Variable(jnp.asarray(value > 0))
        self.bytes = nnx.Variable(jnp.full((3,), value, jnp.int8))
        self.nothing = nnx.Param(jnp.zeros((0, 2)))
        self.rngs = nnx.Rngs(0)


def test_every_type_comes_back_but_random_streams(tmp_path):
    was, model = Everything(3.0), Everything(0.0)
    was.rngs.params()  # counts on: this is not kept
    ours.save(was, tmp_path / "file")
    ours.load(model, tmp_path / "file")
    assert int(model.rngs.default.count[...]) == 0
    assert_same(model, was)


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (
            network(0, meshes.reck),
            r"meshes as the model .*`layers.1` is Layout\('clements'.*'reck'",
        ),
        (network(0, kind=cell.SYMMETRIC), r"`layers.1` is .*cells mzi there, .*cells symmetric"),
        (nnx.Sequential(nn.Encode(6)), r"variables .*`layers.1.arm_loss` is ArmLoss there, absent"),
        (nnx.Linear(2, 2, rngs=nnx.Rngs(0)), r"variables .*`bias` is absent there, Param here"),
    ],
    ids=["layout", "cell", "fewer", "other"],
)
def test_another_model_is_refused(model, message, file):
    before = jax.tree.map(jnp.copy, nnx.state(model))
    with pytest.raises(InputError, match=message):
        ours.load(model, file)
    jax.tree.map(np.testing.assert_array_equal, before, nnx.state(model))


@pytest.mark.parametrize(
    ("value", "message"),
    [(jnp.ones(3), r"as F64\[2\].* it is F64\[3\]"), (jnp.ones(2, jnp.float32), r"it is F32\[2\]")],
    ids=["shape", "type"],
)
def test_another_shape_or_type_is_refused(value, message, tmp_path):
    def model(value):
        return nnx.Dict(a=nnx.Param(value))

    ours.save(model(value), tmp_path / "file")
    with pytest.raises(InputError, match=message):
        ours.load(model(jnp.ones(2)), tmp_path / "file")


def test_numbers_that_are_not_finite_are_refused(tmp_path, monkeypatch):
    model = nnx.Dict(a=nnx.Param(jnp.array([1.0, jnp.nan])))
    with pytest.raises(InputError, match=r"`model` must hold finite numbers, but `a` holds NaN"):
        ours.save(model, tmp_path / "file")
    with monkeypatch.context() as patched:  # as someone else may write it
        patched.setattr(ours, "_check_finite", lambda *_: None)
        ours.save(model, tmp_path / "file")
    with pytest.raises(InputError, match=r"`path` must hold finite numbers, but `a` holds NaN"):
        ours.load(model, tmp_path / "file")


def test_foreign_and_later_files_are_named(tmp_path, monkeypatch):
    path, model = tmp_path / "file", nnx.Dict(a=nnx.Param(jnp.ones(2)))
    safetensors.numpy.save_file({"a": np.ones(2)}, path)
    with pytest.raises(InputError, match=r"is not one\. Read others with the package"):
        ours.load(model, path)
    safetensors.numpy.save_file({"a": np.ones(2)}, path, {"photonn_format": "2", "new": ""})
    with pytest.raises(InputError, match=r"has format 2\. Use a later photonn"):
        ours.load(model, path)
    with monkeypatch.context() as patched:
        patched.setattr(ours, "SIGN_OF_TIME", "exp(+j omega t)")
        ours.save(model, path)
    with pytest.raises(InputError, match=r"has exp\(\+j omega t\)\. Conjugate"):
        ours.load(model, path)
    with pytest.raises(InputError, match="be a file"):
        ours.load(model, tmp_path / "none")
    with pytest.raises(RunError, match="cannot be written"):
        ours.save(model, tmp_path / "none" / "file")


@pytest.mark.parametrize("length", [2**63, 2**64 - 1, 2**40, 99_999_999, 0])
def test_an_absurd_header_takes_no_memory(length, file, tmp_path):
    path = tmp_path / "absurd"
    path.write_bytes(struct.pack("<Q", length) + file.read_bytes()[8:])
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(InputError, match="`path` must be a whole safetensors file"):
        ours.load(network(1), path)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 50_000, f"{grown} kB"


def test_metadata_from_a_stranger(file, tmp_path):
    """Text that is no text of ours: nested without end, of other types, with a true hash."""
    with safetensors.safe_open(file, framework="numpy") as opened:
        about = opened.metadata()
        numbers = {name: opened.get_tensor(name) for name in opened.keys()}  # noqa: SIM118
    for text in ("[" * 100_000, "{", "[]", '{"a": 1}', "null", "1" * 10_000):
        changed = {**about, "variables": text}
        safetensors.numpy.save_file(numbers, tmp_path / "file", changed)
        with pytest.raises(InputError, match=r"text in .* cannot be read"):
            ours.load(network(1), tmp_path / "file")


def test_damage_is_always_found(chip, file, tmp_path):
    content, tried, model = file.read_bytes(), [], network(1)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    @settings(max_examples=400)
    @given(damaged(content))
    def check(found):
        path = tmp_path / "damaged"
        path.write_bytes(found)
        with pytest.raises(InputError, match="`path` must"):
            ours.load(model, path)
        tried.append(found)

    check()
    print(f"{len(tried)} damaged safetensors files, each refused")
    assert len(set(tried)) > 250
    assert_same(model, network(1))
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000
