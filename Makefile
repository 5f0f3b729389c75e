# Five commands: make setup | run | test | check | bench.   (make lock: resolve the requirements anew)
#
#   HOST=0.0.0.0 TLS=1 make run     for a phone on the local network
#   PORT=8080 make run              another port
#
# Stamps under .venv/stamps remember what was done, so that a second start is quick.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help setup run test check bench lock format clean-build
MAKEFLAGS += --no-print-directory

VENV := .venv
PY := $(VENV)/bin/python
UV := $(VENV)/bin/uv
STAMPS := $(VENV)/stamps
THEME := src/salur/theme/frontend

# Node: the machine's own when it is new enough, else the one that came with the packages.
NODE_NEW_ENOUGH := node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)'
NODE_PATH_FIRST = if ! { command -v npm && $(NODE_NEW_ENOUGH); } >/dev/null 2>&1; then export PATH="$(abspath $(VENV))/bin:$$PATH"; fi

help:
	@sed -n '1,6s/^# \?//p' Makefile

# --- setup -----------------------------------------------------------------------------------

# Our own modules are compiled once here, and not by each process at its start.
setup: $(STAMPS)/packages $(STAMPS)/models $(STAMPS)/theme $(STAMPS)/field-app $(STAMPS)/messages
	@$(PY) -m compileall -q src simulator

$(STAMPS)/venv: .ci/make-venv
	@.ci/make-venv $(VENV)
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/packages: $(STAMPS)/venv requirements/uv.txt requirements/dev.txt pyproject.toml
	@echo "· Paket Python / Python packages"
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt
	@$(UV) pip sync --quiet --compile-bytecode --python $(PY) --require-hashes requirements/dev.txt
	@$(UV) pip install --quiet --python $(PY) --no-deps --no-build-isolation -e .
	@touch $@

$(STAMPS)/models: $(STAMPS)/packages requirements/models.txt src/salur/identity/models.lock.json src/salur/identity/prepare_models.py
	@echo "· Model wajah / face models"
	@$(PY) -m salur.identity.prepare_models
	@touch $@

$(STAMPS)/theme-packages: $(STAMPS)/packages $(THEME)/package-lock.json
	@echo "· Paket muka kantor / back-office front end"
	@$(NODE_PATH_FIRST); cd $(THEME) && npm ci --no-audit --no-fund --silent
	@touch $@

$(STAMPS)/theme: $(STAMPS)/theme-packages $(shell find $(THEME) src/salur/*/templates -type f -not -path '*/node_modules/*' 2>/dev/null)
	@$(NODE_PATH_FIRST); cd $(THEME) && npm run --silent build
	@touch $@

$(STAMPS)/field-app-packages: $(STAMPS)/packages field-app/package-lock.json
	@echo "· Aplikasi petugas / officers' app"
	@$(NODE_PATH_FIRST); cd field-app && npm ci --no-audit --no-fund --silent
	@touch $@

$(STAMPS)/field-app: $(STAMPS)/field-app-packages $(STAMPS)/models $(shell find field-app contract src/salur/theme/static/theme/tokens.css -type f -not -path '*/node_modules/*' -not -path '*/dist/*' -not -path '*/tests/*' 2>/dev/null)
	@$(NODE_PATH_FIRST); cd field-app && npm run --silent build >../$(STAMPS)/field-app.log 2>&1 || { cat ../$(STAMPS)/field-app.log; exit 1; }
	@touch $@

$(STAMPS)/messages: $(STAMPS)/packages $(shell find src -name '*.po' 2>/dev/null)
	@$(PY) -m salur.config.messages
	@touch $@

# --- run -------------------------------------------------------------------------------------

run: setup
	@exec $(VENV)/bin/salur run --demo

# --- test, check, bench ----------------------------------------------------------------------

test: setup $(STAMPS)/browser
	@$(NODE_PATH_FIRST); cd field-app && npm test --silent
	@$(PY) -m pytest $(TESTS)

$(STAMPS)/browser: $(STAMPS)/venv .ci/get-chromium
	@.ci/get-chromium
	@touch $@

check: setup
	@$(NODE_PATH_FIRST); .ci/check

bench: setup
	@for script in $$(grep -l __main__ bench/[a-z]*.py); do echo "· $$script"; $(PY) $$script || exit 1; done

format: $(STAMPS)/packages
	@$(VENV)/bin/ruff format -q . && $(VENV)/bin/ruff check -q --fix .

lock: $(STAMPS)/packages
	@$(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header requirements/uv.in -o requirements/uv.txt
	@$(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header requirements/base.in -o requirements/base.txt
	@$(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header requirements/dev.in -o requirements/dev.txt
