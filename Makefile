# Needs python3 (3.11 or newer) and, for native speed, a C compiler. Everything lands in .venv.
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
RUN := $(BIN)/python -m pytest

.DEFAULT_GOAL := help
.PHONY: demo test check bench truth soak kernels format clean help

demo: .venv/core kernels  ## a fraud stream through the whole engine, in memory: wrong probabilities become right
	$(BIN)/streamimb demo

# Two cores, two lanes: what waits for a broker, then what runs interpreted, beside all the rest.
BESIDE = $(RUN) -p no:cacheprovider tests/kafka; kafka=$$?; \
	echo "interpreted (STREAMIMB_PURE=1):"; \
	STREAMIMB_PURE=1 $(RUN) -p no:cacheprovider tests/_kernels tests/laws tests/river; exit $$((kafka + $$?))

test: .venv/ready kernels  ## every test on the compiled kernels; kernels, laws and River's checks interpreted too
	@mkdir -p build
	@( $(BESIDE) ) >build/beside.log 2>&1 & beside=$$!; \
	$(RUN) --ignore tests/kafka; rest=$$?; \
	wait $$beside; other=$$?; cat build/beside.log; exit $$((rest + other))

check: .venv/ready  ## format, lint, types, import directions
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

bench: .venv/ready kernels  ## speed, as ratios to River measured beside it
	$(BIN)/python -m benchmarks.bench

truth: .venv/ready kernels  ## probabilities against known truths and real streams; long
	$(BIN)/python -m benchmarks.truth

soak: .venv/ready kernels  ## a million fuzzed states, values and orders of calls: no crash, no hang, nothing wrong accepted
	$(BIN)/python -m tests.fuzz.soak

kernels: .venv/core  ## compile what has changed
	@$(BIN)/python hatch_build.py

format: .venv/ready  ## let ruff write
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

.venv/core: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer, please: make PYTHON=python3.12")'
	$(PYTHON) -m venv .venv
	$(PIP) install 'hatchling>=1.27' 'cython>=3.1' 'setuptools>=77'
	$(PIP) install --no-build-isolation --editable '.[cli]'
	@touch $@

.venv/ready: .venv/core
	$(PIP) install --no-build-isolation --editable '.[dev]'
	@touch $@

clean:  ## remove everything that was made
	rm -rf .venv build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find streamimb connectors tests benchmarks -name __pycache__ -prune -exec rm -rf {} +
	find streamimb \( -name '*.so' -o -name '*.pyd' \) -exec rm -f {} +

help:  ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' Makefile
