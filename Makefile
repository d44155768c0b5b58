# Needs python3 (3.11 or newer) and, for native speed, a C compiler. Everything lands in .venv.
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
RUN := $(BIN)/python -m pytest

.DEFAULT_GOAL := help
.PHONY: demo test newest test-newest check bench truth soak kernels format clean help

demo: .venv/core kernels  ## a fraud stream through the whole engine, in memory: wrong probabilities become right
	$(BIN)/streamimb demo

# Two cores, three processes: what mostly waits, for a broker or a command; simulations, laws, then the interpreted
# kernels; the rest.
WAITING = tests/kafka tests/cli
APART = tests/truth tests/fuzz tests/river tests/laws
BESIDE = $(RUN) -p no:cacheprovider $(APART); apart=$$?; \
	echo "interpreted (STREAMIMB_PURE=1):"; \
	STREAMIMB_PURE=1 $(RUN) -p no:cacheprovider tests/_kernels --ignore tests/_kernels/test_without_init.py \
		tests/twins/test_interpreted_parts.py tests/twins/test_pinned.py tests/twins/test_whole.py; exit $$((apart + $$?))

test: .venv/ready kernels  ## every test on the compiled kernels; tests of kernels interpreted too
	@mkdir -p build
	@( $(RUN) -p no:cacheprovider $(WAITING) ) >build/waiting.log 2>&1 & waiting=$$!; \
	( $(BESIDE) ) >build/beside.log 2>&1 & beside=$$!; \
	$(RUN) $(WAITING:%=--ignore %) $(APART:%=--ignore %); rest=$$?; \
	wait $$beside; other=$$?; cat build/beside.log; \
	wait $$waiting; waited=$$?; cat build/waiting.log; exit $$((rest + other + waited))

# The newest release that pyenv has; NEWEST=/path/to/python names another.
NEWEST ?= $(shell ls -d "$$(pyenv root 2>/dev/null)"/versions/3.*/bin/python 2>/dev/null \
	| grep -E '/3(\.[0-9]+)+/bin' | sort -V | tail -n 1)
MINOR := -c 'import sys; print("%d.%d" % sys.version_info[:2])'

newest: .venv/core  ## set up and compile for the newest CPython of pyenv, where it is newer
	@own=$$($(BIN)/python $(MINOR)); newest=$$($(or $(NEWEST),$(BIN)/python) $(MINOR)); \
	if [ "$$own" = "$$newest" ] || ! printf '%s\n' "$$own" "$$newest" | sort -VC; then \
		rm -f build/newest; \
		echo "newest: pyenv has no CPython newer than $$own, the one of .venv: nothing to do"; \
	else \
		$(MAKE) --no-print-directory "NEWEST=$(NEWEST)" "build/cpython-$$newest/ready" && \
		"build/cpython-$$newest/bin/python" hatch_build.py && \
		echo "build/cpython-$$newest/bin/python" >build/newest; \
	fi

# What `newest` has set up, if anything.
SECOND = $$(cat build/newest 2>/dev/null)

test-newest: newest  ## tests of kernels, twins and laws on the newest CPython of pyenv, where it is newer
	@second=$(SECOND); [ -z "$$second" ] || "$$second" -m pytest -p no:cacheprovider tests/_kernels tests/twins tests/laws

build/cpython-%/ready: pyproject.toml
	$(NEWEST) -m venv --clear build/cpython-$*
	build/cpython-$*/bin/python -m pip --disable-pip-version-check --quiet install \
		'hatchling>=1.27' 'cython>=3.1' 'setuptools>=77'
	build/cpython-$*/bin/python -m pip --disable-pip-version-check --quiet install \
		--no-build-isolation --editable '.[parquet,test]'
	@touch $@

check: .venv/ready  ## format, lint, types, import directions
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

bench: .venv/ready kernels newest  ## speed under this CPython and the newest, as ratios to River measured beside it
	@STREAMIMB_NEWEST_PYTHON="$${STREAMIMB_NEWEST_PYTHON:-$(SECOND)}" $(BIN)/python -m benchmarks.bench

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
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' Makefile
