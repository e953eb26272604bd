# Every target is one word and needs nothing but make and Python 3.10 or newer: the first one run makes .venv.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

candidates := python3 python3.14 python3.13 python3.12 python3.11 python3.10 python
PYTHON ?= $(firstword $(foreach p,$(candidates),$(shell \
	$(p) -c 'import sys, venv, ensurepip; sys.version_info >= (3, 10) and print("$(p)")' 2>/dev/null)))
BIN := .venv/bin
RUNNER := .venv/.runner
READY := .venv/.ready
INSTALL := $(BIN)/python -m pip install --disable-pip-version-check -c constraints.txt
OUT ?= build/demo

.PHONY: help demo test quick fuzz lint format typing stubs coverage docs bench clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# The notebook runner alone, which is all that a first figure needs.
$(RUNNER): pyproject.toml constraints.txt
	@test -n "$(PYTHON)" || { echo "make: no Python 3.10 or newer with venv and pip found on PATH" \
		"(on Debian or Ubuntu: apt install python3-venv); name one with: make PYTHON=/path/to/python" >&2; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(INSTALL) -e '.[notebook]'
	touch $@

$(READY): $(RUNNER)
	$(INSTALL) -e '.[docs,files,image,notebook,onnx,dev]'
	touch $@

demo: $(RUNNER) ## run the weight decay notebook; leaves the notebook, the page and the figures in build/demo
	$(BIN)/regluon run examples/weight-decay.md --out $(OUT) --seed 0 --show summary

test: $(READY) ## run all tests
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n 2 $(ARGS)

quick: $(READY) ## run the tests that are not marked slow
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n 2 -m 'not slow' $(ARGS)

fuzz: $(READY) ## throw 100,000 damaged and hostile files at all readers (ARGS="--count 2000 --seed 7")
	OMP_NUM_THREADS=1 PYTHONPATH=src:tests $(BIN)/python -m fuzzing $(ARGS)

lint: $(READY) ## check style and formatting
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

format: $(READY) ## mend what ruff can mend
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

typing: $(READY) ## check types, strictly
	$(BIN)/mypy

stubs: $(READY) ## generate the .pyi stubs from the operator registry
	$(BIN)/python tools/make_stubs.py

coverage: $(READY) ## generate docs/coverage.md from MXNet's names, the registry and the recordings
	$(BIN)/python tools/make_coverage.py

docs: $(READY) ## build the site into build/docs (on Python 3.11 or newer)
	$(BIN)/python -m sphinx -b html -W --keep-going -q docs build/docs
	@echo "build/docs/index.html"

bench: $(READY) ## measure against PyTorch (and MXNet, where MXNET_PYTHON names its interpreter)
	$(BIN)/python benchmarks $(ARGS)

clean: ## remove build products and caches (.venv stays)
	rm -rf build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find src tests benchmarks examples -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true
