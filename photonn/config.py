"""Experiments and their configurations: where they lie, how they are read and checked.

An experiment is `experiments/NAME.py` with a frozen dataclass `Config` and a function
`main(config, run)`; its configurations are `configs/NAME/*.toml`. Those of the working
folder win over those that came with the installation. This file imports no JAX, so that
`--help` is instant.
"""

import ast
import dataclasses
import hashlib
import importlib.util
import json
import math
import sys
import tomllib
import typing
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Annotated, Any, Literal

import annotated_types

from photonn.errors import InputError, RunError, check_choice, did_you_mean

LARGEST = 2**20  # [bytes] of a configuration

Positive = Annotated[float, annotated_types.Gt(0)]
NotNegative = Annotated[float, annotated_types.Ge(0)]
Fraction = Annotated[float, annotated_types.Ge(0), annotated_types.Lt(1)]
Count = Annotated[int, annotated_types.Ge(1)]
Seed = Annotated[int, annotated_types.Ge(0), annotated_types.Lt(2**31)]
Images = Literal["mnist", "fashion_mnist", "digits"]  # sets of `photonn.data`


def default_folder(name: str, label: str, chosen: Any) -> Path:
    """Where a run goes: the same request gets the same folder, and so goes on or is shown.

    Args:
        name: of the experiment or command.
        label: for people, such as the name of the configuration.
        chosen: a dataclass with everything that was asked for.
    """
    text = json.dumps(dataclasses.asdict(chosen), sort_keys=True)
    digest = hashlib.sha256(text.encode()).hexdigest()[:8]
    return Path("runs") / name / f"{label}-{digest}"


def experiments() -> dict[str, Path]:
    """Every experiment by name, with its file."""
    found: dict[str, Path] = {}
    for root in _roots():
        for path in sorted((root / "experiments").glob("[!_]*.py")):
            found.setdefault(path.stem, path)
    return found


def results_folder() -> Path:
    """Where the committed results of all experiments stand."""
    return next(
        (root / "experiments" / "results" for root in _roots()), Path("experiments/results")
    )


def find(name: str) -> Path:
    """The file of an experiment.

    Raises:
        InputError: if there is none of that name; it names those there are.
    """
    known = experiments()
    check_choice("experiment", name, known)
    return known[name]


def summary(path: Path) -> str:
    """First line of the docstring of an experiment, without running it."""
    try:
        text = ast.get_docstring(ast.parse(path.read_text())) or ""
    except (SyntaxError, UnicodeDecodeError, OSError):
        return "(cannot be read)"
    return text.partition("\n")[0]


def presets(name: str) -> dict[str, Path]:
    """Configurations that come with an experiment: `small`, `smoke`, ..."""
    folder = find(name).parent.parent / "configs" / name
    return {path.stem: path for path in sorted(folder.glob("*.toml"))}


def load_module(name: str) -> ModuleType:
    """Run the file of an experiment and give its module."""
    path = find(name)
    spec = importlib.util.spec_from_file_location(f"photonn_experiment_{name}", path)
    if spec is None or spec.loader is None:
        raise RunError(f"The experiment {path} cannot be loaded.")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    try:
        spec.loader.exec_module(module)
    except (SyntaxError, ImportError, NameError) as error:
        raise RunError(f"The experiment {path} cannot be loaded: {error}.") from error
    for part in ("Config", "main"):
        if not hasattr(module, part):
            raise RunError(f"The experiment {path} must define `{part}`, but does not.")
    return module


def read(name: str, schema: type, preset: str | None) -> Any:
    """The configuration of an experiment: its defaults, or those of a file over them.

    Args:
        name: the experiment.
        schema: its `Config` dataclass.
        preset: name of a configuration that comes with it, or path of a TOML file.

    Raises:
        InputError: if the file is not there, not TOML, of another experiment, or has a
            key or a value that does not fit.
    """
    if preset is None:
        return check({}, schema, "the defaults")
    path = presets(name).get(preset, Path(preset))
    try:
        with open(path, "rb") as file:
            text = file.read(LARGEST + 1)  # a device or a pipe may have no end
        if len(text) > LARGEST:
            raise InputError(f"`--config` must be a TOML file, but {path} is far too large.")
        content = tomllib.loads(text.decode())
    except InputError:
        raise
    except FileNotFoundError:
        known = ", ".join(presets(name)) or "none"
        raise InputError(
            f"`--config` must be a configuration of {name} ({known}) or a TOML file, but "
            f"{preset!r} is neither. {did_you_mean(preset, presets(name))}".rstrip()
        ) from None
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(f"`--config` must be a TOML file, but {str(path)!r}: {error}.") from None
    owner = content.pop("experiment", name)
    if owner != name:
        raise InputError(f"`--config` must be one of {name}, but {path} is one of {owner}.")
    return check(content, schema, str(path))


def check(content: dict[str, Any], schema: type, origin: str) -> Any:
    """A configuration from plain values: known keys, right types, values in range.

    Raises:
        InputError: naming the key, what it must be and what it is.
    """
    from pydantic import TypeAdapter, ValidationError

    for key, known in _unknown(content, schema):
        near = did_you_mean(key.rpartition(".")[2], known)
        raise InputError(
            f"Unknown key `{key}` in {origin}. {near or 'Known keys: ' + ', '.join(known) + '.'}"
        )
    try:
        # By way of JSON: lists stand for tuples there, and nothing else is converted.
        text = json.dumps(content, default=str)
        chosen = TypeAdapter(schema).validate_json(text, strict=True)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        what = f"`{key}` in {origin} is {_short(first['input'])}" if key else f"{origin} is odd"
        raise InputError(f"{what}. {first['msg']}.") from None
    except (ValueError, RecursionError) as error:
        raise InputError(f"{origin} holds a number or a nesting beyond all use: {error}.") from None
    for key, value in _numbers(dataclasses.asdict(typing.cast(Any, chosen))):
        if not math.isfinite(value):
            raise InputError(f"`{key}` in {origin} must be finite, but is {value}.")
    return chosen


def override(config: Any, arguments: list[str], program: str) -> Any:
    """A configuration with command-line flags over it (`--field.sub value`)."""
    import tyro

    changed = tyro.cli(
        type(config), args=arguments, default=config, prog=program, description="Fields:"
    )
    return check(dataclasses.asdict(changed), type(config), "the command line")


def _unknown(content: dict[str, Any], schema: type, prefix: str = "") -> Iterator[tuple]:
    """Keys that the schema does not have, with those that it has at that place."""
    hints = typing.get_type_hints(schema)
    known = [field.name for field in dataclasses.fields(schema)]
    for key, value in content.items():
        if key not in known:
            yield prefix + key, known
        elif dataclasses.is_dataclass(hints[key]) and isinstance(value, dict):
            yield from _unknown(value, typing.cast(type, hints[key]), f"{prefix}{key}.")


def _numbers(value: Any, name: str = "") -> Iterator[tuple[str, float]]:
    """Every float in nested fields and sequences, with its name."""
    if isinstance(value, float):
        yield name, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _numbers(inner, f"{name}.{key}".lstrip("."))
    elif isinstance(value, (tuple, list)):
        for inner in value:
            yield from _numbers(inner, name)


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}..."


def _roots() -> list[Path]:
    """Folders that may hold `experiments/` and `configs/`, the nearest first."""
    package = Path(__file__).resolve().parent
    candidates = [Path.cwd(), package / "bundled"]
    if (package.parent / "pyproject.toml").exists():  # an editable install
        candidates.insert(1, package.parent)
    return [root for root in candidates if (root / "experiments").is_dir()]
