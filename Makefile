# Everything a clone needs: `make demo` shows bindctl at work, `make test` tests it.
# Both need Python 3.11+ and nothing else, and make their own virtual environment.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# What the tests expect of the network and the clock is loopback and now: no more.
export PYTHONDONTWRITEBYTECODE =

.PHONY: demo test check bench clean

demo: $(VENV)/installed
	@$(BIN)/python tools/demo.py

test: $(VENV)/tested
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python tools/generate_reference.py --check
	$(BIN)/pytest --numprocesses=2 --dist=loadfile

check: $(VENV)/tested
	$(BIN)/pre-commit run --all-files

bench: $(VENV)/tested
	$(BIN)/python -m bench

$(VENV)/installed: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "bindctl needs Python 3.11 or later; set PYTHON=python3.x"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade "pip>=25.1"
	$(BIN)/python -m pip install --quiet --editable .
	@touch $@

$(VENV)/tested: $(VENV)/installed
	$(BIN)/python -m pip install --quiet --group test --group lint
	@touch $@

clean:
	rm -rf $(VENV) .bindctl certificates logs
