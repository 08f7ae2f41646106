"""The documentation site: `make docs`, or python -m sphinx -W -b html docs docs/_build/html."""

import ast
import inspect
import re
import shutil
import textwrap
from importlib.metadata import version as installed_version
from pathlib import Path

HERE = Path(__file__).resolve().parent

project = "photonn"
author = "The photonn authors"
copyright = "The photonn authors"
version = release = installed_version("photonn")

extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx.ext.mathjax",
    "sphinx.ext.napoleon",
    "sphinx.ext.viewcode",
]
exclude_patterns = ["_build", "jupyter_execute", "**.ipynb_checkpoints"]
default_role = "literal"  # single backticks in docstrings are code

html_theme = "sphinx_book_theme"
html_title = "photonn"
html_theme_options = {"show_toc_level": 2, "use_download_button": False}

myst_enable_extensions = ["dollarmath", "deflist"]
myst_heading_anchors = 3
nb_execution_mode = "auto"  # notebooks are kept without outputs, so every one is run
nb_execution_raise_on_error = True
nb_execution_timeout = 300  # [s] for a cell; the tour takes a minute on one slow core
# Devices and modules share names (a Fibre is both), and so do rooms: a bare name may be either.
suppress_warnings = ["ref.python"]

autodoc_member_order = "bysource"
autodoc_typehints = "none"  # signatures are taken from the source, see below
autoclass_content = "both"
napoleon_google_docstring = True
napoleon_numpy_docstring = False
napoleon_use_ivar = True
napoleon_attr_annotations = False
napoleon_use_rtype = False
python_maximum_signature_line_length = 80

SECTION = re.compile(r"(Args|Attributes|Example|Raises|References|Returns|Yields):$")


def copy_notebooks():
    """Sphinx reads only its own folder; `copy2` keeps the time, so what is old stays old."""
    source, target = HERE.parent / "notebooks", HERE / "notebooks"
    target.mkdir(exist_ok=True)
    for path in target.glob("*.ipynb"):
        if not (source / path.name).exists():
            path.unlink()
    for path in source.glob("*.ipynb"):
        shutil.copy2(path, target / path.name)


def source_signature(app, what, name, obj, options, signature, return_annotation):
    """Annotations as they stand in the source: a shape is short there and long once evaluated."""
    if what not in ("function", "method", "class"):
        return None
    function = obj.__dict__.get("__init__") if inspect.isclass(obj) else inspect.unwrap(obj)
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    except (OSError, TypeError):  # generated, as the __init__ of a dataclass is
        return None
    node = tree.body[0]
    if not isinstance(node, ast.FunctionDef):
        return None
    if what in ("method", "class"):
        node.args.args = node.args.args[1:]
    returns = ast.unparse(node.returns).strip("'") if node.returns and what != "class" else None
    return f"({ast.unparse(node.args)})", returns


def plain_text(app, what, name, obj, options, lines):
    """Docstrings are plain text: an indented block is verbatim, a bar is a bar."""
    if lines and SECTION.match(lines[0]) and not any(x.startswith(" ") for x in lines[1:2]):
        lines[1:] = [f"    {line}" if line else line for line in lines[1:]]
    done, verbatim, section = [], False, False
    for number, line in enumerate(lines):
        if line.startswith("Create new instance of"):  # what every named tuple says
            continue
        indented = line.startswith("    ")
        if line and not indented:
            section, verbatim = bool(SECTION.match(line)), False
        elif indented and not section and not verbatim and not lines[number - 1]:
            done += ["::", ""]
            verbatim = True
        if section:
            line = re.sub(r"^(    \w+), (\w+:)", r"\1,\2", line)  # two names, one meaning
        done.append(line if verbatim else line.replace("|", r"\|"))
    lines[:] = done


def untyped_property(app, what, name, obj, options, lines):
    """Napoleon takes what stands before a colon in a property for its type: put it back."""
    if what == "property":
        lines[:] = inspect.getdoc(obj).splitlines()


def skip_generated(app, what, name, obj, skip, options):
    """The fields of a named tuple say nothing that `Attributes:` does not."""
    return True if type(obj).__name__ == "_tuplegetter" else None


copy_notebooks()


def setup(app):
    """Connect the hooks, before and after napoleon, whose priority is 500."""
    app.connect("autodoc-process-signature", source_signature)
    app.connect("autodoc-process-docstring", plain_text, priority=400)
    app.connect("autodoc-process-docstring", untyped_property, priority=600)
    app.connect("autodoc-skip-member", skip_generated)
