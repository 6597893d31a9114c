# Salon. 'make' or 'make help' lists what there is to do.

PYTHON ?= python3
# What the program started by 'make run' and the tests started by 'make test' and 'make check' are given besides.
ARGS ?=
TESTARGS ?=
# Debian's packages that tests need beside Python's: a C compiler for the load generator, a terminal to look into, a
# browser, networks that lose, Node for somebody else's client. Where Node came from its makers npm came with it, and
# Debian's would not fit.
DEBIAN ?= gcc libc6-dev tmux chromium xvfb nftables iproute2 $(if $(shell command -v npm 2>/dev/null),,nodejs npm)

BIN := .venv/bin
PIP := $(BIN)/python -m pip
INSTALL := $(PIP) install -qq --require-hashes
SOURCES = $(wildcard src tests tools bench classic hatch_build.py)
WEB := $(shell find web -type f -not -path '*/node_modules/*' -not -path 'web/dist/*' 2>/dev/null)

export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_NO_INPUT := 1
export PIP_ROOT_USER_ACTION := ignore

.DELETE_ON_ERROR:
.PHONY: help setup run web test check bench prove lock clean dev lint debian

help:
	@echo 'make setup    make .venv and install Salon into it (PYTHON=python3.12 for another Python)'
	@echo 'make run      set up, then start the server (ARGS="--port 5000" for its options)'
	@echo 'make web      build the web page, where something in web/ has changed; make run does it too'
	@echo 'make check    format, lint, types, imports and the quick tests: under a minute'
	@echo 'make test     the same with all tests and the coverage each file must reach'
	@echo 'make bench    measure speed and memory, beside nats-server and nginx; some ten minutes'
	@echo 'make prove    the long proofs of the promises'
	@echo 'make lock     look for newer versions of what Salon needs and lock them, with hashes'
	@echo 'make clean    remove everything that the other targets have made'

# --- Installing ---------------------------------------------------------------------------------------------------

# The stamps stand in .venv, so that they go with it.
setup: .venv/.salon .venv/.web
	@:

run: setup
	@exec $(BIN)/salon serve $(ARGS)

.venv/.made:
	@command -v $(PYTHON) >/dev/null || { echo 'Salon needs Python 3.11 or newer: install it or say PYTHON=…' >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Salon needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) -V 2>&1). Say PYTHON=…" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
		{ echo 'This Python cannot make virtual environments: install the package python3-venv and try again.' >&2; exit 1; }
	@echo 'Making .venv …'
	@$(PYTHON) -m venv --clear .venv
	@touch $@

.venv/.run: .venv/.made requirements/run.txt
	@echo 'Installing what Salon needs …'
	@$(INSTALL) -r requirements/run.txt
	@touch $@

# Where this machine has no Node that is new enough, a Python package brings one.
define node_for
if [ -n "$$($(BIN)/python tools/build_web.py --needed-to $(1))" ]; then $(INSTALL) -r requirements/web.txt; fi
endef

# What cannot be built now is tried again the next time; all else works without it.
.venv/.web: .venv/.run requirements/web.txt tools/build_web.py $(WEB)
	@if $(call node_for,build) && $(BIN)/python tools/build_web.py; then touch $@; else \
		echo "Salon goes on without its web page; 'make web' tries again." >&2; fi

web: .venv/.run
	@$(call node_for,build) && $(BIN)/python tools/build_web.py && touch .venv/.web

.venv/.salon: .venv/.run pyproject.toml | .venv/.web
	@$(PIP) install -qq --no-deps --no-build-isolation -e .
	@echo "Ready: 'make run' starts the server, $(BIN)/salon is the command."
	@touch $@

.venv/.dev: .venv/.salon requirements/dev.txt requirements/web.txt
	@echo 'Installing what the checks and tests need …'
	@$(INSTALL) -r requirements/dev.txt
	@$(call node_for,check)
	@touch $@

.venv/.bench: .venv/.salon requirements/bench.txt
	@echo 'Installing the servers to compare with …'
	@$(INSTALL) -r requirements/bench.txt
	@touch $@

dev: .venv/.dev

debian:
	@missing=; for package in $(DEBIAN); do \
		dpkg-query -W -f '$${Status}' $$package 2>/dev/null | grep -q 'ok installed' || missing="$$missing $$package"; \
	done; \
	if [ -z "$$missing" ]; then :; \
	elif ! command -v apt-get >/dev/null; then :; \
	elif [ "$$(id -u)" != 0 ]; then echo "Not root: some tests will be skipped without$$missing."; \
	else \
		echo "Installing$$missing …"; \
		export DEBIAN_FRONTEND=noninteractive; \
		{ apt-get update -qq && apt-get install -qq -y --no-install-recommends $$missing; } >/dev/null 2>&1 || \
			echo "Could not install$$missing: some tests will be skipped."; \
	fi

# --- Checking -----------------------------------------------------------------------------------------------------

# A check that finds nothing says so in one line; one that does shows what it found.
define quietly
@printf '%-8s' $(1); if out=$$($(2) 2>&1); then echo ok; else echo failed; echo "$$out"; exit 1; fi
endef

lint: dev
	$(call quietly,format,$(BIN)/ruff format --check $(SOURCES))
	$(call quietly,lint,$(BIN)/ruff check --quiet $(SOURCES))
	$(call quietly,types,$(BIN)/mypy $(SOURCES))
	$(call quietly,imports,$(BIN)/lint-imports --no-logo)
	$(call quietly,web,$(BIN)/python tools/build_web.py --check)

check: lint
	@HYPOTHESIS_PROFILE=quick $(BIN)/python -m pytest -q -m 'not slow and not root and not prove' \
		$(addprefix --ignore=tests/,browser classic faults journeys tus) $(TESTARGS)

# The coverage is judged inside pytest (tools/covered.py), whose summary therefore ends the output.
# The same examples in each run: a test that fails here must fail the next time too.
test: debian lint
	@HYPOTHESIS_PROFILE=ci $(BIN)/python -m pytest -p tools.covered $(TESTARGS)

prove: dev debian
	@$(BIN)/python -m pytest -m prove --timeout=0 $(TESTARGS)

bench: .venv/.bench
	@$(BIN)/python bench/table.py $(ARGS)
	@echo && $(BIN)/python bench/memory.py
	@echo && $(BIN)/python bench/slow_reader.py $(ARGS)
	@echo && $(BIN)/python bench/udp.py
	@if command -v nginx >/dev/null && command -v curl >/dev/null; then \
		echo && $(BIN)/python bench/files.py && echo && $(BIN)/python bench/beside_files.py; fi
	@if command -v scp >/dev/null && [ -x /usr/sbin/sshd ]; then echo && $(BIN)/python bench/people.py; \
		else echo && echo 'No scp and sshd to compare with (Debian: openssh-client, openssh-server).'; fi
	@if command -v chromium >/dev/null && $(BIN)/python -c 'import playwright' 2>/dev/null; then \
		echo && $(BIN)/python bench/web_log.py; fi

# --- Upkeep -------------------------------------------------------------------------------------------------------

# Locked with the oldest Python that Salon runs on: it needs the most packages, and the newer ones do with them.
# No address of a registry comes into the locks: whoever installs has their own.
LOCK_PYTHON ?= python3.11
LOCK := CUSTOM_COMPILE_COMMAND='make lock' .venv-lock/bin/pip-compile --quiet --upgrade --generate-hashes \
	--no-emit-index-url --no-emit-trusted-host --no-emit-find-links --no-emit-options --strip-extras --allow-unsafe

lock:
	@$(LOCK_PYTHON) -m venv --clear .venv-lock
	@.venv-lock/bin/pip install -qq pip-tools
	@$(LOCK) --build-deps-for=editable --output-file=requirements/run.txt pyproject.toml
	@$(LOCK) --output-file=requirements/dev.txt requirements/run.txt requirements/dev.in
	@$(LOCK) --output-file=requirements/bench.txt requirements/bench.in
	@$(LOCK) --output-file=requirements/web.txt requirements/web.in
	@rm -rf .venv-lock

clean:
	@rm -rf .venv .venv-lock .coverage .coverage.* coverage.json htmlcov build dist \
		web/node_modules web/dist src/salon/web .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	@find src tests tools bench classic -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true
