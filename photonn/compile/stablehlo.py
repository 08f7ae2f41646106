"""A trained model as one file that runs without photonn: StableHLO with the weights inside.

    photonn.compile.stablehlo.save(model, (64,), "digits.stablehlo")

    jax.export.deserialize(open("digits.stablehlo", "rb").read()).call(batch)

The file is what `jax.export` writes, with a trailer behind it that `jax.export` does not look
at: a manifest, and a hash over all. `load` finds damage by it, and names it.

A StableHLO file is a program. The hash guards against damage, not against malice: from
strangers take numbers only, as `photonn.compile.safetensors` holds them.
"""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import jax
import jax.core
from flax import nnx
from jax import export

from photonn import __version__
from photonn.compile import files
from photonn.errors import InputError, RunError, check_choice, check_kind, mistake

# At the very end of a file, behind the hash.
MAGIC, FORMAT = b"photonn-export\r\n\0", 1
_HASH, _LENGTH = 32, 8
PLATFORMS = ("cpu", "cuda", "rocm", "tpu")


def save(
    model: nnx.Module,
    sample: tuple[int, ...] | Any,
    path: Path | str,
    *,
    platforms: Sequence[str] = ("cpu", "cuda", "tpu"),
) -> None:
    """Write a model as a program for any number of samples.

    It is exported as `model.eval()` leaves it, and must then be a function of its inputs:
    a model that draws noise at every call cannot be exported.

    Example:
        >>> save(model, (64,), "digits.stablehlo")

    Args:
        model: from a batch of inputs to outputs; it is not changed.
        sample: shape of one sample, without the batch, in the standard float; or an array or
            `jax.ShapeDtypeStruct` of one sample, for inputs of another type.
        path: the file; one that is there is replaced.
        platforms: where it shall run, out of `cpu`, `cuda`, `rocm` and `tpu`.

    Raises:
        InputError: if the model draws, or cannot take a batch of any size.
        RunError: if the file cannot be written, or flatbuffers is not installed.
    """
    check_kind("model", model, nnx.Module)
    for platform in platforms:
        check_choice("platforms", platform, PLATFORMS)
    _check_flatbuffers()
    shape, dtype = getattr(sample, "shape", sample), getattr(sample, "dtype", float)
    (batch,) = export.symbolic_shape("batch")
    inputs = jax.ShapeDtypeStruct((batch, *shape), dtype)
    try:
        exported = export.export(jax.jit(_function(model)), platforms=tuple(platforms))(inputs)
    except InputError:
        raise
    except Exception as error:  # of any kind: the model is the caller's
        must = f"be exportable for batches of {tuple(shape)} on {', '.join(platforms)}"
        raise mistake("model", must, f"JAX says: {_first_line(error)}") from error
    program = bytes(exported.serialize())
    about = {"format": FORMAT, "photonn": __version__, "jax": jax.__version__}
    files.write(path, program + _trailer(program, about))


def load(path: Path | str) -> export.Exported:
    """The program in a file: `load(path).call(batch)`.

    Raises:
        InputError: if the file is not whole, not of photonn, or of a later version.
        RunError: if flatbuffers is not installed.
    """
    _check_flatbuffers()
    path = files.check_readable(path)
    program, about = _examine(path, path.read_bytes())
    try:
        return export.deserialize(bytearray(program))
    except Exception as error:  # the file is whole: this JAX cannot read what that one wrote
        must = f"be a program that JAX {jax.__version__} can read"
        is_ = f"{path} was written by JAX {about['jax']} ({_first_line(error)})"
        raise mistake("path", must, is_, "Use a JAX of about the same age.") from error


def _function(model: nnx.Module) -> Any:
    """The model in evaluation, refused where a call changes it."""
    graph, state = nnx.split(model)

    def call(inputs: jax.Array) -> Any:
        copy: Any = nnx.merge(graph, state, copy=True)
        copy.eval()
        outputs = copy(inputs)
        for name, leaf in nnx.to_flat_state(nnx.state(copy)):
            # Weights are constants here; what was counted on is a value of this trace.
            if any(isinstance(x, jax.core.Tracer) for x in jax.tree.leaves(leaf)):
                must = "be a function of its inputs in evaluation"
                is_ = f"a call changes `{'.'.join(map(str, name))}`"
                hint = "Export it without noise: without `photons`, `receiver` or `rngs`."
                raise mistake("model", must, is_, hint)
        return outputs

    return call


def _trailer(program: bytes, about: dict[str, Any]) -> bytes:
    manifest = json.dumps(about).encode()
    manifest += len(manifest).to_bytes(_LENGTH, "little")
    return manifest + hashlib.sha256(program + manifest).digest() + MAGIC


def _examine(path: Path, content: bytes) -> tuple[bytes, dict[str, str]]:
    """The program in a whole file, and the versions that wrote it."""
    if not content.endswith(MAGIC):
        hint = "What jax.export wrote itself, jax.export.deserialize reads."
        must = "be a whole file of photonn.compile.stablehlo.save"
        raise mistake("path", must, f"the end of {path} is not one", hint)
    body = content[: -_HASH - len(MAGIC)]
    if hashlib.sha256(body).digest() != content[-_HASH - len(MAGIC) : -len(MAGIC)]:
        hint = "Copy it again, or export the model anew."
        raise mistake("path", "be an undamaged file", f"the hash of {path} does not match", hint)
    end = len(body) - _LENGTH
    start = end - int.from_bytes(body[end:], "little")
    try:
        about = json.loads(body[max(start, 0) : max(end, 0)])
        version, by = int(about["format"]), {name: str(about[name]) for name in ("photonn", "jax")}
    except (ValueError, KeyError, TypeError, RecursionError):  # a right hash over nonsense
        must = "be a whole file of photonn.compile.stablehlo.save"
        raise mistake("path", must, f"{path} does not say what it is") from None
    if version > FORMAT:
        must = f"have format {FORMAT} or an earlier one"
        is_ = f"{path} has format {version} of photonn {by['photonn']}"
        raise mistake("path", must, is_, "Use a later photonn, or jax.export.deserialize.")
    return body[:start], by


def _check_flatbuffers() -> None:
    try:
        import flatbuffers  # noqa: F401
    except ImportError:
        raise RunError(
            "jax.export needs flatbuffers, which is not installed: pip install 'photonn[export]'."
        ) from None


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0].rstrip(".")
