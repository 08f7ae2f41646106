"""Whatever stands in a configuration or behind a command: a configuration, or one message."""

import contextlib
import dataclasses
import io
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import pytest
import tomli_w
from hypothesis import example, given
from hypothesis import strategies as st

from photonn import config
from photonn.config import Count, Fraction, NotNegative, Positive, Seed
from photonn.errors import InputError


@dataclass(frozen=True)
class Inner:
    rate: Positive = 0.1
    sizes: tuple[int, ...] = (4, 2)
    kind: Literal["a", "b"] = "a"


@dataclass(frozen=True)
class Config:
    seed: Seed = 0
    epochs: Count = 2
    smoothing: Fraction = 0.1
    noise: NotNegative = 0.0
    on: bool = False
    note: str | None = None
    sigmas: tuple[float, ...] = (0.1,)
    inner: Inner = field(default_factory=Inner)


NAMES = [
    *(item.name for kind in (Config, Inner) for item in dataclasses.fields(kind)),
    "experiment",
]
keys = st.sampled_from(NAMES) | st.text(max_size=6)
plain = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(-(10**400), 10**400)
    | st.floats()
    | st.text(max_size=8)
    | st.dates()
    | st.times()
    | st.datetimes()
)
values = st.recursive(
    plain, lambda v: st.lists(v, max_size=3) | st.dictionaries(keys, v, max_size=4), max_leaves=8
)
contents = st.dictionaries(keys, values, max_size=5)


def is_sound(chosen):
    """In its ranges, and of its types, by hand."""
    numbers = [chosen.seed, chosen.epochs, *chosen.inner.sizes]
    floats = [chosen.smoothing, chosen.noise, chosen.inner.rate, *chosen.sigmas]
    assert all(type(n) is int for n in numbers)
    assert all(type(x) is float and abs(x) < float("inf") for x in floats)
    assert 0 <= chosen.seed < 2**31
    assert chosen.epochs >= 1
    assert 0 <= chosen.smoothing < 1
    assert chosen.noise >= 0
    assert chosen.inner.rate > 0
    assert type(chosen.on) is bool
    assert chosen.note is None or type(chosen.note) is str
    assert chosen.inner.kind in ("a", "b")


def is_one_message(text):
    assert 10 < len(text) < 2000, text
    assert "Traceback" not in text
    assert "object at 0x" not in text


def judge(ask):
    """A sound configuration or one `InputError`; anything else is a fault."""
    try:
        is_sound(ask())
    except InputError as error:
        is_one_message(str(error))


@given(contents)
@example({"inner": {"inner": {"inner": {}}}})
@example({"epochs": True})
@example({"seed": 10**400})
@example({"noise": 10**400})
@example({"": 1})
@example({"note": "\ud800"})
@example({"sigmas": [[[1.0]]]})
@example({"sizes": {"0": 1}})
def test_any_values(content):
    judge(lambda: config.check(content, Config, "a file"))


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    return tmp_path_factory.mktemp("fuzz") / "any.toml"


def read(file, content):
    file.write_bytes(content)
    judge(lambda: config.read("digits", Config, str(file)))


@given(content=st.binary(max_size=60))
@example(content=b"\xef\xbb\xbfepochs = 3")
@example(content=b"a." * 3000 + b"b = 1")
@example(content=b"a = " + b"[" * 3000)
@example(content=b"a = " + b"{a=" * 3000)
@example(content=b"epochs = " + b"9" * 5000)
@example(content=b"epochs = 0x" + b"f" * 5000)
@example(content=b"noise = " + b"9" * 400 + b".0")
@example(content=b"inner = 1979-05-27T07:32:00Z")
@example(content=b"[[inner]]\nrate = 1.0")
@example(content=b"note = '\x00'")
@example(content=b"experiment = ['digits']")
@example(content=b"experiment = {}")
def test_any_bytes(file, content):
    read(file, content)


@given(content=contents, cut=st.integers(0, 80), put=st.binary(max_size=3))
def test_any_toml_that_was_damaged(file, content, cut, put):
    try:
        text = tomli_w.dumps(content).encode()
    except (TypeError, ValueError, AttributeError):
        return
    read(file, text[:cut] + put + text[cut + len(put) :])


def test_no_file(tmp_path):
    for path in (tmp_path, tmp_path / "none", "\0", "x" * 300, ""):
        judge(lambda path=path: config.read("digits", Config, str(path)))


FLAGS = ["--seed", "--epochs", "--note", "--on", "--no-on", "--sigmas", "--inner.rate", "--inner"]
FLAGS += ["--inner.sizes", "--inner.kind", "--help", "-h", "--", "-"]
words = st.one_of(
    st.sampled_from([*FLAGS, "1", "-1", "nan", "inf", "1e999", "None", "True", "a", ""]),
    st.integers(-(10**30), 10**30).map(str),
    st.floats().map(str),
    st.text(max_size=6),
)


@given(st.lists(words, max_size=5))
@example(["--epochs", "9" * 5000])
@example(["--inner.rate", "1e999"])
@example(["--note", "\x00"])
@example(["--note", "\ud800"])
@example(["--sigmas", *["1"] * 300])
@example(["--{}", "{}"])
@example(["--seed", "[red]"])
def test_any_command_line(arguments):
    out, err = io.StringIO(), io.StringIO()
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            judge(lambda: config.override(Config(), arguments, "photonn run toy"))
    except SystemExit as end:
        # Tyro prints its own message, or the help.
        helped = {"-h", "--help"} & set(arguments)
        assert end.code == 2 or (helped and end.code == 0)
        assert "Traceback" not in err.getvalue() + out.getvalue()
        assert len(err.getvalue() + out.getvalue()) > 10


def test_every_shipped_configuration_survives_its_own_damage(file):
    """Each line of each file is left out, doubled and cut in half."""
    tried = 0
    for path in sorted(Path(__file__).parents[1].glob("configs/*/smoke.toml")):
        schema = config.load_module(path.parent.name).Config
        lines = path.read_text().splitlines()
        for number, line in enumerate(lines):
            for instead in ([], [line, line], [line[: len(line) // 2]], ["]"], [f"{line}é = 1"]):
                text = "\n".join([*lines[:number], *instead, *lines[number + 1 :]])
                file.write_text(text)
                try:
                    chosen = config.read(path.parent.name, schema, str(file))
                    assert isinstance(chosen, schema)
                    tomllib.loads(text)
                except InputError as error:
                    is_one_message(str(error))
                tried += 1
    assert tried > 50
