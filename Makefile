# Needs Python 3.11 or newer and make. Everything else comes into .venv, pinned with hashes.
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
PYTHON ?= $(shell for name in python3.11 python3 python3.12 python3.13 python3.14; do \
	"$$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$name" && break; done)
WORKERS ?= 2

.PHONY: help run test check fuzz simulate bench bench-two-way bench-bulk chaos fmt lock venv clean php
.DEFAULT_GOAL := help

help: ## what can be made
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 8

run: $(STAMP) ## show both directions with a sandbox Odoo and shop, and keep serving; ONCE=1 ends after the show
	$(BIN)/python -m app.demo $(if $(ONCE),--once)

test: $(STAMP) php ## the whole test suite
	$(BIN)/pytest -n $(WORKERS)

check: $(STAMP) php ## format, lint, types, import contracts, migrations, PHP's syntax
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy --strict
	$(BIN)/lint-imports
	$(BIN)/python -m migrations.check
	$(if $(wildcard integrations),$(BIN)/python -m compileall -q integrations)
	sh scripts/php.sh lint

php:
	@sh scripts/php.sh install

chaos: $(STAMP) ## kill, freeze and starve real processes, longer than `make test` does: below ten minutes; SCALE=N
	CHAOS_SCALE=$(or $(SCALE),3) $(BIN)/pytest tests/chaos -n $(WORKERS) $(if $(REPORT),--chaos-report $(abspath $(REPORT)))

fuzz: $(STAMP) ## bad input for the API, the parsers and the mappers, twenty times longer than `make test` does; SCALE=N
	FUZZ_SCALE=$(or $(SCALE),20) $(BIN)/pytest tests/fuzz -s

simulate: $(STAMP) ## worlds in virtual time: SEEDS=2000 of them, or every step of SEED=17
	$(BIN)/python -m tests.simulation $(if $(SEED),--seeds $(SEED) --trace,--jobs 2 --seeds 0-$$(($(or $(SEEDS),50) - 1)))

bench: $(STAMP) ## all figures of docs/performance.md in one run: six to eight minutes; ONLY=ingest,drain_vs_arq
	$(BIN)/python -m bench $(if $(ONLY),--only $(ONLY))

bench-two-way: $(STAMP) ## an edit's way from Odoo to the shop, and the speed and calls of a first sync
	$(BIN)/python -m bench.two_way

bench-bulk: $(STAMP) ## 10,000 products from a sandbox WooCommerce into a sandbox Odoo: speed, calls, memory
	$(BIN)/python -m bench.bulk

fmt: $(STAMP) ## format, fix what can be fixed, write .env.example and the pages made of the code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	$(BIN)/python -m app.settings_docs --write
	$(BIN)/python -m app.modules_docs --write

COMPILE = $(BIN)/uv pip compile pyproject.toml --quiet --universal --generate-hashes --python-version 3.11 \
	--no-annotate --custom-compile-command "make lock" $(if $(UPGRADE),--upgrade)

lock: ## pin what pyproject.toml asks for; UPGRADE=1 takes the newest of everything
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	$(COMPILE) --extra embedded --extra tracing --extra dev --output-file requirements/dev.lock
	$(COMPILE) --extra tracing --constraint requirements/dev.lock --output-file requirements/production.lock

venv: $(STAMP) ## only the environment

$(STAMP): requirements/dev.lock pyproject.toml
	$(if $(PYTHON),,$(error Python 3.11 or newer is needed, and none was found; name it with PYTHON=...))
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

clean: ## the environment and caches; never .data, which holds databases
	rm -rf $(VENV) .mypy_cache .ruff_cache .hypothesis .import_linter_cache dist
	find . -name __pycache__ -type d -not -path './.data/*' -prune -exec rm -rf {} +
