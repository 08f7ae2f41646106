# make demo    install and run the main job
# make test    install and run the tests
# make bench   photonn beside its peers (see benchmarks/README.md)
# PYTHON=python3.12 make test    with another Python

PYTHON ?= python3
VERSION := $(shell $(PYTHON) -c 'import sys; print("%d.%d" % sys.version_info[:2])')
VENV := .venv/$(VERSION)
BIN := $(VENV)/bin

.PHONY: demo test test-slow test-gpu check docs bench format clean

demo: $(VENV)/.run
	$(BIN)/photonn run digits

test: $(VENV)/.dev
	$(BIN)/python -m pytest

test-slow: $(VENV)/.dev
	$(BIN)/python -m pytest -m slow

test-gpu: $(VENV)/.dev
	$(BIN)/python -m pytest -n 0 -m gpu

check: $(VENV)/.dev $(VENV)/.docs
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/pyright --pythonpath $(BIN)/python
	$(MAKE) docs
	$(BIN)/python -m pytest

docs: $(VENV)/.docs
	$(BIN)/python -m sphinx -W --keep-going -b html docs docs/_build/html

bench: $(VENV)/.run
	$(BIN)/python benchmarks/mesh.py
	$(BIN)/python benchmarks/free_space.py
	$(BIN)/python benchmarks/training.py

format: $(VENV)/.dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:
	rm -rf .venv benchmarks/.venv docs/_build .pytest_cache .ruff_cache

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: $(VENV)/bin/python pyproject.toml
	$(BIN)/python -m pip install --quiet --editable .
	touch $@

$(VENV)/.dev: $(VENV)/bin/python pyproject.toml
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	touch $@

$(VENV)/.docs: $(VENV)/bin/python pyproject.toml
	$(BIN)/python -m pip install --quiet --editable '.[docs]'
	touch $@
