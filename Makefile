# Every target sets up what it needs; nothing has to be installed by hand first. `make help` lists the targets.
.DEFAULT_GOAL := help
.PHONY: help setup serve test check format bench bench-exam weigh lighthouse pictures album messages migration lock

PORT ?= 8000
ANNING_SAMPLE_MODE ?= 1
WORKERS ?= 3
BENCH ?=
PAGE ?=
ROLE ?=
PACKAGES := training courses question_bank certificates
BIN := .venv/bin

help: ## List the targets
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 12

setup: ## Install what serving and testing need
	@.ci/setup test

serve: ## Serve Anning on PORT (default 8000), with sample data on the first run
	@.ci/setup serve
	@PORT=$(PORT) ANNING_SAMPLE_MODE=$(ANNING_SAMPLE_MODE) exec $(BIN)/anning serve

test: ## Run all tests (TESTS=path picks some)
	@.ci/setup test
	@$(BIN)/pytest -n $(WORKERS) --dist loadgroup $(TESTS)

check: ## Format, lint, types, import contracts, templates, catalogues
	@.ci/setup check
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint --lint --quiet $(PACKAGES)
	@$(BIN)/python .ci/catalogues check

format: ## Write the format and the fixes that ruff is sure of
	@.ci/setup check
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format .

bench: ## Measure against the floors (BENCH=part of a name picks some)
	@.ci/setup test
	@.ci/setup pictures
	@$(BIN)/python -m benchmarks $(BENCH)

bench-exam: ## Sit an examination by VUS people (default 3000; THINK=30-90 seconds a page, DATABASE=postgresql)
	@.ci/setup test
	@$(BIN)/python -m benchmarks.exam

weigh: ## Weigh first visits of all kinds of pages on the whole sample (ROLE=part of one picks some)
	@.ci/setup test
	@$(BIN)/python -m benchmarks.weight $(ROLE)

lighthouse: ## Score the main pages on a phone (PAGE=part of a name picks some)
	@.ci/setup lighthouse
	@$(BIN)/python -m benchmarks.lighthouse $(PAGE)

pictures: ## Take the pictures of docs/pictures/ again
	@.ci/setup pictures
	@$(BIN)/python -m docs.pictures.make

album: ## Take pictures of every page, twelve each, into build/album/
	@.ci/setup pictures
	@$(BIN)/python -m docs.pictures.album

messages: ## Bring the Chinese catalogues up to date with the sources, and compile them
	@.ci/setup check
	@$(BIN)/python .ci/catalogues update

migration: ## Write a migration from the models: PACKAGE=courses MESSAGE="add lessons"
	@test -n "$(PACKAGE)" && test -n "$(MESSAGE)" || { echo 'usage: make migration PACKAGE=courses MESSAGE="add lessons"' >&2; exit 2; }
	@.ci/setup check
	@rm -f build/migration.db
	DATABASE_URL=sqlite:///$(CURDIR)/build/migration.db $(BIN)/anning schema upgrade
	DATABASE_URL=sqlite:///$(CURDIR)/build/migration.db $(BIN)/anning schema revision --package "$(PACKAGE)" --message "$(MESSAGE)"
	$(BIN)/ruff check --fix-only --quiet $(PACKAGE)/migrations
	$(BIN)/ruff format --quiet $(PACKAGE)/migrations

lock: ## Write the lock files again (LOCK=--upgrade takes newer versions)
	@.ci/setup check
	$(BIN)/uv pip compile pyproject.toml --quiet --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate $(LOCK) --output-file requirements.txt
	$(BIN)/uv pip compile pyproject.toml --quiet --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate $(LOCK) --extra dev --constraint requirements.txt --output-file requirements-dev.txt
	npm install --package-lock-only --ignore-scripts
	npm --prefix benchmarks/lighthouse install --package-lock-only --ignore-scripts
