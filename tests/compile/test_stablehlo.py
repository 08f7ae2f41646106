"""A program in a file: it runs without photonn, and damage is found."""

import hashlib
import json
import os
import subprocess
import sys

import jax.numpy as jnp
import jaxtyping
import numpy as np
import pytest
from flax import nnx
from hypothesis import given, settings

from photonn import hardware, meshes, nn
from photonn.compile import stablehlo
from photonn.errors import InputError, RunError
from photonn.free_space import Grid
from tests.compile.damage import damaged

INPUTS = np.random.default_rng(0).normal(size=(7, 6))

WITHOUT_PHOTONN = """
import json, sys

class Blocker:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("photonn", "flax", "experiments"):
            raise ImportError(f"{name} is not here")

sys.meta_path.insert(0, Blocker())
try:
    import photonn
except ImportError:
    pass
else:
    raise SystemExit("photonn is here")
import jax, jax.export
import numpy as np

program = jax.export.deserialize(open(sys.argv[1], "rb").read())
inputs = np.array(json.loads(sys.stdin.read()))
assert "photonn" not in sys.modules and "flax" not in sys.modules
print(json.dumps([np.asarray(program.call(x)).tolist() for x in (inputs, inputs[:1])]))
"""


@pytest.fixture(scope="module", autouse=True)
def symbolic_shapes():
    """A batch of any size is a symbol, and beartype knows shapes of integers only."""
    jaxtyping.config.update("jaxtyping_disable", True)
    yield
    jaxtyping.config.update("jaxtyping_disable", False)


@pytest.fixture(scope="module")
def model():
    layout, rngs = meshes.clements.layout(6), nnx.Rngs(0)
    parts = [nn.Encode(6), nn.MZIMesh(layout, rngs=rngs), nn.ElectroOptic(), nn.Intensity(3)]
    return nnx.Sequential(*parts)


@pytest.fixture(scope="module")
def file(model, tmp_path_factory):
    path = tmp_path_factory.mktemp("export") / "model.stablehlo"
    stablehlo.save(model, (6,), path)
    return path


def test_it_runs_where_photonn_is_not(model, file):
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_PHOTONN, str(file)],
        input=json.dumps(INPUTS.tolist()),
        capture_output=True,
        text=True,
        env={**os.environ, "JAX_ENABLE_X64": "1", "JAX_PLATFORMS": "cpu"},
    )
    assert done.returncode == 0, done.stderr
    many, one = json.loads(done.stdout)
    np.testing.assert_allclose(many, model(INPUTS), atol=1e-12)
    np.testing.assert_allclose(one, model(INPUTS[:1]), atol=1e-12)


def test_it_is_read_back_for_three_platforms(model, file):
    program = stablehlo.load(file)
    assert program.platforms == ("cpu", "cuda", "tpu")
    np.testing.assert_allclose(program.call(INPUTS), model(INPUTS), atol=1e-12)


def test_free_space_takes_any_batch(tmp_path):
    grid = Grid(16, 8e-6)
    masks = nn.Diffractive(grid, distance=2e-3, wavelength=532e-9, rngs=nnx.Rngs(1))
    model = nnx.Sequential(nn.Image(grid), masks, nn.Regions(grid, 4))
    stablehlo.save(model, (8, 8), tmp_path / "model", platforms=("cpu",))
    images = np.random.default_rng(1).uniform(size=(3, 8, 8))
    found = stablehlo.load(tmp_path / "model").call(images)
    np.testing.assert_allclose(found, model(images), atol=1e-12)


def test_complex_inputs_by_an_example(tmp_path):
    model = nn.ModReLU(4)
    fields = jnp.ones((1, 4), complex)
    stablehlo.save(model, fields[0], tmp_path / "model", platforms=("cpu",))
    np.testing.assert_allclose(stablehlo.load(tmp_path / "model").call(fields), model(fields))


def test_it_is_the_model_in_evaluation(tmp_path):
    mesh = nn.MZIMesh(meshes.clements.layout(4), rngs=nnx.Rngs(0))
    process = [hardware.PhaseNoise(0.5)]
    noisy = hardware.Vaccinated(mesh, process, rngs=nnx.Rngs(noise=0))
    stablehlo.save(noisy, jnp.ones(4, complex), tmp_path / "model", platforms=("cpu",))
    field = jnp.ones((1, 4), complex)
    np.testing.assert_allclose(stablehlo.load(tmp_path / "model").call(field), mesh(field))
    assert not noisy.deterministic, "the model of the caller was changed"


def test_what_draws_at_every_call_is_refused(tmp_path):
    counters = nn.PhotonCounts(4, photons=100.0, rngs=nnx.Rngs(noise=0))
    with pytest.raises(InputError, match=r"a call changes `stream\.count`.*without `photons`"):
        stablehlo.save(counters, jnp.ones(4, complex), tmp_path / "model")
    assert not list(tmp_path.iterdir())


def test_wrong_requests(model, file, tmp_path):
    with pytest.raises(InputError, match=r"modes=6"):
        stablehlo.save(nn.MZIMesh(meshes.clements.layout(6), rngs=nnx.Rngs(0)), (5,), file)
    with pytest.raises(InputError, match=r"`model` must be a Module"):
        stablehlo.save(abs, (5,), file)
    with pytest.raises(InputError, match="'abacus'"):
        stablehlo.save(model, (6,), file, platforms=("cpu", "abacus"))
    with pytest.raises(RunError, match="cannot be written"):
        stablehlo.save(model, (6,), tmp_path / "missing" / "file", platforms=("cpu",))
    with pytest.raises(InputError, match="be a file"):
        stablehlo.load(tmp_path)


def test_damage_is_always_found(file, tmp_path):
    content, tried = file.read_bytes(), []

    @settings(max_examples=300)
    @given(damaged(content))
    def check(found):
        path = tmp_path / "damaged"
        path.write_bytes(found)
        with pytest.raises(InputError, match="`path` must be"):
            stablehlo.load(path)
        tried.append(found)

    check()
    print(f"{len(tried)} damaged StableHLO files, each refused")
    assert len(set(tried)) > 200


def test_later_and_foreign_files_are_named(file, tmp_path):
    program, by = stablehlo._examine(file, file.read_bytes())
    about = {"format": stablehlo.FORMAT, **by}
    path = tmp_path / "later"
    later = {**about, "format": 2, "photonn": "9.0"}
    path.write_bytes(program + stablehlo._trailer(program, later))
    with pytest.raises(InputError, match=r"has format 2 of photonn 9\.0.*Use a later photonn"):
        stablehlo.load(path)
    path.write_bytes(program)
    with pytest.raises(InputError, match=r"jax\.export\.deserialize reads"):
        stablehlo.load(path)
    path.write_bytes(b"?" + stablehlo._trailer(b"?", {**about, "jax": "99.0"}))
    with pytest.raises(InputError, match=r"written by JAX 99\.0"):
        stablehlo.load(path)


@pytest.mark.parametrize("text", [b"", b"[]", b"{}", b"\xff", b'{"format": "x"}', b"[" * 100_000])
@pytest.mark.parametrize("beyond", [0, 2**40])
def test_a_right_hash_over_nonsense_is_no_traceback(tmp_path, text, beyond):
    body = b"program" + text + (len(text) + beyond).to_bytes(8, "little")
    path = tmp_path / "odd.stablehlo"
    path.write_bytes(body + hashlib.sha256(body).digest() + stablehlo.MAGIC)
    with pytest.raises(InputError, match="does not say what it is"):
        stablehlo.load(path)
