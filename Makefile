# make demo: set up, run the main job on the embedded newsroom, serve the site. make test: set up, run the tests.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
ARGS ?=

.PHONY: demo test setup lint docs clean

demo: $(VENV)/.ready
	$(BIN)/calledit demo $(ARGS)

test: $(VENV)/.ready
	$(BIN)/python -m pytest $(ARGS)

setup: $(VENV)/.ready

lint: $(VENV)/.ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

docs: $(VENV)/.ready
	$(BIN)/python docs/generate.py --check

$(VENV)/.ready: pyproject.toml constraints.txt
	@PYTHON="$(PYTHON)" sh .ci/setup $(VENV)
	@touch $@

clean:
	rm -rf $(VENV) build dist
