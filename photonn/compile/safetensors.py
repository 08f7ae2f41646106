"""The numbers of a model in a file that is safe to read from strangers.

A safetensors file holds arrays and text, and nothing that could run. Beside parameters and
imperfections it says what they mean: the kind of every variable, the wiring and the cell of
every mesh, the sign of time, and the version of photonn that wrote it. A hash over all finds
damage. Random streams are not kept.

Complex numbers, which the format lacks in double precision, lie as pairs of real and
imaginary part in a last axis.

    photonn.compile.safetensors.save(model, "chip.safetensors")
    photonn.compile.safetensors.load(model, "chip.safetensors")
"""

import hashlib
import json
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import safetensors as format
from flax import nnx
from safetensors import numpy as format_numpy

from photonn import __version__
from photonn.compile import files
from photonn.errors import check_kind, mistake
from photonn.nn import MZIMesh

KEPT = nnx.Not(nnx.RngState)
VERSION = "1"
SIGN_OF_TIME = "exp(-i omega t)"
Numbers = dict[str, np.ndarray]


def save(model: nnx.Module, path: Path | str) -> None:
    """Write every variable of a model but its random streams.

    Args:
        model: any NNX module.
        path: the file; one that is there is replaced.

    Raises:
        InputError: if a number is not finite, or the names of two variables are the same.
        RunError: if the file cannot be written.
    """
    check_kind("model", model, nnx.Module)
    numbers = {name: _as_real(np.asarray(leaf)) for name, leaf in _leaves(model).items()}
    for name, values in numbers.items():
        _check_finite("model", name, values)
    about = {"photonn": __version__, **_meaning(model)}
    about["sha256"] = _digest(numbers, about)
    files.write(path, format_numpy.save(numbers, metadata=about))


def load(model: nnx.Module, path: Path | str) -> None:
    """Put the numbers of a file into a model of the same structure.

    Nothing is changed unless everything fits. Shapes and types are compared before any
    number is read, so that a file never needs more memory than the model.

    Args:
        model: changed in place; its random streams stay.
        path: what `save` wrote.

    Raises:
        InputError: if the file is damaged, foreign or of a later version, or is of another
            model; it names the first variable that does not fit.
    """
    check_kind("model", model, nnx.Module)
    path = files.check_readable(path)
    leaves = _leaves(model)
    try:
        with format.safe_open(path, framework="numpy") as file:
            about = _check_about(path, file.metadata() or {}, _meaning(model))
            _check_fits(file, leaves)
            numbers: Numbers = {name: file.get_tensor(name) for name in leaves}
    except (format.SafetensorError, OSError) as error:
        must = "be a whole safetensors file"
        raise mistake("path", must, f"{path}: {error}", "Copy it again.") from None
    if about.pop("sha256") != _digest(numbers, about):
        hint = "Copy it again."
        raise mistake("path", "be an undamaged file", f"the hash of {path} does not match", hint)
    for name, values in numbers.items():
        _check_finite("path", name, values)
    state = nnx.state(model, KEPT)
    values = [
        jnp.asarray(_as_complex(numbers[name]) if jnp.iscomplexobj(leaf) else numbers[name])
        for name, leaf in leaves.items()
    ]
    nnx.update(model, jax.tree.unflatten(jax.tree.structure(state), values))


def _leaves(model: nnx.Module) -> dict[str, Any]:
    """Arrays by name, `layers.1.theta`, in the order of the state."""
    found = jax.tree_util.tree_leaves_with_path(nnx.as_pure(nnx.state(model, KEPT)))
    names = [jax.tree_util.keystr(path, simple=True, separator=".") for path, _ in found]
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise mistake("model", "have one name for every variable", f"has two `{twice}`")
    return dict(zip(names, (leaf for _, leaf in found), strict=True))


def _meaning(model: nnx.Module) -> dict[str, str]:
    """What the numbers of a model stand for, in words that can be compared."""
    kinds = {
        ".".join(map(str, path)): type(variable).__name__
        for path, variable in nnx.to_flat_state(nnx.state(model, KEPT))
    }
    meshes = {
        ".".join(map(str, path)): f"{module.layout!r} {module.layout.digest[:12]}, "
        f"cells {module.cell.name}"
        for path, module in nnx.iter_modules(model)
        if isinstance(module, MZIMesh)
    }
    return {
        "photonn_format": VERSION,
        "sign_of_time": SIGN_OF_TIME,
        "variables": json.dumps(kinds, sort_keys=True),
        "meshes": json.dumps(meshes, sort_keys=True),
    }


def _check_about(path: Path, there: dict[str, str], here: dict[str, str]) -> dict[str, str]:
    """The text of a file, if it is one of ours, of this version, and means the same."""
    version = there.get("photonn_format", VERSION)
    if version != VERSION:
        must, is_ = f"have format {VERSION}", f"{path} has format {version}"
        raise mistake("path", must, is_, "Use a later photonn.")
    if set(there) != {*here, "photonn", "sha256"}:
        must, is_ = "be a file of photonn.compile.safetensors.save", f"{path} is not one"
        raise mistake("path", must, is_, "Read others with the package safetensors.")
    if there["sign_of_time"] != SIGN_OF_TIME:
        must, is_ = f"have {SIGN_OF_TIME}", f"{path} has {there['sign_of_time']}"
        raise mistake("path", must, is_, "Conjugate what is complex, and negate phases.")
    for what in ("variables", "meshes"):
        _check_same(what, _read(path, there[what]), json.loads(here[what]))
    return there


def _check_same(what: str, there: dict[str, str], here: dict[str, str]) -> None:
    for name in sorted(there | here):
        if there.get(name) != here.get(name):
            must = f"hold {what} as the model has them"
            is_ = f"`{name}` is {there.get(name, 'absent')} there, {here.get(name, 'absent')} here"
            raise mistake("path", must, is_, "Build the model as it was when it was saved.")


def _read(path: Path, text: str) -> dict[str, str]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict) or not all(isinstance(v, str) for v in found.values()):
        raise mistake("path", "be an undamaged file", f"the text in {path} cannot be read")
    return found


def _check_fits(file: Any, leaves: dict[str, Any]) -> None:
    """Names, shapes and types, before anything is read."""
    names = set(file.keys())
    for name, leaf in leaves.items():
        want = _words(leaf)
        held = _held(file, name) if name in names else "absent"
        if held != want:
            must = f"hold `{name}` as {want}, as the model has it"
            hint = "Build the model as it was saved, with the same jax_enable_x64."
            raise mistake("path", must, f"it is {held} there", hint)
    if extra := sorted(names - set(leaves)):
        raise mistake("path", "hold what the model has", f"it has `{extra[0]}` beside")


def _held(file: Any, name: str) -> str:
    found = file.get_slice(name)
    return f"{found.get_dtype()}{list(found.get_shape())}"


def _words(leaf: Any) -> str:
    """Type and shape of an array as safetensors has them, such as F32[4, 2]."""
    is_complex = jnp.iscomplexobj(leaf)
    dtype = leaf.real.dtype if is_complex else leaf.dtype
    letter = {"f": "F", "i": "I", "u": "U"}.get(dtype.kind, "F")
    word = {"bool": "BOOL", "bfloat16": "BF16"}.get(dtype.name, f"{letter}{8 * dtype.itemsize}")
    return f"{word}{[*leaf.shape, 2] if is_complex else list(leaf.shape)}"


def _as_real(values: np.ndarray) -> np.ndarray:
    if not np.iscomplexobj(values):
        return np.asarray(values, order="C")
    return np.stack([np.real(values), np.imag(values)], axis=-1)


def _as_complex(pairs: np.ndarray) -> jax.Array:
    real, imaginary = jnp.asarray(pairs[..., 0]), jnp.asarray(pairs[..., 1])
    return jax.lax.complex(real, imaginary)


def _check_finite(argument: str, name: str, values: np.ndarray) -> None:
    if values.dtype.kind not in "biu" and not np.isfinite(values.astype(np.float64)).all():
        raise mistake(argument, "hold finite numbers", f"`{name}` holds NaN or infinity")


def _digest(numbers: Numbers, about: dict[str, str]) -> str:
    """Hash over names, types, shapes, numbers and text."""
    total = hashlib.sha256(json.dumps(about, sort_keys=True).encode())
    for name in sorted(numbers):
        total.update(f"{name} {_words(numbers[name])}".encode())
        total.update(numbers[name].tobytes())
    return total.hexdigest()
