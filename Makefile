# Everything a developer does here. Each target does its own set-up, in .venv, from a fresh clone on.

.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.PHONY: help demo demo-check requirements test databases packages releases quality validate docs bench upgrade clean \
    screenshots browser style types layers annotations migrations dist

# pyenv's shims fail for a Python that is installed and not chosen: look behind them, after everything else.
PYENV := $(wildcard $(or $(PYENV_ROOT),$(HOME)/.pyenv)/versions/*/bin)
empty :=
comma := ,
export PATH := $(PATH)$(if $(PYENV),:$(subst $(empty) $(empty),:,$(strip $(PYENV))))

VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
WORKERS ?= logical
PYTEST_ARGS ?=
RELEASES := redwood sumac teak ulmo verawood newest

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

demo: $(INSTALLED) ## Show the plugin at work: a campus, a receiver and the admin, until Ctrl-C
	$(BIN)/python demo/run.py

demo-check: $(INSTALLED) browser ## Go through every page of the demo in a browser, and fail if one is not as promised
	$(BIN)/python demo/run.py --check

screenshots: $(INSTALLED) browser ## Make the documentation's pictures of the demo anew
	$(BIN)/python demo/run.py --check --screenshots docs/_static/screenshots

# Debian has Chromium as a package; elsewhere Playwright brings its own.
browser: $(INSTALLED)
	@for name in chromium chromium-browser google-chrome; do \
	    if command -v $$name >/dev/null; then exit 0; fi; \
	done; \
	echo "Installing Chromium"; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
	        chromium fonts-dejavu-core >/dev/null && exit 0; \
	fi; \
	$(BIN)/playwright install chromium

requirements: $(INSTALLED) ## Install the package and all tools into .venv (the others do this themselves)

$(BIN)/python:
	@for python in python3.12 python3.11 python3.13 python3; do \
	    if $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	        echo "Making $(VENV) with $$($$python --version)"; \
	        $$python -m venv --clear $(VENV) && exit 0; \
	        echo "$$python could not make a virtualenv (on Debian: apt-get install python3-venv)." >&2; \
	    fi; \
	done; \
	echo "No Python of 3.11 or newer that can make a virtualenv." >&2; exit 1

# uv installs in seconds; where it is not to be had, pip does the same.
$(INSTALLED): $(BIN)/python setup.py pyproject.toml $(wildcard requirements/*.txt) requirements/releases/newest.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv \
	    && VIRTUAL_ENV=$(CURDIR)/$(VENV) $(BIN)/uv pip install --quiet -r requirements/dev.txt \
	    || $(BIN)/python -m pip install --quiet -r requirements/dev.txt
	@touch $@

test: $(INSTALLED) ## Run the tests, with the services they find; 95 % of the branches must be covered
	$(BIN)/pytest -n $(WORKERS) --cov --cov-report=term $(PYTEST_ARGS)

# What knows nothing of databases need not be asked again.
DATABASES := mariadb postgresql
databases: $(INSTALLED) ## Run the tests on MariaDB and on PostgreSQL instead of SQLite
	for database in $(DATABASES); do \
	    echo "On $$database:"; \
	    TEST_DATABASE=$$database $(BIN)/pytest -rs -n $(WORKERS) --ignore-glob='*/test_transport.py' \
	        --ignore-glob='*/test_hostile_receivers.py' --ignore-glob='*/test_guard.py' $(PYTEST_ARGS); \
	done

packages: $(INSTALLED) ## Install the wheel and the sdist beside every release, with pip and with uv
	$(BIN)/pytest -n $(WORKERS) -m packaging tests/test_packaging.py $(PYTEST_ARGS)

releases: $(INSTALLED) ## Run the tests on every supported release of Open edX (tox)
	$(BIN)/tox run -e $(subst $(empty) $(empty),$(comma),$(RELEASES)) $(if $(PYTEST_ARGS),-- $(PYTEST_ARGS))

quality: style types layers annotations migrations dist ## Check style, types, layers, PII annotations, migrations, the built package

style: $(INSTALLED)
	$(BIN)/ruff check
	$(BIN)/ruff format --check

types: $(INSTALLED)
	$(BIN)/mypy

layers: $(INSTALLED)
	$(BIN)/lint-imports --no-logo

annotations: $(INSTALLED)
	DJANGO_SETTINGS_MODULE=tests.settings PYTHONPATH=. $(BIN)/code_annotations django_find_annotations \
	    --config_file .pii_annotations.yml --lint --report --coverage

migrations: $(INSTALLED)
	PYTHONPATH=. $(BIN)/django-admin makemigrations --check --dry-run --settings tests.settings openedx_webhooks

dist: $(INSTALLED)
	@rm -rf $(VENV)/dist
	$(BIN)/python -m build --quiet --outdir $(VENV)/dist .
	$(BIN)/twine check --strict $(VENV)/dist/*

validate: test quality ## Run the tests and the quality checks

docs: $(INSTALLED) browser ## Build the documentation into docs/_build; check its links, and every command of the README
	@rm -rf docs/_build
	$(BIN)/sphinx-build -W --keep-going -b html docs docs/_build
	$(BIN)/pytest -m documentation $(PYTEST_ARGS)
	@echo "See docs/_build/index.html"

bench: $(INSTALLED) ## Measure what our code costs, as ratios in one run
	$(BIN)/python -m benchmarks

upgrade: $(BIN)/python ## Bring .venv to the newest versions there are, show what changed, and run the tests
	@$(BIN)/python -m pip freeze --all > $(VENV)/before.txt
	@rm -f $(INSTALLED)
	$(BIN)/python -m pip install --quiet --upgrade pip uv
	VIRTUAL_ENV=$(CURDIR)/$(VENV) $(BIN)/uv pip install --quiet --upgrade -r requirements/dev.txt && touch $(INSTALLED)
	@$(BIN)/python -m pip freeze --all | diff --unchanged-line-format= $(VENV)/before.txt - || true
	@$(MAKE) test

clean: ## Remove what the other targets made
	rm -rf $(VENV) .tox .mypy_cache .ruff_cache .import_linter_cache .pytest_cache .hypothesis .coverage* \
	    build dist *.egg-info docs/_build pii_report docs/reference/{events,filters} docs/reference/settings.rst
