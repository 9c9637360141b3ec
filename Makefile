# Everything that anyone must know to work here. Each target installs what it needs into .venv, and the second call
# finds it there. Needed beforehand: Python 3.11 or later, and make.

PYTHON ?= python3
VENV ?= .venv
# pytest's workers; two fit two cores.
JOBS ?= 2
# Passed on: `make run ARGS="--port 9000"`, `make test ARGS="-k outbox"`.
ARGS ?=

BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
PYTEST := $(BIN)/python -m pytest
# What only looks is run by make check, what needs Debian packages by make test-system.
TIERS_OF_THEIR_OWN := --ignore=tests/architecture --ignore=tests/system --ignore=tests/browser
# How long the loop is held up says nothing while each line is traced, and everything takes longer.
TRACED := --ignore=tests/journeys/test_loop_lag.py --timeout 120
# Whoever has no more to do takes from the others (tests/fixtures/turns.py says in which order).
SIDE_BY_SIDE := -n $(JOBS) --dist worksteal $(TIERS_OF_THEIR_OWN)

# Files are UTF-8 whatever the machine's locale says, and nobody's own packages get in between.
export PYTHONUTF8 := 1
unexport PYTHONPATH
# Tests start many processes: each would compile all modules anew.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

.PHONY: help
help: ## list these targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/\1\t\2/' | expand -t 14

# ── what people use ─────────────────────────────────────────────────────────────────────────────────────────────────

.PHONY: run
run: $(STAMP) ## start everything (database, API, worker, sandbox providers) and place a sample order
	@exec $(BIN)/tidings dev $(ARGS)

.PHONY: demo
demo: $(STAMP) ## five orders through all that can happen, on a throw-away data folder and a free port; exit code 0 if all held
	@data=$$(mktemp -d) && trap 'rm -rf "$$data"' EXIT && trap 'exit 130' INT TERM && $(BIN)/tidings dev --once --port 0 --data-dir "$$data" $(ARGS)

.PHONY: test
test: $(STAMP) ## the test suite that needs only wheels (12 minutes at most on 2 cores)
	@$(PYTEST) $(SIDE_BY_SIDE) -m "not long" $(ARGS)

.PHONY: check
check: fmt-check lint contracts arch types openapi-check lock-check ## everything that only looks, quickest first

.PHONY: bench
bench: $(STAMP) ## the benchmarks: prints a table, writes build/bench.json
	@$(BIN)/python -m benchmarks $(ARGS)

.PHONY: bench-long
bench-long: $(STAMP) ## 2 million messages of history, an hour's orders for memory: writes build/bench-long.json
	@$(BIN)/python -m benchmarks --long $(ARGS)

.PHONY: bench-scale
bench-scale: $(STAMP) ## 1, 2, 4 processes, straight and through PgBouncer: writes build/bench-scale.json
	@$(BIN)/python -m benchmarks.scale $(ARGS)

.PHONY: profile
profile: $(STAMP) ## flame graphs of API and worker under load, in build/profile
	@$(BIN)/python -m benchmarks.profile $(ARGS)

# ── parts of check, and their repairs ───────────────────────────────────────────────────────────────────────────────

.PHONY: fmt
fmt: $(STAMP) ## put the code in order
	@$(BIN)/ruff check --fix-only --quiet .
	@$(BIN)/ruff format .

.PHONY: fmt-check
fmt-check: $(STAMP) ## is the code in order?
	@$(BIN)/ruff format --check --quiet . || { echo 'make fmt puts these in order' >&2; exit 1; }

.PHONY: lint
lint: $(STAMP) ## ruff, spelling, declared dependencies
	@$(BIN)/ruff check .
	@$(BIN)/typos
	@$(BIN)/deptry src

.PHONY: contracts
contracts: $(STAMP) ## who may import whom
	@$(BIN)/lint-imports --no-logo

.PHONY: arch
arch: $(STAMP) ## the habits that are tests: sizes, mirror, transactions, private tables, problems, papers
	@$(PYTEST) -q -p no:cacheprovider tests/architecture $(ARGS)

.PHONY: types
types: $(STAMP) ## strict mypy
	@$(BIN)/mypy

.PHONY: openapi
openapi: $(STAMP) ## write openapi/openapi.json from the code
	@$(BIN)/python -m tidings.api.openapi openapi/openapi.json

.PHONY: openapi-check
openapi-check: $(STAMP) ## is the committed document the one the code serves?
	@$(BIN)/python -m tidings.api.openapi build/openapi.json
	@diff -u openapi/openapi.json build/openapi.json || { echo 'make openapi writes it anew' >&2; exit 1; }

.PHONY: lock
lock: $(STAMP) ## resolve the dependencies anew and pin them with hashes (ARGS="--upgrade" for the newest)
	@$(BIN)/python -m scripts.lock $(ARGS)

.PHONY: lock-check
lock-check: $(STAMP) ## do the locks fit pyproject.toml, and .venv the locks?
	@$(PYTEST) -q -p no:cacheprovider tests/architecture/test_locks.py
	@$(BIN)/uv pip check --quiet --python $(BIN)/python

# ── parts of test, and its slower tiers ─────────────────────────────────────────────────────────────────────────────

.PHONY: test-unit
test-unit: $(STAMP) ## pure tests, a few seconds
	@$(PYTEST) tests/unit $(ARGS)

.PHONY: journeys
journeys: $(STAMP) ## API, worker and doubles together
	@$(PYTEST) tests/journeys $(ARGS)

.PHONY: faults
faults: $(STAMP) ## processes killed, stores wiped, providers misbehaving
	@$(PYTEST) tests/faults -m "not long" $(ARGS)

.PHONY: test-system
test-system: $(STAMP) ## what needs Debian packages (fails with the line to install, never skips)
	@$(PYTEST) tests/system $(wildcard tests/browser) $(ARGS)

.PHONY: browser
browser: $(STAMP) ## pages in a real browser
	@$(PYTEST) tests/browser $(ARGS)

.PHONY: test-long
test-long: $(STAMP) ## 200 examples per operation and the long fault runs: by hand, before a release
	@$(PYTEST) $(SIDE_BY_SIDE) -m long $(ARGS)

.PHONY: coverage
coverage: $(STAMP) ## make test with branch coverage (half an hour): 90 % of everything, all of what is pure
	@$(PYTEST) $(SIDE_BY_SIDE) -m "not long" --cov --cov-report= $(TRACED) $(ARGS)
	@$(BIN)/coverage report
	@$(BIN)/coverage report --include="$$($(BIN)/python -m scripts.pure)" --fail-under=100

.PHONY: mutants
mutants: $(STAMP) ## break the conditions of outbox and trail one at a time: each must be noticed (some minutes)
	@$(BIN)/python -m scripts.mutants $(ARGS)

# ── the rest ────────────────────────────────────────────────────────────────────────────────────────────────────────

.PHONY: migrate
migrate: $(STAMP) ## bring the database of TIDINGS_DATABASE_URL up to date
	@$(BIN)/tidings migrate $(ARGS)

.PHONY: migration
migration: $(STAMP) ## a new migration: make migration NAME=expand_add_orders_channel
	@$(BIN)/python -m scripts.migration "$(NAME)"

.PHONY: papers
papers: $(STAMP) ## print what comes from code: .env.example, parts of ARCHITECTURE.md, docs/sop.md
	@$(BIN)/python -m scripts.papers

.PHONY: sizes
sizes: $(STAMP) ## the ten longest files and functions
	@$(BIN)/python -m scripts.sizes

.PHONY: hooks
hooks: $(STAMP) ## run the quick checks before every commit
	@$(BIN)/pre-commit install

.PHONY: clean
clean: ## remove .venv, caches and build products (never the data folder)
	@rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis .coverage .coverage.*
	@find . -name __pycache__ -type d -not -path './.git/*' -prune -exec rm -rf {} +

# ── the installation ────────────────────────────────────────────────────────────────────────────────────────────────

.PHONY: install
install: $(STAMP) ## only install

# uv takes seconds where pip takes a minute, but reads other configuration: should it not reach the index that pip is
# set up for, pip installs the same lock. Either way every file is checked against its hash.
HASHED := --require-hashes --only-binary :all:
PIP = { $(BIN)/python -m pip install --quiet --disable-pip-version-check $(HASHED) -r $(1) 2>$(VENV)/pip.log || { cat $(VENV)/pip.log >&2; exit 1; }; }

$(STAMP): requirements/installer.txt requirements/dev.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "tidings needs Python 3.11 or later; this is " + sys.version.split()[0])'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo 'Installing into $(VENV) …'
	@$(call PIP,requirements/installer.txt)
	@$(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python $(HASHED) -r requirements/dev.txt 2>$(VENV)/uv.log \
	  || { echo 'uv could not (see $(VENV)/uv.log); pip does it, which takes a minute or two …'; $(call PIP,requirements/dev.txt); }
	@$(BIN)/uv pip install --quiet --offline --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $(STAMP)
