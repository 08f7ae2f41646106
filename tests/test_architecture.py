"""The house rules that a machine can keep: imports point down, files are short and named."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "photonn"
FILES = sorted(PACKAGE.rglob("*.py"))
EXPERIMENTS = sorted((ROOT / "experiments").glob("*.py"))

# From the bottom up; rooms of one row do not know each other.
ORDER = (
    {"errors"},
    {"precision", "durable"},
    {"devices"},
    {"meshes", "free_space", "photons"},
    {"nn"},
    {"hardware"},
    {"compile"},
    {"data"},
    {"train"},
    {"plot"},
    {"report"},
    {"config", "doctor", "mesh_study"},
    {"sweep"},
    {"sweep_runs"},
    {"commands"},
    {"cli"},
)
LEVEL = {room: level for level, rooms in enumerate(ORDER) for room in rooms}
NO_NAMES = {"utils", "helpers", "common", "base", "core", "manager"}

every_file = pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(PACKAGE)))
every_experiment = pytest.mark.parametrize("path", EXPERIMENTS, ids=lambda p: p.stem)


def room_of(path):
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def rooms_imported(node, path):
    """Rooms that an import statement reaches, in any of its forms."""
    if isinstance(node, ast.Import):
        modules = [alias.name for alias in node.names]
    elif isinstance(node, ast.ImportFrom):
        parts = (node.module or "").split(".") if node.module else []
        if node.level:
            package = path.relative_to(ROOT).parts[: -node.level]
            parts = [*package, *parts]
        if parts == ["photonn"]:
            modules = [f"photonn.{alias.name}" for alias in node.names]
        else:
            modules = [".".join(parts)]
    else:
        return []
    return [m.split(".")[1] for m in modules if m.startswith("photonn.")]


def imports(path):
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        found.update(rooms_imported(node, path))
    return {room for room in found if not room.startswith("_")}  # `photonn.__version__`


@every_file
def test_imports_point_down(path):
    room = room_of(path)
    if room == "__init__":
        assert imports(path) == set()  # rooms are lazy: `import photonn` loads none
        return
    assert room in LEVEL, f"give the room {room} a place in the order"
    for used in imports(path) - {room}:
        assert LEVEL[used] < LEVEL[room], f"{room} must not import {used}"


@pytest.mark.parametrize(
    ("statement", "rooms"),
    [
        ("from photonn.nn import MZIMesh", ["nn"]),
        ("from photonn import meshes, nn", ["meshes", "nn"]),
        ("import photonn.train.fit as f", ["train"]),
        ("from ..plot import mesh", ["plot"]),
        ("from .. import plot", ["plot"]),
        ("from . import layout", ["meshes"]),
        ("import numpy", []),
    ],
)
def test_every_form_of_import_is_seen(statement, rooms):
    node = ast.parse(statement).body[0]
    assert rooms_imported(node, PACKAGE / "meshes" / "clements.py") == rooms


@every_file
def test_files_are_short_and_have_a_name_of_their_own(path):
    assert len(path.read_text().splitlines()) <= 400
    assert path.stem not in NO_NAMES
    assert path.parent.name not in NO_NAMES


@every_file
def test_no_bare_assert_but_for_what_importlib_leaves_open(path):
    """`find_spec` may give `None` by its type; an error of a user is never an assert."""
    for node in ast.walk(ast.parse(path.read_text())):
        for before, statement in zip([None, *children(node)], children(node), strict=False):
            if isinstance(statement, ast.Assert):
                assert before is not None, f"line {statement.lineno}"
                assert "spec" in ast.unparse(before), f"line {statement.lineno}"
                assert "spec is not None" in ast.unparse(statement), f"line {statement.lineno}"


def children(node):
    body = getattr(node, "body", [])
    return body if isinstance(body, list) else []


def public_functions(tree, inside=""):
    """Functions of a module and methods of its public classes."""
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            yield node, node.name
            yield from public_functions(node, f"{node.name}.")
        elif isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            yield node, inside + node.name


@every_file
def test_what_is_public_is_explained(path):
    tree = ast.parse(path.read_text())
    assert ast.get_docstring(tree), "the module has no docstring"
    silent = [name for node, name in public_functions(tree) if not ast.get_docstring(node)]
    assert not silent


@every_experiment
def test_experiments_hold_no_loops(path):
    """An experiment names what is done; how often is the library's business."""
    tree = ast.parse(path.read_text())
    loops = (ast.For, ast.While, ast.AsyncFor)
    found = [node.lineno for node in ast.walk(tree) if isinstance(node, loops)]
    assert not found, f"loops in lines {found}"
    assert ast.get_docstring(tree)
    assert {"Config", "main"} <= {getattr(node, "name", "") for node in tree.body}


def test_there_is_something_to_check():
    assert len(FILES) > 40
    assert EXPERIMENTS
