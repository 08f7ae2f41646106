"""Every configuration that is shipped fits its experiment."""

import pytest

from photonn import config
from photonn.errors import InputError

PRESETS = [(name, preset) for name in config.experiments() for preset in config.presets(name)]


@pytest.mark.parametrize(("name", "preset"), PRESETS)
def test_every_configuration_fits(name, preset):
    module = config.load_module(name)
    assert isinstance(config.read(name, module.Config, preset), module.Config)


@pytest.mark.parametrize("name", config.experiments())
def test_every_experiment_has_a_summary_a_smoke_configuration_and_main(name):
    assert config.summary(config.find(name)).endswith(".")
    assert "smoke" in config.presets(name)
    assert callable(config.load_module(name).main)


def test_flags_go_over_the_file():
    module = config.load_module("digits")
    base = config.read("digits", module.Config, "smoke")
    changed = config.override(base, ["--mesh.epochs", "7", "--seed", "3"], "photonn run digits")
    assert (changed.mesh.epochs, changed.seed) == (7, 3)
    assert changed.diffractive == base.diffractive


def test_the_working_folder_wins(tmp_path, monkeypatch):
    (tmp_path / "experiments").mkdir()
    (tmp_path / "experiments" / "digits.py").write_text('"""Mine."""')
    (tmp_path / "experiments" / "toy.py").write_text('"""A toy."""')
    monkeypatch.chdir(tmp_path)
    assert config.summary(config.find("digits")) == "Mine."
    assert config.summary(config.find("toy")) == "A toy."


def test_an_experiment_that_cannot_be_read_does_not_hide_the_others(tmp_path, monkeypatch):
    (tmp_path / "experiments").mkdir()
    (tmp_path / "experiments" / "torn.py").write_text("def (")
    monkeypatch.chdir(tmp_path)
    assert config.summary(config.find("torn")) == "(cannot be read)"
    assert "digits" in config.experiments()


def test_an_unknown_experiment_is_named_with_the_known_ones():
    with pytest.raises(InputError, match="digits"):
        config.find("digitz")


def test_a_set_of_images_that_does_not_exist_is_named(tmp_path):
    path = tmp_path / "bad.toml"
    path.write_text('experiment = "imprecision"\ndataset = "minst"\n')
    with pytest.raises(InputError, match=r"'minst'.*'mnist'"):
        config.read("imprecision", config.load_module("imprecision").Config, str(path))
